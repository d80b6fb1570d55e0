use proptest::prelude::*;

use super::*;
use crate::id::{AttemptId, Caller, Fleet};
use crate::outcome::{Answer, Outcome};
use crate::output::{CommandKind, Finding};
use crate::policy::Policy;

fn attempts() -> impl Strategy<Value = Attempt> {
    let answers =
        prop::option::of(prop_oneof![Just(Answer::Human), Just(Answer::Machine), Just(Answer::Unknown)]);
    (any::<u64>(), any::<u32>(), any::<[bool; 4]>(), answers, 0..=Outcome::TALK_MAX).prop_map(
        |(id, at, [seized, short, blocked, is_final], answer, talk_seconds)| Attempt {
            fleet: Fleet::new(Fleet::DEFAULT),
            caller: Caller::from_digits(12_025_550_123).expect("a number"),
            id: AttemptId(id),
            started_at: EventTime(at),
            outcome: Outcome { seized, answer, short, blocked, talk_seconds },
            is_final,
            amends_only: false,
        },
    )
}

proptest! {
    #[test]
    fn a_remembered_attempt_is_what_was_said(attempt in attempts()) {
        let mut recent = Recent::default();
        let now = RecentAttempt::of(&attempt);
        recent.push(now);
        prop_assert_eq!(recent.find(now.id), Some(now));
        let Outcome { seized, answer, short, blocked, talk_seconds } = attempt.outcome;
        prop_assert_eq!(now.seized(), seized);
        prop_assert_eq!(now.answer(), answer);
        prop_assert_eq!(now.short(), short);
        prop_assert_eq!(now.blocked(), blocked);
        prop_assert_eq!(now.talk_seconds(), talk_seconds);
        prop_assert_eq!(now.is_final(), attempt.is_final);
        prop_assert_eq!(now.started_at, attempt.started_at);
    }

    #[test]
    fn ids_differ_in_each_of_their_40_bits(attempt in attempts(), bit in 0..40_u32) {
        let mut recent = Recent::default();
        recent.push(RecentAttempt::of(&attempt));
        let other = Attempt { id: AttemptId(attempt.id.0 ^ 1 << bit), ..attempt };
        prop_assert_eq!(recent.find(RecentAttempt::of(&other).id), None);
    }

    #[test]
    fn an_expected_rate_is_a_probability_below_the_mean(seizures in 1..u64::from(u32::MAX), share in 0.0..1.05_f64) {
        let answers = (seizures as f64 * share) as u64;
        let rate = Settled { seizures, answers }.expected_rate(1).expect("a past");
        prop_assert!((1e-6..=1.0 - 1e-6).contains(&rate));
        prop_assert!(rate <= (answers as f64 / seizures as f64).max(1e-6));
    }
}

#[test]
fn an_expected_rate_needs_its_minimum() {
    let settled = Settled { seizures: 500, answers: 60 };
    assert_eq!(settled.expected_rate(501), None);
    let rate = settled.expected_rate(500).expect("enough");
    // 0.12 less twice the root of 0.12 * 0.88 / 500.
    assert!((rate - 0.090_935).abs() < 1e-6, "{rate}");
    assert_eq!(Settled::default().expected_rate(0), None);
}

#[test]
fn stored_windows_that_cannot_be_are_refused() {
    let bucket = |index| Bucket { index, counts: Counts { attempts: 1, ..Counts::default() } };
    let hours = |head, held: &[Bucket]| Buckets::<HOURS>::from_parts(head, held).is_some();
    assert!(hours(100, &[bucket(77), bucket(100)]));
    assert!(!hours(100, &[bucket(76)]), "older than the window");
    assert!(!hours(100, &[bucket(101)]), "newer than its end");
    assert!(!hours(100, &[bucket(90), bucket(90)]), "twice");
    assert!(!hours(100, &[bucket(91), bucket(90)]), "descending");
    assert!(!hours(0, &[bucket(u32::MAX)]), "far out");
    let machines = Counts { answers: 1, machine: 2, ..Counts::default() };
    assert!(!hours(100, &[Bucket { index: 100, counts: machines }]), "more machines than answers");

    let minutes = |head, held: &[(u32, u16)]| Minutes::from_parts(head, held.iter().copied()).is_some();
    assert!(minutes(100, &[(41, 1), (100, 2)]));
    assert!(!minutes(100, &[(40, 1)]), "older than the window");
    assert!(!minutes(100, &[(101, 1)]), "newer than its end");
    assert!(!minutes(100, &[(90, 1), (90, 1)]), "twice");
    assert!(!minutes(0, &[(u32::MAX, 1)]), "far out");

    assert!(Recent::from_packed(vec![[0; 3]; RECENT_MAX]).is_some());
    assert!(Recent::from_packed(vec![[0; 3]; RECENT_MAX + 1]).is_none());
}

#[test]
fn names_are_stable() {
    let states = [State::Active, State::Watched, State::Reduced, State::Paused].map(State::name);
    assert_eq!(states, ["active", "watched", "reduced", "paused"]);
    let caps = Policy::default().caps;
    let kinds = [CommandKind::PauseNumber, CommandKind::ReduceVolume(caps)].map(CommandKind::name);
    assert_eq!(kinds, ["pause_number", "reduce_volume"]);
    let evidence = Evidence::default().finding(1.0, 0.1, &Settled::default());
    assert_eq!(Finding::AnswerRateFell(evidence).reason(), "answer_rate_fell");
}

#[test]
fn an_order_is_void_from_its_end_on() {
    let orders = Orders { version: 1, pause_until: EventTime(100), ..Orders::default() };
    assert!(orders.paused(EventTime(99)));
    assert!(!orders.paused(EventTime(100)));
    assert!(!Orders::default().paused(EventTime(0)));
}

#[test]
fn a_very_busy_hour_is_counted_to_the_last_call() {
    let mut hours = Buckets::<HOURS>::default();
    hours.advance(100, |_| {});
    let one = Counts { attempts: 1, seizures: 1, answers: 1, talk_seconds: 60_000, ..Counts::default() };
    for _ in 0..150_000 {
        assert!(hours.add(99, &one));
        assert!(hours.add(100, &one));
    }
    let amended = Counts { talk_seconds: 0, machine: 1, ..one };
    assert!(hours.amend(99, &one, &amended));
    let held = hours.held();
    assert_eq!(held.iter().map(|bucket| bucket.index).collect::<Vec<_>>(), [99, 100]);
    for (bucket, machine) in held.iter().zip([1, 0]) {
        let Counts { attempts, seizures, answers, .. } = bucket.counts;
        assert_eq!(
            (attempts, seizures, answers, bucket.counts.machine),
            (150_000, 150_000, 150_000, machine)
        );
        assert!(bucket.counts.talk_seconds >= u32::MAX - 60_000, "seconds of talk stop at 136 years an hour");
    }
    assert_eq!(Buckets::from_parts(100, &held), Some(hours.clone()));
    let mut left = Counts::default();
    hours.advance(123, |counts| left.add(counts));
    assert_eq!(left.attempts, 150_000);
}
