//! What a unit is given, and what it gives back.

use std::time::Duration;

use callwarden_core::Policy;

use crate::port::{Attempts, Ledger, Store};

/// How a unit commits and saves.
#[derive(Clone, Debug)]
pub struct UnitConfig {
    /// Number of the unit.
    pub unit: u32,
    /// How many units there are.
    pub units: u32,
    /// Name of this process, for people.
    pub instance: String,
    /// The operator's rules.
    pub policy: Policy,
    /// Whether age matters. Of a pipe or a file it does not: what comes is the present.
    pub clocked: bool,
    /// Whether the very first start takes what comes as history until it has caught up.
    pub learns: bool,
    /// A transaction is sealed after this long at the latest,
    pub commit_interval: Duration,
    /// or when it holds so many events.
    pub commit_max_events: usize,
    /// An empty journal record is committed after this long without any other.
    pub heartbeat: Duration,
    /// A snapshot is saved at most this often; a tenth as often while catching up.
    pub snapshot_interval: Duration,
    /// No attempts are taken while the newest saved snapshot is older than this.
    pub snapshot_max_lag: Duration,
    /// Whether the unit stops when almost nothing can be read, or puts it all aside.
    pub stop_when_poisoned: bool,
    /// How long a leaving unit waits for its last snapshot.
    pub drain_patience: Duration,
}

/// The ports of a unit.
pub struct Ports {
    /// Topics of attempts.
    pub attempts: Box<dyn Attempts>,
    /// Journal and outputs.
    pub ledger: Box<dyn Ledger>,
    /// Snapshots.
    pub store: Box<dyn Store>,
}

/// What a unit had done when it ended as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Records taken by this process.
    pub taken: u64,
    /// Newest journal sequence.
    pub sequence: u64,
}
