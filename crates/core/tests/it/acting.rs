//! When evidence may be acted on: not while history is learned, and not when it is old. Nothing of it is lost meanwhile.

use callwarden_core::{Command, CommandKind, Core, EventTime, Input, Mode, Outbox, Policy, Seconds};

use crate::stream::{ANSWERED, MONDAY, UNANSWERED, attempt, logged};

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// A number that answers one call in four for ten days, 100 calls a day, and then none.
struct Falling {
    core: Core,
    next: u64,
    out: Outbox,
}

impl Falling {
    fn new() -> Self {
        let policy = Policy { mode: Mode::Enforce, ..Policy::default() };
        Self { core: Core::new(policy).unwrap(), next: 0, out: Outbox::default() }
    }

    const fn at(n: u64) -> u32 {
        MONDAY + (n / 100) as u32 * DAY + (n % 100) as u32 * 300
    }

    /// Takes attempts up to the `to`th, each `lag` seconds after it was placed, if there is a clock at all.
    fn take(&mut self, to: u64, lag: Option<u32>) -> Vec<Command> {
        let mut commands = Vec::new();
        while self.next < to {
            let (n, at) = (self.next, Self::at(self.next));
            self.next += 1;
            self.core.set_clock(lag.map(|lag| EventTime(at + lag)));
            let answered = n < 1_000 && n.is_multiple_of(4);
            let outcome = if answered { ANSWERED } else { UNANSWERED };
            self.core.step(logged(at), &Input::Attempt(attempt(1, n, at, outcome)), &mut self.out);
            commands.extend(self.out.drain());
        }
        commands
    }
}

fn pauses(commands: &[Command]) -> usize {
    commands.iter().filter(|command| command.kind == CommandKind::PauseNumber).count()
}

#[test]
fn without_a_clock_nothing_is_too_old() {
    assert_eq!(pauses(&Falling::new().take(1_200, None)), 1);
}

#[test]
fn old_attempts_are_weighed_and_bring_about_nothing_until_a_young_one_comes() {
    let mut number = Falling::new();
    assert_eq!(number.take(1_100, Some(HOUR)), [], "an hour old: too old");
    let commands = number.take(1_101, Some(HOUR - 1));
    assert_eq!(pauses(&commands), 1, "the first young attempt decides on all that is known: {commands:?}");
    assert_eq!(commands[0].issued_at, EventTime(Falling::at(1_100)));
}

#[test]
fn a_clock_that_is_behind_makes_nothing_old() {
    let mut number = Falling::new();
    let mut commands = number.take(1_000, Some(0));
    for n in 1_000..1_200 {
        let at = Falling::at(n);
        number.core.set_clock(Some(EventTime(at - HOUR)));
        number.core.step(logged(at), &Input::Attempt(attempt(1, n, at, UNANSWERED)), &mut number.out);
        commands.extend(number.out.drain());
    }
    assert_eq!(pauses(&commands), 1);
}

#[test]
fn learning_decides_nothing_and_ends_with_the_first_attempt_of_the_last_minute() {
    let mut number = Falling::new();
    number.core.learn(Some(EventTime(0)));
    assert_eq!(number.take(1_100, Some(60)), [], "a minute old: history");
    assert_eq!(number.core.header().learning_until, Some(EventTime(0)));
    let commands = number.take(1_101, Some(59));
    assert_eq!((pauses(&commands), number.core.header().learning_until), (1, None));
}

#[test]
fn learning_lasts_until_its_time_though_it_has_caught_up() {
    let mut number = Falling::new();
    number.core.learn(Some(EventTime(Falling::at(1_150))));
    assert_eq!(number.take(1_150, Some(1)), []);
    assert_eq!(pauses(&number.take(1_151, Some(1))), 1);
}

#[test]
fn an_attempt_that_is_reported_late_ends_the_learning_when_it_comes() {
    let mut number = Falling::new();
    number.core.learn(Some(EventTime(0)));
    let mut commands = Vec::new();
    for n in 0..1_101 {
        let at = Falling::at(n);
        // Reported ten minutes after the call was placed, and taken at once.
        let now = at + 600;
        number.core.set_clock(Some(EventTime(if n < 1_100 { now + 60 } else { now })));
        let outcome = if n < 1_000 && n.is_multiple_of(4) { ANSWERED } else { UNANSWERED };
        number.core.step(logged(now), &Input::Attempt(attempt(1, n, at, outcome)), &mut number.out);
        commands.extend(number.out.drain());
    }
    assert_eq!((pauses(&commands), number.core.header().learning_until), (1, None));
}

#[test]
fn after_a_rebuild_no_version_is_given_again() {
    let policy = Policy { mode: Mode::Enforce, ..Policy::default() };
    let mut number = Falling {
        core: Core::rebuild(policy, 41, EventTime(0), []).unwrap(),
        next: 0,
        out: Outbox::default(),
    };
    let commands = number.take(1_200, Some(1));
    assert_eq!((commands[0].target_version, commands[0].sequence), (42, 42));
    // Through a snapshot too: numbers that are first seen after it.
    let header = number.core.header();
    let restored = Core::restore(policy, header, number.core.tally(), []).unwrap();
    let mut number = Falling { core: restored, next: 0, out: Outbox::default() };
    assert_eq!(number.take(1_200, Some(1))[0].target_version, 42);
}

#[test]
fn without_a_clock_learning_never_ends() {
    let mut number = Falling::new();
    number.core.learn(Some(EventTime(0)));
    assert_eq!(number.take(1_200, None), []);
    assert!(number.core.header().learning_until.is_some());
}

#[test]
fn what_is_weighed_is_the_same_whether_it_may_be_acted_on_or_not() {
    let (mut acting, mut learning) = (Falling::new(), Falling::new());
    learning.core.learn(Some(EventTime(u32::MAX)));
    acting.take(1_000, Some(1));
    learning.take(1_000, Some(1));
    let state = |core: &Core| {
        let (_, _, number) = core.numbers().next().unwrap();
        (number.evidence, number.settled, core.header().digest, core.tally())
    };
    assert_eq!(state(&acting.core), state(&learning.core));
}

#[test]
fn the_bound_is_the_policys() {
    let mut number = Falling::new();
    let policy = *number.core.policy();
    number.core.set_policy(Policy { act_max_age: Seconds(60), ..policy }).unwrap();
    assert_eq!(number.take(1_100, Some(60)), []);
    assert_eq!(pauses(&number.take(1_101, Some(59))), 1);
    let bad = Policy { act_max_age: Seconds(59), ..policy };
    assert_eq!(bad.validate().unwrap_err().to_string(), "act.max_age must be at least 1m");
}
