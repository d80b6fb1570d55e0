#![allow(clippy::unwrap_used)]

use callwarden_core::{
    Answer, Attempt, AttemptId, Caller, Core, DetectorPolicy, EventTime, Fleet, Input, LogTime, Number,
    Outbox, Outcome, Policy, Stamp,
};
use proptest::prelude::*;

use super::{BadState, MAGIC, VERSION, pack_number, unpack_number};

const T0: u32 = 1_795_478_400; // midnight, UTC
const STAMP: Stamp = Stamp { logged_at: LogTime::UNKNOWN };

/// Quick to judge, so that short histories have evidence and orders too.
fn policy() -> Policy {
    let detector = DetectorPolicy {
        watch: 2.0,
        reduce: 4.0,
        pause: 8.0,
        baseline_min_attempts: 2,
        ..Policy::default().detector
    };
    Policy { detector, ..Policy::default() }
}

fn attempt(id: u64, at: u32, kind: u8, talk: u32) -> Input {
    let answer = [None, None, Some(Answer::Human), Some(Answer::Machine), Some(Answer::Unknown), None]
        [usize::from(kind % 6)];
    Input::Attempt(Attempt {
        fleet: Fleet::new("acme"),
        caller: Caller::from_digits(12_025_550_123).unwrap(),
        id: AttemptId(id.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        started_at: EventTime(at),
        outcome: Outcome {
            seized: kind % 6 != 1,
            answer,
            short: answer.is_some() && talk <= 6,
            blocked: kind % 6 == 5,
            talk_seconds: if answer.is_some() { talk } else { 0 },
        },
        is_final: kind < 128,
        amends_only: false,
    })
}

fn stepped(inputs: impl IntoIterator<Item = Input>) -> Core {
    let mut core = Core::new(policy()).unwrap();
    for input in inputs {
        core.step(STAMP, &input, &mut Outbox::default());
    }
    core
}

fn number(core: &Core) -> Number {
    core.numbers().next().map(|(_, _, number)| number.clone()).unwrap_or_default()
}

fn packed(number: &Number) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack_number(number, &mut bytes);
    bytes
}

/// 20 attempts in 5 hours, and some two days before.
fn ordinary() -> Number {
    let past =
        (0..60).map(|i| attempt(i, T0 - 3 * 86_400 + i as u32 * 300, [0, 2, 3, 0][i as usize % 4], 35));
    let today = (60..80)
        .map(|i| attempt(i, T0 + 9 * 3_600 + (i as u32 - 60) * 900, [0, 0, 2, 3, 5][i as usize % 5], 42));
    number(&stepped(past.chain(today)))
}

#[test]
fn small_and_whole() {
    let number = ordinary();
    let bytes = packed(&number);
    assert_eq!(unpack_number(&bytes), Ok(number));
    assert!(bytes.len() < 500, "{} bytes", bytes.len());
    // The largest ordinary number: every bucket holds something, 32 recent attempts, evidence and orders.
    let busy = (0..2_000).map(|i| attempt(i, T0 + i as u32 * 331, if i < 1_500 { 2 } else { 0 }, 42));
    let busy = packed(&self::number(&stepped(busy)));
    assert!(busy.len() < 768, "{} bytes", busy.len());
    let empty = packed(&Number::default());
    assert_eq!(empty, [MAGIC, VERSION, 0, 0, 0, 0, 0, 0]);
    assert_eq!(unpack_number(&empty), Ok(Number::default()));
}

/// These bytes stand in stores: a program that cannot read them needs a new version and a way from this one.
#[test]
fn golden_bytes_of_version_1() {
    let past = (0..7).map(|i| attempt(i, T0 - 3 * 86_400 + i as u32 * 90, if i == 3 { 0 } else { 2 }, 35));
    let today = [
        attempt(10, T0 - 2 * 86_400, 130, 300),
        attempt(11, T0, 5, 0),
        attempt(12, T0 + 60, 3, 4),
        attempt(13, T0 + 61, 1, 0),
        attempt(10, T0 - 2 * 86_400, 2, 301),
        attempt(14, T0 + 3_700, 0, 0),
        attempt(15, T0 + 3_900, 0, 0),
        attempt(16, T0 + 7_300, 4, 86_400),
    ];
    let inputs = past.chain(today);
    let number = number(&stepped(inputs));
    assert!(number.evidence.attempts > 0 && number.orders.version > 0, "every part holds something");
    let hex: String = packed(&number).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, GOLDEN, "an older program's bytes must stay readable");
    let bytes: Vec<u8> =
        (0..GOLDEN.len()).step_by(2).map(|i| u8::from_str_radix(&GOLDEN[i..i + 2], 16).unwrap()).collect();
    assert_eq!(unpack_number(&bytes), Ok(number));
}

