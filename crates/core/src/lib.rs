//! Values in, values out: what callwarden knows of a fleet's numbers and what it decides about them.
//!
//! This crate has no clock, no randomness, no I/O, no threads and no logging. The same inputs in the same order give the
//! same state and the same commands on every machine, which is what makes a crash, a replay and an audit possible.
//!
//! The contract with a host:
//!
//! 1. Build a [`Core`] with [`Core::new`], or with [`Core::restore`] from what an earlier one exported.
//! 2. For each record of the log, in the log's order, call [`Core::step`] once, also for records that cannot be read.
//! 3. Make the commands in the [`Outbox`] durable *together with* the position of the record that caused them, or not at
//!    all. Nothing that `step` did may be seen outside before that.
//! 4. At any time between steps, take [`Core::take_changed`] and export those numbers; they are a prefix of the log.
//! 5. Treat [`Number`]'s fields as data to be stored and shown. Only `step` changes them.
//!
//! Two clocks appear, and they are two types: [`EventTime`], when a call was placed, moves the windows; [`LogTime`], when
//! the log took the record, only unmasks event times that lie in the future.

mod core;
mod decide;
mod digest;
mod id;
mod input;
mod number;
mod outcome;
mod output;
mod policy;
mod stats;
mod tally;
mod time;

pub use crate::core::{BadState, Core, Header, NumberIx};
pub use crate::id::{AttemptId, Caller, Fleet};
pub use crate::input::{Attempt, Input, NotAnAttempt, Stamp};
pub use crate::number::{
    Bucket, Buckets, Counts, Evidence, Level, Minutes, Number, NumberView, Orders, RECENT_MAX, Recent,
    RecentAttempt, Settled, State,
};
pub use crate::outcome::{Answer, Disposition, Outcome, Signals, is_analytics_block};
pub use crate::output::{AnswerRateFell, Command, CommandKind, Finding, Outbox, PaceOverCap};
pub use crate::policy::{BadPolicy, Caps, DetectorPolicy, Mode, Policy};
pub use crate::stats::shiryaev_roberts::Mixture;
pub use crate::tally::Tally;
pub use crate::time::{EventTime, LogTime, Seconds};

/// Version of the core's behaviour. Raised by hand whenever the same input would give other outputs or another state;
/// the golden test over a fixed stream fails until it is.
pub const CORE_VERSION: u32 = 1;
