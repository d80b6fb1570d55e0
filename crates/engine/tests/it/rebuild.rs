//! The past is gone, in part: outputs that are missing are sent again, and a state that cannot be stepped is rebuilt.

use callwarden_core::{Caller, Core, Fleet};
use callwarden_engine::{
    Ledger, MemoryLog, MemoryStore, PortError, Ports, RecoverError, Status, Store, Transaction, Unit,
    UnitConfig, UnitError,
};
use callwarden_wire::v1;
use crossbeam_channel::never;

use crate::topics::{Reader, Topic, config, falling_number, falling_number_until_now};

/// A log that no longer holds the journal before an offset, nor some commands.
#[derive(Clone, Default)]
struct Trimmed {
    log: MemoryLog,
    begins: i64,
    lost: Vec<String>,
}

impl Ledger for Trimmed {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        self.log.open()
    }

    fn journal_begins(&mut self) -> Result<Option<i64>, PortError> {
        Ok(Some(self.begins))
    }

    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        self.log.journal(Some(offset.unwrap_or(self.begins)), each)
    }

    fn missing(&mut self, commands: Vec<v1::Command>) -> Result<Vec<v1::Command>, PortError> {
        Ok(commands.into_iter().filter(|command| self.lost.contains(&command.id)).collect())
    }

    fn standing(&mut self, each: &mut dyn FnMut(v1::Command)) -> Result<(), PortError> {
        self.log.standing(each)
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        self.log.commit(transaction)
    }
}

fn run(attempts: Reader, ledger: &Trimmed, store: &MemoryStore, units: u32) -> Result<Core, UnitError> {
    let ports = Ports {
        attempts: Box::new(attempts),
        ledger: Box::new(ledger.clone()),
        store: Box::new(store.clone()),
    };
    let config = UnitConfig { clocked: true, units, ..config() };
    let (unit, ports) = Unit::recover(config, ports, Status::of_unit(0))?;
    unit.run(ports, &never()).map(|(_, core)| core)
}

/// Four days in which a number falls and is paused, and the whole of it once more without a snapshot.
fn paused() -> (Vec<callwarden_core::Input>, Trimmed) {
    let inputs = falling_number_until_now(3_600);
    let ledger = Trimmed::default();
    run(Topic::of(&inputs, 1).reader(37, true), &ledger, &MemoryStore::default(), 1).unwrap();
    assert_eq!(ledger.log.commands().len(), 1, "the attempt of this second pauses it");
    (inputs, ledger)
}

#[test]
fn commands_that_the_journal_names_and_that_are_gone_are_sent_again_once() {
    let (inputs, mut ledger) = paused();
    let lost = ledger.log.commands()[0].clone();
    ledger.lost = vec![lost.id.clone()];
    let store = MemoryStore::default();
    let topic = Topic::of(&inputs, 1);
    run(topic.reader(37, true), &ledger, &store, 1).unwrap();
    assert_eq!(ledger.log.commands(), [lost.clone(), lost.clone()], "the same in every field");
    let resent: Vec<_> =
        ledger.log.records().into_iter().filter(|record| !record.resent_ids.is_empty()).collect();
    assert_eq!(resent.len(), 1);
    assert_eq!(resent[0].resent_ids, [lost.id]);
    assert!(resent[0].command_ids.is_empty(), "it was not decided again");
    // With a snapshot past it nobody asks for it again.
    run(topic.reader(37, true), &ledger, &store, 1).unwrap();
    assert_eq!(ledger.log.commands().len(), 2);
}

