//! Counts of one bucket in 24 bytes: two thirds of what plain counts take, and buckets are most of what a number takes.
//!
//! A field holds 65,535, which is 18 calls a second for an hour. What is busier than that takes several cells of the same
//! index, so nothing is ever cut off.

use crate::number::windows::Counts;

/// Part of a bucket, or all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// Hour or day since 1970.
    pub(crate) index: u32,
    talk_seconds: u32,
    attempts: u16,
    seizures: u16,
    answers: u16,
    human: u16,
    machine: u16,
    short: u16,
    blocked: u16,
}

impl Cell {
    const fn empty(index: u32) -> Self {
        Self {
            index,
            talk_seconds: 0,
            attempts: 0,
            seizures: 0,
            answers: 0,
            human: 0,
            machine: 0,
            short: 0,
            blocked: 0,
        }
    }

    /// What it holds.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            attempts: self.attempts.into(),
            seizures: self.seizures.into(),
            answers: self.answers.into(),
            human: self.human.into(),
            machine: self.machine.into(),
            short: self.short.into(),
            blocked: self.blocked.into(),
            talk_seconds: self.talk_seconds,
        }
    }

    /// Adds all of `counts`, or nothing if that does not fit.
    pub(crate) fn add(&mut self, counts: &Counts) -> bool {
        let mut sum = *self;
        let left = sum.take(counts);
        let fits = left == Counts::default();
        if fits {
            *self = sum;
        }
        fits
    }

    /// Takes as much of `counts` as fits, and returns the rest.
    fn take(&mut self, counts: &Counts) -> Counts {
        let part = |mine: &mut u16, more: u32| {
            let room = more.min(u32::from(u16::MAX - *mine));
            *mine += room as u16;
            more - room
        };
        let talk = counts.talk_seconds.min(u32::MAX - self.talk_seconds);
        self.talk_seconds += talk;
        Counts {
            attempts: part(&mut self.attempts, counts.attempts),
            seizures: part(&mut self.seizures, counts.seizures),
            answers: part(&mut self.answers, counts.answers),
            human: part(&mut self.human, counts.human),
            machine: part(&mut self.machine, counts.machine),
            short: part(&mut self.short, counts.short),
            blocked: part(&mut self.blocked, counts.blocked),
            talk_seconds: counts.talk_seconds - talk,
        }
    }

    /// As many cells as `counts` needs, at least one.
    pub(crate) fn spread(index: u32, counts: Counts) -> impl Iterator<Item = Self> {
        let mut rest = Some(counts);
        core::iter::from_fn(move || {
            let mut cell = Self::empty(index);
            let left = cell.take(&rest.take()?);
            rest = (left != Counts::default()).then_some(left);
            Some(cell)
        })
    }
}
