#![allow(clippy::unwrap_used)]

use callwarden_engine::{Partition, Poison};
use callwarden_wire::{Unreadable, UnreadableReason};
use rdkafka::message::Headers;

use super::*;

fn letter(key: Option<Vec<u8>>, value: Option<Vec<u8>>) -> DeadLetter {
    let unreadable = Unreadable { reason: UnreadableReason::MalformedJson, detail: "byte 7".into() };
    let partition = Partition { topic: "callwarden.attempts".into(), index: 3 };
    DeadLetter { partition, offset: 41, poison: Poison { unreadable, key, value } }
}

fn header<'a>(outgoing: &'a Outgoing<'_>, name: &str) -> Option<&'a str> {
    outgoing.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
}

#[test]
fn a_dead_letter_is_the_record_byte_for_byte_with_its_place_and_reason() {
    let letter = letter(Some(vec![0, 255]), Some(b"{\"x\"".to_vec()));
    let sent = dead_letter(&letter);
    assert_eq!(sent.to, Target::DeadLetters);
    assert_eq!(sent.key.as_deref(), Some([0, 255].as_slice()));
    assert_eq!(sent.value.as_deref(), Some(b"{\"x\"".as_slice()));
    assert_eq!(header(&sent, "__connect.errors.topic"), Some("callwarden.attempts"));
    assert_eq!(header(&sent, "__connect.errors.partition"), Some("3"));
    assert_eq!(header(&sent, "__connect.errors.offset"), Some("41"));
    assert_eq!(header(&sent, "__connect.errors.exception.message"), Some("byte 7"));
    assert_eq!(header(&sent, "callwarden.reason"), Some("malformed_json"));
    assert_eq!(header(&sent, "callwarden.value.bytes"), None);
    let headers = sent.headers();
    assert_eq!(headers.count(), 5);
    assert_eq!(headers.get(2).value, Some(b"41".as_slice()));
}

#[test]
fn absent_and_empty_stay_what_they_are() {
    let tombstone = letter(None, None);
    assert!(dead_letter(&tombstone).value.is_none() && dead_letter(&tombstone).key.is_none());
    let empty = letter(Some(Vec::new()), Some(Vec::new()));
    assert_eq!(dead_letter(&empty).value.as_deref(), Some([].as_slice()));
    assert_eq!(dead_letter(&empty).key.as_deref(), Some([].as_slice()));
}

#[test]
fn what_kafka_would_refuse_is_cut_and_says_its_size() {
    let exact = letter(None, Some(vec![7; VALUE_BYTES_MAX]));
    assert_eq!(header(&dead_letter(&exact), "callwarden.value.bytes"), None);
    let over = letter(Some(vec![1; 70_000]), Some(vec![7; 10_000_000]));
    let sent = dead_letter(&over);
    assert_eq!(sent.value.as_ref().unwrap().len(), VALUE_BYTES_MAX);
    assert_eq!(header(&sent, "callwarden.value.bytes"), Some("10000000"));
    assert_eq!(header(&sent, "callwarden.key.bytes"), Some("70000"));
    let size: usize = sent.headers.iter().map(|(key, value)| key.len() + value.len() + 20).sum();
    assert!(sent.key.unwrap().len() + sent.value.unwrap().len() + size < 1_000_000);
}

#[test]
fn commands_go_as_json_keyed_by_their_target_and_the_journal_comes_last() {
    let command = v1::Command {
        id: "5f0c6a3e-0000-5000-8000-000000000001".into(),
        fleet: "default".into(),
        number: "+12025550123".into(),
        ..Default::default()
    };
    let transaction = Transaction {
        commands: vec![command.clone()],
        dead_letters: vec![letter(None, None)],
        journal: v1::JournalRecord { unit: 0, sequence: 9, ..Default::default() },
    };
    let sent: Vec<_> = outgoing(&transaction).collect();
    let to: Vec<_> = sent.iter().map(|outgoing| outgoing.to).collect();
    assert_eq!(to, [Target::Commands, Target::DeadLetters, Target::Journal]);
    assert_eq!(sent[0].key.as_deref(), Some(b"default/+12025550123".as_slice()));
    let value = sent[0].value.as_deref().unwrap();
    assert_eq!(serde_json::from_slice::<v1::Command>(value).unwrap(), command);
    assert_eq!(header(&sent[0], "content-type"), Some("application/json"));
    assert_eq!(header(&sent[0], "callwarden.id"), Some(command.id.as_str()));
    let journal = v1::JournalRecord::decode(sent[2].value.as_deref().unwrap()).unwrap();
    assert_eq!(journal.sequence, 9);
    assert_eq!(sent[2].key.as_deref(), Some(b"0".as_slice()));
}
