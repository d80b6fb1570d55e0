//! The operator's rules as the journal tells them, and a name for them, so that two commands can be told to come from the same
//! ones.

use callwarden_core::{Caps, DetectorPolicy, Mode, Policy, Seconds};
use prost::Message as _;
use xxhash_rust::xxh3::xxh3_64;

use crate::v1;

/// The first 16 hexadecimal digits of the hash of a policy: equal for equal policies, in every life of the program.
pub fn policy_hash(policy: &Policy) -> String {
    format!("{:016x}", xxh3_64(&policy_message(policy).encode_to_vec()))
}

/// A policy for the journal. Destructured in full, so that a new rule cannot be left out.
pub fn policy_message(policy: &Policy) -> v1::Policy {
    let Policy {
        mode,
        detector,
        caps,
        caps_reduce_for,
        numbers_max,
        fleets_max,
        future_tolerance,
        act_max_age,
    } = *policy;
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
        Mode::Observe => v1::Mode::Observe,
        Mode::Enforce => v1::Mode::Enforce,
    };
    v1::Policy {
        mode: mode.into(),
        detector_enabled: enabled,
        watch,
        reduce,
        pause,
        baseline_min_attempts,
        pause_for_seconds: pause_for.0,
        reduce_for_seconds: reduce_for.0,
        reduce_to,
        caps: Some(v1::Caps { per_minute, per_hour, per_day }),
        caps_reduce_for_seconds: caps_reduce_for.0,
        numbers_max,
        fleets_max,
        future_tolerance_seconds: future_tolerance.0,
        act_max_age_seconds: act_max_age.0,
    }
}

/// A policy from the journal. Whether it contradicts itself is the core's to say.
pub fn policy_of(message: &v1::Policy) -> Policy {
    let v1::Caps { per_minute, per_hour, per_day } = message.caps.unwrap_or_default();
    Policy {
        mode: match message.mode() {
            v1::Mode::Enforce => Mode::Enforce,
            v1::Mode::Observe | v1::Mode::Unspecified => Mode::Observe,
        },
        detector: DetectorPolicy {
            enabled: message.detector_enabled,
            watch: message.watch,
            reduce: message.reduce,
            pause: message.pause,
            baseline_min_attempts: message.baseline_min_attempts,
            pause_for: Seconds(message.pause_for_seconds),
            reduce_for: Seconds(message.reduce_for_seconds),
            reduce_to: message.reduce_to,
        },
        caps: Caps { per_minute, per_hour, per_day },
        caps_reduce_for: Seconds(message.caps_reduce_for_seconds),
        numbers_max: message.numbers_max,
        fleets_max: message.fleets_max,
        future_tolerance: Seconds(message.future_tolerance_seconds),
        act_max_age: Seconds(message.act_max_age_seconds),
    }
}

#[cfg(test)]
mod tests;
