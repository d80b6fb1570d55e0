//! What the loop needs of the world: attempts to take, a ledger to commit to, a store for snapshots.
//!
//! All calls block and have time limits of their own; each port is used by one thread at a time.

use std::time::Duration;

use callwarden_core::{Caller, Fleet, Header, Input, Number, NumberView, Stamp, Tally};
use callwarden_wire::{Unreadable, v1};

use crate::position::{Partition, Positions};

/// What can be hoped for after a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing, until a person has done something.
    #[default]
    Lasting,
    /// It may be over at the next attempt: nobody answered, or nobody knows what became of a request.
    Passing,
    /// Another process has taken over.
    Fenced,
}

/// A failure of a port, said for the person who has to cure it.
#[derive(Debug, thiserror::Error)]
#[error("{what}{}", hint.as_ref().map(|hint| format!("\n  hint: {hint}")).unwrap_or_default())]
pub struct PortError {
    /// What failed, where (address, topic, key), and why.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
    /// What can be hoped for.
    pub trouble: Trouble,
}

impl PortError {
    /// A failure without advice.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, trouble: Trouble::Lasting }
    }

    /// One that may be over at the next attempt.
    pub fn passing(self) -> Self {
        Self { trouble: Trouble::Passing, ..self }
    }

    /// One that means that another process has taken over.
    pub fn fenced(self) -> Self {
        Self { trouble: Trouble::Fenced, ..self }
    }

    /// With the next thing to try.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Consecutive records of one partition, decoded.
#[derive(Debug)]
pub struct Slice {
    /// Whose.
    pub partition: Partition,
    /// First offset taken: where the partition's last slice ended.
    pub from: i64,
    /// One past the last record's offset.
    pub to: i64,
    /// The records, ascending.
    pub entries: Vec<Entry>,
}

/// One record of a slice.
#[derive(Debug)]
pub struct Entry {
    /// Its offset.
    pub offset: i64,
    /// What the log says of it.
    pub stamp: Stamp,
    /// What it says.
    pub input: Input,
    /// If it cannot be read: why, and the record itself.
    pub poison: Option<Box<Poison>>,
}

/// A record that cannot be read, as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Poison {
    /// Why.
    pub unreadable: Unreadable,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its value; `None` for a tombstone.
    pub value: Option<Vec<u8>>,
}

/// The topics of attempts.
pub trait Attempts: Send {
    /// Where each partition is to be read from: `known` where that says, the configured start elsewhere.
    fn positions(&mut self, known: &Positions) -> Result<Positions, PortError>;

    /// The oldest offset kept of each partition that is read; of others, what is `known`. For a state that must be rebuilt.
    /// An input that cannot be read twice keeps nothing.
    fn oldest(&mut self, known: &Positions) -> Result<Positions, PortError> {
        Ok(known.clone())
    }

    /// Makes `take` and `next` begin at `positions`.
    fn seek(&mut self, positions: &Positions) -> Result<(), PortError>;

    /// The records `from..to` of a partition, which begin where its last slice ended. For recovery.
    fn take(&mut self, partition: &Partition, from: i64, to: i64) -> Result<Slice, PortError>;

    /// Called now and then while nothing is taken, so that lag and errors go on being told.
    fn serve(&mut self) -> Result<(), PortError> {
        Ok(())
    }

    /// The next slice: of the partitions that have records, the one whose head is earliest in event time.
    fn next(&mut self, wait: Duration) -> Result<Next, PortError>;
}

/// What [`Attempts::next`] found.
#[derive(Debug)]
pub enum Next {
    /// Records.
    Slice(Slice),
    /// None within the time.
    Idle,
    /// The input is over (a file, a pipe); there will be none.
    End,
}

/// A record that could not be read, with where it stood.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// Its partition.
    pub partition: Partition,
    /// Its offset.
    pub offset: i64,
    /// The record.
    pub poison: Poison,
}