const GOLDEN: &str = concat!(
    "cb010784e093d806020001380103000101010000000080a3050102020000000000000103020100010101040300060502",
    "0001010184a3050201010101000000ad020107070606000000d20108070e000000000087c4209923157c4a7fb9b40199",
    "232af894fe72b40199233f74df7d2cb4010954f029fde5b4019923696c747c9fb40199237ee8befb58b4019923d2d8e8",
    "f83ec8bd0a99ad02e7543378f8808c150dfcd07df7b178ab04114dc8766b020826c912f624ee38093b455d75de900309",
    "50c1a7f4979035b980a3053b60b43f0f71da3f5b05ee3ff34bf83f5383903d9035020102f4b8b8d8060000",
);

#[test]
fn every_truncation_and_every_tail_is_refused() {
    let bytes = packed(&ordinary());
    for len in 0..bytes.len() {
        assert!(unpack_number(&bytes[..len]).is_err(), "{len}");
    }
    assert_eq!(unpack_number(&[&bytes[..], &[0]].concat()), Err(BadState::Trailing(1)));
    assert_eq!(unpack_number(&[]), Err(BadState::Truncated));
    assert_eq!(unpack_number(b"{}"), Err(BadState::Magic));
    assert_eq!(unpack_number(&[MAGIC, 2, 0]), Err(BadState::Version(2)));
    assert_eq!(unpack_number(&[MAGIC, VERSION, 8]), Err(BadState::Value("unknown flags")));
    // A length that no memory could hold is refused before anything is reserved.
    let lengthy = [&[MAGIC, VERSION, 0, 0, 0][..], &[0xff; 9], &[1]].concat();
    assert!(matches!(unpack_number(&lengthy), Err(BadState::Value(_))));
}

fn any_inputs() -> impl Strategy<Value = Vec<Input>> {
    let one = (0..120_u64, 0..10 * 86_400_u32, any::<u8>(), 0..100_000_u32)
        .prop_map(|(id, at, kind, talk)| attempt(id, T0 + at, kind, talk.min(Outcome::TALK_MAX)));
    let burst = (0..1_000_u64, 0..86_400_u32, any::<u8>(), 1..40_u64).prop_map(|(id, at, kind, len)| {
        (0..len).map(|i| attempt(1_000 + id + i, T0 + at + i as u32, kind, 9)).collect::<Vec<_>>()
    });
    prop::collection::vec(prop_oneof![one.prop_map(|one| vec![one]), burst], 0..60)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn round_trip_and_on(before in any_inputs(), after in any_inputs()) {
        let mut core = stepped(before);
        let number = number(&core);
        let unpacked = unpack_number(&packed(&number));
        prop_assert_eq!(unpacked.as_ref(), Ok(&number));

        // What comes back goes on as what was packed would have.
        let unpacked = core.numbers().map(|(fleet, caller, number)| {
            (fleet.clone(), caller, unpack_number(&packed(number)).unwrap())
        }).collect::<Vec<_>>();
        let mut restored = Core::restore(policy(), core.header(), core.tally(), unpacked).unwrap();
        let (mut out, mut restored_out) = (Outbox::default(), Outbox::default());
        for input in after {
            core.step(STAMP, &input, &mut out);
            restored.step(STAMP, &input, &mut restored_out);
        }
        prop_assert_eq!(core.header(), restored.header());
        prop_assert_eq!(out.drain().collect::<Vec<_>>(), restored_out.drain().collect::<Vec<_>>());
    }

    #[test]
    fn no_bytes_panic_nor_does_what_they_give(
        tail in prop::collection::vec(any::<u8>(), 0..200),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        after in any_inputs(),
    ) {
        let mut damaged = packed(&ordinary());
        for (at, byte) in damage {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        for bytes in [tail.clone(), [&[MAGIC, VERSION], &tail[..]].concat(), damaged] {
            if let Ok(number) = unpack_number(&bytes) {
                let again = unpack_number(&packed(&number));
                prop_assert_eq!(again.as_ref(), Ok(&number));
                let entry = (Fleet::new("acme"), Caller::from_digits(12_025_550_123).unwrap(), number);
                let mut core = Core::restore(policy(), Default::default(), Default::default(), [entry]).unwrap();
                for input in &after {
                    core.step(STAMP, input, &mut Outbox::default());
                }
                for (_, _, number) in core.numbers() {
                    crate::readable(&number.view(&policy()));
                }
            }
        }
    }
}
