//! Streams of records: random ones for the properties, and a generator of numbers that is the same everywhere.

use callwarden_core::{
    Answer, Attempt, AttemptId, Caller, Caps, DetectorPolicy, EventTime, Fleet, Input, LogTime, NotAnAttempt,
    Outcome, Policy, Seconds, Stamp,
};
use proptest::prelude::*;

/// SplitMix64: small, good enough, and the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// In [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Roughly normal, mean 0, standard deviation 1: the sum of twelve.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// Spreads an attempt's number over 64 bits, as the hash of a dialer's id does.
pub(crate) const fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// 2026-01-05 00:00 UTC, a Monday.
pub(crate) const MONDAY: u32 = 1_767_571_200;

pub(crate) fn caller(n: u64) -> Caller {
    Caller::from_digits(12_025_550_000 + n).unwrap()
}

pub(crate) const UNANSWERED: Outcome =
    Outcome { seized: true, answer: None, short: false, blocked: false, talk_seconds: 0 };

pub(crate) const ANSWERED: Outcome =
    Outcome { seized: true, answer: Some(Answer::Human), short: false, blocked: false, talk_seconds: 90 };

pub(crate) fn attempt(caller_n: u64, id: u64, at: u32, outcome: Outcome) -> Attempt {
    Attempt {
        fleet: Fleet::new(Fleet::DEFAULT),
        caller: caller(caller_n),
        id: AttemptId(mix(id)),
        started_at: EventTime(at),
        outcome,
        is_final: true,
        amends_only: false,
    }
}

/// A log that took the record when the call was placed.
pub(crate) fn logged(at: u32) -> Stamp {
    Stamp { logged_at: LogTime(i64::from(at) * 1_000) }
}

/// One step of a random stream, before it has a time.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    fleet: u8,
    number: u8,
    /// 0: an attempt not said before; else the n-th last that was.
    said_before: usize,
    /// Seconds that the log's clock moves on.
    passes: u32,
    /// Seconds that the event lies before (or, negative, after) the log's clock.
    behind: i64,
    outcome: Outcome,
    same_words: bool,
    is_final: bool,
    amends_only: bool,
    not_an_attempt: Option<NotAnAttempt>,
    unreadable: bool,
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let answers = prop_oneof![
        5 => Just(None),
        2 => Just(Some(Answer::Human)),
        1 => Just(Some(Answer::Machine)),
        1 => Just(Some(Answer::Unknown)),
    ];
    (prop::bool::weighted(0.85), answers, any::<bool>(), prop::bool::weighted(0.1), 0..=Outcome::TALK_MAX)
        .prop_map(|(seized, answer, short, blocked, talk)| {
            let answer = answer.filter(|_| seized);
            Outcome {
                seized,
                answer,
                short: short && answer.is_some(),
                blocked: blocked && answer.is_none(),
                talk_seconds: if answer.is_some() { talk } else { 0 },
            }
        })
}

fn ops() -> impl Strategy<Value = Op> {
    let said_before = prop_oneof![6 => Just(0_usize), 2 => 1..4_usize, 1 => 1..80_usize];
    let passes = prop_oneof![
        20 => 0..90_u32,
        6 => 0..4_000_u32,
        2 => 0..100_000_u32,
        1 => 0..900_000_u32,
    ];
    let behind = prop_oneof![
        20 => Just(0_i64),
        6 => -310..3_700_i64,
        2 => 0..90_000_i64,
        2 => 0..800_000_i64,
        1 => -3_000_000_000..0_i64,
    ];
    let other = prop_oneof![
        1 => Just(NotAnAttempt::Inbound),
        1 => Just(NotAnAttempt::RefusedLocally),
        1 => Just(NotAnAttempt::OtherRecord),
    ];
    let who = (prop_oneof![4 => Just(0_u8), 1 => 1..4_u8], prop_oneof![5 => Just(0_u8), 1 => 1..5_u8]);
    let words = (prop::bool::weighted(0.3), prop::bool::weighted(0.7), prop::bool::weighted(0.1));
    let else_ = (prop::option::weighted(0.03, other), prop::bool::weighted(0.02));
    (who, said_before, passes, behind, outcomes(), words, else_).prop_map(
        |((fleet, number), said_before, passes, behind, outcome, words, (not_an_attempt, unreadable))| Op {
            fleet,
            number,
            said_before,
            passes,
            behind,
            outcome,
            same_words: words.0,
            is_final: words.1,
            amends_only: words.2,
            not_an_attempt,
            unreadable,
        },
    )
}

/// A log of up to `len` records.
pub(crate) fn logs(len: usize) -> impl Strategy<Value = Vec<(Stamp, Input)>> {
    // The log's clock begins near 1970 in some: windows must not mind the beginning of time.
    let begins = prop_oneof![9 => Just(MONDAY), 1 => Just(0_u32), 1 => 0..700_000_u32];
    (begins, prop::collection::vec(ops(), 1..len)).prop_map(|(begins, ops)| log_of(begins, &ops))
}

fn log_of(begins: u32, ops: &[Op]) -> Vec<(Stamp, Input)> {
    let mut clock = begins;
    let mut said: Vec<Attempt> = Vec::new();
    let mut log = Vec::new();
    for op in ops {
        clock = clock.saturating_add(op.passes);
        let stamp = logged(clock);
        if op.unreadable {
            log.push((stamp, Input::Unreadable));
            continue;
        }
        if let Some(other) = op.not_an_attempt {
            log.push((stamp, Input::NotAnAttempt(other)));
            continue;
        }
        let started_at = EventTime((i64::from(clock) - op.behind).clamp(0, i64::from(u32::MAX)) as u32);
        let again = said.len().checked_sub(op.said_before).and_then(|at| said.get(at));
        let attempt = match again {
            Some(before) if op.same_words => before.clone(),
            Some(before) => Attempt {
                outcome: op.outcome,
                is_final: op.is_final,
                amends_only: op.amends_only,
                started_at,
                ..before.clone()
            },
            None => Attempt {
                fleet: Fleet::new(["default", "north", "süd", "x"][usize::from(op.fleet)]),
                caller: caller(u64::from(op.number)),
                id: AttemptId(mix(said.len() as u64)),
                started_at,
                outcome: op.outcome,
                is_final: op.is_final,
                amends_only: op.amends_only && op.same_words,
            },
        };
        said.push(attempt.clone());
        log.push((stamp, Input::Attempt(attempt)));
    }
    log
}

/// Policies under which short streams reach every decision.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    let detector = (1..8_u32, 1.0..2.0, 1.1..3.0, 1.1..3.0, 0.05..=1.0);
    let spans = (60..400_000_u32, 60..200_000_u32, 60..20_000_u32);
    let caps = (0..4_u32, 0..8_u32, 0..12_u32);
    let limits = (prop_oneof![Just(1_000_u32), 1..12_u32], prop_oneof![Just(1_000_u32), 1..4_u32]);
    (detector, spans, caps, limits, prop::bool::weighted(0.9)).prop_map(
        |((min, watch, reduce, pause, reduce_to), spans, caps, (numbers_max, fleets_max), enabled)| Policy {
            detector: DetectorPolicy {
                enabled,
                watch,
                reduce: watch * reduce,
                pause: watch * reduce * pause,
                baseline_min_attempts: min,
                pause_for: Seconds(spans.0),
                reduce_for: Seconds(spans.1),
                reduce_to,
            },
            caps: Caps { per_minute: caps.0, per_hour: caps.1, per_day: caps.2 },
            caps_reduce_for: Seconds(spans.2),
            numbers_max,
            fleets_max,
            ..Policy::default()
        },
    )
}
