//! Standing orders of a number: what has been commanded and until when, so that nothing is commanded twice.

use crate::time::EventTime;

/// Each is void from its time on; 0: never given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Commands to this number so far.
    pub version: u32,
    /// The pause stands until then.
    pub pause_until: EventTime,
    /// The reduction for its answer rate stands until then.
    pub reduce_until: EventTime,
    /// The reduction for its pace stands until then.
    pub pace_until: EventTime,
}

impl Orders {
    /// Whether the number is under a pause at `at`.
    pub fn paused(&self, at: EventTime) -> bool {
        at < self.pause_until
    }

    /// Whether its volume is under a reduction at `at`, whatever for.
    pub fn reduced(&self, at: EventTime) -> bool {
        at < self.reduce_until || at < self.pace_until
    }

    /// Voids what stands.
    pub(crate) fn void(&mut self) {
        *self = Self { version: self.version, ..Self::default() };
    }

    /// Whether anything was ever given and not voided.
    pub(crate) fn any(&self) -> bool {
        *self != Self { version: self.version, ..Self::default() }
    }
}
