//! Several processes in line for one unit, or for several: who runs what, who takes over, and that the one before changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use callwarden_wire::v1;

use crate::harness::{Program, Rig, SOON, create_partitions, eventually, journal, journal_of, unless};

/// What operators are promised.
const TAKE_OVER_MAX: Duration = Duration::from_secs(15);

/// A process with a name, and with the session that callwarden asks for by itself.
fn start(rig: &Rig, name: &str) -> Program {
    let instance = format!("unit.instance={name}");
    rig.start(&[
        "mode=enforce",
        "commit.heartbeat=200ms",
        "snapshot.interval=100ms",
        "kafka.session.timeout.ms=6000",
        "kafka.heartbeat.interval.ms=1500",
        &instance,
    ])
}

/// Twelve attempts from a number within a minute, where ten are allowed.
fn too_fast(rig: &Rig, caller: u64, key: Option<&str>) {
    let producer = rig.producer();
    for n in 0..12 {
        let attempt = format!(
            r#"{{"attempt_id":"{caller}-{n}","fleet":"{}","caller_number":"+{caller}","started_at":"2026-01-05T15:00:{n:02}Z","disposition":"DISPOSITION_NO_ANSWER"}}"#,
            key.unwrap_or("default")
        );
        producer.send(&rig.topic("attempts"), None, key.map(str::as_bytes), Some(attempt.as_bytes()));
    }
    producer.flush();
}

fn records(rig: &Rig) -> Vec<v1::JournalRecord> {
    journal(&rig.kafka, &rig.topic("journal"))
}

/// Waits for a committed command to the number, and gives who committed it.
#[track_caller]
fn commanded(rig: &Rig, caller: u64, within: Duration) -> String {
    let number = format!("+{caller}");
    let id = eventually(&format!("a command to {number}"), within, || {
        let commands = crate::harness::commands(&rig.kafka, &rig.topic("commands"));
        let found = commands.into_iter().find(|command| command.number == number);
        found.map(|command| command.id).ok_or_else(|| "none yet".to_owned())
    });
    records(rig).into_iter().find(|record| record.command_ids.contains(&id)).unwrap().instance
}

#[track_caller]
fn check_sequences(rig: &Rig) -> Vec<v1::JournalRecord> {
    let records = records(rig);
    let sequences: Vec<u64> = records.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, (1..=sequences.len() as u64).collect::<Vec<_>>());
    records
}

#[test]
fn a_killed_process_is_followed_by_the_one_that_stands_by() {
    let rig = Rig::new("takeover");
    rig.create_topics(2);
    let mut first = start(&rig, "first");
    first.live();
    let mut second = start(&rig, "second");
    second.standing_by();
    let metrics = second.metrics();
    assert_eq!(metrics.sum("callwarden_standby", &[]), Some(1.0));
    assert_eq!(metrics.sum("callwarden_units_held", &[]), Some(0.0));
    assert_eq!(first.metrics().sum("callwarden_standby", &[]), Some(0.0));
    too_fast(&rig, 12_025_550_001, None);
    assert_eq!(commanded(&rig, 12_025_550_001, SOON), "first");

    first.kill();
    let begun = Instant::now();
    too_fast(&rig, 12_025_550_002, None);
    assert_eq!(commanded(&rig, 12_025_550_002, TAKE_OVER_MAX), "second");
    println!("standby: {:.1?} from kill -9 to the first command of the standby", begun.elapsed());
    assert_eq!(second.metrics().sum("callwarden_units_held", &[]), Some(1.0));
    second.terminate();
    check_sequences(&rig);
}

#[test]
fn a_process_that_leaves_hands_over_at_once() {
    let rig = Rig::new("handover");
    rig.create_topics(1);
    let mut first = start(&rig, "first");
    first.live();
    let mut second = start(&rig, "second");
    second.standing_by();
    let begun = Instant::now();
    first.terminate();
    too_fast(&rig, 12_025_550_001, None);
    assert_eq!(commanded(&rig, 12_025_550_001, SOON), "second");
    println!("standby: {:.1?} from SIGTERM to the first command of the standby", begun.elapsed());
    second.terminate();
    check_sequences(&rig);
}

