//! Edges that random streams reach seldom: limits, exports that lie, the ends of time.

use callwarden_core::{
    BadState, Caps, Core, EventTime, Fleet, Header, Input, LogTime, Outbox, Policy, RECENT_MAX, Stamp, Tally,
};

use crate::stream::{ANSWERED, MONDAY, UNANSWERED, attempt, caller, logged};

fn core(policy: Policy) -> Core {
    Core::new(policy).unwrap()
}

fn take(core: &mut Core, input: Input) {
    let Input::Attempt(attempt) = &input else { unreachable!("tests here take attempts") };
    core.step(logged(attempt.started_at.0), &input, &mut Outbox::default());
}

fn of_fleet(fleet: &str, caller_n: u64, id: u64) -> Input {
    let mut attempt = attempt(caller_n, id, MONDAY, UNANSWERED);
    attempt.fleet = Fleet::new(fleet);
    Input::Attempt(attempt)
}

#[test]
fn numbers_beyond_the_limit_are_counted_and_not_tracked() {
    let mut core = core(Policy { numbers_max: 2, fleets_max: 2, ..Policy::default() });
    take(&mut core, of_fleet("a", 1, 1));
    take(&mut core, of_fleet("a", 2, 2));
    take(&mut core, of_fleet("a", 3, 3));
    take(&mut core, of_fleet("b", 1, 4));
    take(&mut core, of_fleet("a", 1, 5));
    assert_eq!((core.len(), core.tally().untracked, core.tally().counted), (2, 2, 3));
}

#[test]
fn a_fleet_beyond_the_limit_leaves_the_others_alone() {
    let mut core = core(Policy { fleets_max: 1, ..Policy::default() });
    take(&mut core, of_fleet("a", 1, 1));
    take(&mut core, of_fleet("b", 1, 2));
    take(&mut core, of_fleet("a", 2, 3));
    assert_eq!((core.len(), core.tally().untracked), (2, 1));
    assert!(core.find(&Fleet::new("b"), caller(1)).is_none());
}

#[test]
fn an_amendment_of_an_unknown_number_takes_no_room() {
    let mut core = core(Policy::default());
    let mut amendment = attempt(1, 1, MONDAY, ANSWERED);
    amendment.amends_only = true;
    take(&mut core, Input::Attempt(amendment));
    assert!(core.is_empty());
    assert_eq!(core.tally().amendment_missed, 1);
}

#[test]
fn an_attempt_is_forgotten_after_thirty_two_others() {
    for (others, is_duplicate) in [(RECENT_MAX as u64 - 1, true), (RECENT_MAX as u64, false)] {
        let mut core = core(Policy::default());
        take(&mut core, Input::Attempt(attempt(1, 0, MONDAY, UNANSWERED)));
        for id in 1..=others {
            take(&mut core, Input::Attempt(attempt(1, id, MONDAY, UNANSWERED)));
        }
        take(&mut core, Input::Attempt(attempt(1, 0, MONDAY, UNANSWERED)));
        assert_eq!(core.tally().duplicate, u64::from(is_duplicate), "after {others} others");
    }
}

#[test]
fn the_last_and_the_first_second_of_time_are_times() {
    let mut core = core(Policy::default());
    let mut out = Outbox::default();
    let unknown = Stamp { logged_at: LogTime::UNKNOWN };
    for (id, at) in [(1, 0), (2, 59), (3, u32::MAX), (4, u32::MAX), (5, 0)] {
        core.step(unknown, &Input::Attempt(attempt(1, id, at, ANSWERED)), &mut out);
    }
    let number = core.find(&Fleet::new(Fleet::DEFAULT), caller(1)).unwrap();
    assert_eq!(number.newest, EventTime(u32::MAX));
    assert_eq!((number.minutes.total(), number.hours.attempts(), number.settled.seizures), (2, 2, 2));
    assert_eq!((core.tally().counted, core.tally().too_late), (4, 1));
}

#[test]
fn the_first_hour_of_time_is_counted_in_every_window() {
    let mut core = core(Policy::default());
    take(&mut core, Input::Attempt(attempt(1, 1, 30, ANSWERED)));
    let number = core.find(&Fleet::new(Fleet::DEFAULT), caller(1)).unwrap();
    assert_eq!((number.minutes.total(), number.hours.attempts(), number.days.attempts()), (1, 1, 1));
}

#[test]
fn a_minute_stops_at_what_it_holds() {
    let caps = Caps { per_minute: 0, per_hour: 0, per_day: 0 };
    let mut core = core(Policy { caps, ..Policy::default() });
    for id in 0..65_600 {
        take(&mut core, Input::Attempt(attempt(1, id, MONDAY, UNANSWERED)));
    }
    take(&mut core, Input::Attempt(attempt(1, 65_600, MONDAY + 3_600, UNANSWERED)));
    let number = core.find(&Fleet::new(Fleet::DEFAULT), caller(1)).unwrap();
    assert_eq!((number.minutes.total(), number.hours.attempts()), (1, 65_601));
}

#[test]
fn an_export_that_lies_is_refused() {
    let mut live = core(Policy::default());
    take(&mut live, of_fleet("a", 1, 1));
    take(&mut live, of_fleet("b", 1, 2));
    let numbers: Vec<_> =
        live.numbers().map(|(fleet, caller, number)| (fleet.clone(), caller, number.clone())).collect();
    let restore = |policy, header, tally, numbers| Core::restore(policy, header, tally, numbers).map(|_| ());
    let (policy, header, tally) = (Policy::default(), live.header(), live.tally());

    assert_eq!(restore(policy, header, tally, numbers.clone()), Ok(()));
    let twice = [numbers.clone(), numbers[..1].to_vec()].concat();
    assert_eq!(
        restore(policy, header, tally, twice),
        Err(BadState::Twice(numbers[0].0.clone(), numbers[0].1)),
    );
    for few in [Policy { numbers_max: 1, ..policy }, Policy { fleets_max: 1, ..policy }] {
        assert_eq!(restore(few, header, tally, numbers.clone()), Err(BadState::TooMany));
    }
    let more = Header { inputs: header.inputs + 1, ..header };
    assert_eq!(restore(policy, more, tally, numbers.clone()), Err(BadState::Tally));
    let wraps = Tally { counted: u64::MAX, late: header.inputs + 1, ..Tally::default() };
    assert_eq!(restore(policy, header, wraps, numbers.clone()), Err(BadState::Tally));
    let contradicts = Policy { numbers_max: 0, ..policy };
    assert!(matches!(restore(contradicts, header, tally, numbers), Err(BadState::Policy(_))));
}
