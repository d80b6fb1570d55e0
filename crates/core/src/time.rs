//! The two clocks, which do not compare with each other.

use core::fmt;

/// Whole seconds, a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds(pub u32);

impl Seconds {
    /// So many hours.
    pub const fn hours(n: u32) -> Self {
        Self(n * 3_600)
    }

    /// So many days.
    pub const fn days(n: u32) -> Self {
        Self(n * 86_400)
    }
}

/// When a call was placed, by the dialer's clock: whole seconds since 1970-01-01T00:00:00Z (until 2106).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EventTime(pub u32);

impl EventTime {
    /// Index of its minute.
    pub const fn minute(self) -> u32 {
        self.0 / 60
    }

    /// Index of its hour.
    pub const fn hour(self) -> u32 {
        self.0 / 3_600
    }

    /// Index of its day, UTC.
    pub const fn day(self) -> u32 {
        self.0 / 86_400
    }

    /// Later by `span`; stops at the end of the range.
    pub const fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl fmt::Display for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0)
    }
}

/// When the log took a record: milliseconds since 1970-01-01T00:00:00Z, from the record itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogTime(pub i64);

impl LogTime {
    /// Of a log that keeps no time: no event is from the future.
    pub const UNKNOWN: Self = Self(i64::MAX);

    /// The same moment on the dialer's clock; `None` if the log keeps no time.
    pub fn event_time(self) -> Option<EventTime> {
        if self == Self::UNKNOWN { None } else { u32::try_from(self.0.max(0) / 1_000).ok().map(EventTime) }
    }

    /// Whether an event time lies further ahead of this than `tolerance`.
    pub const fn is_before(self, event: EventTime, tolerance: Seconds) -> bool {
        let latest = self.0.saturating_add(tolerance.0 as i64 * 1_000);
        event.0 as i64 * 1_000 > latest
    }
}

#[cfg(test)]
mod tests;
