//! Why a unit could not take up where the last one ended.

use callwarden_core::BadState;

use crate::port::PortError;
use crate::position::Partition;

/// What stands in the way of a recovery. Each says what contradicts what; nothing has been changed.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// The store is of a later moment than the journal's end.
    #[error(
        "the snapshot is of journal sequence {snapshot}, but the journal ends at {journal}: the store and the journal do not \
         belong together\n  hint: point [redis] and [kafka] at the pair that does, or empty the store's keys of this prefix"
    )]
    StoreAhead {
        /// Sequence of the snapshot.
        snapshot: u64,
        /// Sequence of the journal's end; 0: empty.
        journal: u64,
    },
    /// The store's snapshot was not taken at the journal's record of that sequence.
    #[error(
        "the snapshot says that it is of journal sequence {sequence}, but that record tells of another state: the store and the \
         journal do not belong together\n  hint: two installations need two values of kafka.topic_prefix and of redis.key_prefix"
    )]
    ForeignStore {
        /// The sequence that both name.
        sequence: u64,
    },
    /// Journal records between the snapshot and the end are gone.
    #[error(
        "the journal goes on at sequence {found}, where {wanted} is needed to recover\n  hint: restore a snapshot of sequence \
         {found} or later to the store, or start over with an empty journal and store"
    )]
    Gap {
        /// The sequence that must come next.
        wanted: u64,
        /// The one that does.
        found: u64,
    },
    /// A journaled slice cannot be read again.
    #[error(
        "{partition}: the journal took {wanted} records in offsets {from} to {to}, now there are {found}\n  hint: the topic was \
         trimmed or recreated; restore a newer snapshot, or start over with an empty journal and store"
    )]
    SliceChanged {
        /// Whose.
        partition: Partition,
        /// First offset.
        from: i64,
        /// One past the last.
        to: i64,
        /// Records then.
        wanted: u32,
        /// Records now.
        found: usize,
    },
    /// The number of units is another one than before.
    #[error(
        "there were {was} units when the journal was written, and now there are {now}: which partitions of attempts are whose \
         would change under their states\n  hint: give the topic of control {was} partitions again, or start over with an empty \
         journal and store"
    )]
    UnitsChanged {
        /// As the journal says.
        was: u32,
        /// As the topic of control has partitions.
        now: u32,
    },
    /// The unit is asked to leave.
    #[error("asked to leave before the state was recovered")]
    Left,
    /// The snapshot contradicts itself, or the policy.
    #[error("the snapshot cannot be used: {0}")]
    State(BadState),
}