/// What one commit makes durable, all of it or nothing.
#[derive(Debug, Default, Clone)]
pub struct Transaction {
    /// Orders, in their sequence; first those of earlier transactions that were missing. Empty in mode `observe`.
    pub commands: Vec<v1::Command>,
    /// Records put aside.
    pub dead_letters: Vec<DeadLetter>,
    /// What was consumed.
    pub journal: v1::JournalRecord,
}

/// The journal and the topics of outputs.
pub trait Ledger: Send {
    /// Fences every earlier process of this unit, and returns the newest committed journal record with its offset.
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError>;

    /// The oldest offset of the journal that is kept; `None`: all that there ever was.
    fn journal_begins(&mut self) -> Result<Option<i64>, PortError> {
        Ok(None)
    }

    /// Hands over the committed journal records from `offset` (`None`: the oldest kept) to the newest, in order.
    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError>;

    /// Of these commands, which were committed in this order, those that are no longer there, though none to the same target
    /// came after them. A ledger without a past misses nothing.
    fn missing(&mut self, commands: Vec<v1::Command>) -> Result<Vec<v1::Command>, PortError> {
        drop(commands);
        Ok(Vec::new())
    }

    /// Hands over the commands that are kept, the newest of each target among them, in order.
    fn standing(&mut self, each: &mut dyn FnMut(v1::Command)) -> Result<(), PortError> {
        let _ = each;
        Ok(())
    }

    /// Commits, and returns the offset of the journal record, or any smaller number if that is not known. After an error the ledger must not be used again: what was
    /// committed is known only by opening it anew.
    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError>;
}

/// Head of a snapshot: which prefix of the log it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotHead {
    /// Journal sequence it was taken at.
    pub sequence: u64,
    /// Offset of that journal record.
    pub journal_offset: i64,
    /// What the core knows of itself.
    pub header: Header,
    /// What became of its inputs.
    pub tally: Tally,
    /// Version of the core.
    pub core_version: u32,
    /// The policy in force.
    pub policy_hash: String,
    /// The process that wrote it.
    pub instance: String,
    /// Numbers in it.
    pub numbers: u64,
}

/// A whole snapshot.
#[derive(Debug)]
pub struct Snapshot {
    /// Which prefix.
    pub head: SnapshotHead,
    /// Every number.
    pub numbers: Vec<(Fleet, Caller, Number)>,
}

/// Numbers that changed since the last snapshot.
#[derive(Debug)]
pub struct Changes {
    /// Which prefix holds with them.
    pub head: SnapshotHead,
    /// The numbers.
    pub numbers: Vec<ChangedNumber>,
}

/// One number to be stored.
#[derive(Debug, Clone)]
pub struct ChangedNumber {
    /// Its fleet.
    pub fleet: Fleet,
    /// The number.
    pub caller: Caller,
    /// As people read it.
    pub view: NumberView,
    /// As the core needs it; see `callwarden_wire::pack_number`.
    pub packed: Vec<u8>,
}

/// What a store did with changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// They are in.
    Done,
    /// These changes have nothing to stand on. None of them was written: the next save must bring every number, and replaces
    /// what stands there.
    AllWanted(Wanted),
    /// A later process writes here; nothing was changed, and this one must stop.
    Superseded,
}

/// Why a store wants every number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It is not as this process left it.
    RolledBack,
    /// The last process died in the middle of a save.
    Unfinished,
    /// What stands there, if anything, is no snapshot, or one of another core.
    NoSnapshot,
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::RolledBack => "the store is not as it was left (emptied or rolled back)",
            Self::Unfinished => "the last process died in the middle of a save",
            Self::NoSnapshot => "the store holds no snapshot that changes could be added to",
        })
    }
}

/// Where snapshots live.
pub trait Store: Send {
    /// The snapshot, if there is one. From then on no earlier process of this unit can change anything there.
    fn load(&mut self) -> Result<Option<Snapshot>, PortError>;

    /// What was loaded is not the past of this unit: the next changes hold every number, and replace it.
    fn discard(&mut self) {}

    /// Saves changes at once or not at all. May be called again with the same changes after an error.
    fn save(&mut self, changes: &Changes) -> Result<Saved, PortError>;
}
