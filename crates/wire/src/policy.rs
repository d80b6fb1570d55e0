//! A name for the operator's rules in force, so that two commands can be told to come from the same ones.

use callwarden_core::{Caps, DetectorPolicy, Mode, Policy, Seconds};
use xxhash_rust::xxh3::xxh3_64;

/// The first 16 hexadecimal digits of the hash of a policy: equal for equal policies, in every life of the program.
pub fn policy_hash(policy: &Policy) -> String {
    format!("{:016x}", xxh3_64(canonical(policy).as_bytes()))
}

/// One line a rule. Destructured in full, so that a new rule cannot be left out.
fn canonical(policy: &Policy) -> String {
    let Policy { mode, detector, caps, caps_reduce_for, numbers_max, fleets_max, future_tolerance } = *policy;
    let DetectorPolicy {
        enabled,
        watch,
        reduce,
        pause,
        baseline_min_attempts,
        pause_for,
        reduce_for,
        reduce_to,
    } = detector;
    let Caps { per_minute, per_hour, per_day } = caps;
    let mode = match mode {
        Mode::Observe => "observe",
        Mode::Enforce => "enforce",
    };
    let seconds = |Seconds(seconds): Seconds| seconds;
    format!(
        "mode={mode}\ndetector.enabled={enabled}\ndetector.watch={watch}\ndetector.reduce={reduce}\n\
         detector.pause={pause}\ndetector.baseline_min_attempts={baseline_min_attempts}\n\
         detector.pause_for={}\ndetector.reduce_for={}\ndetector.reduce_to={reduce_to}\n\
         caps.per_minute={per_minute}\ncaps.per_hour={per_hour}\ncaps.per_day={per_day}\ncaps.reduce_for={}\n\
         numbers.max={numbers_max}\nnumbers.fleets_max={fleets_max}\nfuture_tolerance={}\n",
        seconds(pause_for),
        seconds(reduce_for),
        seconds(caps_reduce_for),
        seconds(future_tolerance),
    )
}

#[cfg(test)]
mod tests;
