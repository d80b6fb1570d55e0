//! What is wrong outside is said in one clear line with its address, and one with its cure; quickly, and without a secret.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use callwarden_sim::{World, WorldConfig};

use crate::harness::{
    Counts, Output, OwnRedis, Program, Rig, SOON, Sent, Spread, free_port, kafka_sasl, produce, redis_server,
};

/// Long enough for a machine that is busy with other tests; the program's own limits are 2 s here.
const QUICKLY: Duration = Duration::from_secs(30);
const LIMITS: &[&str] =
    &["kafka.request_timeout=2s", "redis.connect_timeout=2s", "redis.response_timeout=2s"];

/// `callwarden run` that has to give up.
#[track_caller]
fn gives_up(rig: &Rig, settings: &[&str]) -> Output {
    let settings: Vec<&str> = LIMITS.iter().chain(settings).copied().collect();
    let begun = Instant::now();
    let output = rig.start(&settings).end(QUICKLY);
    println!("cures: after {:.1?}: {}", begun.elapsed(), output.words().join("\n"));
    assert_eq!(output.stdout, "");
    for secret in ["right-password", "wrong-password", "s3cret"] {
        assert!(!output.stderr.contains(secret), "a secret in:\n{}", output.stderr);
    }
    output
}

/// The one line and its cure.
#[track_caller]
pub(crate) fn says(output: &Output, what: &[&str], cure: &[&str]) {
    assert_eq!(output.code, Some(1), "{output:?}");
    let words = output.words();
    assert_eq!(words.len(), 2, "a line and its cure: {words:#?}");
    assert!(words[0].starts_with("callwarden: "), "{words:#?}");
    assert!(words[1].starts_with("  hint: "), "{words:#?}");
    for part in what {
        assert!(words[0].contains(part), "{part:?} is not in {:?}", words[0]);
    }
    for part in cure {
        assert!(words[1].contains(part), "{part:?} is not in {:?}", words[1]);
    }
}

#[test]
fn kafka_absent() {
    let mut rig = Rig::new("nokafka");
    rig.kafka = format!("127.0.0.1:{}", free_port());
    says(&gives_up(&rig, &[]), &["Kafka", &rig.kafka, "refused"], &["bootstrap.servers"]);
}

#[test]
fn kafka_accepts_and_says_nothing() {
    // A port behind which nobody answers: a firewall, another protocol, a frozen broker.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut rig = Rig::new("mutekafka");
    rig.kafka = silent.local_addr().unwrap().to_string();
    says(&gives_up(&rig, &[]), &["Kafka", &rig.kafka, "2s"], &["bootstrap.servers"]);
}

#[test]
fn redis_absent() {
    let mut rig = Rig::new("noredis");
    rig.create_topics(1);
    let address = format!("127.0.0.1:{}", free_port());
    rig.redis_url = format!("redis://{address}/0");
    says(&gives_up(&rig, &[]), &["Redis", &address, "refused"], &["redis.url"]);
}

#[test]
fn redis_accepts_and_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut rig = Rig::new("muteredis");
    rig.create_topics(1);
    rig.redis_url = format!("redis://{address}/0");
    says(&gives_up(&rig, &[]), &["Redis", &address], &["redis."]);
}

#[test]
fn topics_missing() {
    let rig = Rig::new("notopic");
    let own = ["control", "commands", "journal", "dead-letters"].map(|name| rig.topic(name));
    says(
        &gives_up(&rig, &[]),
        &[&own[0], &own[1], &own[2], &own[3], "do not exist", &rig.kafka],
        &["callwarden topics create"],
    );
    // Ours are there, the dialer's is not.
    rig.create_topics(1);
    says(
        &gives_up(&rig, &["attempts.0.topic=t-nobody-has-made-it"]),
        &["topic t-nobody-has-made-it does not exist", &rig.kafka],
        &["callwarden topics create"],
    );
}

/// Settings of somebody who logs in.
fn login(password: &str) -> [String; 4] {
    [
        "kafka.security.protocol=SASL_PLAINTEXT".to_owned(),
        "kafka.sasl.mechanism=PLAIN".to_owned(),
        "kafka.sasl.username=callwarden".to_owned(),
        password.to_owned(),
    ]
}

#[test]
fn kafka_password_wrong() {
    let mut rig = Rig::new("badsasl");
    rig.kafka = kafka_sasl();
    let login = login("kafka.sasl.password=wrong-password");
    says(
        &gives_up(&rig, &login.each_ref().map(String::as_str)),
        &["uthentication failed", &rig.kafka, "'callwarden'"],
        &["sasl.password"],
    );
}

