//! Bad configurations beside what is said about them, whole and in order.

use super::*;

/// What is said, with the folder of the file cut off.
fn said(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Vec<String> {
    let problems = load(file, environment, flags).expect_err("this configuration is bad");
    let name = |line: String| line.find("callwarden.toml").map_or(line.clone(), |at| line[at..].to_owned());
    problems
        .0
        .iter()
        .map(|problem| match &problem.origin {
            Origin::File { .. } => name(problem.to_string()),
            Origin::Default | Origin::Env { .. } | Origin::Flag { .. } => problem.to_string(),
        })
        .collect()
}

#[test]
fn everything_is_said_at_once_in_the_order_of_the_sources() {
    let file = r#"mode = "enforced"
pause = 1e6

[detector]
pauze = 1
pause = "abc"
baseline_min_attempts = 2.5
reduce_to = 1.5

[commit]
interval = 5
heartbeat = "2m"

[http]
listen = "localhost:9464"

[detectr]
watch = 1

[redis]
key_prefix = "a{b}"
"#;
    let environment = [
        ("CALLWARDEN_LOG_LEVEL", "loud"),
        ("CALLWARDEN_DETECTOR_PAUZE", "1"),
        ("CALLWARDEN_KAFKA_TOPIC_PREFX", "a"),
        ("CALLWARDEN_WHATEVER_ELSE", "1"),
    ];
    let flags = ["nonsense", "numbers.max=0", "caps.per_minuet=3"];
    let expected = [
        "callwarden.toml:1: mode = \"enforced\": expected observe | enforce; e.g. observe",
        "callwarden.toml:2: pause: there is no such setting; did you mean detector.pause?",
        "callwarden.toml:5: detector.pauze: there is no such setting; did you mean detector.pause?",
        "callwarden.toml:6: detector.pause = \"abc\": expected a number from 1 to 1e12; e.g. 1e6",
        "callwarden.toml:7: detector.baseline_min_attempts = 2.5: expected a whole number from 1 to 1000000; e.g. 500",
        "callwarden.toml:8: detector.reduce_to = 1.5: expected a number from 0.01 to 1; e.g. 0.5",
        "callwarden.toml:11: commit.interval = 5: expected a duration from 1ms to 10s; e.g. 100ms",
        "callwarden.toml:12: commit.heartbeat = \"2m\": expected a duration from 100ms to 1m; e.g. 5s",
        "callwarden.toml:15: http.listen = \"localhost:9464\": expected an IP address and a port; e.g. 127.0.0.1:9464",
        "callwarden.toml:17: [detectr]: there is no such setting; did you mean [detector]?",
        "callwarden.toml:21: redis.key_prefix = \"a{b}\": expected 1 to 64 letters, digits, dots, dashes, underscores \
         and colons; e.g. callwarden",
        "CALLWARDEN_DETECTOR_PAUZE: there is no such setting; did you mean CALLWARDEN_DETECTOR_PAUSE?",
        "CALLWARDEN_KAFKA_TOPIC_PREFX: there is no such setting; did you mean CALLWARDEN_KAFKA_TOPIC_PREFIX?",
        "CALLWARDEN_LOG_LEVEL: log.level = \"loud\": expected error | warn | info | debug | trace; e.g. info",
        "CALLWARDEN_WHATEVER_ELSE: there is no such setting",
        "--set: expected KEY=VALUE; e.g. --set detector.pause=1e5",
        "--set: caps.per_minuet: there is no such setting; did you mean caps.per_minute?",
        "--set: numbers.max = 0: expected a whole number from 1 to 50000000; e.g. 1000000",
    ];
    assert_eq!(said(file, &environment, &flags), expected);
}

#[test]
fn each_mistake_in_the_grammar_has_its_line_and_hides_no_other_source() {
    let file = "[commit]\ninterval = 100ms\n[caps]\nper_hour = 1\nper_hour = 2\n";
    let lines = said(file, &[("CALLWARDEN_LOG_LEVEL", "loud"), ("CALLWARDEN_CAPS_PER_MINUTE", "500")], &[]);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("callwarden.toml:2: not valid TOML: "), "{}", lines[0]);
    assert!(lines[1].starts_with("callwarden.toml:5: not valid TOML: duplicate key"), "{}", lines[1]);
    assert!(lines[2].starts_with("CALLWARDEN_LOG_LEVEL: "), "{}", lines[2]);
}

