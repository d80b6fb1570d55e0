//! Faults: everything that one machine can be made to suffer, at random moments, with a load that does not stop for it.
//!
//! One test, since every fault has a broker and a Redis to itself: they run one after the other, each whatever became of the
//! others, and what each did stands in a line `fault: …` and in the table at the end. `CALLWARDEN_TEST_FAULTS` chooses:
//! nothing or `quick`, the chosen part that every change must pass; `whole`, all of them in full size; names, just these in
//! small; `whole:` and names, just these in full. `docs/faults.md` says what was measured.

mod clock;
mod load;
mod meter;
mod network;
mod proof;
mod records;
mod service;
mod snapshots;
mod stage;
mod storage;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::harness::Broker;
use stage::{Line, Setup, Size};

/// A fault, and whether it belongs to the chosen part.
struct Fault {
    name: &'static str,
    quick: bool,
    run: fn(Setup<'_>) -> Line,
}

const fn fault(name: &'static str, quick: bool, run: fn(Setup<'_>) -> Line) -> Fault {
    Fault { name, quick, run }
}

const FAULTS: &[Fault] = &[
    fault("nothing", false, service::nothing),
    fault("service_killed", true, service::killed),
    fault("service_terminated", true, service::terminated),
    fault("service_frozen", false, service::frozen),
    fault("service_frozen_beside_a_standby", true, service::frozen_beside_a_standby),
    fault("broker_killed", true, storage::broker_killed),
    fault("broker_frozen", true, storage::broker_frozen),
    fault("redis_killed", true, snapshots::redis_killed),
    fault("redis_emptied", true, snapshots::redis_emptied),
    fault("redis_rolled_back", true, snapshots::redis_rolled_back),
    fault("redis_frozen", true, snapshots::redis_frozen),
    fault("redis_read_only", true, snapshots::redis_read_only),
    fault("redis_out_of_memory", true, snapshots::redis_out_of_memory),
    fault("both_killed", true, snapshots::both_killed),
    fault("kafka_cut", true, network::kafka_cut),
    fault("kafka_unheard", false, network::kafka_unheard),
    fault("kafka_delayed", true, network::kafka_delayed),
    fault("redis_cut", true, network::redis_cut),
    fault("redis_unheard", true, network::redis_unheard),
    fault("redis_delayed", false, network::redis_delayed),
    fault("both_refused", true, network::both_refused),
    fault("clock_forward", true, clock::clock_forward),
    fault("clock_back", true, clock::clock_back),
    fault("poison_put_aside", true, records::poison_put_aside),
    fault("poison_stops", true, records::poison_stops),
    fault("attempts_deleted", true, records::attempts_deleted),
    fault("commands_deleted", false, records::commands_deleted),
    fault("disk_full", false, storage::disk_full),
];

/// What is asked for.
fn chosen() -> (Size, Vec<&'static Fault>) {
    let asked = std::env::var("CALLWARDEN_TEST_FAULTS").unwrap_or_default();
    let (size, names) = match asked.strip_prefix("whole") {
        Some(names) => (Size::Whole, names.trim_start_matches(':')),
        None => (Size::Quick, asked.as_str()),
    };
    let names: Vec<&str> = names.split(',').filter(|name| !name.is_empty() && *name != "quick").collect();
    for name in &names {
        let known: Vec<&str> = FAULTS.iter().map(|fault| fault.name).collect();
        assert!(
            known.contains(name),
            "CALLWARDEN_TEST_FAULTS: there is no fault {name:?}; there are {known:?}"
        );
    }
    let is_asked = |fault: &&Fault| match (names.is_empty(), size) {
        (false, _) => names.contains(&fault.name),
        (true, Size::Quick) => fault.quick,
        (true, Size::Whole) => true,
    };
    (size, FAULTS.iter().filter(is_asked).collect())
}

#[test]
fn after_each_fault_nothing_is_lost_and_nothing_doubled() {
    let (size, chosen) = chosen();
    let left_out: Vec<&str> = FAULTS
        .iter()
        .filter(|fault| chosen.iter().all(|chosen| chosen.name != fault.name))
        .map(|fault| fault.name)
        .collect();
    println!("faults: {} of {}, {size:?}; not these: {left_out:?}", chosen.len(), FAULTS.len());
    let begun = Instant::now();
    let mut lines = Vec::new();
    let mut failed = Vec::new();
    let mut broker = None;
    for fault in &chosen {
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let (_, broker) = broker.get_or_insert_with(|| {
                let dir = tempfile::tempdir().unwrap();
                let broker = Broker::start(dir.path());
                (dir, broker)
            });
            (fault.run)(Setup { name: fault.name, size, broker })
        }));
        println!(
            "faults: {} {} in {:.1?}",
            fault.name,
            if outcome.is_ok() { "held" } else { "FAILED" },
            begun.elapsed()
        );
        match outcome {
            Ok(line) => lines.push(line),
            Err(_) => {
                failed.push(fault.name);
                // Nobody knows what state it was left in.
                broker = None;
            }
        }
    }
    println!("faults: {} in {:.0?}\n{}", chosen.len(), begun.elapsed(), table(&lines));
    assert!(failed.is_empty(), "these did not hold: {failed:?}");
}

/// As it stands in `docs/faults.md`.
fn table(lines: &[Line]) -> String {
    let mut table = "| fault | events | commands | lasted s | longest without a command s | back after s | recoveries | commits \
                     failed | snapshots failed | store rolled back | snapshot lag max s | |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n"
        .to_owned();
    for line in lines {
        let Line { name, events, commands, totals, note, .. } = line;
        let seconds =
            |span: Option<Duration>| span.map_or("".to_owned(), |span| format!("{:.2}", span.as_secs_f64()));
        table += &format!(
            "| `{name}` | {events} | {commands} | {} | {} | {} | {} | {} | {} | {} | {:.1} | {note} |\n",
            seconds(Some(line.lasted)),
            seconds(line.outage),
            seconds(line.back_after),
            totals.recoveries,
            totals.commit_failures,
            totals.snapshot_failures,
            totals.rollbacks,
            totals.snapshot_lag_max,
        );
    }
    table
}
