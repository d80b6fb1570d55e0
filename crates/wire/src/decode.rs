//! From the bytes of a record to an input of the core.
//!
//! JSON and protobuf cannot be taken for each other. JSON begins with `{` (0x7b), which in protobuf would open field 15 as a
//! group, and field 15 of `CallAttempt` is none. Confluent's framing begins with 0x00, which is no field at all.

mod diagnose;

use callwarden_core::Input;
use prost::Message;

use crate::attempt::{Fleets, to_input};
use crate::decode::diagnose::Kind;
pub(crate) use crate::decode::diagnose::{Kind as FieldKind, diagnose};
use crate::unreadable::{Unreadable, UnreadableReason as Reason};
use crate::{Dialect, dialect, v1};

/// Longest payload that is tried, in bytes.
pub const PAYLOAD_MAX: usize = 1 << 20;

/// A decoder that has read a payload longer than this lets its buffers go, so that one record cannot hold memory for ever.
const KEEP_BUFFERS_UP_TO: usize = 16 << 10;

/// Magic byte and schema id.
const FRAME: usize = 5;

/// Reads the records of one topic or file. Keeps its buffers: protobuf in a steady state costs no allocation.
#[derive(Debug)]
pub struct Decoder {
    dialect: Dialect,
    attempt: v1::CallAttempt,
    fleets: Fleets,
}

impl Decoder {
    /// For records of one dialect.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, attempt: v1::CallAttempt::default(), fleets: Fleets::default() }
    }

    /// Reads one record; an absent value is passed as an empty one. The same bytes always give the same result.
    pub fn decode(&mut self, payload: &[u8]) -> Result<Input, Unreadable> {
        if payload.is_empty() {
            return Err(Unreadable::new(Reason::Empty, "expected a call attempt, found no value"));
        }
        if payload.len() > PAYLOAD_MAX {
            let detail = format!("expected at most {PAYLOAD_MAX} bytes, found {}", payload.len());
            return Err(Unreadable::new(Reason::TooLarge, detail));
        }
        match self.dialect {
            Dialect::KamailioAcc => dialect::decode_kamailio_acc(payload, &mut self.fleets),
            Dialect::Callwarden => self.decode_contract(payload).map_err(|err| hint(payload, err)),
        }
    }

    /// Checks and converts a message that is already decoded.
    pub fn attempt_to_input(&mut self, attempt: &v1::CallAttempt) -> Result<Input, Unreadable> {
        to_input(attempt, &mut self.fleets)
    }

    fn decode_contract(&mut self, payload: &[u8]) -> Result<Input, Unreadable> {
        match payload {
            [b'{', ..] => self.decode_json(payload),
            [0, ..] => match payload.get(FRAME..) {
                None | Some([]) => Err(bad_framing("at least one byte after them", "none")),
                Some(json @ [b'{', ..]) => self.decode_json(json),
                // The message's path within its schema: the first message, in the short form or the long one.
                Some([0, protobuf @ ..] | [2, 0, protobuf @ ..]) => self.decode_protobuf(protobuf),
                Some(_) => Err(bad_framing("JSON, or message index 0 and protobuf", "neither")),
            },
            _ => self.decode_protobuf(payload),
        }
    }

    fn decode_json(&mut self, payload: &[u8]) -> Result<Input, Unreadable> {
        let attempt: v1::CallAttempt =
            serde_json::from_slice(payload).map_err(|err| diagnose(payload, &err, CALL_ATTEMPT))?;
        to_input(&attempt, &mut self.fleets)
    }

    fn decode_protobuf(&mut self, payload: &[u8]) -> Result<Input, Unreadable> {
        self.attempt.clear();
        let input = match self.attempt.merge(payload) {
            Ok(()) => to_input(&self.attempt, &mut self.fleets),
            Err(err) => Err(Unreadable::new(
                Reason::MalformedProtobuf,
                format!("expected JSON (which begins with a brace) or a protobuf CallAttempt: {err}"),
            )),
        };
        if payload.len() > KEEP_BUFFERS_UP_TO {
            self.attempt = v1::CallAttempt::default();
        }
        input
    }
}

fn bad_framing(expected: &str, found: &str) -> Unreadable {
    let detail = format!("byte 0 and a schema id of 4 bytes: expected {expected}, found {found}");
    Unreadable::new(Reason::BadFraming, detail)
}

/// Says so where a payload that could not be read is JSON but for its beginning.
fn hint(payload: &[u8], err: Unreadable) -> Unreadable {
    let begins = |prefix: &[u8], with: u8| {
        payload.strip_prefix(prefix).is_some_and(|rest| rest.trim_ascii_start().first() == Some(&with))
    };
    let detail = if payload[0].is_ascii_whitespace() && begins(b"", b'{') {
        "white space before the opening brace: expected `{` as the first byte"
    } else if begins(b"\xef\xbb\xbf", b'{') {
        "byte order mark before the opening brace: expected `{` as the first byte"
    } else if err.reason == Reason::MalformedProtobuf && begins(b"", b'[') {
        "JSON array: expected one object, one attempt to a record"
    } else {
        return err;
    };
    Unreadable::new(Reason::MalformedJson, detail)
}

/// The fields of `CallAttempt` as JSON must write them, for the diagnosis of a wrong one.
const CALL_ATTEMPT: &[(&str, Kind)] = &[
    ("attempt_id", Kind::Text),
    ("fleet", Kind::Text),
    ("source", Kind::Text),
    ("direction", Kind::Enum),
    ("caller_number", Kind::Text),
    ("callee_token", Kind::Secret),
    ("callee_region", Kind::Text),
    ("callee_utc_offset_minutes", Kind::Integer),
    ("callee_network", Kind::Text),
    ("campaign_id", Kind::Text),
    ("list_id", Kind::Text),
    ("script_id", Kind::Text),
    ("carrier_id", Kind::Text),
    ("started_at", Kind::Time),
    ("ringing_at", Kind::Time),
    ("answered_at", Kind::Time),
    ("ended_at", Kind::Time),
    ("disposition", Kind::Enum),
    ("answered_by", Kind::Enum),
    ("sip_status", Kind::Count),
    ("sip_reason", Kind::Text),
    ("reason_header", Kind::Text),
    ("q850_cause", Kind::Count),
    ("hangup_by", Kind::Enum),
    ("attestation", Kind::Enum),
    ("final", Kind::Truth),
];

#[cfg(test)]
mod tests;
