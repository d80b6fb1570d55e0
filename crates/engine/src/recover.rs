//! From what the journal and the snapshot say to the state that the last process had committed.

use callwarden_core::{BadState, CORE_VERSION, Core, Mode, Outbox, Policy};
use callwarden_wire::{policy_of, v1};

use crate::port::{Attempts, Ledger, PortError, Slice, Snapshot, SnapshotHead, Store};
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
    /// Of those, how many ended with another digest or count of commands than recorded.
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
    let end_sequence = end.as_ref().map_or(0, |(_, record)| record.sequence);
    let snapshot = store.load()?;
    if let Some(Snapshot { head, .. }) = &snapshot
        && head.sequence > end_sequence
    {
        return Err(RecoverError::StoreAhead { snapshot: head.sequence, journal: end_sequence });
    }
    let from = snapshot.as_ref().map(|snapshot| snapshot.head.journal_offset);
    let mut tail = Tail::new(policy, snapshot)?;
    if let Some((offset, _)) = end {
        tail.recovered.journal_offset = offset;
        let mut failed = None;
        // The first error ends it; a ledger hands over one record at a time, so that a long journal takes no memory.
        let read = ledger.journal(from, &mut |_, record| {
            tail.take(attempts, &record).map_err(|error| {
                failed = Some(error);
                PortError::new("recovery has failed")
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        read?;
    }
    let mut recovered = tail.recovered;
    recovered.core.set_policy(policy).map_err(|bad| RecoverError::State(BadState::Policy(bad)))?;
    Ok(recovered)
}

/// The journal from the snapshot on, being stepped again.
struct Tail {
    recovered: Recovered,
    /// What the snapshot says of itself, until the record that it was taken at has confirmed it.
    snapshot: Option<SnapshotHead>,
    sought: bool,
    silenced: Outbox,
}

impl Tail {
    fn new(policy: Policy, snapshot: Option<Snapshot>) -> Result<Self, RecoverError> {
        let (core, head) = match snapshot {
            Some(Snapshot { head, numbers }) => {
                // Under `enforce` until the snapshot's own record has told its policy: from `observe`, which may be what is
                // configured now, a record of `enforce` would void the orders that stand.
                let begun = Policy { mode: Mode::Enforce, ..policy };
                let mut core =
                    Core::restore(begun, head.header, head.tally, numbers).map_err(RecoverError::State)?;
                if head.core_version != CORE_VERSION {
                    // States of two versions must not stand side by side.
                    core.mark_all_changed();
                }
                (core, Some(head))
            }
            None => (Core::new(policy).map_err(|bad| RecoverError::State(BadState::Policy(bad)))?, None),
        };
        let recovered = Recovered {
            core,
            sequence: head.as_ref().map_or(0, |head| head.sequence),
            journal_offset: 0,
            positions: Positions::default(),
            replayed: 0,
            mismatches: 0,
        };
        Ok(Self { recovered, snapshot: head, sought: false, silenced: Outbox::default() })
    }

    fn take(&mut self, attempts: &mut dyn Attempts, record: &v1::JournalRecord) -> Result<(), RecoverError> {
        if record.sequence <= self.recovered.sequence {
            return self.confirm(record);
        }
        let wanted = self.recovered.sequence + 1;
        if record.sequence != wanted || self.snapshot.is_some() {
            return Err(RecoverError::Gap { wanted, found: record.sequence });
        }
        let recovered = &mut self.recovered;
        if let Some(policy) = &record.policy {
            let policy = policy_of(policy);
            recovered.core.set_policy(policy).map_err(|bad| RecoverError::State(BadState::Policy(bad)))?;
        }
        if recovered.positions.is_empty() {
            // The oldest record begins where its slices do.
            recovered.positions = begin_of(record);
        }
        if !record.slices.is_empty() && !std::mem::replace(&mut self.sought, true) {
            attempts.seek(&recovered.positions)?;
        }
        recovered.core.set_clock(record.clock.map(|clock| clock.event_time()));
        recovered.core.learn(record.learning_until.map(|until| until.event_time()));
        for slice in &record.slices {
            let taken = take_again(attempts, slice)?;
            for entry in &taken.entries {
                recovered.core.step(entry.stamp, &entry.input, &mut self.silenced);
            }
            self.silenced.drain().for_each(drop);
        }
        let header = recovered.core.header();
        if record.core_version == CORE_VERSION
            && (record.digest, record.inputs, record.outputs)
                != (header.digest, header.inputs, header.outputs)
        {
            recovered.mismatches += 1;
        }
        recovered.positions = Positions::from_proto(&record.positions);
        recovered.sequence = record.sequence;
        recovered.replayed += 1;
        Ok(())
    }

    /// A record that the snapshot holds already. The one that it was taken at must be the one that it names.
    fn confirm(&mut self, record: &v1::JournalRecord) -> Result<(), RecoverError> {
        if record.sequence < self.recovered.sequence {
            return Ok(());
        }
        self.recovered.positions = Positions::from_proto(&record.positions);
        let Some(SnapshotHead { header, .. }) = self.snapshot.take() else { return Ok(()) };
        if (record.inputs, record.digest) != (header.inputs, header.digest) {
            return Err(RecoverError::ForeignStore { sequence: record.sequence });
        }
        if let Some(policy) = &record.policy {
            let policy = policy_of(policy);
            self.recovered
                .core
                .set_policy(policy)
                .map_err(|bad| RecoverError::State(BadState::Policy(bad)))?;
        }
        Ok(())
    }
}

fn take_again(attempts: &mut dyn Attempts, slice: &v1::Slice) -> Result<Slice, RecoverError> {
    let partition = partition_of(slice);
    let taken = attempts.take(&partition, slice.from, slice.to)?;
    if taken.entries.len() == slice.records as usize {
        return Ok(taken);
    }
    Err(RecoverError::SliceChanged {
        partition,
        from: slice.from,
        to: slice.to,
        wanted: slice.records,
        found: taken.entries.len(),
    })
}

/// Where the partitions stood before `record`.
pub(crate) fn begin_of(record: &v1::JournalRecord) -> Positions {
    let mut positions = Positions::from_proto(&record.positions);
    for slice in record.slices.iter().rev() {
        positions.set(partition_of(slice), slice.from);
    }
    positions
}

pub(crate) fn partition_of(slice: &v1::Slice) -> Partition {
    Partition { topic: slice.topic.as_str().into(), index: slice.partition }
}
