//! The journal from the snapshot on, being stepped again.

use callwarden_core::{Core, Mode, Outbox, Policy};
use callwarden_wire::{command, policy_of, v1};

use crate::port::{Attempts, Slice, Snapshot, SnapshotHead};
use crate::position::{Partition, Positions};
use crate::recover::error::RecoverError;
use crate::recover::{Recovered, bad_policy, is_ours};

/// Why the stepping did not come to the journal's end.
pub(super) enum Stop {
    /// Something contradicts something, or a port failed.
    Failed(RecoverError),
    /// The past is gone: what it is that is missing.
    OutOfReach(String),
}

impl<E: Into<RecoverError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// The stepping, as far as it has come.
pub(super) struct Tail {
    pub(super) recovered: Recovered,
    /// The commands that were decided again.
    pub(super) commands: Vec<v1::Command>,
    /// What the snapshot says of itself, until the record that it was taken at has confirmed it.
    snapshot: Option<SnapshotHead>,
    sought: bool,
    outbox: Outbox,
}

impl Tail {
    pub(super) fn new(policy: Policy, snapshot: Option<Snapshot>) -> Result<Self, RecoverError> {
        let (core, head) = match snapshot {
            Some(Snapshot { head, numbers }) => {
                // Under `enforce` until the snapshot's own record has told its policy: from `observe`, which may be what is
                // configured now, a record of `enforce` would void the orders that stand.
                let begun = Policy { mode: Mode::Enforce, ..policy };
                let mut core =
                    Core::restore(begun, head.header, head.tally, numbers).map_err(RecoverError::State)?;
                if !is_ours(head.core_version) {
                    // States of two versions must not stand side by side.
                    core.mark_all_changed();
                }
                (core, Some(head))
            }
            None => (Core::new(policy).map_err(bad_policy)?, None),
        };
        let sequence = head.as_ref().map_or(0, |head| head.sequence);
        Ok(Self {
            recovered: Recovered { sequence, ..Recovered::new(core) },
            commands: Vec::new(),
            snapshot: head,
            sought: false,
            outbox: Outbox::default(),
        })
    }

    pub(super) fn take(
        &mut self,
        attempts: &mut dyn Attempts,
        record: &v1::JournalRecord,
    ) -> Result<(), Stop> {
        if record.sequence <= self.recovered.sequence {
            return self.confirm(record).map_err(Stop::Failed);
        }
        let wanted = self.recovered.sequence + 1;
        if self.recovered.sequence == 0 && record.sequence > 1 {
            return Err(Stop::OutOfReach(format!(
                "there is no snapshot, and the journal begins at sequence {}",
                record.sequence
            )));
        }
        if record.sequence != wanted || self.snapshot.is_some() {
            return Err(RecoverError::Gap { wanted, found: record.sequence }.into());
        }
        if record.rebuilt {
            return Err(Stop::OutOfReach("it was rebuilt before, and there is no snapshot since".into()));
        }
        let recovered = &mut self.recovered;
        if let Some(policy) = &record.policy {
            recovered.core.set_policy(policy_of(policy)).map_err(bad_policy)?;
        }
        if recovered.positions.is_empty() {
            // The oldest record begins where its slices do.
            recovered.positions = begin_of(record);
        }
        if !record.slices.is_empty() && !std::mem::replace(&mut self.sought, true) {
            within_reach(attempts, &recovered.positions)?;
            attempts.seek(&recovered.positions)?;
        }
        recovered.core.set_clock(record.clock.map(|clock| clock.event_time()));
        recovered.core.learn(record.learning_until.map(|until| until.event_time()));
        for slice in &record.slices {
            let taken = take_again(attempts, slice)?;
            for entry in &taken.entries {
                recovered.core.step(entry.stamp, &entry.input, &mut self.outbox);
                for decided in self.outbox.drain().filter(|decided| decided.mode == Mode::Enforce) {
                    let cause = v1::Position {
                        topic: slice.topic.clone(),
                        partition: slice.partition,
                        offset: entry.offset,
                    };
                    let command = command(&decided, &record.policy_hash, cause);
                    if record.command_ids.contains(&command.id) {
                        self.commands.push(command);
                    }
                }
            }
        }
        let header = recovered.core.header();
        if is_ours(record.core_version)
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
            self.recovered.core.set_policy(policy_of(policy)).map_err(bad_policy)?;
        }
        Ok(())
    }
}

/// Whether all attempts from `positions` on are still kept.
fn within_reach(attempts: &mut dyn Attempts, positions: &Positions) -> Result<(), Stop> {
    let oldest = attempts.oldest(positions)?;
    for (partition, from) in positions.iter() {
        if let Some(oldest) = oldest.get(partition)
            && oldest > from
        {
            return Err(Stop::OutOfReach(format!(
                "{partition} begins at offset {oldest}, and is needed from {from}"
            )));
        }
    }
    Ok(())
}

fn take_again(attempts: &mut dyn Attempts, slice: &v1::Slice) -> Result<Slice, Stop> {
    let partition = partition_of(slice);
    let taken = match attempts.take(&partition, slice.from, slice.to) {
        Ok(taken) => taken,
        Err(error) => {
            // It may have been trimmed since it was looked at, or have been added to its topic later.
            within_reach(attempts, &[(partition, slice.from)].into_iter().collect())?;
            return Err(error.into());
        }
    };
    if taken.entries.len() == slice.records as usize {
        return Ok(taken);
    }
    Err(Stop::Failed(RecoverError::SliceChanged {
        partition,
        from: slice.from,
        to: slice.to,
        wanted: slice.records,
        found: taken.entries.len(),
    }))
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
