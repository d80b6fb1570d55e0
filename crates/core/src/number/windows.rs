//! Rolling counts, exact to one bucket.
//!
//! Minutes are dense: there are 60 small ones and pacing looks at them with every attempt. Hours and days are sparse, since
//! a number dials some ten hours a day: only buckets that hold something exist, in ascending order.

use crate::number::cell::Cell;
use crate::number::recent::RecentAttempt;
use crate::outcome::Answer;

/// Hours kept.
pub(crate) const HOURS: u32 = 24;
/// Days kept.
pub(crate) const DAYS: u32 = 7;
/// Minutes kept.
const MINUTES: u32 = 60;

/// What is counted of the attempts of one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Attempts, those that failed in our own network included.
    pub attempts: u32,
    /// Those that left our network: the denominator of every rate.
    pub seizures: u32,
    /// Answered by whomever.
    pub answers: u32,
    /// Known to be answered by a person.
    pub human: u32,
    /// Known to be answered by a machine.
    pub machine: u32,
    /// Answered, and over within the short-call limit.
    pub short: u32,
    /// Blocked by an analytics engine.
    pub blocked: u32,
    /// Seconds of talk.
    pub talk_seconds: u32,
}

impl Counts {
    /// Answers that the detector takes as such: all but machines.
    pub const fn evident_answers(&self) -> u32 {
        // A damaged snapshot may say anything; the sum of it must not panic.
        self.answers.saturating_sub(self.machine)
    }

    fn zip(&mut self, other: &Self, f: impl Fn(u32, u32) -> u32) {
        let Self { attempts, seizures, answers, human, machine, short, blocked, talk_seconds } = other;
        self.attempts = f(self.attempts, *attempts);
        self.seizures = f(self.seizures, *seizures);
        self.answers = f(self.answers, *answers);
        self.human = f(self.human, *human);
        self.machine = f(self.machine, *machine);
        self.short = f(self.short, *short);
        self.blocked = f(self.blocked, *blocked);
        self.talk_seconds = f(self.talk_seconds, *talk_seconds);
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.zip(other, u32::saturating_add);
    }

    fn subtract(&mut self, other: &Self) {
        self.zip(other, u32::saturating_sub);
    }
}

impl RecentAttempt {
    /// What this one attempt counts for.
    pub(crate) fn counts(&self) -> Counts {
        let answer = self.answer();
        Counts {
            attempts: 1,
            seizures: u32::from(self.seized()),
            answers: u32::from(answer.is_some()),
            human: u32::from(answer == Some(Answer::Human)),
            machine: u32::from(answer == Some(Answer::Machine)),
            short: u32::from(self.short()),
            blocked: u32::from(self.blocked()),
            talk_seconds: self.talk_seconds(),
        }
    }
}

/// One bucket: its index (event time over its length) and its counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Hour or day since 1970.
    pub index: u32,
    /// What happened in it.
    pub counts: Counts,
}

/// More attempts than one number makes in a day: 194 a second. A stored bucket that says so is damaged.
const BUCKET_MAX: u32 = 1 << 24;

/// The newest `N` buckets of equal length, those that hold something.
#[derive(Clone, Debug, Default)]
pub struct Buckets<const N: u32> {
    head: u32,
    /// Ascending; a very busy bucket has several.
    cells: Vec<Cell>,
}

impl<const N: u32> Buckets<N> {
    pub(crate) fn touch(&self) -> u32 {
        self.cells.last().map_or(0, |cell| cell.index)
    }
}

impl<const N: u32> PartialEq for Buckets<N> {
    /// The same counts, however they are spread over cells.
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && self.held() == other.held()
    }
}

impl<const N: u32> Buckets<N> {
    /// From stored buckets; `None` unless they ascend, fit a window that ends with `head`, and count what can be.
    pub fn from_parts(head: u32, held: &[Bucket]) -> Option<Self> {
        let ascend = held.is_sorted_by(|a, b| a.index < b.index);
        let sound = held.iter().all(|Bucket { counts, .. }| {
            let Counts { attempts, seizures, answers, human, machine, short, blocked, talk_seconds: _ } =
                *counts;
            let most = [attempts, seizures, answers, human, machine, short, blocked].into_iter().max();
            machine <= answers && most <= Some(BUCKET_MAX)
        });
        let mut buckets = Self { head, cells: Vec::with_capacity(held.len()) };
        let fit = held.iter().all(|bucket| buckets.covers(bucket.index));
        buckets.cells.extend(held.iter().flat_map(|bucket| Cell::spread(bucket.index, bucket.counts)));
        (ascend && sound && fit).then_some(buckets)
    }

