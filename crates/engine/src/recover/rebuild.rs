//! When neither a snapshot nor a journal reaches back far enough: an approximation from what Kafka still holds.
//!
//! Which commands stand is known by their topic, which keeps the newest of each target. Rates and baselines come from the
//! attempts that are kept, taken anew as history: nothing is decided before they have been taken and span a day. What was
//! learned over longer is lost: such a unit is slower to act, not wrong.

use std::time::Duration;

use callwarden_core::{Core, EventTime, Input, Seconds};
use callwarden_wire::{standing_order, v1};

use crate::clock;
use crate::port::{Attempts, Ledger, Next};
use crate::position::Positions;
use crate::recover::Recovered;
use crate::recover::error::RecoverError;
use crate::unit::UnitConfig;

/// How much history must have been taken before anything is decided.
const HISTORY: Seconds = Seconds::days(1);
/// How long the oldest attempt is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A unit that follows `end`, the newest journal record.
pub(super) fn rebuild(
    config: &UnitConfig,
    end: &v1::JournalRecord,
    attempts: &mut dyn Attempts,
    ledger: &mut dyn Ledger,
) -> Result<Recovered, RecoverError> {
    let mut standing = Vec::new();
    ledger.standing(&mut |command| {
        // The topic has those of all units. A later command of the same target comes later, and replaces it.
        if command.cause.as_ref().is_some_and(|cause| cause.partition % config.units == config.unit) {
            standing.extend(standing_order(&command));
        }
    })?;
    let positions = attempts.oldest(&Positions::from_proto(&end.positions))?;
    attempts.seek(&positions)?;
    let begins = oldest_attempt(attempts)?.unwrap_or_else(clock::event_time);
    let core = Core::rebuild(config.policy, end.outputs, begins.plus(HISTORY), standing)
        .map_err(RecoverError::State)?;
    tracing::warn!(
        numbers_with_orders = core.len(),
        from = %begins,
        "rebuilding; commands begin again when a day of history has been taken and caught up with"
    );
    Ok(Recovered { sequence: end.sequence, positions, rebuilt: true, ..Recovered::new(core) })
}

/// Event time of the first attempt to come, which is about the oldest.
fn oldest_attempt(attempts: &mut dyn Attempts) -> Result<Option<EventTime>, RecoverError> {
    let begun = std::time::Instant::now();
    while begun.elapsed() < PATIENCE {
        match attempts.next(Duration::from_millis(200))? {
            Next::Slice(slice) => {
                let times = slice.entries.iter().filter_map(|entry| match &entry.input {
                    Input::Attempt(attempt) => Some(attempt.started_at),
                    _ => None,
                });
                if let Some(oldest) = times.min() {
                    return Ok(Some(oldest));
                }
            }
            Next::Idle => {}
            Next::End => break,
        }
    }
    Ok(None)
}
