//! `callwarden audit` on a real Kafka: what a killed and restarted program has done is proven, what somebody tampered with is
//! found, and the program need not stand still for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use callwarden_sim::{World, WorldConfig};
use callwarden_wire::{to_json, v1};
use serde_json::Value;

use crate::harness::{
    Program, Random, Rig, SOON, Sent, Spread, commands, eventually, free_port, journal, produce, unless,
};

const PARTITIONS: u32 = 3;

/// Caps that healthy numbers pass now and then, so that there are many commands.
const SETTINGS: &[&str] = &[
    "mode=enforce",
    "commit.max_events=500",
    "commit.interval=5ms",
    "snapshot.interval=50ms",
    "caps.per_minute=5",
    "caps.per_hour=15",
    "caps.per_day=150",
];

fn world(seed: u64) -> World {
    let config = WorldConfig {
        seed,
        numbers: 40,
        attempts_per_number: 1_000,
        labelled: 10,
        label_when: 0.3..=0.8,
        duplicates: 0.01,
        late: 0.01,
        ..WorldConfig::default()
    };
    World::new(config).unwrap()
}

fn committed(rig: &Rig) -> u64 {
    journal(&rig.kafka, &rig.topic("journal")).last().map_or(0, |record| record.inputs)
}

/// A world and some records that cannot be read, taken by a program that is killed in the middle, and by the next one.
fn run(rig: &Rig, random: &mut Random) -> u64 {
    rig.create_topics(PARTITIONS as usize);
    let producer = rig.producer();
    let mut world = world(random.word());
    let mut sent = Sent::nothing(&world);
    for _ in 0..10 {
        produce(rig, &producer, &mut world, 2_000, Spread::ByNumber(PARTITIONS), &mut sent);
        let partition = (random.word() % u64::from(PARTITIONS)) as i32;
        producer.send(&rig.topic("attempts"), Some(partition), Some(b"key"), Some(b"{\"no\":\"attempt\"}"));
        producer.send(&rig.topic("attempts"), Some(partition), None, None);
        sent.records += 2;
    }
    producer.flush();
    for kill in 1..=3 {
        let mut program = rig.start(SETTINGS);
        eventually("commits", SOON, || {
            let committed = committed(rig);
            unless(committed > kill * 3_000, || format!("{committed} attempts are committed"))
        });
        program.kill();
    }
    let mut program = rig.start(SETTINGS);
    program.live();
    program.taken(sent.records, SOON);
    program.terminate();
    sent.records
}

#[test]
fn what_a_killed_program_has_done_is_proven() {
    let rig = Rig::new("audit");
    let records = run(&rig, &mut Random::of_run("audit"));
    let report = rig.audit(&[]);
    let commands = commands(&rig.kafka, &rig.topic("commands")).len();
    assert!(commands > 50, "a world in which something happens: {commands} commands");
    assert_eq!(report["attempts_stepped"], records);
    assert_eq!(report["commands_compared"], commands);
    assert_eq!(report["dead_letters_compared"], 20);
    assert_eq!(report["findings"], Value::Array(Vec::new()));

    // For people, and for the collector of metrics.
    let metrics = rig.dir.path().join("audit.prom");
    let output = rig.run(&["audit", "--since", "1h", "--metrics-file", metrics.to_str().unwrap()], &[]);
    assert_eq!((output.code, output.words()), (Some(0), Vec::new()), "{output:?}");
    assert!(output.stdout.ends_with("decided again\n"), "{}", output.stdout);
    assert!(
        output.stdout.contains(&format!("{:<28} {records:>15}\n", "attempts stepped again")),
        "{}",
        output.stdout
    );
    let text = std::fs::read_to_string(metrics).unwrap();
    assert!(text.contains("# TYPE callwarden_audit_timestamp_seconds gauge\n"), "{text}");
    assert!(text.ends_with("\ncallwarden_audit_findings 0\n"), "{text}");

    tampered(&rig);
    // A moment at which nothing was committed yet.
    let output = rig.audit_with(&["--since", "2099-01-01T00:00:00Z"], &[]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    // Commands that nobody has named belong to no time.
    assert_eq!((output.code, &report["found"]), (Some(1), &Value::from(1)), "{output:?}");
}

/// One command twice, one that nobody decided, one dead letter that is none.
fn tampered(rig: &Rig) {
    let topic = rig.topic("commands");
    let producer = rig.producer();
    let known = commands(&rig.kafka, &topic).swap_remove(7);
    let foreign = v1::Command { id: "6f1c8a56-0000-5000-8000-000000000000".to_owned(), ..known.clone() };
    for command in [&known, &foreign] {
        let key = format!("{}/{}", command.fleet, command.number);
        producer.send(&topic, None, Some(key.as_bytes()), Some(to_json(command).as_bytes()));
    }
    producer.flush();
    let metrics = rig.dir.path().join("tampered.prom");
    let output = rig.audit_with(&["--metrics-file", metrics.to_str().unwrap()], &[]);
    assert_eq!(output.code, Some(1), "{output:?}");
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["verdict"], "findings");
    let counts = serde_json::json!({"command_doubled": 1, "command_unexplained": 1});
    assert_eq!(report["counts"], counts, "{report:#}");
    let findings = report["findings"].as_array().unwrap();
    for (finding, id) in findings.iter().zip([&known.id, &foreign.id]) {
        assert!(finding["detail"].as_str().unwrap().contains(id.as_str()), "{finding:#}");
        assert_eq!(finding["topic"], topic);
        assert!(finding["number"].as_str().unwrap().contains("****"), "{finding:#}");
    }
    assert!(!output.stdout.contains(&known.number[1..]), "a number in clear: {}", output.stdout);
    let words = output.words();
    assert_eq!(words, ["callwarden: the audit has found 2 things that are not as they must be"]);
    let text = std::fs::read_to_string(metrics).unwrap();
    assert!(text.ends_with("\ncallwarden_audit_findings 2\n"), "{text}");
}