#[test]
fn kafka_password_right_from_a_file() {
    let mut rig = Rig::new("sasl");
    rig.create_topics(2);
    let producer = rig.producer();
    rig.kafka = kafka_sasl();
    let file = rig.dir.path().join("password");
    std::fs::write(&file, "right-password\n").unwrap();
    let login = login(&format!("kafka.sasl.password_file={}", file.display()));
    let mut program = rig.start(&login.each_ref().map(String::as_str));
    program.live();
    let mut world =
        World::new(WorldConfig { numbers: 20, attempts_per_number: 50, ..WorldConfig::default() }).unwrap();
    let mut sent = Sent::nothing(&world);
    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(2), &mut sent);
    program.taken(sent.records, SOON);
    let output = program.terminate();
    assert!(!output.stderr.contains("right-password"), "{}", output.stderr);
}

#[test]
fn redis_evicts() {
    let server = OwnRedis::start(&redis_server(), &["--maxmemory-policy", "allkeys-lru"]);
    let mut rig = Rig::new("evicts");
    rig.redis_url = server.url();
    rig.create_topics(1);
    says(
        &gives_up(&rig, &[]),
        &["Redis", &server.address(), "maxmemory-policy", "allkeys-lru"],
        &["maxmemory-policy noeviction"],
    );
}

#[test]
fn redis_password_wrong_missing_and_right() {
    let server = OwnRedis::start(&redis_server(), &["--requirepass", "s3cret"]);
    let mut rig = Rig::new("redispw");
    rig.redis_url = server.url();
    rig.create_topics(1);
    for settings in [&["redis.password=wrong-password"][..], &[]] {
        says(&gives_up(&rig, settings), &["Redis", &server.address()], &["redis.password"]);
    }
    let file = rig.dir.path().join("password");
    std::fs::write(&file, "s3cret").unwrap();
    let mut program = rig.start(&[&format!("redis.password_file={}", file.display())]);
    program.live();
    assert!(!program.terminate().stderr.contains("s3cret"));

    rig.redis_url = format!("redis://:s3cret@{}/0", server.address());
    let mut program = rig.start(&[]);
    program.live();
    assert!(!program.terminate().stderr.contains("s3cret"));
}

#[test]
fn http_port_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let rig = Rig::new("port");
    says(
        &gives_up(&rig, &[&format!("http.listen={address}")]),
        &["cannot listen", &address],
        &["http.listen"],
    );
}

#[test]
fn configuration_wrong() {
    let rig = Rig::new("config");
    let file = rig.dir.path().join("callwarden.toml");
    std::fs::write(
        &file,
        "mode = \"enforce\"\n\
         [detector]\n\
         pauze = 1e6\n\
         reduce_to = 7\n\
         [kafka]\n\
         \"enable.auto.commit\" = true\n\
         \"sasl.passwort\" = \"s3cret\"\n\
         [redis]\n\
         password = [\"s3cret\"]\n",
    )
    .unwrap();
    for arguments in [&["run"][..], &["config", "check"], &["config", "show"], &["topics", "create"]] {
        let output = Program::start(&mut rig.with(arguments, &["commit.interval=soon"])).end(QUICKLY);
        assert_eq!(output.code, Some(78), "{arguments:?}: {output:?}");
        assert_eq!(output.stdout, "");
        assert!(!output.stderr.contains("s3cret"), "{}", output.stderr);
        let words = output.words();
        let wrong = [
            ["callwarden.toml:3", "detector.pauze", "did you mean detector.pause?"],
            ["callwarden.toml:4", "detector.reduce_to = 7", "expected"],
            ["callwarden.toml:6", "kafka.enable.auto.commit", "leave it out"],
            ["callwarden.toml:9", "redis.password", "expected"],
            ["--set", "commit.interval = \"soon\"", "expected"],
        ];
        assert_eq!(words.len(), wrong.len(), "{arguments:?}: everything at once, each on a line: {words:#?}");
        for (line, parts) in words.iter().zip(wrong) {
            parts.iter().for_each(|part| assert!(line.contains(part), "{part:?} is not in {line:?}"));
        }
    }
}

#[test]
fn numbers_are_shown_of_no_redis_with_the_same_cure() {
    let mut rig = Rig::new("shownoredis");
    let address = format!("127.0.0.1:{}", free_port());
    rig.redis_url = format!("redis://{address}/0");
    let output = Program::start(&mut rig.with(&["numbers", "show", "+12025550123"], LIMITS)).end(QUICKLY);
    says(&output, &["Redis", &address], &["redis.url"]);
}

/// That what this file expects of a failed start is not what any start says.
#[test]
fn nothing_wrong_says_nothing() {
    let rig = Rig::new("right");
    rig.create_topics(1);
    let mut program = rig.start(LIMITS);
    program.live();
    let output = program.terminate();
    assert_eq!(output.words(), [""; 0]);
    let complaints = output.stderr.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    assert_eq!(complaints.collect::<Vec<_>>(), [""; 0]);
    assert_eq!(Counts::of_topic(&rig).records, 0);
}
