//! The forms in which attempts arrive.

mod kamailio_acc;

pub(crate) use kamailio_acc::decode as decode_kamailio_acc;

use core::fmt;
use core::str::FromStr;

/// How the records of a topic or file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The contract's own: `CallAttempt` as proto3 JSON or protobuf.
    #[default]
    Callwarden,
    /// Accounting records and CDRs of Kamailio's `acc_json`.
    KamailioAcc,
}

impl Dialect {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Callwarden, Self::KamailioAcc];

    /// The name that configuration uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Callwarden => "callwarden",
            Self::KamailioAcc => "kamailio-acc",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no dialect's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such dialect: expected callwarden or kamailio-acc")]
pub struct UnknownDialect;

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL.iter().copied().find(|dialect| dialect.name() == name).ok_or(UnknownDialect)
    }
}
