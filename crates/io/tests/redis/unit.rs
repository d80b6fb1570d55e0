//! A process as the store knows it: numbers that change, and saves of what has changed since the last one.

use std::collections::{BTreeMap, BTreeSet};

use callwarden_core::{CORE_VERSION, Caller, Fleet, Number, NumberView, Policy, Settled, Tally};
use callwarden_engine::{ChangedNumber, Changes, PortError, Saved, Snapshot, SnapshotHead, Store};
use callwarden_io::redis::{RedisConfig, RedisStore, Sizes};
use callwarden_wire::{pack_number, unpack_number};

/// The states of one moment: a number that stands for all of what is known of a caller.
pub(crate) type Moment = BTreeMap<u64, u64>;

/// Small enough for a test: three whole, eight with their figures ahead, more of them staged in chunks of four.
pub(crate) const SIZES: Sizes = Sizes { whole: 3, states: 8, chunk: 4 };

/// A process.
pub(crate) struct Unit {
    pub(crate) store: RedisStore,
    pub(crate) sequence: u64,
    pub(crate) now: Moment,
    pub(crate) changed: BTreeSet<u64>,
    pub(crate) core_version: u32,
}

impl Unit {
    /// Connects and loads. What it goes on from is what it loaded, with its sequence, or nothing.
    pub(crate) fn start(config: &RedisConfig) -> Self {
        let mut store = RedisStore::connect(config, 0).unwrap().sized(SIZES);
        let loaded = store.load().unwrap();
        let (sequence, now) = loaded.map_or_else(Default::default, moment);
        Self { store, sequence, now, changed: BTreeSet::new(), core_version: CORE_VERSION }
    }

    /// Another life that has stepped the journal up to `sequence` and the moment there.
    pub(crate) fn recover(config: &RedisConfig, sequence: u64, now: &Moment) -> Self {
        let mut unit = Self::start(config);
        assert!(unit.sequence <= sequence, "a snapshot is never ahead of the journal");
        unit.changed = now.keys().copied().filter(|key| unit.now.get(key) != now.get(key)).collect();
        (unit.sequence, unit.now) = (sequence, now.clone());
        unit
    }

    /// One more record of the journal, which changed these numbers.
    pub(crate) fn step(&mut self, numbers: impl IntoIterator<Item = u64>) {
        self.sequence += 1;
        for number in numbers {
            self.now.insert(number, self.sequence);
            self.changed.insert(number);
        }
    }

    /// What has changed since the last call.
    pub(crate) fn changes(&mut self) -> Changes {
        let numbers = std::mem::take(&mut self.changed);
        Changes {
            head: self.head(),
            numbers: numbers.into_iter().map(|at| changed(at, self.now[&at])).collect(),
        }
    }

    /// Saves what has changed, as the loop does: once more with every number where that is wanted.
    pub(crate) fn save(&mut self) -> Result<Saved, PortError> {
        let changes = self.changes();
        let saved = self.store.save(&changes)?;
        let Saved::AllWanted(_) = saved else { return Ok(saved) };
        self.changed = self.now.keys().copied().collect();
        let changes = self.changes();
        self.store.save(&changes)
    }

    /// Offers what has changed to the store, once.
    pub(crate) fn offer(&mut self) -> Saved {
        let changes = self.changes();
        self.store.save(&changes).unwrap()
    }

    fn head(&self) -> SnapshotHead {
        SnapshotHead {
            sequence: self.sequence,
            journal_offset: self.sequence as i64,
            header: Default::default(),
            tally: Tally::default(),
            core_version: self.core_version,
            policy_hash: "0123456789abcdef".into(),
            instance: "host-1".into(),
            numbers: self.now.len() as u64,
        }
    }
}

/// What another process would start from. It claims the store, as that would.
pub(crate) fn loaded(config: &RedisConfig) -> Option<(u64, Moment)> {
    RedisStore::connect(config, 0).unwrap().load().unwrap().map(moment)
}

pub(crate) fn caller(number: u64) -> Caller {
    Caller::from_digits(12_025_550_000 + number).unwrap()
}

/// What is shown to people of a number.
pub(crate) fn shown(config: &RedisConfig, number: u64) -> Option<u64> {
    let found = RedisStore::connect(config, 0)
        .unwrap()
        .read_number(fleet(number).as_str(), caller(number))
        .unwrap()?;
    let packed = found.state.map(|state| state.settled.seizures);
    let figure = found.fields.get("statistic").map(|text| text.parse::<f64>().unwrap() as u64);
    assert_eq!(packed, figure, "states and figures of {number}");
    packed
}

fn fleet(number: u64) -> Fleet {
    Fleet::new(["default", "acme/2"][number as usize % 2])
}

fn moment(snapshot: Snapshot) -> (u64, Moment) {
    let Snapshot { head, numbers } = snapshot;
    let moment: Moment = numbers
        .iter()
        .map(|(found, caller, number)| {
            let at = caller.digits() - 12_025_550_000;
            assert_eq!(*found, fleet(at));
            (at, number.settled.seizures)
        })
        .collect();
    assert_eq!(moment.len(), numbers.len(), "a number stands once");
    (head.sequence, moment)
}

fn changed(at: u64, value: u64) -> ChangedNumber {
    let number = Number { settled: Settled { seizures: value, answers: 0 }, ..Number::default() };
    let mut packed = Vec::new();
    pack_number(&number, &mut packed);
    assert_eq!(unpack_number(&packed).as_ref(), Ok(&number));
    let view = NumberView { statistic: value as f64, ..number.view(&Policy::default()) };
    ChangedNumber { fleet: fleet(at), caller: caller(at), view, packed }
}