    /// Those that hold something, oldest first.
    pub fn held(&self) -> Vec<Bucket> {
        let mut held: Vec<Bucket> = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            match held.last_mut() {
                Some(last) if last.index == cell.index => last.counts.add(&cell.counts()),
                _ => held.push(Bucket { index: cell.index, counts: cell.counts() }),
            }
        }
        held
    }

    /// Attempts in the window.
    pub fn attempts(&self) -> u32 {
        self.cells.iter().fold(0, |sum, cell| sum.saturating_add(cell.counts().attempts))
    }

    /// Sum of the window.
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.cells.iter().for_each(|cell| total.add(&cell.counts()));
        total
    }

    /// Moves the window forward so that it ends with `head`, and hands over what leaves it.
    pub(crate) fn advance(&mut self, head: u32, mut leave: impl FnMut(&Counts)) {
        if head <= self.head {
            return;
        }
        self.head = head;
        let gone = self.cells.partition_point(|cell| head - cell.index >= N);
        self.cells.drain(..gone).for_each(|cell| leave(&cell.counts()));
    }

    /// Adds one attempt's counts to the bucket `index`, unless it is outside the window.
    pub(crate) fn add(&mut self, index: u32, counts: &Counts) -> bool {
        if !self.covers(index) {
            return false;
        }
        let after = self.cells.partition_point(|cell| cell.index <= index);
        let known = after.checked_sub(1).map(|at| &mut self.cells[at]).filter(|cell| cell.index == index);
        if !known.is_some_and(|cell| cell.add(counts)) {
            // Vectors double by default; most of these end near ten.
            self.cells.reserve_exact(1 + self.cells.len() / 4);
            self.cells.splice(after..after, Cell::spread(index, *counts));
        }
        true
    }

    /// Takes `old` out of the bucket `index` and puts `new` in, unless it is outside the window.
    pub(crate) fn amend(&mut self, index: u32, old: &Counts, new: &Counts) -> bool {
        if !self.covers(index) {
            return false;
        }
        let from = self.cells.partition_point(|cell| cell.index < index);
        let to = self.cells.partition_point(|cell| cell.index <= index);
        if from < to {
            let mut counts = Counts::default();
            self.cells[from..to].iter().for_each(|cell| counts.add(&cell.counts()));
            counts.subtract(old);
            counts.add(new);
            self.cells.splice(from..to, Cell::spread(index, counts));
        }
        true
    }

    fn covers(&self, index: u32) -> bool {
        index <= self.head && self.head - index < N
    }
}

/// Attempts in each of the last 60 minutes.
///
/// A minute holds 65,535: 1,092 calls a second from one number, beyond what any switch places; it stops there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minutes {
    head: u32,
    ring: [u16; MINUTES as usize],
    total: u32,
}

impl Default for Minutes {
    fn default() -> Self {
        Self { head: 0, ring: [0; MINUTES as usize], total: 0 }
    }
}

impl Minutes {
    /// From the minute it ends with and (minute, count) pairs; `None` if one is outside the window or stands twice.
    pub fn from_parts(head: u32, held: impl IntoIterator<Item = (u32, u16)>) -> Option<Self> {
        let mut minutes = Self { head, ..Self::default() };
        for (minute, count) in held {
            if !minutes.covers(minute) || minutes.ring[slot(minute)] > 0 {
                return None;
            }
            minutes.ring[slot(minute)] = count;
            minutes.total += u32::from(count);
        }
        Some(minutes)
    }

    /// Minutes that hold something, oldest first, with their counts.
    pub fn held(&self) -> impl Iterator<Item = (u32, u16)> + '_ {
        let oldest = self.head.saturating_sub(MINUTES - 1);
        (oldest..=self.head).map(|minute| (minute, self.ring[slot(minute)])).filter(|&(_, count)| count > 0)
    }

    /// Attempts in the newest minute.
    pub fn newest(&self) -> u32 {
        u32::from(self.ring[slot(self.head)])
    }

    /// Attempts in the 60 minutes.
    pub const fn total(&self) -> u32 {
        self.total
    }

    /// Moves the window forward so that it ends with `head`.
    pub(crate) fn advance(&mut self, head: u32) {
        if head >= self.head.saturating_add(MINUTES) {
            *self = Self { head, ..Self::default() };
        }
        while self.head < head {
            self.head += 1;
            let left = core::mem::take(&mut self.ring[slot(self.head)]);
            self.total -= u32::from(left);
        }
    }

    /// Counts one attempt in `minute`, unless that is outside the window.
    pub(crate) fn add(&mut self, minute: u32) -> bool {
        if !self.covers(minute) {
            return false;
        }
        let cell = &mut self.ring[slot(minute)];
        if let Some(more) = cell.checked_add(1) {
            *cell = more;
            self.total += 1;
        }
        true
    }

    fn covers(&self, minute: u32) -> bool {
        minute <= self.head && self.head - minute < MINUTES
    }
}

const fn slot(minute: u32) -> usize {
    (minute % MINUTES) as usize
}
