//! From what the journal and the snapshot say to the state that the last process had committed.

mod error;
mod rebuild;
mod tail;

use callwarden_core::{BadState, CORE_VERSION, Core};
use callwarden_wire::v1;

use crate::port::{Attempts, Ledger, Snapshot, Store};
use crate::position::Positions;
pub use crate::recover::error::RecoverError;
use crate::recover::rebuild::rebuild;
use crate::recover::tail::{Stop, Tail};
pub(crate) use crate::recover::tail::{begin_of, partition_of};
use crate::status::Status;
use crate::unit::UnitConfig;

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
    /// Commands that the journal names and that are not where they were committed to.
    pub(crate) missing: Vec<v1::Command>,
    /// The state is an approximation; the next journal record has to say so.
    pub(crate) rebuilt: bool,
}

/// Steps 1 and 2 of the crate's contract.
pub(crate) fn recover(
    config: &UnitConfig,
    status: &Status,
    attempts: &mut dyn Attempts,
    ledger: &mut dyn Ledger,
    store: &mut dyn Store,
) -> Result<Recovered, RecoverError> {
    let end = ledger.open()?;
    let end_sequence = end.as_ref().map_or(0, |(_, record)| record.sequence);
    if let Some((_, record)) = &end
        && record.units != config.units
    {
        return Err(RecoverError::UnitsChanged { was: record.units, now: config.units });
    }
    let snapshot = store.load()?;
    if let Some(Snapshot { head, .. }) = &snapshot
        && head.sequence > end_sequence
    {
        return Err(RecoverError::StoreAhead { snapshot: head.sequence, journal: end_sequence });
    }
    let Some((end_offset, end_record)) = end else {
        return Ok(Recovered::new(Core::new(config.policy).map_err(bad_policy)?));
    };
    let from = snapshot.as_ref().map(|snapshot| snapshot.head.journal_offset);
    let mut tail = Tail::new(config.policy, snapshot)?;
    let mut stopped = None;
    let reaches_back = ledger.journal_begins()?.is_none_or(|begins| from.is_none_or(|from| from >= begins));
    if reaches_back {
        // The first error ends it; a ledger hands over one record at a time, so that a long journal takes no memory.
        let read = ledger.journal(from, &mut |_, record| {
            let taken = if status.is_leaving() {
                Err(RecoverError::Left.into())
            } else {
                tail.take(attempts, &record)
            };
            taken.map_err(|stop| {
                stopped = Some(stop);
                crate::port::PortError::new("recovery has stopped")
            })
        });
        if stopped.is_none() {
            read?;
        }
    } else {
        stopped = Some(Stop::OutOfReach(
            "the journal no longer holds the record that the snapshot was taken at".into(),
        ));
    }
    let mut recovered = match stopped {
        None => {
            let Tail { mut recovered, commands, .. } = tail;
            recovered.missing = ledger.missing(commands)?;
            recovered
        }
        Some(Stop::Failed(error)) => return Err(error),
        Some(Stop::OutOfReach(why)) => {
            tracing::error!(
                why,
                "the state can no longer be stepped from its past; it is rebuilt from what Kafka holds, silently, until a day of \
                 history has been taken"
            );
            store.discard();
            rebuild(config, &end_record, attempts, ledger)?
        }
    };
    recovered.journal_offset = end_offset;
    recovered.core.set_policy(config.policy).map_err(bad_policy)?;
    Ok(recovered)
}

impl Recovered {
    fn new(core: Core) -> Self {
        Self {
            core,
            sequence: 0,
            journal_offset: 0,
            positions: Positions::default(),
            replayed: 0,
            mismatches: 0,
            missing: Vec::new(),
            rebuilt: false,
        }
    }
}

fn bad_policy(bad: callwarden_core::BadPolicy) -> RecoverError {
    RecoverError::State(BadState::Policy(bad))
}

/// Whether states of the core that wrote this mean the same to ours.
const fn is_ours(core_version: u32) -> bool {
    core_version == CORE_VERSION
}
