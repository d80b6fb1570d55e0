#![allow(clippy::unwrap_used)]

use callwarden_core::{
    AnswerRateFell, AttemptId, Caller, Caps, Command, CommandKind, EventTime, Finding, Fleet, Mode,
    PaceOverCap, Seconds,
};
use prost::Message;

use super::{command, command_id, command_key};
use crate::{to_json, v1};

fn pause() -> Command {
    Command {
        fleet: Fleet::new("acme"),
        caller: Caller::parse("+12025550123").unwrap(),
        target_version: 3,
        sequence: 17,
        kind: CommandKind::PauseNumber,
        mode: Mode::Enforce,
        issued_at: EventTime(1_795_512_600),
        expires_at: EventTime(1_796_117_400),
        finding: Finding::AnswerRateFell(AnswerRateFell {
            statistic: 1_234_567.0,
            threshold: 1e6,
            since: EventTime(1_795_478_400),
            attempts: 612,
            answers: 41,
            expected_rate: 0.123,
            baseline_attempts: 5_012,
            baseline_answers: 702,
        }),
        cause: AttemptId(0x0123_4567_89ab_cdef),
    }
}

fn pace(window: Seconds) -> Command {
    Command {
        kind: CommandKind::ReduceVolume(Caps { per_minute: 10, per_hour: 100, per_day: 200 }),
        finding: Finding::PaceOverCap(PaceOverCap { attempts: 11, cap: 10, window }),
        ..pause()
    }
}

fn position() -> v1::Position {
    v1::Position { topic: "callwarden.attempts".into(), partition: 2, offset: 1_234_567 }
}

/// The whole of it: a controller's authors read this first.
#[test]
fn a_pause_as_json() {
    let message = command(&pause(), "00f1e2d3c4b5a697", position());
    let want = concat!(
        r#"{"id":"bfadfeaf-cc8e-57b1-91e4-30f3b69a262e","sequence":"17","fleet":"acme","number":"+12025550123","target_version":3,"#,
        r#""kind":"COMMAND_KIND_PAUSE_NUMBER","mode":"MODE_ENFORCE","keep_inbound":true,"#,
        r#""issued_at":"2026-11-24T09:30:00Z","expires_at":"2026-12-01T09:30:00Z","reason":"REASON_ANSWER_RATE_FELL","#,
        r#""summary":"41 of 612 calls answered since 2026-11-24T00:00:00Z where 12.3 % were to be expected (statistic 1.2e6 over 1.0e6)","#,
        r#""evidence":{"answer_rate":{"statistic":1234567.0,"threshold":1000000.0,"since":"2026-11-24T00:00:00Z","#,
        r#""attempts":612,"answers":41,"expected_rate":0.123,"baseline_attempts":"5012","baseline_answers":"702"}},"#,
        r#""rule":"answer-rate/pause","policy_hash":"00f1e2d3c4b5a697","core_version":1,"#,
        r#""cause":{"topic":"callwarden.attempts","partition":2,"offset":"1234567"}}"#,
    );
    assert_eq!(to_json(&message), want);
    let back: v1::Command = serde_json::from_str(want).unwrap();
    assert_eq!(back, message);
    assert_eq!(v1::Command::decode(&*message.encode_to_vec()).unwrap(), message);
    assert_eq!(command_key(&pause()), "acme/+12025550123");
}

/// The example of `proto/README.md` is this very command.
#[test]
fn the_example_of_the_contract() {
    let readme = include_str!("../../../../proto/README.md");
    let example = readme.split("```json\n").nth(3).unwrap().split("```").next().unwrap();
    let example: serde_json::Value = serde_json::from_str(example).unwrap();
    let written: serde_json::Value =
        serde_json::from_str(&to_json(&command(&pause(), "00f1e2d3c4b5a697", position()))).unwrap();
    assert_eq!(example, written);
}

#[test]
fn rules_and_summaries() {
    let reduce = Command { kind: pace(Seconds(60)).kind, ..pause() };
    for (decision, rule, summary) in [
        (pause(), "answer-rate/pause", "41 of 612 calls answered since "),
        (reduce, "answer-rate/reduce", "41 of 612 calls answered since "),
        (pace(Seconds(60)), "pace/per-minute", "11 calls placed in one minute where 10 are allowed"),
        (pace(Seconds::hours(1)), "pace/per-hour", "11 calls placed in 60 minutes where 10 are allowed"),
        (pace(Seconds::days(1)), "pace/per-day", "11 calls placed in 24 hours where 10 are allowed"),
        (pace(Seconds(90)), "pace/per-day", "11 calls placed in 90 seconds where 10 are allowed"),
    ] {
        let message = command(&decision, "", position());
        assert_eq!(message.rule, rule);
        assert!(message.summary.starts_with(summary), "{}", message.summary);
        let pauses = decision.kind == CommandKind::PauseNumber;
        assert_eq!((message.keep_inbound, message.caps.is_none()), (pauses, pauses));
    }
}

#[test]
fn an_id_is_its_cause_and_nothing_else() {
    let base = pause();
    let id = command_id(&base);
    assert_eq!(id.get_version_num(), 5);
    // Where the command stands and whether it is an order do not make it another decision.
    let same = Command { sequence: 99, mode: Mode::Observe, expires_at: EventTime(0), ..base.clone() };
    assert_eq!(command_id(&same), id);
    let others = [
        Command { fleet: Fleet::new("other"), ..base.clone() },
        Command { caller: Caller::parse("+12025550124").unwrap(), ..base.clone() },
        Command { target_version: 4, ..base.clone() },
        Command { kind: pace(Seconds(60)).kind, ..base.clone() },
        Command { finding: pace(Seconds(60)).finding, ..base.clone() },
        Command { issued_at: EventTime(1), ..base.clone() },
        Command { cause: AttemptId(1), ..base.clone() },
    ];
    let ids: std::collections::BTreeSet<_> = others.iter().map(command_id).chain([id]).collect();
    assert_eq!(ids.len(), others.len() + 1);
}

#[test]
fn numbers_of_a_newer_contract_survive_json() {
    let message = v1::Command { kind: 77, reason: -1, ..command(&pause(), "", position()) };
    let json = to_json(&message);
    assert!(json.contains(r#""kind":77"#) && json.contains(r#""reason":-1"#), "{json}");
    let read: v1::Command = serde_json::from_str(&json).unwrap();
    assert_eq!((read.kind, read.reason), (0, 0), "read as unspecified");
}
