//! What must hold after every fault: all that came was taken once, and everything that left is what the bare core says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use callwarden_core::Policy;
use callwarden_sim::WorldConfig;
use callwarden_wire::v1;

use crate::harness::{
    Counts, Order, Program, Record, Rig, SOON, check_journal, commands, journal, read, reference_of,
};

/// An audit of two million attempts takes some time, and more on a busy machine.
const AUDIT_MAX: Duration = Duration::from_secs(300);

/// Holds what stands in Kafka and Redis against the first `records` attempts of a world, where it is known, and `unreadable`
/// records beside them.
#[track_caller]
pub(super) fn prove(rig: &Rig, world: Option<(&WorldConfig, Policy)>, records: u64, unreadable: u64) {
    let counts = Counts::of_topic(rig);
    assert_eq!(counts.records, records + unreadable, "records on the topic of attempts");
    rig.redis_shows(&counts, SOON);
    let commands = commands(&rig.kafka, &rig.topic("commands"));
    check_journal(&journal(&rig.kafka, &rig.topic("journal")), &commands, records + unreadable);
    check_commands(&commands);
    if let Some((config, policy)) = world {
        compare_commands(&commands, &reference_of(config, records as usize, policy));
    }
    check_letters(rig, unreadable);
    // Everything is there, once, and as the core decides when stepped again.
    assert_eq!(audit(rig, 0), "proven");
}

/// The verdict of `callwarden audit`, which must end with an exit code.
#[track_caller]
pub(super) fn audit(rig: &Rig, code: i32) -> String {
    let output = Program::start(&mut rig.with(&["audit", "--json"], &[])).end(AUDIT_MAX);
    assert_eq!(output.code, Some(code), "audit:\n{}\n{}", output.stdout, output.stderr);
    let report: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    report["verdict"].as_str().unwrap().to_owned()
}

/// Numbered without a gap, and none twice.
#[track_caller]
fn check_commands(commands: &[v1::Command]) {
    let mut versions = BTreeMap::<(&str, &str), u32>::new();
    for (place, command) in commands.iter().enumerate() {
        assert_eq!(command.sequence, place as u64 + 1, "the commands are numbered without a gap");
        let version = versions.entry((&command.fleet, &command.number)).or_default();
        *version += 1;
        assert_eq!(command.target_version, *version, "version of {}/{}", command.fleet, command.number);
    }
    let ids: BTreeSet<&str> = commands.iter().map(|command| command.id.as_str()).collect();
    assert_eq!(ids.len(), commands.len(), "no id twice");
}

/// Against a run that nothing interrupts: the bare core over the same attempts.
#[track_caller]
fn compare_commands(commands: &[v1::Command], expected: &[(callwarden_core::Command, Order)]) {
    let mut by_target = BTreeMap::<String, Vec<&str>>::new();
    for command in commands {
        by_target.entry(format!("{}/{}", command.fleet, command.number)).or_default().push(&command.id);
    }
    let mut wanted = BTreeMap::<String, Vec<&str>>::new();
    for (_, (target, id, _)) in expected {
        wanted.entry(target.clone()).or_default().push(id);
    }
    assert!(wanted.len() >= 20, "a world in which something happens: {} targets", wanted.len());
    assert_eq!(by_target.len(), wanted.len(), "targets");
    for (target, wanted) in &wanted {
        assert_eq!(by_target.get(target), Some(wanted), "the commands to {target}");
    }
}

/// Every unreadable record is put aside, once.
#[track_caller]
fn check_letters(rig: &Rig, unreadable: u64) {
    let letters = read(&rig.kafka, &rig.topic("dead-letters"));
    let place = |letter: &Record| {
        let header = |name: &str| letter.header(&format!("__connect.errors.{name}")).unwrap().to_owned();
        (header("partition"), header("offset"))
    };
    let places: BTreeSet<(String, String)> = letters.iter().map(place).collect();
    assert_eq!(
        (letters.len() as u64, places.len() as u64),
        (unreadable, unreadable),
        "dead letters, and their places"
    );
}