#[test]
fn without_journal_and_snapshot_of_the_beginning_the_state_is_rebuilt_and_orders_stand() {
    let (inputs, mut ledger) = paused();
    let records = ledger.log.records().len() as i64;
    for (begins, kept_from) in [(5, 0), (0, 1_000), (records - 1, 3_599)] {
        ledger.begins = begins;
        let before = ledger.log.records().last().unwrap().clone();
        let store = MemoryStore::default();
        let core = run(Topic::of(&inputs, 1).reader_from(kept_from), &ledger, &store, 1).unwrap();
        let after = ledger.log.records();
        let first = after.iter().find(|record| record.sequence == before.sequence + 1).unwrap();
        assert!(first.rebuilt && first.learning_until.is_some(), "{first:?}");
        assert_eq!(first.outputs, before.outputs, "sequences of commands go on");
        assert_eq!(core.header().inputs, 3_600 - kept_from as u64, "everything that is kept is learned");
        let (fleet, caller) = (Fleet::new(Fleet::DEFAULT), Caller::parse("+12025550123").unwrap());
        let number = core.find(&fleet, caller).unwrap();
        assert!(number.orders.paused(number.newest) && number.orders.version == 1, "{:?}", number.orders);
        assert_eq!(ledger.log.commands().len(), 1, "what stands is not ordered again");
        // Its snapshot is a whole one: the next process goes on from it.
        let next = run(Topic::of(&inputs, 1).reader_from(kept_from), &ledger, &store, 1).unwrap();
        assert_eq!(next.header(), core.header());
        assert!(!ledger.log.records().last().unwrap().rebuilt);
    }
}

#[test]
fn a_snapshot_older_than_the_journal_reaches_back_is_not_built_upon() {
    let inputs = falling_number(1_000);
    let mut ledger = Trimmed::default();
    let old = MemoryStore::default();
    run(Topic::of(&inputs[..500], 1).reader(37, true), &ledger, &old, 1).unwrap();
    run(Topic::of(&inputs, 1).reader(37, true), &ledger, &MemoryStore::default(), 1).unwrap();
    ledger.begins = ledger.log.records().len() as i64 - 2;
    let core = run(Topic::of(&inputs, 1).reader_from(400), &ledger, &old, 1).unwrap();
    assert_eq!(core.header().inputs, 600);
    assert_eq!(old.clone().load().unwrap().unwrap().head.header.inputs, 600);
}

#[test]
fn orders_of_another_units_numbers_are_not_taken_over() {
    let (inputs, mut ledger) = paused();
    // The topic of commands has those of all units; this one comes of a partition that is unit 1's.
    let mut foreign = ledger.log.commands()[0].clone();
    (foreign.id, foreign.number) = ("foreign".into(), "+12025550199".into());
    foreign.cause.as_mut().unwrap().partition = 1;
    let mut journal = ledger.log.records().last().unwrap().clone();
    (journal.sequence, journal.units) = (journal.sequence + 1, 2);
    (journal.slices, journal.command_ids) = (Vec::new(), Vec::new());
    ledger.commit(&Transaction { commands: vec![foreign], journal, ..Transaction::default() }).unwrap();
    ledger.begins = 5;
    let core = run(Topic::of(&inputs, 1).reader(37, true), &ledger, &MemoryStore::default(), 2).unwrap();
    let callers: Vec<String> = core.numbers().map(|(_, caller, _)| caller.clear().to_string()).collect();
    assert_eq!(callers, ["+12025550123"]);
}

#[test]
fn one_partition_that_was_trimmed_is_enough() {
    let inputs = falling_number(900);
    let ledger = Trimmed::default();
    let topic = Topic::of(&inputs, 3);
    // The first slices of the journal are of partition 0, all of which is kept.
    run(topic.reader(37, true), &ledger, &MemoryStore::default(), 1).unwrap();
    let mut reader = topic.reader_from(0);
    reader.lose(2, 50);
    let core = run(reader, &ledger, &MemoryStore::default(), 1).unwrap();
    assert!(ledger.log.records().iter().any(|record| record.rebuilt));
    assert_eq!(core.header().inputs, 850);
}

#[test]
fn another_number_of_units_is_refused() {
    let inputs = falling_number(100);
    let ledger = Trimmed::default();
    let topic = Topic::of(&inputs, 1);
    run(topic.reader(37, true), &ledger, &MemoryStore::default(), 1).unwrap();
    let error = run(topic.reader(37, true), &ledger, &MemoryStore::default(), 2).unwrap_err();
    let refused = matches!(error, UnitError::Recover(RecoverError::UnitsChanged { was: 1, now: 2 }));
    assert!(refused, "{error}");
}
