//! The world in motion: a queue of each number's next call, and one of the records that something holds up.
//!
//! Memory follows the numbers, not the attempts. Each call draws the same count of words whatever becomes of it, so that
//! a label changes the outcomes of its own number and nothing else: worlds with and without it can be laid side by side.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use callwarden_core::EventTime;

use crate::attempt::{Report, SimAttempt};
use crate::clock::{HOURS, event_time};
use crate::config::{BadWorld, WorldConfig};
use crate::draw::{Draw, Stream, between, exponential, unit};
use crate::fate::{CallWords, Course, Shares};
use crate::fleet::{Dialled, FleetPlan, hourly_odds};
use crate::message::Names;
use crate::truth::Truth;

/// A seeded fleet that dials. Yields records in the order in which they reach the log; without late, duplicate and amended
/// records that is the order of event time.
pub struct World {
    config: WorldConfig,
    numbers: Vec<Dialled>,
    truth: Truth,
    ends: EventTime,
    names: Arc<Names>,
    shares: Shares,
    /// Odds of an answer by campaign and hour.
    odds: Vec<[f64; HOURS]>,
    next_calls: BinaryHeap<Reverse<NextCall>>,
    held: BinaryHeap<Reverse<Held>>,
    held_count: u64,
    calls: Draw,
    faults: Draw,
    /// Attempts yet to be made.
    left: u64,
}

/// Milliseconds since 1970 above, the number's place in the lowest 20 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct NextCall(u64);

const PLACE_BITS: u32 = 20;

impl NextCall {
    fn new(at: i64, number: u32) -> Self {
        Self((at as u64) << PLACE_BITS | u64::from(number))
    }

    const fn at(self) -> i64 {
        (self.0 >> PLACE_BITS) as i64
    }

    const fn number(self) -> u32 {
        (self.0 & ((1 << PLACE_BITS) - 1)) as u32
    }
}

/// A record on its way; the count keeps those of one millisecond in order.
struct Held {
    attempt: SimAttempt,
    count: u64,
}

impl Held {
    fn key(&self) -> (i64, u64) {
        (self.attempt.arrives, self.count)
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Held {}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl World {
    /// Builds the fleet.
    ///
    /// # Errors
    /// The first field of `config` that cannot be.
    pub fn new(config: WorldConfig) -> Result<Self, BadWorld> {
        config.validate()?;
        let FleetPlan { numbers, truth, ends } = FleetPlan::new(&config)?;
        let mut calls = Draw::new(config.seed, Stream::Calls);
        let (lowest, highest) = (*config.answer_rate.start(), *config.answer_rate.end());
        let steps = f64::from((config.campaigns - 1).max(1));
        let odds = (0..config.campaigns)
            .map(|campaign| {
                let rate = lowest + (highest - lowest) * f64::from(campaign) / steps;
                hourly_odds(rate, config.hour_amplitude, 11.0 * calls.unit())
            })
            .collect();
        let mut world = Self {
            names: Arc::new(Names::new(&config)),
            shares: Shares::new(&config),
            odds,
            next_calls: BinaryHeap::with_capacity(numbers.len()),
            held: BinaryHeap::new(),
            held_count: 0,
            calls,
            faults: Draw::new(config.seed, Stream::Faults),
            left: config.attempts(),
            ends: event_time(ends),
            numbers,
            truth,
            config,
        };
        for place in 0..world.numbers.len() {
            let gap = world.calls.word();
            let number = &mut world.numbers[place];
            number.advance(gap);
            world.next_calls.push(Reverse(NextCall::new(number.clock().at(number.work).0, place as u32)));
        }
        Ok(world)
    }

    /// What it was made of.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// What is done to its numbers.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// When the last attempt is expected; the true end is minutes away from it, or hours in a small world.
    pub fn expected_end(&self) -> EventTime {
        self.ends
    }

    /// Makes the call that comes next.
    fn place_call(&mut self) -> Option<SimAttempt> {
        let mut top = self.next_calls.peek_mut()?;
        let place = top.0.number();
        let number = &mut self.numbers[place as usize];
        let clock = number.clock();
        let (started, hour) = clock.at(number.work);
        let call = number.calls;
        number.calls += 1;

        let words = CallWords {
            failure: self.calls.word(),
            answer: self.calls.word(),
            kind: self.calls.word(),
            rest: self.calls.word(),
        };
        let (delay, ring, talk, gap) =
            (self.calls.word(), self.calls.word(), self.calls.word(), self.calls.word());

        let odds = self.odds[number.campaign as usize][hour] * number.odds;
        let labelled = started >= number.label_from;
        let factor = if labelled { self.config.label_factor } else { 1.0 };
        let fate = self.shares.fate(&words, odds / (1.0 + odds) * factor, labelled);

        number.advance(gap);
        *top = Reverse(NextCall::new(clock.at(number.work).0, place));
        Some(SimAttempt {
            names: Arc::clone(&self.names),
            started,
            arrives: started,
            caller: number.caller,
            number: place,
            call,
            course: Course::of(fate, delay, ring, talk),
            campaign: number.campaign,
            region: number.region,
            carrier: number.carrier,
            variant: (delay & 0xff) as u8,
            fate,
            report: Report::Whole,
            labelled,
            hot: number.hot,
        })
    }

    /// Delays, splits and repeats a record as configured; `None` if nothing of it arrives now.
    fn report(&mut self, mut attempt: SimAttempt) -> Option<SimAttempt> {
        let WorldConfig { duplicates, late, amended, .. } = self.config;
        let is_late = self.happens(late);
        if is_late {
            attempt.arrives += self.delay(3_600_000, 21_600_000);
        }
        if attempt.fate.is_answered() && self.happens(amended) {
            let arrives = attempt.arrives + self.delay(60_000, 1_800_000);
            self.hold(SimAttempt { report: Report::Amendment, arrives, ..attempt.clone() });
            attempt.report = Report::Preliminary;
        }
        if self.happens(duplicates) {
            let arrives = attempt.arrives + self.delay(1_000, 60_000);
            let report = Report::Duplicate { preliminary: attempt.report == Report::Preliminary };
            self.hold(SimAttempt { report, arrives, ..attempt.clone() });
        }
        if is_late {
            self.hold(attempt);
            return None;
        }
        Some(attempt)
    }

    fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && unit(self.faults.word()) < share
    }

    fn delay(&mut self, from_ms: u32, to_ms: u32) -> i64 {
        i64::from(between(self.faults.word(), from_ms, to_ms))
    }

    fn hold(&mut self, attempt: SimAttempt) {
        self.held_count += 1;
        self.held.push(Reverse(Held { attempt, count: self.held_count }));
    }
}

impl Dialled {
    fn advance(&mut self, word: u32) {
        self.work += (exponential(word) * self.gap) as i64 + 1;
    }
}

impl Iterator for World {
    type Item = SimAttempt;

    fn next(&mut self) -> Option<SimAttempt> {
        loop {
            let next_call = self.next_calls.peek().filter(|_| self.left > 0).map(|Reverse(next)| next.at());
            if let Some(Reverse(held)) = self.held.peek()
                && next_call.is_none_or(|at| held.attempt.arrives <= at)
            {
                return self.held.pop().map(|Reverse(held)| held.attempt);
            }
            next_call?;
            self.left -= 1;
            let attempt = self.place_call()?;
            if let Some(attempt) = self.report(attempt) {
                return Some(attempt);
            }
        }
    }
}