#[test]
fn a_program_at_work_is_audited_as_it_goes() {
    let rig = Rig::new("auditlive");
    rig.create_topics(PARTITIONS as usize);
    let mut program = rig.start(SETTINGS);
    program.live();
    let over = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (rig, over) = (&rig, &*over);
        scope.spawn(move || {
            let producer = rig.producer();
            let mut world = world(7);
            let mut sent = Sent::nothing(&world);
            // Paced, so that it lasts as long as the audits do.
            while !over.load(Ordering::Relaxed) {
                let before = sent.records;
                produce(rig, &producer, &mut world, 100, Spread::ByNumber(PARTITIONS), &mut sent);
                assert!(sent.records > before, "the world ended before the audits did");
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        eventually("commands", SOON, || {
            let commands = commands(&rig.kafka, &rig.topic("commands")).len();
            unless(commands > 0, || "none".to_owned())
        });
        let mut before = 0;
        for _ in 0..4 {
            let report = rig.audit(&[]);
            let stepped = report["attempts_stepped"].as_u64().unwrap();
            assert!(stepped > before, "it is at work: {stepped} after {before}");
            before = stepped;
        }
        over.store(true, Ordering::Relaxed);
    });
    program.terminate();
    rig.audit(&[]);
}

#[test]
fn what_cannot_be_read_is_said_with_its_cure() {
    let mut rig = Rig::new("auditerrors");
    let says = |rig: &Rig, arguments: &[&str], settings: &[&str], code: i32, parts: &[&str]| {
        let arguments = [&["audit"], arguments].concat();
        let output = Program::start(&mut rig.with(&arguments, settings)).end(SOON);
        assert_eq!((output.code, output.stdout.as_str()), (Some(code), ""), "{output:?}");
        let words = output.words().join("\n");
        parts.iter().for_each(|part| assert!(words.contains(part), "{part:?} is not in {words}"));
    };
    says(&rig, &[], &[], 1, &["journal", "do not exist", "callwarden topics create"]);
    rig.create_topics(1);
    says(&rig, &["--unit", "7"], &[], 1, &["has 1 partitions, so there is no unit 7"]);
    says(&rig, &["--since", "yesterday"], &[], 2, &["--since yesterday", "24h"]);
    let elsewhere = rig.dir.path().join("absent").join("audit.prom");
    let output = rig.run(&["audit", "--metrics-file", elsewhere.to_str().unwrap()], &[]);
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.words()[0].contains("audit.prom"), "{output:?}");
    rig.audit(&[]);
    rig.kafka = format!("127.0.0.1:{}", free_port());
    let address = rig.kafka.clone();
    says(&rig, &[], &["kafka.request_timeout=1s"], 1, &["Kafka", &address, "bootstrap.servers"]);
}
