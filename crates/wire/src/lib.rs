//! The outside language: what dialers send, what controllers and people read, what is kept between two lives.
//!
//! Everything here is a total function between bytes and values. Nothing does I/O, and nothing panics on input: whatever a
//! peer can send is either an input of the core or an [`Unreadable`] with a reason from a closed list.
//!
//! * [`v1`]: the messages of `proto/`, generated, with proto3 JSON.
//! * [`Decoder`]: records of a log to inputs of the core, in the contract's own form or in a [`Dialect`].
//! * [`command`]: decisions of the core as messages with derived ids.
//! * [`pack_number`], [`unpack_number`]: the state of one number for a store, small and versioned.
//! * [`readable`]: the figures of one number for people.

mod attempt;
mod command;
mod decode;
mod dialect;
mod policy;
mod readable;
mod standing;
mod state;
mod timestamp;
mod unreadable;

/// The messages of `proto/callwarden/v1`, generated and committed; `tests/generated.rs` keeps them fresh.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used)]
pub mod v1 {
    include!("generated/callwarden.v1.rs");
    include!("generated/callwarden.v1.serde.rs");
}

pub use crate::attempt::{SHORT_CALL_SECONDS, reads_as_phone_number};
pub use crate::command::{command, command_id, command_key};
pub use crate::decode::{Decoder, PAYLOAD_MAX};
pub use crate::dialect::{Dialect, UnknownDialect};
pub use crate::policy::{policy_hash, policy_message, policy_of};
pub use crate::readable::{FIELDS, Field, VALUE_MAX, readable};
pub use crate::standing::standing_order;
pub use crate::state::{BadState, pack_number, unpack_number};
pub use crate::timestamp::Timestamp;
pub use crate::unreadable::{Unreadable, UnreadableReason};

/// A message as one line of proto3 JSON, names in snake_case.
pub fn to_json<T: serde::Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("messages of the contract have string keys and finite numbers only")
}
