#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use super::schema::AttemptTopic;
use super::value::{Secret, Value};
use super::*;

mod bad;
mod secrets;

/// Loads a file of this text, with variables and `--set` arguments.
fn load(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Result<Loaded, Problems> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("callwarden.toml");
    std::fs::write(&path, file).unwrap();
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Config::load(&Sources {
        file: Some(path),
        environment,
        flags: flags.iter().map(|flag| Flag::set(flag)).collect(),
    })
}

fn loaded(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Loaded {
    load(file, environment, flags).unwrap_or_else(|problems| panic!("{problems}"))
}

/// `key = value (origin)`, with the file's folder cut off.
fn row(loaded: &Loaded, key: &str) -> String {
    let row = loaded.show().iter().find(|row| row.key == key).unwrap_or_else(|| panic!("no row {key}"));
    let origin = row.origin.to_string();
    format!("{} ({})", row.value, origin.rsplit('/').next().unwrap())
}

#[test]
fn without_any_source_the_defaults_are_in_force() {
    let Loaded { config, rows } = loaded("", &[], &[]);
    assert_eq!(config.mode, Mode::Observe);
    assert_eq!(config.kafka.brokers(), "127.0.0.1:9092");
    assert_eq!(config.kafka.topic_prefix, "callwarden.");
    let expected = AttemptTopic {
        topic: "callwarden.attempts".into(),
        dialect: Dialect::Callwarden,
        start: Start::Earliest,
    };
    assert_eq!(config.attempts, [expected]);
    assert_eq!(config.redis.password, None);
    assert_eq!(config.commit.interval, Duration::from_millis(100));
    assert_eq!(config.detector.pause.to_bits(), 1e6_f64.to_bits());
    assert_eq!(config.detector.pause_for, Duration::from_secs(7 * 86_400));
    assert_eq!(config.unit.instance, None);
    assert!(rows.iter().all(|row| row.origin == Origin::Default));
}

/// Also reads each default once, which the reading of keys relies on.
#[test]
fn the_reference_is_a_file_that_says_what_the_defaults_say() {
    let from_reference = loaded(&reference(), &[], &[]);
    assert_eq!(from_reference.config, loaded("", &[], &[]).config);
    assert!(
        from_reference.show().iter().all(|row| row.origin != Origin::Default),
        "a key is missing from it"
    );
}

#[test]
fn the_file_that_is_deployed_has_no_mistake() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/callwarden.toml");
    let sources = Sources { file: Some(file), ..Sources::default() };
    Config::load(&sources).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn each_layer_overrides_the_one_before_and_show_says_which_did() {
    let file = "mode = \"observe\"\n\n[detector]\nwatch = 10\nreduce = 1_000\npause = 2e4\n";
    let environment =
        [("CALLWARDEN_DETECTOR_REDUCE", "2e3"), ("CALLWARDEN_DETECTOR_PAUSE", "3e4"), ("HOME", "/")];
    let loaded = loaded(file, &environment, &["detector.pause=4e4", "detector.pause = 5e4"]);
    assert_eq!(row(&loaded, "mode"), "observe (callwarden.toml:1)");
    assert_eq!(row(&loaded, "detector.watch"), "10 (callwarden.toml:4)");
    assert_eq!(row(&loaded, "detector.reduce"), "2e3 (CALLWARDEN_DETECTOR_REDUCE)");
    assert_eq!(row(&loaded, "detector.pause"), "5e4 (--set)");
    assert_eq!(row(&loaded, "detector.enabled"), "true (default)");
    assert_eq!(loaded.config.detector.pause.to_bits(), 5e4_f64.to_bits());
}

#[test]
fn a_flag_of_its_own_is_named_as_the_origin() {
    let sources = Sources { flags: vec![Flag::named("--mode", "mode", "enforce")], ..Sources::default() };
    let loaded = Config::load(&sources).unwrap();
    assert_eq!((loaded.config.mode, row(&loaded, "mode").as_str()), (Mode::Enforce, "enforce (--mode)"));
}

#[test]
fn properties_of_librdkafka_pass_through_quoted_dotted_and_from_the_environment() {
    let file = r#"
[kafka]
bootstrap.servers = "a:9092,b:9092"
"security.protocol" = "SASL_SSL"
sasl.mechanism = "PLAIN"
sasl.username = "warden"
linger.ms = 5
queued.min.messages = 0x10
"socket.keepalive.enable" = true
topic_prefix = "eu."
"#;
    let environment = [
        ("CALLWARDEN_KAFKA_SASL_PASSWORD", "hunter2"),
        ("CALLWARDEN_KAFKA_BOOTSTRAP_SERVERS", "c:9092"),
        ("CALLWARDEN_KAFKA_SASL_OAUTHBEARER_ASSERTION_FILE", "/token"),
        ("CALLWARDEN_KAFKA_REQUEST_TIMEOUT", "3s"),
    ];
    let loaded = loaded(file, &environment, &["kafka.debug=broker"]);
    let expected = [
        ("bootstrap.servers", "c:9092"),
        ("debug", "broker"),
        ("linger.ms", "5"),
        ("queued.min.messages", "16"),
        ("sasl.mechanism", "PLAIN"),
        ("sasl.oauthbearer.assertion.file", "/token"),
        ("sasl.password", "hunter2"),
        ("sasl.username", "warden"),
        ("security.protocol", "SASL_SSL"),
        ("socket.keepalive.enable", "true"),
    ];
    assert_eq!(loaded.config.kafka.properties.iter().collect::<Vec<_>>(), expected);
    assert_eq!(loaded.config.kafka.request_timeout, Duration::from_secs(3));
    assert_eq!(loaded.config.attempts[0].topic, "eu.attempts", "the default follows the prefix");
}

#[test]
fn topics_of_attempts_are_a_list_that_the_environment_amends_by_index() {
    let file = "[[attempts]]\ntopic = \"a\"\n[[attempts]]\ntopic = \"b\"\nstart = \"latest\"\n";
    let environment = [("CALLWARDEN_ATTEMPTS_1_DIALECT", "kamailio-acc")];
    let loaded = loaded(file, &environment, &["attempts.2.topic=c"]);
    let topics: Vec<_> =
        loaded.config.attempts.iter().map(|t| (t.topic.as_str(), t.dialect, t.start)).collect();
    let expected = [
        ("a", Dialect::Callwarden, Start::Earliest),
        ("b", Dialect::KamailioAcc, Start::Latest),
        ("c", Dialect::Callwarden, Start::Earliest),
    ];
    assert_eq!(topics, expected);
    assert_eq!(row(&loaded, "attempts.1.start"), "latest (callwarden.toml:5)");
}

#[test]
fn the_environment_alone_amends_the_default_topic() {
    let loaded = loaded("", &[("CALLWARDEN_ATTEMPTS_0_DIALECT", "kamailio-acc")], &[]);
    assert_eq!(loaded.config.attempts[0].topic, "callwarden.attempts");
    assert_eq!(loaded.config.attempts[0].dialect, Dialect::KamailioAcc);
}

#[test]
fn variables_of_tests_and_of_kubernetes_set_nothing() {
    let environment = [
        ("CALLWARDEN_CONFIG", ""),
        ("CALLWARDEN_TEST_KAFKA", "127.0.0.1:1"),
        ("CALLWARDEN_PARTS_FOLDER", "/parts"),
        ("CALLWARDEN_PORT", "tcp://10.0.0.1:9464"),
        ("CALLWARDEN_PORT_9464_TCP", "tcp://10.0.0.1:9464"),
        ("CALLWARDEN_SERVICE_HOST", "10.0.0.1"),
        ("CALLWARDEN_KAFKA_SERVICE_PORT", "9092"),
        ("CALLWARDEN_KAFKA_SERVICE_PORT_PLAIN", "9092"),
        ("CALLWARDEN_REDIS_PORT", "tcp://10.0.0.2:6379"),
        ("CALLWARDEN_REDIS_PORT_6379_TCP_ADDR", "10.0.0.2"),
    ];
    assert_eq!(loaded("", &environment, &[]).config, loaded("", &[], &[]).config);
}

#[test]
fn the_variable_names_the_file_unless_a_flag_does() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.toml"), folder.path().join("two.toml"));
    std::fs::write(&one, "[caps]\nper_minute = 1\n").unwrap();
    std::fs::write(&two, "[caps]\nper_minute = 2\n").unwrap();
    let environment = vec![("CALLWARDEN_CONFIG".to_owned(), one.to_str().unwrap().to_owned())];
    let mut sources = Sources { file: None, environment, flags: Vec::new() };
    assert_eq!(Config::load(&sources).unwrap().config.caps.per_minute, 1);
    sources.file = Some(two);
    assert_eq!(Config::load(&sources).unwrap().config.caps.per_minute, 2);
}

