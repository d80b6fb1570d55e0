//! Records that cannot be read are put aside whole, with a reason and their place, and hold nobody up.

use callwarden_wire::{to_json, v1};
use prost::Message as _;

use crate::harness::{Counts, Record, Rig, SOON, attempt, create_topic, journal, read};

const CALLER: &str = "+12125550134";
const CALLEE: &str = "+14155550177";
const STARTED_MS: i64 = 1_767_623_400_000;
/// What a value in dead-letters is cut to.
const VALUE_MAX: usize = 900_000;

fn good(id: usize) -> v1::CallAttempt {
    attempt(&format!("good-{id}"), CALLER, STARTED_MS + 60_000 * id as i64)
}

/// Value and the reason it has to be refused for.
fn poisons() -> Vec<(Option<Vec<u8>>, &'static str)> {
    let protobuf = good(900).encode_to_vec();
    let json = to_json(&good(901));
    let with = |field: &str, value: &str| {
        let mut object: serde_json::Value = serde_json::from_str(&json).unwrap();
        object[field] = serde_json::from_str(value).unwrap();
        Some(object.to_string().into_bytes())
    };
    let mut huge = br#"{"attempt_id":""#.to_vec();
    huge.resize(10_000_000, b'x');
    let mut random = crate::harness::Random::of_run("poison");
    let mut noise: Vec<u8> = (0..200).map(|_| random.word() as u8).collect();
    // Field 0, which there is none of; not the brace of JSON, not the zero of a frame.
    noise[0] = 0x07;
    vec![
        (Some(json.as_bytes()[..json.len() - 9].to_vec()), "malformed_json"),
        (Some(b"{\"attempt_id\": nonsense}".to_vec()), "malformed_json"),
        (Some([b" ", json.as_bytes()].concat()), "malformed_json"),
        (Some(protobuf[..protobuf.len() - 1].to_vec()), "malformed_protobuf"),
        (Some(protobuf[..protobuf.len() / 2].to_vec()), "malformed_protobuf"),
        (Some(noise), "malformed_protobuf"),
        (Some(vec![0, 0, 0]), "bad_framing"),
        (None, "empty"),
        (Some(Vec::new()), "empty"),
        (Some(huge), "too_large"),
        (with("attempt_id", "17"), "wrong_type"),
        (with("started_at", "true"), "wrong_type"),
        (with("sip_status", "[486]"), "wrong_type"),
        (with("started_at", "\"yesterday\""), "bad_time"),
        (with("caller_number", "\"12125550134\""), "not_e164"),
        (with("caller_number", "\"\""), "missing_field"),
        (with("campaign_id", &format!("\"{}\"", "c".repeat(65))), "field_too_long"),
        (with("callee_utc_offset_minutes", "100000"), "bad_value"),
        (with("callee_token", &format!("\"{CALLEE}\"")), "callee_token_is_phone_number"),
        (with("callee_token", &format!("\"tel:{CALLEE}\"")), "callee_token_is_phone_number"),
        (with("callee_token", "\"(415) 555-0177\""), "callee_token_is_phone_number"),
    ]
}

#[test]
fn poison_is_dead_lettered_byte_for_byte_and_the_good_ones_count() {
    let rig = Rig::new("poison");
    create_topic(
        &rig.kafka,
        &rig.topic("attempts"),
        1,
        &[("max.message.bytes", "20000000"), ("message.timestamp.type", "LogAppendTime")],
    );
    rig.create_topics(1);
    let producer = rig.producer();
    let topic = rig.topic("attempts");
    let poisons = poisons();
    let mut sent = Vec::new();
    for (place, (value, reason)) in poisons.iter().enumerate() {
        producer.send(&topic, None, Some(b"good"), Some(&good(place).encode_to_vec()));
        let key = (place % 2 == 0).then(|| format!("key-{place}").into_bytes());
        producer.send(&topic, None, key.as_deref(), value.as_deref());
        // Where it stands: each is preceded by as many good ones.
        sent.push((2 * place as i64 + 1, key, value, *reason));
    }
    producer.send(&topic, None, None, Some(&good(poisons.len()).encode_to_vec()));
    producer.flush();

    let mut program = rig.start(&[]);
    program.live();
    program.taken(2 * poisons.len() as u64 + 1, SOON);
    let metrics = program.metrics();
    assert_eq!(
        metrics.sum("callwarden_attempts_total", &["result=\"counted\""]),
        Some(poisons.len() as f64 + 1.0)
    );
    assert_eq!(
        metrics.sum("callwarden_attempts_total", &["result=\"unreadable\""]),
        Some(poisons.len() as f64)
    );
    for reason in callwarden_wire::UnreadableReason::ALL {
        let wanted = poisons.iter().filter(|(_, of)| *of == reason.name()).count() as f64;
        let labels = [format!("reason=\"{}\"", reason.name())];
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        assert_eq!(metrics.sum("callwarden_unreadable_total", &labels), Some(wanted), "{reason}");
    }
    let mut counts = Counts::default();
    (0..=poisons.len()).for_each(|place| counts.take(&good(place)));
    rig.redis_shows(&counts, SOON);
    let output = program.terminate();
    assert!(!output.stderr.contains(&CALLEE[1..]), "a callee's number in the log:\n{}", output.stderr);

    let letters = read(&rig.kafka, &rig.topic("dead-letters"));
    assert_eq!(letters.len(), sent.len());
    for (letter, (offset, key, value, reason)) in letters.iter().zip(&sent) {
        check(letter, &topic, *offset, key.as_deref(), value.as_deref(), reason);
    }
    let journal = journal(&rig.kafka, &rig.topic("journal"));
    assert_eq!(journal.last().unwrap().positions[0].offset, 2 * poisons.len() as i64 + 1);
}

