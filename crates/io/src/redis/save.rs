//! The ways in which changes are written, by how many they are. Redis does nothing else while it executes a transaction, so
//! none holds more than some thousands of numbers; what a reader may take for a snapshot is whole after each of them.
//!
//! * A few: figures, states and header in one transaction.
//! * More: the figures ahead, in chunks; they are of committed attempts too, and nobody restarts from them. States and header
//!   in one transaction.
//! * Too many for one, and all there are: the states into `numbers:next` in chunks; then one transaction puts it in the place of
//!   `numbers` and sets the header.
//! * Too many for one, and not all: the states into `numbers:staged` in chunks; then the header is set, and says so: the snapshot
//!   is `numbers` overlaid with `numbers:staged` from now on, whatever of it stands in `numbers` too. Then the same states into
//!   `numbers` in chunks (the fold), each with a header that says how far it is; and a header that says nothing of them.

use std::iter;

use callwarden_engine::{ChangedNumber, Changes};
use callwarden_wire::readable;
use redis::RedisResult;

use super::guard::{Batch, Guard};
use super::header::{self, Fold};
use super::keys::{Keys, field};
use super::resp;

/// How many numbers go into one transaction. Larger ones block other clients of Redis for longer, smaller ones cost more.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The most with figures, states and header in one transaction.
    pub whole: usize,
    /// The most with states and header in one transaction.
    pub states: usize,
    /// In one chunk of more than that.
    pub chunk: usize,
}

impl Default for Sizes {
    /// Redis was seen to take 5 us for the figures of a number, and 0.6 us for its state of 800 bytes: none of these blocks
    /// others for much more than 10 ms, and for less than 50 on a machine a quarter as fast.
    fn default() -> Self {
        Self { whole: 1_024, states: 16_384, chunk: 512 }
    }
}

/// What is to be written, and how.
pub(super) struct Writer<'a> {
    pub(super) keys: &'a Keys,
    pub(super) sizes: Sizes,
    pub(super) changes: &'a Changes,
    /// Whether the states that stand there must go. Then the changes are all the numbers there are.
    pub(super) replace: bool,
}

