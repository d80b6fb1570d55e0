//! What is old: history that a first start learns, and what piled up in an outage. The clock it is judged by is journaled.

use callwarden_core::Core;
use callwarden_engine::{Ledger, MemoryLog, MemoryStore, Ports, Status, Unit, UnitConfig, UnitError};
use crossbeam_channel::never;

use crate::crash::Dying;
use crate::topics::{Topic, config, falling_number, falling_number_until_now};

fn run(
    learns: bool,
    topic: &Topic,
    ledger: impl Ledger + 'static,
    store: &MemoryStore,
) -> Result<Core, UnitError> {
    let ports = Ports {
        attempts: Box::new(topic.reader(37, true)),
        ledger: Box::new(ledger),
        store: Box::new(store.clone()),
    };
    let config = UnitConfig { clocked: true, learns, ..config() };
    let (unit, ports) = Unit::recover(config, ports, Status::of_unit(0))?;
    unit.run(ports, &never()).map(|(_, core)| core)
}

#[test]
fn history_brings_about_nothing_and_the_present_what_history_has_shown() {
    for learns in [false, true] {
        let inputs = falling_number_until_now(4_000);
        let (log, store) = (MemoryLog::default(), MemoryStore::default());
        run(learns, &Topic::of(&inputs[..3_995], 1), log.clone(), &store).unwrap();
        assert_eq!(
            log.commands(),
            [],
            "{learns}: the newest of these is over an hour old, and they fall for ten days"
        );
        assert_eq!(log.records().last().unwrap().learning_until.is_some(), learns);
        let core = run(false, &Topic::of(&inputs, 1), log.clone(), &store).unwrap();
        let kinds: Vec<_> = log.commands().iter().map(|command| command.rule.clone()).collect();
        assert_eq!(kinds, ["answer-rate/pause"], "{learns}: a young attempt decides");
        assert_eq!(core.header().learning_until, None);
    }
}

#[test]
fn an_attempt_younger_than_the_bound_decides_though_it_is_no_longer_of_this_minute() {
    // 14 minutes old: within the hour, beyond the minute that ends the learning.
    for (learns, expected) in [(false, 1), (true, 0)] {
        let inputs = falling_number_until_now(4_000);
        let log = MemoryLog::default();
        run(learns, &Topic::of(&inputs[..3_999], 1), log.clone(), &MemoryStore::default()).unwrap();
        assert_eq!(log.commands().len(), expected, "{learns}");
    }
}

#[test]
fn stepping_again_goes_by_the_clock_of_the_journal() {
    let inputs = falling_number_until_now(4_000);
    let topic = Topic::of(&inputs, 1);
    let log = MemoryLog::default();
    // No snapshot: the second life steps everything again, when some of it is older than it was.
    let dying = Dying { log: log.clone(), commits_left: 10, takes_effect: true };
    run(true, &topic, dying, &MemoryStore::default()).unwrap_err();
    let first = run(true, &topic, log.clone(), &MemoryStore::default()).unwrap();
    let third = run(true, &topic, log.clone(), &MemoryStore::default()).unwrap();
    assert_eq!((third.header(), third.tally()), (first.header(), first.tally()));
    assert_eq!(log.commands().len(), 1);
    assert!(
        log.records().iter().filter(|record| !record.slices.is_empty()).all(|record| record.clock.is_some())
    );
}

#[test]
fn only_the_very_first_start_learns() {
    let (log, store) = (MemoryLog::default(), MemoryStore::default());
    run(false, &Topic::of(&falling_number(100), 1), log.clone(), &store).unwrap();
    let core = run(true, &Topic::of(&falling_number(200), 1), log, &store).unwrap();
    assert_eq!(core.header().learning_until, None);
}
