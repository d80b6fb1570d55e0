//! When to commit, when to save, when to stop taking. Instants only: no clock that somebody can set.

use std::time::{Duration, Instant};

use crate::unit::UnitConfig;

/// While catching up a snapshot is saved so many times as seldom: the same numbers change again and again.
const CATCHING_UP: u32 = 10;

/// The unit's timetable.
pub(super) struct Schedule {
    commit_interval: Duration,
    heartbeat: Duration,
    save_interval: Duration,
    save_max_lag: Duration,
    last_commit: Instant,
    last_save: Instant,
    /// Everything that was committed by then is in the store.
    stored: Instant,
    catching_up: bool,
    leaving: bool,
}

impl Schedule {
    pub(super) fn new(config: &UnitConfig) -> Self {
        let now = Instant::now();
        Self {
            commit_interval: config.commit_interval,
            heartbeat: config.heartbeat,
            save_interval: config.snapshot_interval,
            save_max_lag: config.snapshot_max_lag,
            last_commit: now,
            // The first snapshot waits for no interval: with it the store is this process' own, and none before it writes there.
            last_save: now.checked_sub(config.snapshot_interval).unwrap_or(now),
            stored: now,
            catching_up: false,
            leaving: false,
        }
    }

    /// A transaction is handed over, full or not.
    pub(super) fn committing(&mut self, full: bool) -> Instant {
        self.catching_up |= full;
        self.last_commit = Instant::now();
        self.last_commit
    }

    /// The input is exhausted for now.
    pub(super) const fn caught_up(&mut self) {
        self.catching_up = false;
    }

    /// The unit leaves: the last snapshot waits for no interval.
    pub(super) const fn leaving(&mut self) {
        self.leaving = true;
    }

    /// Whether a transaction of so many events, which nothing urgent or full speeds up, is due.
    pub(super) fn commit_is_due(&self, events: usize) -> bool {
        self.until_commit(events).is_zero()
    }

    /// Whether a snapshot is due.
    pub(super) fn save_is_due(&self) -> bool {
        self.leaving || self.until_save().is_zero()
    }

    /// The numbers that changed are exported.
    pub(super) fn saving(&mut self) {
        self.last_save = Instant::now();
    }

    /// The newest export is in the store.
    pub(super) const fn saved(&mut self) {
        self.stored = self.last_save;
    }

    /// There is nothing that the store lacks.
    pub(super) fn nothing_unsaved(&mut self) {
        self.stored = Instant::now();
    }

    /// How long ago everything that was committed by then was in the store.
    pub(super) fn store_lag(&self) -> Duration {
        self.stored.elapsed()
    }

    /// Whether the store lags so far behind that nothing more may be taken.
    pub(super) fn store_lags(&self) -> bool {
        self.store_lag() > self.save_max_lag
    }

    /// How long until there is something to do by the clock: `committing`, a transaction is under way; `unsaved`, there are
    /// numbers that a snapshot could be made of at once.
    pub(super) fn wait(&self, events: usize, committing: bool, unsaved: bool) -> Duration {
        let commit = if committing { self.heartbeat } else { self.until_commit(events) };
        let save = if unsaved { self.until_save() } else { self.heartbeat };
        commit.min(save).max(Duration::from_millis(1))
    }

    fn until_commit(&self, events: usize) -> Duration {
        let wait = if events > 0 { self.commit_interval.min(self.heartbeat) } else { self.heartbeat };
        wait.saturating_sub(self.last_commit.elapsed())
    }

    fn until_save(&self) -> Duration {
        let seldom = if self.catching_up { CATCHING_UP } else { 1 };
        let every = (self.save_interval * seldom).min(self.save_max_lag / 4);
        every.saturating_sub(self.last_save.elapsed())
    }
}
