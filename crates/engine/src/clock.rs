//! The host's clock: for heartbeats, and for what the core is told as a value.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use callwarden_core::EventTime;

/// Milliseconds since 1970.
pub(crate) fn unix_ms() -> i64 {
    i64::try_from(since_1970().as_millis()).unwrap_or(i64::MAX)
}

/// The same moment as the core reckons.
pub(crate) fn event_time() -> EventTime {
    EventTime(u32::try_from(since_1970().as_secs()).unwrap_or(u32::MAX))
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
