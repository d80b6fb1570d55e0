//! What the units of a process let others see of their condition: for health endpoints and metrics.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::telemetry::Telemetry;

/// What a unit is doing.
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
pub struct Status {
    phase: AtomicU8,
    store_ok: AtomicBool,
    paused: AtomicBool,
    leaving: AtomicBool,
    telemetry: Telemetry,
}

impl Status {
    /// A unit that has not begun. Its metrics exist from here on.
    pub fn of_unit(unit: u32) -> Arc<Self> {
        Arc::new(Self {
            phase: AtomicU8::default(),
            store_ok: AtomicBool::default(),
            paused: AtomicBool::default(),
            leaving: AtomicBool::default(),
            telemetry: Telemetry::new(unit),
        })
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

    pub(crate) fn telemetry(&self) -> &Telemetry {
        &self.telemetry
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

    /// Tells a unit that may be in the middle of a recovery to leave.
    pub(crate) fn set_leaving(&self, leaving: bool) {
        self.leaving.store(leaving, Ordering::Relaxed);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }
}

/// Which units a process has, for whoever asks from outside.
#[derive(Default)]
pub struct Roster {
    joined: AtomicBool,
    units: Mutex<BTreeMap<u32, Entry>>,
}

struct Entry {
    status: Arc<Status>,
    held: bool,
}

impl Roster {
    /// A process that has no unit yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Whether the process stands in line for units.
    pub fn is_member(&self) -> bool {
        self.joined.load(Ordering::Relaxed)
    }

    /// The units that it holds now.
    pub fn held(&self) -> Vec<(u32, Arc<Status>)> {
        let units = self.lock();
        let held = units.iter().filter(|(_, entry)| entry.held);
        held.map(|(&unit, entry)| (unit, Arc::clone(&entry.status))).collect()
    }

    pub(crate) fn set_member(&self, joined: bool) {
        self.joined.store(joined, Ordering::Relaxed);
    }

    /// Notes that a unit is held. Its status, and with it its metrics, stay the same from one time to the next.
    pub(crate) fn hold(&self, unit: u32) -> Arc<Status> {
        let mut units = self.lock();
        let entry = units.entry(unit).or_insert_with(|| Entry { status: Status::of_unit(unit), held: true });
        entry.held = true;
        Arc::clone(&entry.status)
    }

    pub(crate) fn let_go(&self, unit: u32) {
        if let Some(entry) = self.lock().get_mut(&unit) {
            entry.held = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Entry>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
