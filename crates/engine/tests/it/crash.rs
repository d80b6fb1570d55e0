//! A process may die before, in and after every commit and every snapshot; the next one goes on as if nothing had been.

use callwarden_core::Core;
use callwarden_engine::{
    Changes, Ledger, MemoryLog, MemoryStore, PortError, Ports, RecoverError, Saved, Snapshot, Status, Store,
    Transaction, Unit, UnitError,
};
use callwarden_wire::v1;
use crossbeam_channel::never;

use crate::topics::{Topic, config, falling_number, stepped};

/// A ledger that dies at its n-th commit: before it took effect, or after.
pub(crate) struct Dying {
    pub(crate) log: MemoryLog,
    pub(crate) commits_left: u32,
    pub(crate) takes_effect: bool,
}

impl Ledger for Dying {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        self.log.open()
    }

    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        self.log.journal(offset, each)
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        if self.commits_left > 0 {
            self.commits_left -= 1;
            return self.log.commit(transaction);
        }
        if self.takes_effect {
            self.log.commit(transaction)?;
        }
        Err(PortError::new("the broker did not answer"))
    }
}

/// A store that is away for a while.
struct Absent {
    store: MemoryStore,
    saves_left: u32,
}

impl Store for Absent {
    fn load(&mut self) -> Result<Option<Snapshot>, PortError> {
        self.store.load()
    }

    fn save(&mut self, changes: &Changes) -> Result<Saved, PortError> {
        if self.saves_left == 0 {
            return Err(PortError::new("nobody answers"));
        }
        self.saves_left -= 1;
        self.store.save(changes)
    }
}

fn ports(topic: &Topic, ledger: impl Ledger + 'static, store: impl Store + 'static) -> Ports {
    Ports { attempts: Box::new(topic.reader(37, true)), ledger: Box::new(ledger), store: Box::new(store) }
}

fn run(ports: Ports) -> Result<Core, UnitError> {
    let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0))?;
    unit.run(ports, &never()).map(|(_, core)| core)
}

fn ids(commands: &[v1::Command]) -> Vec<(u64, u32, String)> {
    commands.iter().map(|c| (c.sequence, c.target_version, c.id.clone())).collect()
}

#[test]
fn without_faults_the_ledger_holds_what_the_core_decides() {
    let inputs = falling_number(6_000);
    let (decided, core) = stepped(&inputs);
    assert!(decided.len() >= 2, "a reduction and a pause at least, got {decided:?}");
    let log = MemoryLog::default();
    let ended = run(ports(&Topic::of(&inputs, 1), log.clone(), MemoryStore::default())).unwrap();
    assert_eq!(ended.header(), core.header());
    let committed = log.commands();
    assert_eq!(committed.len(), decided.len());
    for (command, decided) in committed.iter().zip(&decided) {
        assert_eq!(command.sequence, decided.sequence);
        assert_eq!(command.number, decided.caller.clear().to_string());
    }
    let taken: u32 = log.records().iter().flat_map(|record| &record.slices).map(|slice| slice.records).sum();
    assert_eq!(taken, 6_000);
}

#[test]
fn a_process_that_dies_at_any_commit_is_continued_without_loss_or_repetition() {
    let inputs = falling_number(5_000);
    let topic = Topic::of(&inputs, 1);
    let (decided, core) = stepped(&inputs);
    for takes_effect in [false, true] {
        for saves in [0, 3, u32::MAX] {
            let (log, store) = (MemoryLog::default(), MemoryStore::default());
            // Each process gets three commits further than the last one, dies, and the next one recovers.
            let mut deaths = 0;
            let ended = loop {
                let dying = Dying { log: log.clone(), commits_left: 3, takes_effect };
                let absent = Absent { store: store.clone(), saves_left: saves };
                match run(ports(&topic, dying, absent)) {
                    Ok(core) => break core,
                    Err(UnitError::Commit { .. }) => deaths += 1,
                    Err(other) => panic!("{other}"),
                }
                if deaths > 400 {
                    let log = log.clone();
                    break run(ports(&topic, log, store.clone())).unwrap();
                }
            };
            assert!(deaths >= 5, "the test must have crashed: {deaths}");
            assert_eq!(ended.header(), core.header(), "digest and counts, {takes_effect} {saves}");
            assert_eq!(ended.tally(), core.tally());
            let sequences: Vec<u64> = log.commands().iter().map(|command| command.sequence).collect();
            assert_eq!(sequences, (1..=decided.len() as u64).collect::<Vec<_>>());
            let journal: Vec<u64> = log.records().iter().map(|record| record.sequence).collect();
            assert_eq!(journal, (1..=journal.len() as u64).collect::<Vec<_>>());
        }
    }
}

