//! The running digest: a cheap witness that two runs took the same attempts in the same order to the same evidence.
//!
//! One multiplication an event. It is no proof against an adversary, and need not be: it tells a bug, not an attack.

use crate::id::{Caller, Fleet};
use crate::time::EventTime;

/// 2^64 over the golden ratio, odd.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Takes one event in.
pub(crate) fn take(digest: u64, fleet: u64, caller: Caller, at: EventTime, statistic: f64) -> u64 {
    let event =
        caller.digits() ^ u64::from(at.0).rotate_left(40) ^ statistic.to_bits().rotate_left(17) ^ fleet;
    (digest.rotate_left(23) ^ event).wrapping_mul(ODD)
}

/// A fleet's share: FNV-1a of its name.
pub(crate) fn fleet(fleet: &Fleet) -> u64 {
    fleet.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
