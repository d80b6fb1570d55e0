//! From what the journal and the snapshot say to the state that the last process had committed.

use callwarden_core::{BadState, CORE_VERSION, Core, Outbox, Policy};
use callwarden_wire::v1;

use crate::port::{Attempts, Ledger, PortError, Snapshot, Store};
use crate::position::{Partition, Positions};

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
    /// Journal records between the snapshot and the end are gone.
    #[error(
        "the journal goes on at sequence {found}, where {wanted} is needed to recover\n  hint: restore a snapshot of sequence \
         {found} or later to the store, or start over with an empty journal"
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
    /// The snapshot contradicts itself, or the policy.
    #[error("the snapshot cannot be used: {0}")]
    State(BadState),
}

/// A unit as its last process had committed it.
pub(crate) struct Recovered {
    pub(crate) core: Core,
    pub(crate) sequence: u64,
    /// Offset of the newest journal record; 0 without any.
    pub(crate) journal_offset: i64,
    pub(crate) positions: Positions,
    /// Journal records stepped again.
    pub(crate) replayed: u64,
    /// Of those, how many ended with another digest than recorded.
    pub(crate) mismatches: u64,
}

/// Steps 1 and 2 of the crate's contract.
pub(crate) fn recover(
    policy: Policy,
    attempts: &mut dyn Attempts,
    ledger: &mut dyn Ledger,
    store: &mut dyn Store,
) -> Result<Recovered, RecoverError> {
    let end = ledger.open()?;
    let snapshot = store.load()?;
    let end_sequence = end.as_ref().map_or(0, |(_, record)| record.sequence);
    let (core, sequence, snapshot_offset) = match snapshot {
        Some(Snapshot { head, numbers }) => {
            if head.sequence > end_sequence {
                return Err(RecoverError::StoreAhead { snapshot: head.sequence, journal: end_sequence });
            }
            let mut core =
                Core::restore(policy, head.header, head.tally, numbers).map_err(RecoverError::State)?;
            if head.core_version != CORE_VERSION {
                // States of two versions must not stand side by side.
                core.mark_all_changed();
            }
            (core, head.sequence, Some(head.journal_offset))
        }
        None => (Core::new(policy).map_err(|bad| RecoverError::State(BadState::Policy(bad)))?, 0, None),
    };
    let mut recovered = Recovered {
        core,
        sequence,
        journal_offset: 0,
        positions: Positions::default(),
        replayed: 0,
        mismatches: 0,
    };
    if let Some((offset, _)) = end {
        recovered.journal_offset = offset;
        let tail = tail(ledger, &mut recovered, snapshot_offset)?;
        replay(attempts, &mut recovered, &tail)?;
    }
    Ok(recovered)
}

/// The journal records after the snapshot, checked for gaps; positions as of the snapshot.
fn tail(
    ledger: &mut dyn Ledger,
    recovered: &mut Recovered,
    journal_offset: Option<i64>,
) -> Result<Vec<v1::JournalRecord>, RecoverError> {
    let mut records = Vec::new();
    let mut positions = None;
    let sequence = recovered.sequence;
    let mut gap = None;
    ledger.journal(journal_offset, &mut |_, record| {
        if record.sequence <= sequence {
            positions = Some(Positions::from_proto(&record.positions));
        } else {
            let wanted = sequence + 1 + records.len() as u64;
            if record.sequence != wanted && gap.is_none() {
                gap = Some(RecoverError::Gap { wanted, found: record.sequence });
            }
            records.push(record);
        }
        Ok(())
    })?;
    if let Some(gap) = gap {
        return Err(gap);
    }
    if let Some(positions) = positions {
        recovered.positions = positions;
    } else if let Some(first) = records.first() {
        // The oldest record begins where its slices do.
        recovered.positions = begin_of(first);
    }
    Ok(records)
}

/// Where the partitions stood before `record`.
fn begin_of(record: &v1::JournalRecord) -> Positions {
    let mut positions = Positions::from_proto(&record.positions);
    for slice in record.slices.iter().rev() {
        positions.set(partition_of(slice), slice.from);
    }
    positions
}

fn partition_of(slice: &v1::Slice) -> Partition {
    Partition { topic: slice.topic.as_str().into(), index: slice.partition }
}

fn replay(
    attempts: &mut dyn Attempts,
    recovered: &mut Recovered,
    tail: &[v1::JournalRecord],
) -> Result<(), RecoverError> {
    if tail.iter().any(|record| !record.slices.is_empty()) {
        attempts.seek(&recovered.positions)?;
    }
    let mut silenced = Outbox::default();
    for record in tail {
        for slice in &record.slices {
            let partition = partition_of(slice);
            let taken = attempts.take(&partition, slice.from, slice.to)?;
            if taken.entries.len() != slice.records as usize {
                return Err(RecoverError::SliceChanged {
                    partition,
                    from: slice.from,
                    to: slice.to,
                    wanted: slice.records,
                    found: taken.entries.len(),
                });
            }
            for entry in &taken.entries {
                recovered.core.step(entry.stamp, &entry.input, &mut silenced);
            }
            silenced.drain().for_each(drop);
        }
        if record.core_version == CORE_VERSION && record.digest != recovered.core.header().digest {
            recovered.mismatches += 1;
        }
        recovered.positions = Positions::from_proto(&record.positions);
        recovered.sequence = record.sequence;
        recovered.replayed += 1;
    }
    Ok(())
}
