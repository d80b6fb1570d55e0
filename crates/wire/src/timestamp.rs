//! `google.protobuf.Timestamp`, with proto3 JSON as its specification asks for it: read with any offset, written with `Z`.
//!
//! Own type, because the well-known types at hand write `+00:00`, which some readers of proto3 JSON refuse.

use core::fmt;

use callwarden_core::EventTime;
use chrono::{DateTime, SecondsFormat, Utc};

/// A point in time: seconds since 1970-01-01T00:00:00Z, and nanoseconds from there on.
///
/// Any pair of integers can arrive in protobuf; [`Timestamp::checked`] tells those that the contract allows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Message)]
pub struct Timestamp {
    /// Whole seconds since 1970, negative before.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// Nanoseconds after `seconds`, 0 to 999,999,999.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

/// 2000-01-01T00:00:00Z.
const EARLIEST: i64 = 946_684_800;
/// 2100-01-01T00:00:00Z.
const LATEST: i64 = 4_102_444_800;

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self { seconds: millis.div_euclid(1_000), nanos: millis.rem_euclid(1_000) as i32 * 1_000_000 }
    }

    /// Itself, if it lies in the years 2000 to 2099 and its nanoseconds are less than a second.
    pub fn checked(self) -> Option<Self> {
        let in_range = (EARLIEST..LATEST).contains(&self.seconds) && (0..1_000_000_000).contains(&self.nanos);
        in_range.then_some(self)
    }

    /// Its second, for a timestamp that is [`checked`](Self::checked); others stop at the ends of the range.
    pub fn event_time(self) -> EventTime {
        EventTime(u32::try_from(self.seconds.max(0)).unwrap_or(u32::MAX))
    }

    /// Nanoseconds from `earlier` to this; `None` if both are not [`checked`](Self::checked).
    pub(crate) fn nanos_since(self, earlier: Self) -> Option<i64> {
        let nanos = |time: Self| time.checked().map(|t| t.seconds * 1_000_000_000 + i64::from(t.nanos));
        Some(nanos(self)? - nanos(earlier)?)
    }

    /// RFC 3339, if it can be written so.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
        // A leap second stands in chrono as nanoseconds above a second; take the next second.
        let nanos = time.timestamp_subsec_nanos();
        let seconds = time.timestamp() + i64::from(nanos / 1_000_000_000);
        Some(Self { seconds, nanos: (nanos % 1_000_000_000) as i32 })
    }
}

impl From<EventTime> for Timestamp {
    fn from(time: EventTime) -> Self {
        Self { seconds: i64::from(time.0), nanos: 0 }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with `Z`; outside its range the bare numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = u32::try_from(self.nanos).ok().filter(|&nanos| nanos < 1_000_000_000);
        match nanos.and_then(|nanos| DateTime::<Utc>::from_timestamp(self.seconds, nanos)) {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{}s {}ns", self.seconds, self.nanos),
        }
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time as in RFC 3339")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).ok_or_else(|| E::custom("expected a time as in RFC 3339"))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests;