#[test]
fn durations_are_whole_numbers_with_units_that_get_smaller() {
    let cases = [
        ("100ms", Some(100)),
        ("5s", Some(5_000)),
        ("10m", Some(600_000)),
        ("1h", Some(3_600_000)),
        ("7d", Some(604_800_000)),
        ("1h30m", Some(5_400_000)),
        ("0s", Some(0)),
        ("", None),
        ("5", None),
        ("s", None),
        ("5 s", None),
        ("1.5s", None),
        ("-1s", None),
        ("30m1h", None),
        ("1s1s", None),
        ("1m5", None),
        ("5µs", None),
        ("99999999999999999999d", None),
        ("18446744073709551615d", None),
    ];
    for (text, millis) in cases {
        assert_eq!(Duration::read(text), millis.map(Duration::from_millis), "{text}");
    }
}

#[test]
fn what_to_do_with_a_topic_of_dead_letters_is_a_choice() {
    assert_eq!(loaded("", &[], &[]).config.dead_letters.when_most, WhenMost::Stop);
    let file = "[dead_letters]\nwhen_most = \"put_aside\"\n";
    assert_eq!(loaded(file, &[], &[]).config.dead_letters.when_most, WhenMost::PutAside);
    let environment = [("CALLWARDEN_DEAD_LETTERS_WHEN_MOST", "stop")];
    assert_eq!(loaded(file, &environment, &[]).config.dead_letters.when_most, WhenMost::Stop);
}