#[test]
fn several_partitions_are_stepped_again_in_the_order_that_the_journal_tells() {
    let inputs = falling_number(5_000);
    let topic = Topic::of(&inputs, 3);
    let (whole, crashed, store) = (MemoryLog::default(), MemoryLog::default(), MemoryStore::default());
    let straight = run(ports(&topic, whole.clone(), MemoryStore::default())).unwrap();
    let dying = Dying { log: crashed.clone(), commits_left: 9, takes_effect: true };
    run(ports(&topic, dying, Absent { store: store.clone(), saves_left: 2 })).unwrap_err();
    let continued = run(ports(&topic, crashed.clone(), store)).unwrap();
    // The order of slices is the reader's, and after a crash another one: what is late for its number depends on it.
    let counted = |core: &Core| core.tally().counted + core.tally().late;
    assert_eq!((counted(&continued), counted(&straight)), (5_000, 5_000));
    // The journal tells it: stepped from the very beginning, without the snapshot, all is the same.
    let again = run(ports(&topic, crashed.clone(), MemoryStore::default())).unwrap();
    assert_eq!((again.header(), again.tally()), (continued.header(), continued.tally()));
    assert!(!ids(&crashed.commands()).is_empty());
    assert_eq!(crashed.records().last().unwrap().inputs, 5_000);
}

#[test]
fn an_emptied_store_is_filled_again_from_the_journal() {
    let inputs = falling_number(4_000);
    let topic = Topic::of(&inputs, 2);
    let log = MemoryLog::default();
    let first = run(ports(&topic, log.clone(), MemoryStore::default())).unwrap();
    let mut empty = MemoryStore::default();
    let second = run(ports(&topic, log, empty.clone())).unwrap();
    assert_eq!(second.header(), first.header());
    let snapshot = empty.load().unwrap().unwrap();
    assert_eq!(snapshot.numbers.len(), 1);
    assert_eq!(snapshot.head.header, first.header());
}

#[test]
fn a_store_of_another_journal_is_refused() {
    let inputs = falling_number(500);
    let topic = Topic::of(&inputs, 1);
    let store = MemoryStore::default();
    run(ports(&topic, MemoryLog::default(), store.clone())).unwrap();
    let error = run(ports(&topic, MemoryLog::default(), store)).unwrap_err();
    assert!(matches!(error, UnitError::Recover(RecoverError::StoreAhead { journal: 0, .. })), "{error}");
}

#[test]
fn a_recreated_topic_is_noticed() {
    let inputs = falling_number(500);
    let topic = Topic::of(&inputs, 1);
    let log = MemoryLog::default();
    run(ports(&topic, log.clone(), MemoryStore::default())).unwrap();
    topic.recreate();
    let error = run(ports(&topic, log, MemoryStore::default())).unwrap_err();
    assert!(matches!(error, UnitError::Recover(RecoverError::SliceChanged { found: 0, .. })), "{error}");
}

/// A ledger that does not always know the offset of what it has committed.
struct Forgetful(MemoryLog);

impl Ledger for Forgetful {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        self.0.open()
    }

    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        assert!(offset.is_none_or(|offset| offset >= 0), "read from {offset:?}");
        self.0.journal(offset, each)
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        let offset = self.0.commit(transaction)?;
        Ok(if offset % 3 == 0 { offset } else { -1 })
    }
}

#[test]
fn a_journal_offset_that_is_not_known_makes_recovery_longer_and_nothing_else() {
    let inputs = falling_number(3_000);
    let topic = Topic::of(&inputs, 1);
    let (log, mut store) = (MemoryLog::default(), MemoryStore::default());
    let first = run(ports(&topic, Forgetful(log.clone()), store.clone())).unwrap();
    let end = log.records().len() as i64 - 1;
    let known = store.load().unwrap().unwrap().head.journal_offset;
    assert!((end - 2..=end).contains(&known) && known >= 0, "{known} of {end}");
    let second = run(ports(&topic, Forgetful(log), store)).unwrap();
    assert_eq!((second.header(), second.tally()), (first.header(), first.tally()));
}
