//! `proto/README.md` is what the protos and the decoder are: every field has its row, every limit holds, every example works.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use callwarden_core::Input;
use callwarden_wire::{Decoder, Dialect, UnreadableReason};
use serde_json::{Value, json};

const README: &str = include_str!("../../../proto/README.md");

fn json_blocks() -> Vec<&'static str> {
    README.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// Cells of the table rows under a heading or in a table whose first header cell is that name.
fn rows(table: &str) -> Vec<Vec<&'static str>> {
    let start =
        README.find(&format!("\n## {table}\n")).or_else(|| README.find(&format!("\n| `{table}` |"))).unwrap();
    let lines = README[start + 1..].lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn every_field_of_every_message_has_its_row() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");
    let descriptors =
        protox::compile(["callwarden/v1/attempt.proto", "callwarden/v1/journal.proto"], [root]).unwrap();
    let messages = descriptors
        .file
        .iter()
        .filter(|file| file.package() == "callwarden.v1")
        .flat_map(|f| &f.message_type);
    let mut seen = 0;
    for message in messages {
        let fields: Vec<String> = message.field.iter().map(|field| format!("`{}`", field.name())).collect();
        let documented: Vec<&str> = rows(message.name()).iter().map(|row| row[0]).collect();
        assert_eq!(documented, fields, "{}", message.name());
        seen += 1;
    }
    assert_eq!(seen, 10);
    let enums =
        descriptors.file.iter().filter(|file| file.package() == "callwarden.v1").flat_map(|f| &f.enum_type);
    for value in enums.flat_map(|list| &list.value).filter(|value| value.number() != 0) {
        assert!(README.contains(&format!("`{}`", value.name())), "{} is not explained", value.name());
    }
}

#[test]
fn the_examples_are_read() {
    let mut decoder = Decoder::new(Dialect::Callwarden);
    for example in &json_blocks()[..2] {
        assert!(matches!(decoder.decode(example.as_bytes()), Ok(Input::Attempt(_))), "{example}");
    }
    let everything: Value = serde_json::from_str(json_blocks()[1]).unwrap();
    let names: BTreeSet<String> =
        everything.as_object().unwrap().keys().map(|name| format!("`{name}`")).collect();
    assert_eq!(names, rows("CallAttempt").iter().map(|row| row[0].to_owned()).collect());
}

#[test]
fn the_limits_are_those_of_the_decoder() {
    let mut decoder = Decoder::new(Dialect::Callwarden);
    let mut reason = |field: &str, value: Value| {
        let mut attempt: Value = serde_json::from_str(json_blocks()[1]).unwrap();
        attempt[field] = value;
        decoder.decode(attempt.to_string().as_bytes()).err().map(|unreadable| unreadable.reason)
    };
    let mut tried = 0;
    for row in rows("CallAttempt") {
        let (field, limit) = (row[0].trim_matches('`'), row[3]);
        if let Some(bytes) = limit.strip_prefix("at most ").and_then(|rest| rest.split_once(" bytes")) {
            let bytes = bytes.0.replace(',', "").parse().unwrap();
            assert_eq!(reason(field, json!("x".repeat(bytes))), None, "{field}");
            assert_eq!(
                reason(field, json!("x".repeat(bytes + 1))),
                Some(UnreadableReason::FieldTooLong),
                "{field}"
            );
            tried += 1;
        } else if let Some((min, max)) = limit.split(',').next().and_then(|range| range.split_once(" to ")) {
            let (Ok(min), Ok(max)) = (min.parse::<i64>(), max.parse::<i64>()) else { continue };
            if min == 2000 {
                for (time, good) in [
                    ("2000-01-01T00:00:00Z", true),
                    ("2099-12-31T23:59:59Z", true),
                    ("1999-12-31T23:59:59Z", false),
                    ("2100-01-01T00:00:00Z", false),
                ] {
                    let want = (!good).then_some(UnreadableReason::BadTime);
                    assert_eq!(reason(field, json!(time)), want, "{field} {time}");
                }
            } else {
                for (value, good) in [(min, true), (max, true), (min - 1, min == 1), (max + 1, false)] {
                    let want = (!good).then_some(UnreadableReason::BadValue);
                    assert_eq!(reason(field, json!(value)), want, "{field} {value}");
                }
            }
            tried += 1;
        }
        if row[2] == "yes" {
            assert_eq!(reason(field, Value::Null), Some(UnreadableReason::MissingField), "{field}");
        }
    }
    assert_eq!(tried, 19);
}

#[test]
fn every_reason_has_its_cure() {
    let section = README.split_once("\n| reason | cure |\n").unwrap().1;
    let documented: Vec<&str> = section
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|row| row.split('`').nth(1).unwrap())
        .collect();
    assert_eq!(documented, UnreadableReason::ALL.iter().map(|reason| reason.name()).collect::<Vec<_>>());
}