#[test]
fn snapshots_may_be_ten_intervals_late() {
    loaded("[snapshot]\ninterval = \"1m\"\n", &[], &[]);
    loaded("[snapshot]\nmax_lag = \"10s\"\n", &[], &[]);
}

#[test]
fn words_are_printed_as_they_are_read() {
    for mode in ["observe", "enforce"] {
        assert_eq!(mode.parse::<Mode>().unwrap().to_string(), mode);
    }
    assert_eq!("KAMAILIO".parse::<Dialect>().unwrap_err().to_string(), "expected callwarden | kamailio-acc");
}

#[test]
fn show_is_a_table_for_people_and_a_list_for_machines() {
    let loaded = loaded("[redis]\nusername = \"warden\"\n", &[("CALLWARDEN_LOG_LEVEL", "warn")], &[]);
    let text = render_text(loaded.show());
    let line = |key: &str| text.lines().find(|line| line.starts_with(key)).unwrap().to_owned();
    let words = |key: &str| line(key).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words("log.level"), ["log.level", "warn", "CALLWARDEN_LOG_LEVEL"]);
    assert_eq!(words("redis.password"), ["redis.password", "-", "default"]);

    let json = render_json(loaded.show());
    let of = |key: &str| json.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap().clone();
    assert_eq!(of("redis.username")["value"], "warden");
    assert_eq!(of("redis.username")["origin"]["kind"], "file");
    assert_eq!(of("redis.username")["origin"]["line"], 2);
    assert_eq!(of("log.level")["origin"]["name"], "CALLWARDEN_LOG_LEVEL");
}
