//! What the unit lets others see of its condition: for health endpoints, without locks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// What the unit is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Phase {
    /// Not yet reading.
    Starting,
    /// Loading the snapshot, stepping the journal's tail again.
    Recovering,
    /// Taking attempts.
    Live,
    /// Committing the rest, then leaving.
    Draining,
    /// Over.
    Stopped,
}

impl Phase {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Recovering => "recovering",
            Self::Live => "live",
            Self::Draining => "draining",
            Self::Stopped => "stopped",
        }
    }
}

/// Shared condition of a unit.
#[derive(Debug, Default)]
pub struct Status {
    phase: AtomicU8,
    store_ok: AtomicBool,
    paused: AtomicBool,
}

impl Status {
    /// A unit that has not begun.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// What it is doing.
    pub fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Starting,
            1 => Phase::Recovering,
            2 => Phase::Live,
            3 => Phase::Draining,
            _ => Phase::Stopped,
        }
    }

    /// Whether the last call to the store succeeded.
    pub fn store_ok(&self) -> bool {
        self.store_ok.load(Ordering::Relaxed)
    }

    /// Whether nothing is taken because the store lags too far behind.
    pub fn paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(crate) fn set_store_ok(&self, ok: bool) {
        self.store_ok.store(ok, Ordering::Relaxed);
    }

    pub(crate) fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }
}
