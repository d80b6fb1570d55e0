//! Kafka has lost something of the past, or holds something between the attempts: what is missing is sent again, what cannot be
//! stepped is rebuilt, and holes that the log has are no loss.

use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use crate::harness::{
    Counts, OwnRedis, Rig, SOON, commands, create_topic, delete_topic, eventually, journal, redis_server,
    trim, unless,
};

const SETTINGS: &[&str] = &["mode=enforce", "commit.heartbeat=200ms", "snapshot.interval=100ms"];

/// Twelve attempts from each of so many numbers within a minute of the present, where ten are allowed: a command for each number.
fn too_fast(rig: &Rig, numbers: std::ops::Range<u64>) -> u64 {
    let producer = rig.producer();
    let mut sent = 0;
    for attempt in attempts(numbers) {
        producer.send(&rig.topic("attempts"), Some(0), None, Some(attempt.as_bytes()));
        sent += 1;
    }
    producer.flush();
    sent
}

fn attempts(numbers: std::ops::Range<u64>) -> impl Iterator<Item = String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let minute = (now / 60 * 60) as i64;
    numbers.flat_map(move |number| {
        (0..12).map(move |n| {
            let at = callwarden_wire::Timestamp::from_millis((minute + n) * 1_000);
            format!(
                r#"{{"attempt_id":"{number}-{minute}-{n}","caller_number":"+{}","started_at":"{at}","disposition":"DISPOSITION_NO_ANSWER"}}"#,
                12_025_550_000 + number
            )
        })
    })
}

#[test]
fn commands_that_kafka_lost_are_sent_again_with_the_ids_that_they_had() {
    let rig = Rig::new("resend");
    rig.create_topics(1);
    // No snapshot after the first, so that recovery knows the commands.
    let rare = ["mode=enforce", "commit.heartbeat=200ms", "snapshot.interval=1m"];
    let mut program = rig.start(&rare);
    program.live();
    let sent = too_fast(&rig, 0..5);
    program.taken(sent, SOON);
    let before = commands(&rig.kafka, &rig.topic("commands"));
    assert_eq!(before.len(), 5);
    program.kill();
    let settings = [("cleanup.policy", "compact,delete")];
    delete_topic(&rig.kafka, &rig.topic("commands"));
    create_topic(&rig.kafka, &rig.topic("commands"), 1, &settings);

    let mut program = rig.start(&rare);
    program.live();
    eventually("the same commands", SOON, || {
        let after = commands(&rig.kafka, &rig.topic("commands"));
        unless(after == before, || format!("{} of {}", after.len(), before.len()))
    });
    assert_eq!(program.metrics().sum("callwarden_outputs_resent_total", &[]), Some(5.0));
    let ids: Vec<&String> = before.iter().map(|command| &command.id).collect();
    let journal = journal(&rig.kafka, &rig.topic("journal"));
    assert_eq!(journal.iter().flat_map(|record| &record.resent_ids).collect::<Vec<_>>(), ids);
    program.terminate();
    rig.audit(&[]);
}

#[test]
fn redis_lost_with_a_restart_when_the_journal_no_longer_reaches_back_is_rebuilt() {
    let server = OwnRedis::start(&redis_server(), &[]);
    let mut rig = Rig::new("rebuild");
    rig.redis_url = server.url();
    rig.create_topics(1);
    let mut program = rig.start(SETTINGS);
    program.live();
    let sent = too_fast(&rig, 0..20);
    program.taken(sent, SOON);
    program.terminate();
    let before = journal(&rig.kafka, &rig.topic("journal"));
    let orders = commands(&rig.kafka, &rig.topic("commands"));
    assert_eq!(orders.len(), 20);

    // Retention has taken the beginning of both, and somebody the Redis.
    trim(&rig.kafka, &rig.topic("journal"), 0, 2 * before.len() as i64 - 2);
    trim(&rig.kafka, &rig.topic("attempts"), 0, 100);
    rig.redis().flush_all();
    let mut program = rig.start(SETTINGS);
    let recovered = program.live();
    assert_eq!(recovered["sequence"], before.last().unwrap().sequence, "{recovered}");
    program.taken(sent - 100, SOON);
    assert_eq!(program.metrics().sum("callwarden_learning", &[]), Some(1.0));
    assert!(program.stderr().contains("rebuilding"), "{}", program.stderr());
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    let state = rig.redis().number("default", "+12025550019");
    assert_eq!(state.get("state").map(String::as_str), Some("reduced"), "the order stands: {state:?}");
    // A day of history is not there yet: nothing is ordered, whatever comes.
    let more = too_fast(&rig, 30..35);
    program.taken(sent - 100 + more, SOON);
    assert_eq!(commands(&rig.kafka, &rig.topic("commands")), orders);
    let rebuilt: Vec<u64> = journal(&rig.kafka, &rig.topic("journal"))
        .iter()
        .filter(|record| record.rebuilt)
        .map(|record| record.sequence)
        .collect();
    assert_eq!(rebuilt, [before.last().unwrap().sequence + 1]);
    program.kill();

    // Its snapshot is one to go on from.
    let mut program = rig.start(SETTINGS);
    let recovered = program.live();
    assert_eq!(recovered["inputs"], sent - 100 + more, "{recovered}");
    assert_eq!(program.metrics().sum("callwarden_digest_mismatches_total", &[]), Some(0.0));
    program.terminate();
    // What was trimmed cannot be proven; what is left is clean.
    let audit = rig.audit_with(&[], &[]);
    assert_eq!(audit.code, Some(0), "{audit:?}");
    let report: serde_json::Value = serde_json::from_str(&audit.stdout).unwrap();
    assert_eq!(report["verdict"], "clean", "{report:#}");
}

#[test]
fn a_dialer_that_writes_transactions_leaves_holes_that_are_no_loss() {
    let rig = Rig::new("holes");
    rig.create_topics(1);
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &rig.kafka)
        .set("transactional.id", format!("{}-dialer", rig.prefix))
        .create()
        .unwrap();
    let patience = Duration::from_secs(20);
    producer.init_transactions(patience).unwrap();
    let topic = rig.topic("attempts");
    let mut committed = 0;
    for number in 0..10 {
        producer.begin_transaction().unwrap();
        for attempt in attempts(number..number + 1) {
            producer.send(BaseRecord::<(), _>::to(&topic).payload(&attempt).partition(0)).unwrap();
        }
        producer.flush(patience).unwrap();
        if number % 4 == 3 {
            producer.abort_transaction(patience).unwrap();
        } else {
            producer.commit_transaction(patience).unwrap();
            committed += 12;
        }
    }
    let mut program = rig.start(SETTINGS);
    program.live();
    program.taken(committed, SOON);
    let holes = |verdict: &str| {
        program.metrics().sum("callwarden_offset_holes_total", &[&format!("verdict=\"{verdict}\"")])
    };
    let mut holes = holes;
    assert!(holes("explained") >= Some(7.0), "{:?}", holes("explained"));
    assert_eq!(holes("refused"), Some(0.0));
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    program.terminate();
    rig.audit(&[]);
}
