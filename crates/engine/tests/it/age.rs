//! What is old: history that a first start learns, and what piled up in an outage. The clock it is judged by is journaled.

use callwarden_core::Core;
use callwarden_engine::{
    Ledger, MemoryLog, MemoryStore, Ports, Status, Transaction, Unit, UnitConfig, UnitError,
};
use callwarden_wire::Timestamp;
use crossbeam_channel::never;

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
    // The number falls for ten days, up to three hours ago.
    let inputs = falling_number_until_now(4_000);
    let topic = Topic::of(&inputs[..3_988], 1);
    let log = MemoryLog::default();
    let first = run(false, &topic, log.clone(), &MemoryStore::default()).unwrap();
    assert_eq!(first.header().outputs, 0, "too old, by the clock of this life");
    // The same journal, as a process would have written it three hours ago.
    let mut earlier = MemoryLog::default();
    for mut journal in log.records() {
        let set_back =
            |at: Timestamp| Timestamp::from_millis((i64::from(at.event_time().0) - 3 * 3_600) * 1_000);
        journal.clock = journal.clock.map(set_back);
        earlier.commit(&Transaction { journal, ..Transaction::default() }).unwrap();
    }
    let again = run(false, &topic, earlier, &MemoryStore::default()).unwrap();
    assert_eq!(again.header().outputs, 1, "young, by the clock that is journaled");
    assert_eq!(again.tally(), first.tally());
}

#[test]
fn only_the_very_first_start_learns() {
    let (log, store) = (MemoryLog::default(), MemoryStore::default());
    run(false, &Topic::of(&falling_number(100), 1), log.clone(), &store).unwrap();
    let core = run(true, &Topic::of(&falling_number(200), 1), log, &store).unwrap();
    assert_eq!(core.header().learning_until, None);
}
