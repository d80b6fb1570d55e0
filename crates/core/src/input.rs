//! What the log can say to the core.

use crate::id::{AttemptId, Caller, Fleet};
use crate::outcome::Outcome;
use crate::time::{EventTime, LogTime};

/// One record of the log.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A call attempt, or an amendment of one.
    Attempt(Attempt),
    /// A record that is readable and is no outbound attempt. Counted.
    NotAnAttempt(NotAnAttempt),
    /// A record that cannot be read; the host puts it aside. Counted.
    Unreadable,
}

/// Why a readable record is no outbound attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAnAttempt {
    /// An inbound leg.
    Inbound,
    /// Our own platform refused to place the call.
    RefusedLocally,
    /// A record of another kind (a BYE, a CDR that adds nothing).
    OtherRecord,
}

/// A finished outbound call attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Fleet of the number.
    pub fleet: Fleet,
    /// The number shown to the person called.
    pub caller: Caller,
    /// The dialer's id.
    pub id: AttemptId,
    /// When it was placed.
    pub started_at: EventTime,
    /// How it ended.
    pub outcome: Outcome,
    /// Whether no amendment is expected. A report that is not final never replaces one that is.
    pub is_final: bool,
    /// Whether it only corrects an attempt that another record reported: unknown ids are counted and ignored.
    pub amends_only: bool,
}

/// What the log says of a record beside its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When the log took it.
    pub logged_at: LogTime,
}
