//! When an attempt may bring about a command.

use crate::core::Header;
use crate::policy::Policy;
use crate::time::{EventTime, Seconds};

/// History is learned until an attempt came into the log within this: then nothing that matters is still to come.
const CAUGHT_UP: Seconds = Seconds(60);

/// Whether an attempt that was placed at `at` and came into the log at `logged` may bring about a command. Ends the learning when
/// it shows that history is over: by the log's time, since a call may be reported long after it was placed.
pub(super) fn acts_on(
    header: &mut Header,
    policy: &Policy,
    clock: Option<EventTime>,
    logged: EventTime,
    at: EventTime,
) -> bool {
    let is_young = |time: EventTime, age: Seconds| clock.is_none_or(|clock| clock < time.plus(age));
    if header
        .learning_until
        .is_some_and(|until| at >= until && clock.is_some() && is_young(logged, CAUGHT_UP))
    {
        header.learning_until = None;
    }
    header.learning_until.is_none() && is_young(at, policy.act_max_age)
}
