//! From the state of a number after an attempt to the orders that fit it.
//!
//! A standing order is not repeated before it expires. A pause uses its evidence up: what comes later is new.

use crate::number::{Level, Number};
use crate::output::{CommandKind, Finding, PaceOverCap};
use crate::policy::{Caps, DetectorPolicy, Policy};
use crate::time::{EventTime, Seconds};

/// A decision, before it has a number, a version and a mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Decision {
    pub(crate) kind: CommandKind,
    pub(crate) stands_for: Seconds,
    pub(crate) finding: Finding,
}

/// What the evidence asks for, as of `at`, the number's newest event time.
pub(crate) fn on_answer_rate(
    number: &mut Number,
    policy: &Policy,
    at: EventTime,
    expected_rate: f64,
) -> Option<Decision> {
    let DetectorPolicy { reduce, pause, pause_for, reduce_for, .. } = policy.detector;
    match number.evidence.level(&policy.detector) {
        Level::Normal | Level::Watch => None,
        Level::Reduce => {
            let orders = &mut number.orders;
            if orders.paused(at) || at < orders.reduce_until {
                return None;
            }
            // The newest order of a target is the one that holds: those before it end with it.
            orders.void();
            orders.reduce_until = at.plus(reduce_for);
            let finding = number.evidence.finding(reduce, expected_rate, &number.settled);
            Some(Decision {
                kind: CommandKind::ReduceVolume(reduced_caps(number, policy)),
                stands_for: reduce_for,
                finding: Finding::AnswerRateFell(finding),
            })
        }
        Level::Pause => {
            let finding = number.evidence.finding(pause, expected_rate, &number.settled);
            number.evidence.restart();
            if number.orders.paused(at) {
                return None;
            }
            number.orders.void();
            number.orders.pause_until = at.plus(pause_for);
            Some(Decision {
                kind: CommandKind::PauseNumber,
                stands_for: pause_for,
                finding: Finding::AnswerRateFell(finding),
            })
        }
    }
}

/// What the pace asks for, as of `at`, the number's newest event time.
///
/// Nothing while an order stands that is at least as strict: after a reduction for the answer rate, whose caps lie within
/// the policy's, one for the pace would be the newest order of its target and give volume back.
pub(crate) fn on_pace(number: &mut Number, policy: &Policy, at: EventTime) -> Option<Decision> {
    if number.orders.paused(at) || number.orders.reduced(at) {
        return None;
    }
    let over = over_cap(number, policy.caps)?;
    number.orders.pace_until = at.plus(policy.caps_reduce_for);
    Some(Decision {
        kind: CommandKind::ReduceVolume(policy.caps),
        stands_for: policy.caps_reduce_for,
        finding: Finding::PaceOverCap(over),
    })
}

/// The shortest window whose cap is exceeded.
fn over_cap(number: &Number, caps: Caps) -> Option<PaceOverCap> {
    let over = |attempts: u32, cap: u32, window: Seconds| {
        (cap > 0 && attempts > cap).then_some(PaceOverCap { attempts, cap, window })
    };
    over(number.minutes.newest(), caps.per_minute, Seconds(60))
        .or_else(|| over(number.minutes.total(), caps.per_hour, Seconds::hours(1)))
        .or_else(|| {
            if caps.per_day > 0 {
                over(number.hours.attempts(), caps.per_day, Seconds::days(1))
            } else {
                None
            }
        })
}

/// Absolute caps that leave `reduce_to` of the number's mean daily volume, within the caps of the policy.
fn reduced_caps(number: &Number, policy: &Policy) -> Caps {
    let per_day = (mean_per_day(number) * policy.detector.reduce_to).ceil().max(1.0) as u32;
    let within = |cap: u32, limit: u32| if cap == 0 { limit } else { cap.min(limit) };
    let per_day = within(policy.caps.per_day, per_day);
    let per_hour = within(policy.caps.per_hour, per_day);
    Caps { per_minute: within(policy.caps.per_minute, per_hour), per_hour, per_day }
}

/// Attempts a day on the days that the number dialled; today, which is not over, counts only if there is no other.
fn mean_per_day(number: &Number) -> f64 {
    let today = number.newest.day();
    let days = number.days.held();
    let (sum, count) = days
        .iter()
        .filter(|day| day.index != today)
        .fold((0_u64, 0_u32), |(sum, count), day| (sum + u64::from(day.counts.attempts), count + 1));
    if count > 0 { sum as f64 / f64::from(count) } else { f64::from(number.hours.attempts()) }
}
