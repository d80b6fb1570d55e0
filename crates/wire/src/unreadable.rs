//! Why a record cannot be read: a reason from a closed list, and a sentence that can be shown to anyone.

use core::fmt;

/// A record that is put aside, with what has to change before it can be read.
///
/// The detail never holds a callee's number or token, and shows no other phone number in clear.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Unreadable {
    /// What kind of fault it is.
    pub reason: UnreadableReason,
    /// Field, what was expected, what was found.
    pub detail: String,
}

impl Unreadable {
    pub(crate) fn new(reason: UnreadableReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Kinds of fault. The names are part of the contract: header `callwarden.reason`, metric label, log field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum UnreadableReason { $($(#[$doc])* $variant,)* }

        impl UnreadableReason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

reasons! {
    /// No value at all, or an empty one.
    Empty = "empty",
    /// More than [`PAYLOAD_MAX`](crate::PAYLOAD_MAX) bytes; not even tried.
    TooLarge = "too_large",
    /// Confluent framing that is cut short or names another message than the first.
    BadFraming = "bad_framing",
    /// Begins like JSON and is not.
    MalformedJson = "malformed_json",
    /// Not the protobuf encoding of the message.
    MalformedProtobuf = "malformed_protobuf",
    /// JSON whose field has another type than the contract says.
    WrongType = "wrong_type",
    /// A required field is absent or empty.
    MissingField = "missing_field",
    /// A field is longer than its limit.
    FieldTooLong = "field_too_long",
    /// A number is outside its range, or a name holds characters that it may not.
    BadValue = "bad_value",
    /// A time that cannot be read, or lies outside the years 2000 to 2099.
    BadTime = "bad_time",
    /// The caller number is not E.164.
    NotE164 = "not_e164",
    /// Nothing says how the attempt ended.
    NoOutcome = "no_outcome",
    /// The callee token is a phone number in clear.
    CalleeTokenIsPhoneNumber = "callee_token_is_phone_number",
    /// JSON of a dialect that has none of the fields by which its records are told apart.
    UnknownRecord = "unknown_record",
}

impl fmt::Display for UnreadableReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that was found where it should not be: at most 64 characters, escaped, and with its digits hidden if there are
/// enough of them for a phone number and it is no time.
pub(crate) struct Found<'a>(pub(crate) &'a str);

/// Characters shown of what was found.
const FOUND_MAX: usize = 64;
/// The shortest phone number.
const PHONE_DIGITS_MIN: usize = 7;

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.chars().filter(|c| c.is_numeric()).count();
        let is_time = self.0.contains(':') && self.0.contains('-') && !self.0.contains('@');
        let hide = digits >= PHONE_DIGITS_MIN && !is_time;
        f.write_str("\"")?;
        for (place, c) in self.0.chars().enumerate() {
            if place == FOUND_MAX {
                return f.write_str("\"… (cut)");
            }
            if hide && c.is_numeric() { f.write_str("*")? } else { write!(f, "{}", c.escape_debug())? }
        }
        f.write_str("\"")
    }
}