/// File, variables, and how the line begins that is said.
type Contradiction = (&'static str, &'static [(&'static str, &'static str)], &'static str);

#[test]
fn contradictions_name_the_key_that_was_set_last() {
    let cases: &[Contradiction] = &[
        (
            "[detector]\nwatch = 1e5\n",
            &[],
            "callwarden.toml:2: detector.watch = 1e5: must be below detector.reduce (1e5, default)",
        ),
        (
            "[detector]\npause = 10\n",
            &[],
            "callwarden.toml:2: detector.pause = 10: must be above detector.reduce (1e5, default)",
        ),
        (
            "[caps]\nper_minute = 200\n",
            &[("CALLWARDEN_CAPS_PER_HOUR", "150")],
            "CALLWARDEN_CAPS_PER_HOUR: caps.per_hour = 150: must be at least caps.per_minute (200, ",
        ),
        (
            "[caps]\nper_minute = 300\nper_hour = 0\n",
            &[],
            "callwarden.toml:2: caps.per_minute = 300: must be at most caps.per_day (200, default)",
        ),
        (
            "[commit]\ninterval = \"8s\"\n",
            &[],
            "callwarden.toml:2: commit.interval = \"8s\": must be at most commit.heartbeat (5s, default)",
        ),
        (
            "[snapshot]\nmax_lag = \"9s\"\n",
            &[],
            "callwarden.toml:2: snapshot.max_lag = \"9s\": must be at least ten times snapshot.interval (1s, default)",
        ),
        (
            "[snapshot]\nmax_lag = \"10s\"\n",
            &[("CALLWARDEN_SNAPSHOT_INTERVAL", "1001ms")],
            "CALLWARDEN_SNAPSHOT_INTERVAL: snapshot.interval = \"1001ms\": must be at most a tenth of snapshot.max_lag (10s, ",
        ),
        (
            "[[attempts]]\ntopic = \"a\"\n[[attempts]]\ntopic = \"a\"\n",
            &[],
            "callwarden.toml:4: attempts.1.topic = \"a\": is the topic of attempts.0.topic too, and would be counted twice; \
             keep one of them",
        ),
        (
            "[[attempts]]\ntopic = \"eu.journal\"\n[kafka]\ntopic_prefix = \"eu.\"\n",
            &[],
            "callwarden.toml:2: attempts.0.topic = \"eu.journal\": is a topic that callwarden writes itself; name one that \
             dialers write",
        ),
        (
            "[kafka]\nsasl.username = \"warden\"\n",
            &[],
            "callwarden.toml:2: kafka.sasl.username = \"warden\": is never sent with security.protocol plaintext; set \
             security.protocol to SASL_SSL",
        ),
        (
            "[redis]\nurl = \"redis://a@h\"\nusername = \"b\"\n",
            &[],
            "callwarden.toml:3: redis.username = \"b\": stands beside the user name in redis.url; keep one of them",
        ),
    ];
    for (file, environment, expected) in cases {
        let lines = said(file, environment, &[]);
        assert_eq!(lines.len(), 1, "{file}: {lines:?}");
        // A path within a message differs by machine.
        assert!(lines[0].starts_with(expected), "{file}:\n{}\n{expected}", lines[0]);
    }
}

#[test]
fn a_key_that_is_wrong_alone_is_not_compared() {
    let lines = said("[detector]\nreduce = \"x\"\nwatch = 1e5\n", &[], &[]);
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[test]
fn caps_of_nought_are_no_caps() {
    loaded("[caps]\nper_minute = 300\nper_hour = 0\nper_day = 0\n", &[], &[]);
}

#[test]
fn what_delivery_stands_on_is_refused_with_the_reason() {
    let owned = [
        ("enable.auto.commit", "committed in the journal"),
        ("enable.auto.offset.store", "committed in the journal"),
        ("isolation.level", "aborted transactions"),
        ("auto.offset.reset", "[[attempts]] has its start"),
        ("enable.partition.eof", "loses or repeats a record"),
        ("transactional.id", "fences the instance"),
        ("group.id", "without a consumer group"),
        ("metadata.broker.list", "bootstrap.servers"),
        ("statistics.interval.ms", "learnt from the statistics"),
    ];
    let file =
        owned.iter().fold("[kafka]\n".to_owned(), |file, (key, _)| file + &format!("\"{key}\" = \"x\"\n"));
    let lines = said(&file, &[("CALLWARDEN_KAFKA_ACKS", "1")], &["kafka.enable.idempotence=false"]);
    assert_eq!(lines.len(), owned.len() + 2, "{lines:?}");
    for ((key, why), line) in owned.iter().zip(&lines) {
        assert!(
            line.contains(&format!(": kafka.{key}: is not yours to set: ")) && line.contains(why),
            "{line}"
        );
    }
    let line = &lines[owned.len()];
    assert!(line.starts_with("CALLWARDEN_KAFKA_ACKS: kafka.acks: is not yours to set"), "{line}");
}

#[test]
fn sections_and_lists_of_the_wrong_shape() {
    let cases = [
        ("kafka = 5\n", "callwarden.toml:1: kafka: there is no such setting"),
        (
            "[attempts]\ntopic = \"a\"\n",
            "callwarden.toml:1: attempts: expected a list of topics; write [[attempts]]",
        ),
        (
            "attempts = []\n",
            "callwarden.toml:1: attempts: expected at least one topic; leave it out for the default",
        ),
        (
            "[[attempts]]\n",
            "callwarden.toml:1: attempts.0: expected a table with a topic; e.g. topic = \"callwarden.attempts\"",
        ),
        (
            "[[attempts]]\ntopic = \"a\"\n[[attempts]]\nstart = \"latest\"\n",
            "callwarden.toml:4: attempts.1.start = \"latest\": belongs to an entry without a topic; add attempts.1.topic",
        ),
        (
            "[[attempts]]\ntopic = \"a\"\ndialekt = \"b\"\n",
            "callwarden.toml:3: attempts.0.dialekt: there is no such setting; did you mean attempts.0.dialect?",
        ),
        (
            "[kafka]\nbootstrap.servers = [\"a:1\"]\n",
            "callwarden.toml:2: kafka.bootstrap.servers = a list: expected a text, a number, true or false; write lists as \
             one text with commas",
        ),
        (
            "[kafka]\nbootstrap.servers = \"\"\n",
            "callwarden.toml:2: kafka.bootstrap.servers = \"\": expected brokers as host:port,host:port; e.g. 127.0.0.1:9092",
        ),
        (
            "[kafka]\nbootstrap_servers = \"a:1\"\n",
            "callwarden.toml:2: kafka.bootstrap_servers: there is no such setting; did you mean kafka.bootstrap.servers?",
        ),
        (
            "[detector]\npause.for = \"7d\"\n",
            "callwarden.toml:2: detector.pause.for: there is no such setting; did you mean detector.pause_for?",
        ),
        (
            "[log]\nlevel = 2026-01-01\n",
            "callwarden.toml:2: log.level = a date: expected error | warn | info | debug | trace; e.g. info",
        ),
    ];
    for (file, expected) in cases {
        assert_eq!(said(file, &[], &[]), [expected], "{file}");
    }
}

#[test]
fn entries_that_flags_add_leave_no_gap() {
    let expected = "--set: attempts.2.topic = \"c\": would be entry 2, and there is no entry 1; entries are counted from 0";
    assert_eq!(said("[[attempts]]\ntopic = \"a\"\n", &[], &["attempts.2.topic=c"]), [expected]);
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let sources = Sources { file: Some("/nowhere/callwarden.toml".into()), ..Sources::default() };
    let said = Config::load(&sources).unwrap_err().to_string();
    let expected =
        "/nowhere/callwarden.toml: can't be read: No such file or directory (os error 2); --config names it";
    assert_eq!(said, expected);
}

#[test]
fn a_long_value_is_cut() {
    let line = &said(&format!("mode = \"{}\"\n", "ä".repeat(500)), &[], &[])[0];
    assert!(line.contains("\"…: expected") && line.chars().count() < 200, "{line}");
}
