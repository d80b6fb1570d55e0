//! Why a unit stops without being asked to.

use crate::port::{PortError, Trouble};
use crate::position::Partition;
use crate::recover::RecoverError;

/// Why a unit stopped without being asked to.
#[derive(Debug, thiserror::Error)]
pub enum UnitError {
    /// Its ports could not be connected.
    #[error(transparent)]
    Connect(PortError),
    /// Whose turn it is can no longer be known.
    #[error(transparent)]
    Election(PortError),
    /// It could not take up where the last one ended.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// Attempts can no longer be read.
    #[error(transparent)]
    Attempts(PortError),
    /// A commit failed: what was committed is known by the journal alone, and the next start reads it.
    #[error("commit of journal sequence {sequence} failed: {error}")]
    Commit {
        /// Sequence of the record.
        sequence: u64,
        /// Why.
        error: PortError,
    },
    /// A slice does not begin where the last one ended.
    #[error(
        "{partition}: the next records begin at offset {found}, where {wanted} must come\n  hint: the topic was trimmed or \
         recreated while it was read"
    )]
    Discontinuous {
        /// Whose.
        partition: Partition,
        /// Where the last slice ended.
        wanted: i64,
        /// Where this one begins.
        found: i64,
    },
    /// Almost nothing can be read.
    #[error(
        "{bad} of the last {of} records could not be read ({reason}); what was not yet committed of them will be read again\n  \
         hint: check the topic's dialect in [[attempts]], and what its producer sends; if all that is to go to the dead letters, \
         set dead_letters.when_most = \"put_aside\""
    )]
    Poisoned {
        /// Unreadable ones.
        bad: usize,
        /// Of so many.
        of: usize,
        /// The newest reason.
        reason: &'static str,
    },
    /// The thread that saves snapshots is gone.
    #[error(
        "the thread that saves snapshots has ended without a word\n  hint: this is a defect; start again, and report it"
    )]
    Saver,
    /// The thread of the unit has panicked.
    #[error(
        "the unit has ended in a way that must not happen; its last words are above\n  hint: this is a defect; start again, and report it"
    )]
    Panicked,
    /// It was asked to leave and did not.
    #[error(
        "unit {unit} has not finished its batch within {waited:?}\n  hint: do Kafka and Redis answer? Nothing is lost: recovery takes \
         up at the last committed journal record"
    )]
    LeftBehind {
        /// Which.
        unit: u32,
        /// How long it was waited for.
        waited: std::time::Duration,
    },
    /// Another process has taken the store over.
    #[error("a later process of this unit writes snapshots to the store; this one stops")]
    Superseded,
}

impl UnitError {
    /// What can be hoped for when the unit is taken up again.
    pub const fn trouble(&self) -> Trouble {
        match self {
            Self::Connect(error)
            | Self::Election(error)
            | Self::Recover(RecoverError::Port(error))
            | Self::Attempts(error)
            | Self::Commit { error, .. } => error.trouble,
            Self::Recover(RecoverError::Left) | Self::Saver => Trouble::Passing,
            Self::Superseded => Trouble::Fenced,
            Self::Recover(_)
            | Self::Discontinuous { .. }
            | Self::Poisoned { .. }
            | Self::Panicked
            | Self::LeftBehind { .. } => Trouble::Lasting,
        }
    }

    /// Short name of where it happened, for metrics.
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Connect(_) | Self::Election(_) | Self::Recover(_) => "recovery_failed",
            Self::Attempts(_) | Self::Discontinuous { .. } | Self::Poisoned { .. } => "input_failed",
            Self::Commit { error, .. } if matches!(error.trouble, Trouble::Fenced) => "fenced",
            Self::Commit { .. } => "commit_failed",
            Self::Superseded => "fenced",
            Self::Saver | Self::Panicked | Self::LeftBehind { .. } => "saver_failed",
        }
    }
}
