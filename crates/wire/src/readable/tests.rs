#![allow(clippy::unwrap_used)]

use callwarden_core::{Counts, EventTime, Number, NumberView, Policy, State};

use super::{FIELDS, VALUE_MAX, readable};

#[test]
fn a_number_in_figures() {
    let view = NumberView {
        as_of: EventTime(1_795_512_600),
        state: State::Watched,
        attempts_1m: 2,
        attempts_1h: 31,
        last_24h: Counts {
            attempts: 210,
            seizures: 200,
            answers: 31,
            human: 9,
            machine: 6,
            short: 4,
            blocked: 1,
            talk_seconds: 1_234,
        },
        last_7d: Counts { attempts: 900, seizures: 0, ..Counts::default() },
        expected_rate: Some(0.123_456),
        baseline_attempts: 5_012,
        statistic: 12_345.678,
    };
    let lines: Vec<String> = readable(&view).iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(
        lines,
        [
            "state=watched",
            "as_of=2026-11-24T09:30:00Z",
            "attempts_1m=2",
            "attempts_1h=31",
            "attempts_24h=210",
            "attempts_7d=900",
            "seizures_24h=200",
            "answers_24h=31",
            "human_24h=9",
            "machine_24h=6",
            "short_24h=4",
            "blocked_24h=1",
            "talk_seconds_24h=1234",
            "answer_rate_24h=0.1250",
            "answer_rate_7d=",
            "expected_rate=0.1235",
            "baseline_attempts=5012",
            "statistic=12345.7",
        ]
    );
}

#[test]
fn every_value_is_short() {
    let counts = Counts {
        attempts: u32::MAX,
        seizures: u32::MAX,
        answers: u32::MAX,
        human: u32::MAX,
        machine: 0,
        short: u32::MAX,
        blocked: u32::MAX,
        talk_seconds: u32::MAX,
    };
    let largest = NumberView {
        as_of: EventTime(u32::MAX),
        attempts_1m: u32::MAX,
        attempts_1h: u32::MAX,
        last_24h: counts,
        last_7d: counts,
        expected_rate: Some(1.0 / 3.0),
        baseline_attempts: u64::MAX,
        statistic: 4e38,
        ..Number::default().view(&Policy::default())
    };
    for view in [largest, Number::default().view(&Policy::default())] {
        for ((name, value), field) in readable(&view).into_iter().zip(FIELDS) {
            assert!(
                value.len() <= VALUE_MAX && name == field.name && !field.doc.is_empty(),
                "{name}: {value}"
            );
        }
    }
}
