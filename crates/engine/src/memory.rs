//! Ports in memory: what standalone runs on, and what tests crash and recover with.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use callwarden_core::{Caller, Fleet};
use callwarden_wire::{unpack_number, v1};

use crate::port::{
    Attempts, Changes, DeadLetter, Entry, Ledger, Next, PortError, Saved, Slice, Snapshot, SnapshotHead,
    Store, Transaction,
};
use crate::position::{Partition, Positions};

/// Input of one partition that is handed over by a closure: a pipe, a file, a simulator. It cannot be read twice.
pub struct MemoryAttempts<F> {
    partition: Partition,
    next: i64,
    read: F,
}

impl<F: FnMut(Duration) -> Result<Option<Vec<Entry>>, PortError> + Send> MemoryAttempts<F> {
    /// `read` waits at most the given time and returns what has come; `None` when there will be no more. Offsets count
    /// the entries from 0 and are set here.
    pub fn new(read: F) -> Self {
        Self { partition: Partition { topic: "".into(), index: 0 }, next: 0, read }
    }
}

impl<F: FnMut(Duration) -> Result<Option<Vec<Entry>>, PortError> + Send> Attempts for MemoryAttempts<F> {
    fn positions(&mut self, known: &Positions) -> Result<Positions, PortError> {
        let at = known.get(&self.partition).unwrap_or(0);
        Ok([(self.partition.clone(), at)].into_iter().collect())
    }

    fn seek(&mut self, positions: &Positions) -> Result<(), PortError> {
        self.next = positions.get(&self.partition).unwrap_or(0);
        Ok(())
    }

    fn take(&mut self, partition: &Partition, _: i64, _: i64) -> Result<Slice, PortError> {
        Err(PortError::new(format!("{partition}: this input cannot be read twice")))
    }

    fn next(&mut self, wait: Duration) -> Result<Next, PortError> {
        let Some(mut entries) = (self.read)(wait)? else { return Ok(Next::End) };
        if entries.is_empty() {
            return Ok(Next::Idle);
        }
        let from = self.next;
        for entry in &mut entries {
            entry.offset = self.next;
            self.next += 1;
        }
        Ok(Next::Slice(Slice { partition: self.partition.clone(), from, to: self.next, entries }))
    }
}

/// A ledger that keeps everything, and can be opened again by the next process.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog(Arc<Mutex<Logged>>);

/// What a [`MemoryLog`] holds.
#[derive(Debug, Default)]
struct Logged {
    journal: Vec<v1::JournalRecord>,
    commands: Vec<v1::Command>,
    dead_letters: Vec<DeadLetter>,
}

impl MemoryLog {
    /// The commands committed so far.
    pub fn commands(&self) -> Vec<v1::Command> {
        self.lock().commands.clone()
    }

    /// The dead letters committed so far.
    pub fn dead_letters(&self) -> Vec<DeadLetter> {
        self.lock().dead_letters.clone()
    }

    /// The journal so far.
    pub fn records(&self) -> Vec<v1::JournalRecord> {
        self.lock().journal.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Logged> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Ledger for MemoryLog {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        let log = self.lock();
        Ok(log.journal.last().map(|record| (log.journal.len() as i64 - 1, record.clone())))
    }

    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        let records = self.records();
        let from = offset.unwrap_or(0);
        for (at, record) in (0..).zip(records).skip_while(|&(at, _)| at < from) {
            each(at, record)?;
        }
        Ok(())
    }

    fn missing(&mut self, commands: Vec<v1::Command>) -> Result<Vec<v1::Command>, PortError> {
        let log = self.lock();
        let is_there = |command: &v1::Command| log.commands.iter().any(|there| there.id == command.id);
        Ok(commands.into_iter().filter(|command| !is_there(command)).collect())
    }

    fn standing(&mut self, each: &mut dyn FnMut(v1::Command)) -> Result<(), PortError> {
        self.commands().into_iter().for_each(each);
        Ok(())
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        let mut log = self.lock();
        let Transaction { commands, dead_letters, journal } = transaction.clone();
        log.commands.extend(commands);
        log.dead_letters.extend(dead_letters);
        log.journal.push(journal);
        Ok(log.journal.len() as i64 - 1)
    }
}

/// A store that keeps everything, and can be loaded by the next process.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Stored>>);

#[derive(Debug, Default)]
struct Stored {
    head: Option<SnapshotHead>,
    numbers: BTreeMap<(Fleet, Caller), Vec<u8>>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> Result<Option<Snapshot>, PortError> {
        let stored = self.lock();
        let Some(head) = stored.head.clone() else { return Ok(None) };
        let numbers = stored
            .numbers
            .iter()
            .map(|((fleet, caller), packed)| {
                let number = unpack_number(packed)
                    .map_err(|bad| PortError::new(format!("number {caller} of fleet {fleet}: {bad}")))?;
                Ok((fleet.clone(), *caller, number))
            })
            .collect::<Result<_, PortError>>()?;
        Ok(Some(Snapshot { head, numbers }))
    }

    fn discard(&mut self) {
        *self.lock() = Stored::default();
    }

    fn save(&mut self, changes: &Changes) -> Result<Saved, PortError> {
        let mut stored = self.lock();
        for number in &changes.numbers {
            stored.numbers.insert((number.fleet.clone(), number.caller), number.packed.clone());
        }
        stored.head = Some(changes.head.clone());
        Ok(Saved::Done)
    }
}