impl Writer<'_> {
    /// Writes all of it. False: somebody else wrote meanwhile, and the rest was not written.
    pub(super) fn write(&self, guard: &mut Guard<'_>) -> RedisResult<bool> {
        let count = self.changes.numbers.len();
        if count > self.sizes.whole && !guard.run(self.chunks(0).map(|chunk| self.figures(chunk)))? {
            return Ok(false);
        }
        if count <= self.sizes.states {
            return guard.run(iter::once(self.at_once()));
        }
        if count as u64 == self.changes.head.numbers {
            return Ok(guard.run(self.staging(&self.keys.next))? && guard.run(iter::once(self.exchange()))?);
        }
        Ok(guard.run(self.staging(&self.keys.staged))?
            && guard.run(iter::once(self.switch()))?
            && self.fold(guard, 0)?)
    }

    /// Brings the staged states into `numbers`, from the one at `folded` on.
    pub(super) fn fold(&self, guard: &mut Guard<'_>, folded: u64) -> RedisResult<bool> {
        let mut done = folded;
        let chunks = self.chunks(folded as usize).map(|chunk| {
            done += chunk.len() as u64;
            let mut batch = states(&self.keys.numbers, chunk);
            batch.set_header(self.keys, self.header(Some(done)));
            batch
        });
        let end = iter::once_with(|| {
            let mut batch = Batch::with_capacity(1_024);
            batch.set_header(self.keys, self.header(None));
            batch.command(&[b"UNLINK", self.keys.staged.as_bytes()]);
            batch
        });
        guard.run(chunks.chain(end))
    }

    fn at_once(&self) -> Batch {
        let numbers = &self.changes.numbers;
        let mut batch = states(&self.keys.numbers, &[]);
        if self.replace {
            let Keys { numbers, staged, next, .. } = self.keys;
            batch.command(&[b"UNLINK", numbers.as_bytes(), staged.as_bytes(), next.as_bytes()]);
        }
        if numbers.len() <= self.sizes.whole {
            numbers.iter().for_each(|changed| put_figures(&mut batch, self.keys, changed));
        }
        for chunk in numbers.chunks(self.sizes.chunk) {
            put_states(&mut batch, &self.keys.numbers, chunk);
        }
        batch.set_header(self.keys, self.header(None));
        batch
    }

    /// All states into a hash that was empty, and that no header names.
    fn staging(&self, key: &str) -> impl Iterator<Item = Batch> {
        let clean = iter::once_with(|| {
            let mut batch = Batch::with_capacity(256);
            batch.command(&[b"UNLINK", key.as_bytes()]);
            batch
        });
        clean.chain(self.chunks(0).map(|chunk| states(key, chunk)))
    }

    /// The staged states are the snapshot.
    fn exchange(&self) -> Batch {
        let mut batch = Batch::with_capacity(1_024);
        let Keys { numbers, staged, next, .. } = self.keys;
        batch.needs(next, self.changes.numbers.len());
        batch.command(&[b"UNLINK", numbers.as_bytes(), staged.as_bytes()]);
        batch.command(&[b"RENAME", next.as_bytes(), numbers.as_bytes()]);
        batch.set_header(self.keys, self.header(None));
        batch
    }

    /// The staged states lie over the others.
    fn switch(&self) -> Batch {
        let mut batch = Batch::with_capacity(1_024);
        batch.needs(&self.keys.staged, self.changes.numbers.len());
        batch.set_header(self.keys, self.header(Some(0)));
        batch
    }

    fn figures(&self, chunk: &[ChangedNumber]) -> Batch {
        let mut batch = Batch::with_capacity(chunk.len() * 640);
        chunk.iter().for_each(|changed| put_figures(&mut batch, self.keys, changed));
        batch
    }

    fn chunks(&self, from: usize) -> impl Iterator<Item = &[ChangedNumber]> {
        self.changes.numbers.get(from..).unwrap_or_default().chunks(self.sizes.chunk)
    }

    fn header(&self, folded: Option<u64>) -> Vec<u8> {
        let staged = self.changes.numbers.len() as u64;
        header::to_json(&self.changes.head, folded.map(|folded| Fold { staged, folded }))
    }
}

fn states(key: &str, chunk: &[ChangedNumber]) -> Batch {
    let mut batch =
        Batch::with_capacity(1_024 + chunk.iter().map(|changed| changed.packed.len() + 64).sum::<usize>());
    put_states(&mut batch, key, chunk);
    batch
}

fn put_states(batch: &mut Batch, key: &str, chunk: &[ChangedNumber]) {
    if chunk.is_empty() {
        return;
    }
    let out = batch.begin(2 + 2 * chunk.len());
    resp::bulk(out, b"HSET");
    resp::bulk(out, key.as_bytes());
    for ChangedNumber { fleet, caller, packed, .. } in chunk {
        resp::bulk(out, field(fleet, *caller).as_bytes());
        resp::bulk(out, packed);
    }
}

fn put_figures(batch: &mut Batch, keys: &Keys, changed: &ChangedNumber) {
    let (fleet, number) = (changed.fleet.as_str(), changed.caller.clear().to_string());
    let figures = readable(&changed.view);
    let fields = [("fleet", fleet), ("number", &number)];
    let fields = fields.into_iter().chain(figures.iter().map(|(name, value)| (*name, value.as_str())));
    let out = batch.begin(2 + 2 * (2 + figures.len()));
    resp::bulk(out, b"HSET");
    resp::bulk(out, keys.figures(fleet, changed.caller).as_bytes());
    for (name, value) in fields {
        resp::bulk(out, name.as_bytes());
        resp::bulk(out, value.as_bytes());
    }
}
