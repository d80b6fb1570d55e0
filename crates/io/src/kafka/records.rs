//! What leaves, as Kafka records: commands, dead letters, the journal.

use std::borrow::Cow;

use callwarden_engine::{DeadLetter, Transaction};
use callwarden_wire::{to_json, v1};
use prost::Message as _;
use rdkafka::message::{Header, OwnedHeaders};

/// A value over this is cut. With its key and headers it must stay under Kafka's default limit of 1 MiB.
pub(super) const VALUE_BYTES_MAX: usize = 900_000;
/// A key over this is cut likewise.
pub(super) const KEY_BYTES_MAX: usize = 64 * 1024;

/// One record to be sent.
#[derive(Debug, Clone)]
pub(super) struct Outgoing<'a> {
    pub(super) to: Target,
    pub(super) key: Option<Cow<'a, [u8]>>,
    pub(super) value: Option<Cow<'a, [u8]>>,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// Which topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Commands,
    DeadLetters,
    Journal,
}

impl Outgoing<'_> {
    pub(super) fn headers(&self) -> OwnedHeaders {
        self.headers
            .iter()
            .fold(OwnedHeaders::new_with_capacity(self.headers.len()), |headers, (key, value)| {
                headers.insert(Header { key, value: Some(value) })
            })
    }
}

/// Everything of a transaction, the journal record last.
pub(super) fn outgoing(transaction: &Transaction) -> impl Iterator<Item = Outgoing<'_>> {
    transaction
        .commands
        .iter()
        .map(command)
        .chain(transaction.dead_letters.iter().map(dead_letter))
        .chain(std::iter::once_with(|| journal(&transaction.journal)))
}

fn command(command: &v1::Command) -> Outgoing<'_> {
    Outgoing {
        to: Target::Commands,
        key: Some(format!("{}/{}", command.fleet, command.number).into_bytes().into()),
        value: Some(to_json(command).into_bytes().into()),
        headers: vec![("content-type", "application/json".into()), ("callwarden.id", command.id.clone())],
    }
}

/// The record as it came. The names of Kafka Connect's headers, so that tools for its dead letters read ours.
fn dead_letter(letter: &DeadLetter) -> Outgoing<'_> {
    let DeadLetter { partition, offset, poison } = letter;
    let mut headers = vec![
        ("__connect.errors.topic", partition.topic.to_string()),
        ("__connect.errors.partition", partition.index.to_string()),
        ("__connect.errors.offset", offset.to_string()),
        ("__connect.errors.exception.message", poison.unreadable.detail.clone()),
        ("callwarden.reason", poison.unreadable.reason.name().to_owned()),
    ];
    let (key, key_bytes) = cut(poison.key.as_deref(), KEY_BYTES_MAX);
    let (value, value_bytes) = cut(poison.value.as_deref(), VALUE_BYTES_MAX);
    headers.extend(key_bytes.map(|len| ("callwarden.key.bytes", len.to_string())));
    headers.extend(value_bytes.map(|len| ("callwarden.value.bytes", len.to_string())));
    Outgoing { to: Target::DeadLetters, key: key.map(Cow::from), value: value.map(Cow::from), headers }
}

/// At most `max` bytes; when there were more, how many.
fn cut(bytes: Option<&[u8]>, max: usize) -> (Option<&[u8]>, Option<usize>) {
    match bytes {
        Some(bytes) if bytes.len() > max => (Some(&bytes[..max]), Some(bytes.len())),
        other => (other, None),
    }
}

fn journal(record: &v1::JournalRecord) -> Outgoing<'_> {
    Outgoing {
        to: Target::Journal,
        key: Some(record.unit.to_string().into_bytes().into()),
        value: Some(record.encode_to_vec().into()),
        headers: vec![("content-type", "application/x-protobuf".into())],
    }
}

#[cfg(test)]
mod tests;
