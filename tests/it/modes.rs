//! What `observe` and `enforce` send.

use callwarden_wire::v1;
use prost::Message as _;

use crate::harness::{Rig, SOON, attempt, commands, journal};

/// Sends eleven calls of one minute, one more than the default cap, and returns when they are taken.
fn over_the_cap(rig: &Rig, mode: &str) {
    rig.create_topics(1);
    let producer = rig.producer();
    for call in 0..11 {
        let attempt = attempt(&format!("call-{call}"), "+12025550123", 1_767_623_400_000);
        producer.send(&rig.topic("attempts"), None, None, Some(&attempt.encode_to_vec()));
    }
    producer.flush();
    let mut program = rig.start(&[&format!("mode={mode}")]);
    program.live();
    program.taken(11, SOON);
    let metrics = program.metrics();
    let labels = ["kind=\"reduce_volume\"", "reason=\"pace_over_cap\"", &format!("mode=\"{mode}\"")];
    assert_eq!(metrics.sum("callwarden_commands_total", &labels), Some(1.0));
    assert_eq!(metrics.sum("callwarden_commands_total", &[]), Some(1.0), "and nothing else");
    program.terminate();
}

fn check(command: &v1::Command, mode: v1::Mode) {
    assert_eq!((command.kind(), command.mode()), (v1::CommandKind::ReduceVolume, mode));
    assert_eq!((command.number.as_str(), command.fleet.as_str()), ("+12025550123", "default"));
    assert_eq!(command.caps, Some(v1::Caps { per_minute: 10, per_hour: 100, per_day: 200 }));
    assert_eq!(command.rule, "pace/per-minute");
    assert_eq!((command.sequence, command.target_version), (1, 1));
    let cause = command.cause.as_ref().unwrap();
    assert_eq!((cause.partition, cause.offset), (0, 10), "the eleventh record");
    let evidence = command.evidence.as_ref().unwrap().kind.as_ref().unwrap();
    let pace = v1::PaceEvidence { attempts: 11, cap: 10, window_seconds: 60 };
    assert_eq!(*evidence, v1::evidence::Kind::Pace(pace));
}

#[test]
fn observe_writes_decisions_to_the_journal_and_no_command() {
    let rig = Rig::new("observe");
    over_the_cap(&rig, "observe");
    assert_eq!(commands(&rig.kafka, &rig.topic("commands")), []);
    let journal = journal(&rig.kafka, &rig.topic("journal"));
    let observed: Vec<&v1::Command> = journal.iter().flat_map(|record| &record.observed).collect();
    assert_eq!(observed.len(), 1);
    check(observed[0], v1::Mode::Observe);
    assert!(journal.iter().all(|record| record.command_ids.is_empty()), "no command was sent");
    assert_eq!(journal.last().unwrap().outputs, 1);
}

#[test]
fn enforce_sends_the_command_under_the_key_of_its_target() {
    let rig = Rig::new("enforce");
    over_the_cap(&rig, "enforce");
    let sent = commands(&rig.kafka, &rig.topic("commands"));
    assert_eq!(sent.len(), 1);
    check(&sent[0], v1::Mode::Enforce);
    let record = &crate::harness::read(&rig.kafka, &rig.topic("commands"))[0];
    assert_eq!(record.key.as_deref(), Some(b"default/+12025550123".as_slice()));
    assert_eq!(record.header("content-type"), Some("application/json"));
    assert_eq!(record.header("callwarden.id"), Some(sent[0].id.as_str()));
    let journal = journal(&rig.kafka, &rig.topic("journal"));
    assert!(journal.iter().all(|record| record.observed.is_empty()));
    let ids: Vec<&String> = journal.iter().flat_map(|record| &record.command_ids).collect();
    assert_eq!(ids, [&sent[0].id]);
}
