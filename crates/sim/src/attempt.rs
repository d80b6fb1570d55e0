//! One attempt of the world, as small as it can be: names stay with the world and are put in when a message is written.

use std::sync::Arc;

use callwarden_core::{Caller, EventTime, LogTime};

use crate::clock::event_time;
use crate::fate::{Course, Fate};
use crate::message::Names;

/// Why a record was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The attempt, once and whole.
    Whole,
    /// The attempt without its end and verdict; an amendment follows.
    Preliminary,
    /// The rest of a preliminary one.
    Amendment,
    /// A record that was sent before.
    Duplicate {
        /// The same again without end and verdict.
        preliminary: bool,
    },
}

impl Report {
    /// Whether it is the first record of its attempt.
    pub const fn is_first(self) -> bool {
        matches!(self, Self::Whole | Self::Preliminary)
    }

    /// Whether it comes without end and verdict.
    pub const fn is_preliminary(self) -> bool {
        matches!(self, Self::Preliminary | Self::Duplicate { preliminary: true })
    }
}

/// A call attempt, or a second record of one.
#[derive(Clone, Debug)]
pub struct SimAttempt {
    pub(crate) names: Arc<Names>,
    /// Milliseconds since 1970.
    pub(crate) started: i64,
    pub(crate) arrives: i64,
    pub(crate) caller: Caller,
    pub(crate) number: u32,
    pub(crate) call: u32,
    pub(crate) course: Course,
    pub(crate) campaign: u16,
    pub(crate) region: u8,
    pub(crate) carrier: u8,
    pub(crate) variant: u8,
    pub(crate) fate: Fate,
    pub(crate) report: Report,
    pub(crate) labelled: bool,
    pub(crate) hot: bool,
}

impl SimAttempt {
    /// The number shown to the person called.
    pub fn caller(&self) -> Caller {
        self.caller
    }

    /// Place of its number among the world's, from 0.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// When it was placed.
    pub fn started_at(&self) -> EventTime {
        event_time(self.started)
    }

    /// When the record reaches the log: when the call was placed, unless the record is late, a duplicate or an amendment.
    pub fn logged_at(&self) -> LogTime {
        LogTime(self.arrives)
    }

    /// How it ended, also where the record doesn't tell.
    pub fn fate(&self) -> Fate {
        self.fate
    }

    /// Why the record was sent.
    pub fn report(&self) -> Report {
        self.report
    }

    /// Whether its number was labelled when it was placed.
    pub fn is_labelled(&self) -> bool {
        self.labelled
    }

    /// Whether its number dials too fast.
    pub fn is_hot(&self) -> bool {
        self.hot
    }
}