fn check(letter: &Record, topic: &str, offset: i64, key: Option<&[u8]>, value: Option<&[u8]>, reason: &str) {
    let position = offset.to_string();
    let said = letter.header("__connect.errors.exception.message").unwrap();
    println!("poison: {reason}: {said}");
    assert_eq!(letter.header("callwarden.reason"), Some(reason), "offset {offset}: {said}");
    assert_eq!(letter.header("__connect.errors.topic"), Some(topic));
    assert_eq!(letter.header("__connect.errors.partition"), Some("0"));
    assert_eq!(letter.header("__connect.errors.offset"), Some(position.as_str()));
    assert!(!said.is_empty() && said.len() < 300, "{said:?}");
    for number in [CALLEE, "555-0177", CALLER] {
        assert!(!said.contains(number.trim_start_matches('+')), "a number in clear: {said}");
    }
    assert_eq!(letter.key.as_deref(), key, "the key of offset {offset}");
    match value {
        Some(whole) if whole.len() > VALUE_MAX => {
            assert!(letter.value.as_deref() == Some(&whole[..VALUE_MAX]), "the beginning of offset {offset}");
            assert_eq!(letter.header("callwarden.value.bytes"), Some(whole.len().to_string().as_str()));
        }
        value => {
            assert!(letter.value.as_deref() == value, "the value of offset {offset}, byte for byte");
            assert_eq!(letter.header("callwarden.value.bytes"), None);
        }
    }
}

#[test]
fn a_topic_of_nothing_but_poison_stops_the_program_and_commits_nothing_of_it() {
    let rig = Rig::new("allpoison");
    rig.create_topics(1);
    let producer = rig.producer();
    for _ in 0..3_000 {
        producer.send(&rig.topic("attempts"), None, None, Some(b"<xml/>"));
    }
    producer.flush();
    let output = rig.start(&["commit.interval=5s"]).end(SOON);
    assert_eq!(output.code, Some(1), "{output:?}");
    let words = output.words();
    assert_eq!(words.len(), 2, "one line and its cure: {words:?}");
    assert!(words[0].starts_with("callwarden: ") && words[0].contains("malformed_protobuf"), "{words:?}");
    assert!(words[1].starts_with("  hint: ") && words[1].contains("dialect"), "{words:?}");
    assert_eq!(read(&rig.kafka, &rig.topic("dead-letters")).len(), 0);
}

#[test]
fn a_topic_of_nothing_but_poison_is_put_aside_where_that_is_asked_for() {
    let rig = Rig::new("putaside");
    rig.create_topics(1);
    let producer = rig.producer();
    for _ in 0..1_200 {
        producer.send(&rig.topic("attempts"), None, None, Some(b"<xml/>"));
    }
    producer.flush();
    let mut program = rig.start(&["dead_letters.when_most=put_aside"]);
    program.live();
    program.taken(1_200, SOON);
    let output = program.terminate();
    assert!(output.stderr.contains("almost nothing can be read"), "{}", output.stderr);
    assert_eq!(read(&rig.kafka, &rig.topic("dead-letters")).len(), 1_200);
}
