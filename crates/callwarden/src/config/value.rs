//! The kinds of value that a key can take. All three layers speak text, so each kind is read from text, and says in a
//! few words what it expects.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// A kind of value.
pub(crate) trait Value: Sized + PartialOrd {
    /// What is expected, as in "expected a duration".
    const NOUN: &'static str;
    /// Written in TOML without quotes.
    const BARE: bool = false;

    /// The value, if the text is one.
    fn read(text: &str) -> Option<Self>;
}

impl Value for bool {
    const NOUN: &'static str = "true or false";
    const BARE: bool = true;

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Value for u32 {
    const NOUN: &'static str = "a whole number";
    const BARE: bool = true;

    fn read(text: &str) -> Option<Self> {
        text.replace('_', "").parse().ok()
    }
}

impl Value for f64 {
    const NOUN: &'static str = "a number";
    const BARE: bool = true;

    fn read(text: &str) -> Option<Self> {
        text.replace('_', "").parse().ok().filter(|number: &Self| number.is_finite())
    }
}

impl Value for String {
    const NOUN: &'static str = "a text";

    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for SocketAddr {
    const NOUN: &'static str = "an IP address and a port";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// The empty text means that nothing is set.
impl<T: Value> Value for Option<T> {
    const NOUN: &'static str = T::NOUN;
    const BARE: bool = T::BARE;

    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::read(text).map(Some) }
    }
}

/// Whole numbers with a unit, largest first where there are several: `100ms`, `5s`, `1h30m`, `7d`.
impl Value for Duration {
    const NOUN: &'static str = "a duration";

    fn read(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut total = Self::ZERO;
        let mut larger = u64::MAX;
        while !rest.is_empty() || text.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let letters = rest[digits..].find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len() - digits);
            let (number, unit) = (&rest[..digits], &rest[digits..digits + letters]);
            let millis: u64 = match unit {
                "ms" => 1,
                "s" => 1_000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                _ => return None,
            };
            if millis >= larger {
                return None;
            }
            larger = millis;
            let part = Self::from_millis(number.parse::<u64>().ok()?.checked_mul(millis)?);
            total = total.checked_add(part)?;
            rest = &rest[digits + letters..];
        }
        Some(total)
    }
}

/// Where a topic is read from when the journal holds no position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Start {
    /// From the oldest record that the broker still has.
    Earliest,
    /// Only what comes from now on.
    Latest,
    /// From so long ago. What is history by then is learned, and brings about no command.
    Learn(Duration),
}

impl Value for Start {
    const NOUN: &'static str = "earliest | latest | learn:<duration>";

    fn read(text: &str) -> Option<Self> {
        match text {
            "earliest" => Some(Self::Earliest),
            "latest" => Some(Self::Latest),
            _ => {
                let span = Duration::read(text.strip_prefix("learn:")?)?;
                (!span.is_zero()).then_some(Self::Learn(span))
            }
        }
    }
}

/// A text that is never printed: `Debug` shows `***`.
#[derive(Clone, PartialEq, Eq, PartialOrd)]
pub(crate) struct Secret(String);

impl Secret {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the client that has to send it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Value for Secret {
    const NOUN: &'static str = "a secret";

    fn read(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }
}

/// A word that is none of those that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub(crate) struct NotOneOf(&'static str);

/// Enums that are written as one word.
macro_rules! words {
    ($(
        $(#[$about:meta])+
        $Enum:ident { $(#[$first_doc:meta])+ $First:ident = $first:literal, $($(#[$doc:meta])+ $Word:ident = $word:literal),+ }
    )+) => { $(
        $(#[$about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum $Enum { $(#[$first_doc])+ $First, $($(#[$doc])+ $Word),+ }

        impl std::str::FromStr for $Enum {
            type Err = NotOneOf;

            fn from_str(text: &str) -> Result<Self, NotOneOf> {
                match text {
                    $first => Ok(Self::$First),
                    $($word => Ok(Self::$Word),)+
                    _ => Err(NotOneOf(<Self as Value>::NOUN)),
                }
            }
        }

        impl fmt::Display for $Enum {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { Self::$First => $first, $(Self::$Word => $word),+ })
            }
        }

        impl Value for $Enum {
            const NOUN: &'static str = concat!($first, $(" | ", $word),+);

            fn read(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+ };
}

words! {
    /// What becomes of a decision.
    Mode {
        /// It is written to the journal and goes no further.
        Observe = "observe",
        /// It is sent as a command.
        Enforce = "enforce"
    }

    /// The language that the records of a topic are written in.
    Dialect {
        /// callwarden's own `CallAttempt`, as JSON or protobuf.
        Callwarden = "callwarden",
        /// Accounting records and CDRs of Kamailio's `acc_json`.
        KamailioAcc = "kamailio-acc"
    }

    /// What to do when most of the records in a row cannot be read.
    WhenMost {
        /// Stop: it is the topic or its dialect that is wrong, and nothing of it is put aside.
        Stop = "stop",
        /// Put them aside like any other, and go on.
        PutAside = "put_aside"
    }

    /// The form of the log.
    LogFormat {
        /// Lines for people.
        Text = "text",
        /// One JSON object a line.
        Json = "json"
    }

    /// The least severe events that are logged.
    LogLevel {
        /// What needs somebody.
        Error = "error",
        /// What may need somebody.
        Warn = "warn",
        /// What happens.
        Info = "info",
        /// What the program thinks.
        Debug = "debug",
        /// Everything.
        Trace = "trace"
    }
}
