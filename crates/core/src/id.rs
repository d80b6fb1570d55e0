//! Who and what: numbers, fleets, attempts.

use core::fmt;
use std::sync::Arc;

/// The number shown to the person called, E.164 without its plus.
///
/// `Display` masks all but the first and the last four digits, so that a log cannot hold it by accident;
/// [`Caller::clear`] prints it for keys and commands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Caller(u64);

/// 15 digits: the longest number of E.164.
const CALLER_MAX: u64 = 999_999_999_999_999;
/// 7 digits: shorter ones are short codes, which no person can call back.
const CALLER_MIN: u64 = 1_000_000;

impl Caller {
    /// Bits that a caller takes.
    pub(crate) const BITS: u32 = 50;

    /// From `+12025550123`: a plus, then 7 to 15 digits of which the first is not 0. Anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        if !(7..=15).contains(&digits.len()) || digits.starts_with('0') {
            return None;
        }
        let mut value = 0;
        for byte in digits.bytes() {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u64::from(byte - b'0');
        }
        Some(Self(value))
    }

    /// From its digits as an integer.
    pub fn from_digits(digits: u64) -> Option<Self> {
        (CALLER_MIN..=CALLER_MAX).contains(&digits).then_some(Self(digits))
    }

    /// Its digits as an integer.
    pub const fn digits(self) -> u64 {
        self.0
    }

    /// Prints the number in full.
    pub fn clear(self) -> impl fmt::Display {
        struct Clear(u64);
        impl fmt::Display for Clear {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "+{}", self.0)
            }
        }
        Clear(self.0)
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let hidden = digits.len() - 5;
        write!(f, "+{}{}{}", &digits[..1], "*".repeat(hidden), &digits[digits.len() - 4..])
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Everything one decision may look at; usually a tenant. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fleet(Arc<str>);

impl Fleet {
    /// The fleet of attempts that name none.
    pub const DEFAULT: &'static str = "default";

    /// A fleet by its name. Its shape is checked at the edge.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hash of the dialer's id of an attempt. [`Recent`](crate::Recent) keeps 40 bits of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttemptId(pub u64);

#[cfg(test)]
mod tests;