#[test]
fn a_frozen_process_wakes_fenced_changes_nothing_and_stands_in_line_again() {
    let rig = Rig::new("frozen");
    rig.create_topics(1);
    let mut first = start(&rig, "first");
    first.live();
    let mut second = start(&rig, "second");
    second.standing_by();
    first.signal("STOP");
    too_fast(&rig, 12_025_550_001, None);
    assert_eq!(commanded(&rig, 12_025_550_001, TAKE_OVER_MAX), "second");
    let header = |rig: &Rig| -> serde_json::Value {
        serde_json::from_str(&rig.redis().text("{unit:0}:header")).unwrap()
    };
    eventually("the second one's snapshot", SOON, || {
        unless(header(&rig)["instance"] == "second", || header(&rig).to_string())
    });
    first.signal("CONT");
    first.standing_by();
    // Whatever it had in hand when it was frozen is behind it now.
    let woken_at = records(&rig).len();
    eventually("twenty more heartbeats", SOON, || {
        unless(records(&rig).len() >= woken_at + 20, || "not yet".to_owned())
    });
    let all = check_sequences(&rig);
    let taken_over = all.iter().position(|record| record.instance == "second").unwrap();
    assert!(
        all[taken_over..].iter().all(|record| record.instance == "second"),
        "nothing of the first after that"
    );
    assert_eq!(header(&rig)["instance"], "second");

    second.kill();
    too_fast(&rig, 12_025_550_002, None);
    assert_eq!(
        commanded(&rig, 12_025_550_002, TAKE_OVER_MAX),
        "first",
        "it stands in line and takes over again"
    );
    first.terminate();
    check_sequences(&rig);
}

/// Which units have journaled attempts of which partitions, and the fleets whose numbers each has in Redis.
#[test]
fn units_are_spread_over_processes_and_a_fleet_stays_in_its_unit_while_partitions_are_added() {
    let rig = Rig::new("units");
    let output = rig.run(&["topics", "create", "--partitions", "4", "--units", "2"], &[]);
    assert_eq!(output.code, Some(0), "{output:?}");
    let (mut first, mut second) = (start(&rig, "first"), start(&rig, "second"));
    first.live();
    second.live();
    let held = |program: &mut Program| program.metrics().sum("callwarden_units_held", &[]);
    eventually("one unit each", SOON, || {
        let held = (held(&mut first), held(&mut second));
        unless(held == (Some(1.0), Some(1.0)), || format!("{held:?}"))
    });
    let fleets: Vec<String> = (0..12).map(|n| format!("fleet-{n}")).collect();
    let send = |base: u64| {
        for (n, fleet) in (0..).zip(&fleets) {
            too_fast(&rig, base + n, Some(fleet));
        }
        for n in 0..12 {
            commanded_in_any(&rig, base + n);
        }
    };
    send(12_025_550_100);
    create_partitions(&rig.kafka, &rig.topic("attempts"), 8);
    send(12_025_550_200);

    let mut units_of = BTreeMap::<String, BTreeSet<u32>>::new();
    let mut redis = rig.redis();
    for unit in 0..2 {
        let records = journal_of(&rig.kafka, &rig.topic("journal"), unit);
        let slices: Vec<&v1::Slice> = records.iter().flat_map(|record| &record.slices).collect();
        assert!(slices.iter().all(|slice| slice.partition % 2 == unit), "unit {unit}: {slices:?}");
        assert!(
            slices.iter().any(|slice| slice.partition >= 4),
            "the new partitions of unit {unit} are read: {slices:?}"
        );
        eventually("all numbers in Redis", SOON, || {
            let fields = redis.fields(&format!("{{unit:{unit}}}:numbers"));
            for field in &fields {
                let fleet = field.split('/').next().unwrap_or_default().to_owned();
                units_of.entry(fleet).or_default().insert(unit);
            }
            let inputs = records.last().map_or(0, |record| record.inputs);
            unless(fields.len() as u64 * 12 == inputs, || {
                format!("{} numbers of {inputs} attempts", fields.len())
            })
        });
    }
    assert_eq!(units_of.len(), fleets.len(), "{units_of:?}");
    assert!(units_of.values().all(|units| units.len() == 1), "a fleet in two units: {units_of:?}");
    assert_eq!(
        units_of.values().flatten().collect::<BTreeSet<_>>().len(),
        2,
        "both units have fleets: {units_of:?}"
    );

    // The one that stays takes both.
    first.kill();
    eventually("both units", TAKE_OVER_MAX, || {
        let held = held(&mut second);
        unless(held == Some(2.0), || format!("{held:?}"))
    });
    send(12_025_550_300);
    second.terminate();
}

#[track_caller]
fn commanded_in_any(rig: &Rig, caller: u64) {
    let number = format!("+{caller}");
    eventually(&format!("a command to {number}"), SOON, || {
        let commands = crate::harness::commands(&rig.kafka, &rig.topic("commands"));
        unless(commands.iter().any(|command| command.number == number), || "none yet".to_owned())
    });
}

#[test]
fn another_number_of_units_is_refused_while_there_is_a_journal() {
    let rig = Rig::new("moreunits");
    rig.create_topics(2);
    let mut program = start(&rig, "first");
    program.live();
    program.terminate();
    create_partitions(&rig.kafka, &rig.topic("control"), 2);
    create_partitions(&rig.kafka, &rig.topic("journal"), 2);
    let output = rig.start(&[]).end(SOON);
    let words = output.words().join("\n");
    assert_eq!(output.code, Some(1), "{words}");
    assert!(words.contains("units") && words.contains("hint: "), "{words}");
    assert!(journal_of(&rig.kafka, &rig.topic("journal"), 1).is_empty(), "no unit too many has written");
}
