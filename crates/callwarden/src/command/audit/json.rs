//! An audit for machines. The fields are a contract; `version` grows when one changes its meaning.

use callwarden_engine::audit::{Finding, NotStepped, UnitRead};
use serde_json::{Map, Value, json};

use super::Audited;

const VERSION: u32 = 1;

/// One object.
pub(super) fn render(Audited { report, since, took }: &Audited) -> Value {
    let counts: Map<String, Value> =
        report.counts.iter().map(|(kind, count)| (kind.name().to_owned(), json!(count))).collect();
    json!({
        "version": VERSION,
        "verdict": report.verdict().name(),
        "found": report.found(),
        "counts": counts,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "not_stepped": report.not_stepped.iter().map(not_stepped).collect::<Vec<_>>(),
        "units": report.units.iter().map(unit).collect::<Vec<_>>(),
        "since": since.map(|since| since.to_string()),
        "records": report.records,
        "slices": report.slices,
        "attempts_stepped": report.attempts_stepped,
        "attempts_read": report.attempts_read,
        "commands_named": report.commands_named,
        "commands_compared": report.commands_compared,
        "observed_compared": report.observed_compared,
        "dead_letters_compared": report.dead_letters_compared,
        "commands_no_longer_kept": report.commands_no_longer_kept,
        "dead_letters_no_longer_kept": report.dead_letters_no_longer_kept,
        "dead_letters_unchecked": report.dead_letters_unchecked,
        "seconds": took.as_secs_f64(),
    })
}

/// The number is masked, as in logs.
fn finding(finding: &Finding) -> Value {
    let Finding { kind, unit, sequence, until, place, target, detail } = finding;
    json!({
        "kind": kind.name(),
        "unit": unit,
        "sequence": sequence,
        "until": until,
        "topic": place.as_ref().map(|(partition, _)| partition.topic.to_string()),
        "partition": place.as_ref().map(|(partition, _)| partition.index),
        "offset": place.as_ref().map(|(_, offset)| offset),
        "fleet": target.as_ref().map(|(fleet, _)| fleet),
        "number": target.as_ref().map(|(_, number)| number.to_string()),
        "detail": detail,
    })
}

fn not_stepped(NotStepped { unit, from, to, because }: &NotStepped) -> Value {
    json!({"unit": unit, "from": from, "to": to, "because": because.name(), "detail": because.to_string()})
}

fn unit(UnitRead { unit, first, last }: &UnitRead) -> Value {
    json!({"unit": unit, "first": first, "last": last})
}
