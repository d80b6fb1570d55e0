//! One caller number: a folder that owns everything known of it and every rule about it alone.

mod cell;
mod evidence;
mod orders;
mod recent;
mod view;
mod windows;

pub use crate::number::evidence::{Evidence, Level, Settled};
pub use crate::number::orders::Orders;
pub use crate::number::recent::{RECENT_MAX, Recent, RecentAttempt};
pub use crate::number::view::{NumberView, State};
pub use crate::number::windows::{Bucket, Buckets, Counts, Minutes};

use crate::input::Attempt;
use crate::number::windows::{DAYS, HOURS};
use crate::time::EventTime;

/// Everything known of one number. Plain data: to be stored and shown by the host, changed by the core only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Number {
    /// Newest event time.
    pub newest: EventTime,
    /// Attempts in each minute of the last 60.
    pub minutes: Minutes,
    /// Counts of each hour of the last 24.
    pub hours: Buckets<HOURS>,
    /// Counts of each day (UTC) of the last 7.
    pub days: Buckets<DAYS>,
    /// What has left the 24 hours: the number's own past.
    pub settled: Settled,
    /// The last attempts, by which duplicates are known and amendments land.
    pub recent: Recent,
    /// Evidence of a fall.
    pub evidence: Evidence,
    /// Standing orders.
    pub orders: Orders,
}

/// What an attempt turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// New, and within the newest 60 minutes of the number.
    Counted,
    /// New, older than those 60 minutes, still within 7 days.
    Late,
    /// New, and older than every window.
    TooLate,
    /// Said before, in the same words.
    Duplicate,
    /// Said before in other words: the counts have been corrected.
    Amended,
    /// An amendment whose attempt is no longer, or was never, among the last, or is older than every window.
    AmendmentMissed,
}

impl Number {
    /// Reads a little of each place in memory that an attempt will touch.
    pub(crate) fn touch(&self) -> u32 {
        self.newest.0 ^ self.orders.version ^ self.hours.touch() ^ self.days.touch() ^ self.recent.touch()
    }

    /// Counts an attempt in every window it belongs to, once.
    pub(crate) fn take(&mut self, attempt: &Attempt) -> Taken {
        let now = RecentAttempt::of(attempt);
        if let Some(known) = self.recent.find(now.id) {
            return self.amend(known, now);
        }
        if attempt.amends_only {
            return Taken::AmendmentMissed;
        }
        let at = attempt.started_at;
        self.newest = self.newest.max(at);
        self.recent.push(now);

        let counts = now.counts();
        self.hours.advance(self.newest.hour(), |old| self.settled.add(old));
        self.days.advance(self.newest.day(), |_| {});
        self.minutes.advance(self.newest.minute());
        let is_recent = self.minutes.add(at.minute());
        let in_days = self.days.add(at.day(), &counts);
        if !self.hours.add(at.hour(), &counts) && in_days {
            self.settled.add(&counts);
        }
        match (is_recent, in_days) {
            (true, _) => Taken::Counted,
            (false, true) => Taken::Late,
            (false, false) => Taken::TooLate,
        }
    }

    /// Replaces what was counted for `known` by what is said `now`. The first report fixes the time.
    fn amend(&mut self, known: RecentAttempt, now: RecentAttempt) -> Taken {
        let now = now.starting(known.started_at);
        if now == known || (known.is_final() && !now.is_final()) {
            return Taken::Duplicate;
        }
        let (old, new) = (known.counts(), now.counts());
        let at = known.started_at;
        if !self.days.amend(at.day(), &old, &new) {
            return Taken::AmendmentMissed;
        }
        if !self.hours.amend(at.hour(), &old, &new) {
            self.settled.amend(&old, &new);
        }
        self.recent.replace(known.id, now);
        Taken::Amended
    }
}

#[cfg(test)]
mod tests;
