//! The rules may change between two lives, and each record of the journal is stepped again under its own.

use callwarden_core::{Caps, Core, Fleet, Mode, Policy};
use callwarden_engine::{Ledger, MemoryLog, MemoryStore, Ports, Status, Store, Unit, UnitConfig, UnitError};
use crossbeam_channel::never;

use crate::crash::Dying;
use crate::topics::{Topic, config, falling_number, policy};

fn run(
    policy: Policy,
    topic: &Topic,
    ledger: impl Ledger + 'static,
    store: impl Store + 'static,
) -> Result<Core, UnitError> {
    let ports = Ports {
        attempts: Box::new(topic.reader(37, true)),
        ledger: Box::new(ledger),
        store: Box::new(store),
    };
    let config = UnitConfig { policy, ..config() };
    let (unit, ports) = Unit::recover(config, ports, Status::of_unit(0))?;
    unit.run(ports, &never()).map(|(_, core)| core)
}

#[test]
fn a_crash_with_a_change_of_rules_neither_loses_nor_repeats_a_command() {
    let topic = Topic::of(&falling_number(5_000), 1);
    let strict = Policy { caps: Caps { per_minute: 1, per_hour: 2, per_day: 50 }, ..policy() };
    let loose = Policy { caps: Caps::default(), ..policy() };
    for (before, after) in [(strict, loose), (loose, strict)] {
        let log = MemoryLog::default();
        // Without a snapshot, so that the next process steps everything again.
        let dying = Dying { log: log.clone(), commits_left: 9, takes_effect: true };
        run(before, &topic, dying, MemoryStore::default()).unwrap_err();
        let first = log.commands().len() as u64;
        let core = run(after, &topic, log.clone(), MemoryStore::default()).unwrap();
        let commands = log.commands();
        let sequences: Vec<u64> = commands.iter().map(|command| command.sequence).collect();
        assert_eq!(sequences, (1..=core.header().outputs).collect::<Vec<_>>());
        let versions: Vec<u32> = commands.iter().map(|command| command.target_version).collect();
        assert_eq!(versions, (1..=versions.len() as u32).collect::<Vec<_>>());
        assert!(first > 0 || before == loose, "the first life must have commanded");
        // A third life steps both stretches again, each under its own rules, and comes to the same state.
        let third = run(after, &topic, log.clone(), MemoryStore::default()).unwrap();
        assert_eq!((third.header(), third.tally()), (core.header(), core.tally()));
        assert_eq!(log.commands().len(), commands.len());
    }
}

#[test]
fn what_was_only_observed_is_ordered_once_orders_are_wanted() {
    let inputs = falling_number(6_000);
    let (log, store) = (MemoryLog::default(), MemoryStore::default());
    let observe = Policy { mode: Mode::Observe, ..policy() };
    let first = run(observe, &Topic::of(&inputs[..4_300], 1), log.clone(), store.clone()).unwrap();
    let caller = callwarden_core::Caller::parse("+12025550123").unwrap();
    let fleet = Fleet::new(Fleet::DEFAULT);
    let observed = first.find(&fleet, caller).unwrap();
    assert!(observed.orders.pause_until > observed.newest, "a pause was observed and still stands");
    assert!(log.commands().is_empty());
    run(policy(), &Topic::of(&inputs, 1), log.clone(), store).unwrap();
    let commands = log.commands();
    assert!(!commands.is_empty(), "the number is as bad as before, and now somebody is told");
    let ordered_at = i64::from(observed.orders.pause_until.0);
    assert!(
        commands.iter().any(|command| command.issued_at.is_some_and(|at| at.seconds < ordered_at)),
        "before the pause that was only observed would have ended"
    );
}

#[test]
fn a_snapshot_that_another_journal_wrote_is_refused() {
    let (log, store) = (MemoryLog::default(), MemoryStore::default());
    run(policy(), &Topic::of(&falling_number(2_000), 1), log.clone(), store.clone()).unwrap();
    let other = MemoryLog::default();
    run(policy(), &Topic::of(&falling_number(4_000), 1), other.clone(), MemoryStore::default()).unwrap();
    // The other journal is longer, so that its end lies past the snapshot; it tells of another state there.
    let error = run(policy(), &Topic::of(&falling_number(4_000), 1), other, store).unwrap_err();
    assert!(error.to_string().contains("do not belong together"), "{error}");
}
