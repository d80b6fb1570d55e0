#![allow(clippy::unwrap_used)]

use callwarden_core::{Caps, Mode, Policy, Seconds};

use super::{policy_hash, policy_message, policy_of};

#[test]
fn the_hash_is_stable_and_tells_rules_apart() {
    let policy = Policy::default();
    assert_eq!(policy_hash(&policy), "12daf0ef277ac83b");
    let others = [
        Policy { mode: Mode::Enforce, ..policy },
        Policy { caps: Caps { per_day: 201, ..policy.caps }, ..policy },
        Policy { caps_reduce_for: Seconds(1), ..policy },
        Policy { numbers_max: 1, ..policy },
        Policy { act_max_age: Seconds(60), ..policy },
        Policy { detector: callwarden_core::DetectorPolicy { pause: 2e6, ..policy.detector }, ..policy },
        Policy { detector: callwarden_core::DetectorPolicy { reduce_to: 0.25, ..policy.detector }, ..policy },
        policy,
    ];
    let hashes: std::collections::BTreeSet<_> = others.iter().map(policy_hash).collect();
    assert_eq!(hashes.len(), others.len());
    assert!(hashes.iter().all(|hash| hash.len() == 16));
    assert!(others.iter().all(|policy| policy_of(&policy_message(policy)) == *policy));
}
