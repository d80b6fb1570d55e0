#![allow(clippy::unwrap_used)]

use callwarden_engine::audit::{Because, Finding, FindingKind, NotStepped, UnitRead};

use super::*;

fn finding(sequence: u64) -> Finding {
    Finding {
        kind: FindingKind::CommandMissing,
        unit: Some(0),
        sequence: Some(sequence),
        until: None,
        place: None,
        target: Some(("default".to_owned(), callwarden_core::Caller::parse("+12025550123").unwrap())),
        detail: "it is not on callwarden.commands".to_owned(),
    }
}

fn audited(report: Report) -> Audited {
    Audited { report, since: None, took: Duration::from_millis(1_540) }
}

fn clean() -> Report {
    let units = vec![UnitRead { unit: 0, first: 1, last: 9 }];
    Report { units, records: 9, slices: 12, attempts_stepped: 500, commands_named: 4, ..Report::default() }
}

#[test]
fn since_is_a_time_or_a_span() {
    let now = UNIX_EPOCH + Duration::from_secs(1_780_000_000);
    let at = |text: &str| since(text, now).unwrap();
    assert_eq!(at("24h").seconds, 1_780_000_000 - 86_400);
    assert_eq!(at("1h30m").seconds, 1_780_000_000 - 5_400);
    assert_eq!(at("2026-05-28T20:00:00Z").to_string(), "2026-05-28T20:00:00Z");
    assert!(since("yesterday", now).is_err());
}

#[test]
fn a_proof_is_called_one_and_nothing_else_is() {
    let last = |report: Report| text::lines(&audited(report)).pop().unwrap();
    assert!(last(clean()).starts_with("verdict: proven"));
    assert_eq!(last(Report::default()), "verdict: proven, of an empty journal");
    let trimmed = NotStepped { unit: 0, from: 1, to: 4, because: Because::Rebuilt };
    let open = Report { not_stepped: vec![trimmed], commands_no_longer_kept: 1, ..clean() };
    let said = last(open.clone());
    assert!(said.starts_with("verdict: clean, not proven"), "{said}");
    assert!(said.contains("stepped again, and the topics"), "{said}");
    let first = &text::lines(&audited(open))[..2];
    assert!(first[0].starts_with("Not stepped again"), "{first:?}");
    assert!(first[1].starts_with("  sequences 1..4: "), "{first:?}");
}

#[test]
fn findings_are_told_one_by_one_and_the_rest_is_counted() {
    let findings: Vec<Finding> = (1..=100).map(finding).collect();
    let counts = [(FindingKind::CommandMissing, 130)].into_iter().collect();
    let audited = audited(Report { findings, counts, ..clean() });
    let lines = text::lines(&audited);
    let told = lines.iter().filter(|line| line.starts_with("  command_missing")).count();
    assert_eq!(told, 100);
    assert!(lines.contains(&"  ... and 30 more".to_owned()));
    assert_eq!(lines.last().unwrap(), "verdict: NOT CLEAN: 130 command_missing");
    assert!(lines.iter().all(|line| !line.contains("2025550")), "numbers are masked");
    let json = json::render(&audited);
    assert_eq!((&json["found"], &json["verdict"]), (&130.into(), &"findings".into()));
    assert_eq!(json["counts"]["command_missing"], 130);
    assert_eq!(json["findings"].as_array().unwrap().len(), 100);
    assert_eq!(json["findings"][4]["sequence"], 5);
    assert_eq!(json["findings"][4]["number"], "+1******0123");
}
