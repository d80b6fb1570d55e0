//! The numbers: what each is called, how fast it dials, how often it is answered, and whether it gets a label.

use std::ops::RangeInclusive;

use callwarden_core::Caller;

use crate::clock::{DiallingClock, HOURS, WORK_DAY, event_time, millis};
use crate::config::{BadWorld, WorldConfig};
use crate::draw::{Draw, Stream};
use crate::truth::{Label, Truth};

/// Where numbers dial and are shown, with the local time's distance from UTC in minutes (standard time all the year).
pub(crate) const REGIONS: [(&str, i32); 8] = [
    ("US-NY", -300),
    ("US-GA", -300),
    ("US-PA", -300),
    ("US-TX", -360),
    ("US-IL", -360),
    ("US-CO", -420),
    ("US-CA", -480),
    ("US-WA", -480),
];

/// Originating providers.
pub(crate) const CARRIERS: u32 = 5;

/// Numbers of one area code that are reserved for fiction: 555-0100 to 555-0199.
const FICTION: u32 = 100;

/// The caller number of the `index`th number of any world, below [`NUMBERS_MAX`](crate::NUMBERS_MAX).
///
/// The first 64,800 end in 555-0100 to 555-0199, which belong to nobody. Larger worlds go on with the rest of 555 (without
/// directory assistance, 1212), which is hardly in use; they are for benchmarks, where nobody reads them.
pub fn caller_of(index: u32) -> Caller {
    let areas = AREAS.len() as u32;
    let (area, turn) = (index % areas, index / areas);
    let line = if turn < FICTION {
        // Neighbours differ in their last digits too, since those are what a masked number shows.
        FICTION + (turn + 37 * area) % FICTION
    } else {
        let line = turn - FICTION;
        let line = if line < FICTION { line } else { line + FICTION };
        if line < 1_212 { line } else { line + 1 }
    };
    let digits = 10_000_000_000 + u64::from(AREAS[area as usize]) * 10_000_000 + 5_550_000 + u64::from(line);
    Caller::from_digits(digits).expect("eleven digits are within E.164")
}

/// Area codes 201 to 987 without those of a special form: N9X, which is kept for expansion, and codes that end in two
/// equal digits, which are service, toll-free and personal codes.
const AREAS: [u16; 648] = {
    let mut areas = [0; 648];
    let (mut code, mut count) = (200, 0);
    while code < 1_000 {
        if code / 10 % 10 != 9 && code / 10 % 10 != code % 10 {
            areas[count] = code;
            count += 1;
        }
        code += 1;
    }
    assert!(count == areas.len());
    areas
};

/// A number as the world dials it.
pub(crate) struct Dialled {
    pub(crate) caller: Caller,
    /// Working time of its next call.
    pub(crate) work: i64,
    /// Mean working time between its calls.
    pub(crate) gap: f64,
    /// Odds of an answer against its campaign's.
    pub(crate) odds: f64,
    /// Milliseconds since 1970; `i64::MAX`: never.
    pub(crate) label_from: i64,
    /// Calls so far.
    pub(crate) calls: u32,
    pub(crate) campaign: u16,
    pub(crate) region: u8,
    pub(crate) carrier: u8,
    pub(crate) hot: bool,
}

impl Dialled {
    pub(crate) fn clock(&self) -> DiallingClock {
        DiallingClock { offset_minutes: REGIONS[self.region as usize].1 }
    }
}

/// The fleet of a world, before its first call.
pub(crate) struct FleetPlan {
    pub(crate) numbers: Vec<Dialled>,
    pub(crate) truth: Truth,
    /// When the world is expected to end, milliseconds since 1970.
    pub(crate) ends: i64,
}

impl FleetPlan {
    pub(crate) fn new(config: &WorldConfig) -> Result<Self, BadWorld> {
        let mut draw = Draw::new(config.seed, Stream::Fleet);
        let start = millis(config.start);
        let mut labels_draw = Draw::new(config.seed, Stream::Labels);
        let special = chosen(&mut labels_draw, config.numbers, config.labelled + config.hot);
        let (labelled, hot) = special.split_at(config.labelled as usize);

        let mut numbers: Vec<Dialled> = (0..config.numbers)
            .map(|index| {
                let per_day = within(&config.attempts_per_day, draw.unit());
                let region = draw.below(REGIONS.len() as u32) as u8;
                let clock = DiallingClock { offset_minutes: REGIONS[region as usize].1 };
                Dialled {
                    caller: caller_of(index),
                    work: clock.work_until(start),
                    gap: WORK_DAY as f64 / per_day,
                    odds: libm::exp(config.number_sd * draw.normal()),
                    label_from: i64::MAX,
                    calls: 0,
                    campaign: (index % config.campaigns) as u16,
                    region,
                    carrier: draw.below(CARRIERS) as u8,
                    hot: false,
                }
            })
            .collect();
        for &index in hot {
            let number = &mut numbers[index as usize];
            number.gap = WORK_DAY as f64 / config.hot_attempts_per_day;
            number.hot = true;
        }

        let ends = expected_end(&numbers, start, config.attempts()).ok_or_else(|| {
            BadWorld::new("attempts_per_number", config.attempts_per_number, "a world that ends before 2100")
        })?;
        let mut labels = Vec::with_capacity(labelled.len());
        for &index in labelled {
            let number = &mut numbers[index as usize];
            let after = within(&config.label_when, labels_draw.unit()) * (ends - start) as f64;
            let at = event_time(start + after as i64);
            number.label_from = millis(at);
            labels.push(Label { caller: number.caller, at });
        }
        let truth = Truth::new(labels, hot.iter().map(|&index| numbers[index as usize].caller).collect());
        Ok(Self { numbers, truth, ends })
    }
}

fn within(range: &RangeInclusive<f64>, unit: f64) -> f64 {
    range.start() + (range.end() - range.start()) * unit
}

/// `count` different ones of `0..of`, in random order.
fn chosen(draw: &mut Draw, of: u32, count: u32) -> Vec<u32> {
    let mut all: Vec<u32> = (0..of).collect();
    for place in 0..count {
        let other = place + draw.below(of - place);
        all.swap(place as usize, other as usize);
    }
    all.truncate(count as usize);
    all
}

/// When the fleet is expected to have made so many attempts; `None` if the contract has no word for the time.
fn expected_end(numbers: &[Dialled], start: i64, attempts: u64) -> Option<i64> {
    let mut pace = [0.0; REGIONS.len()];
    for number in numbers {
        pace[number.region as usize] += 1.0 / number.gap;
    }
    let made_until = |at: i64| -> f64 {
        REGIONS
            .iter()
            .zip(pace)
            .map(|(&(_, offset_minutes), pace)| {
                let clock = DiallingClock { offset_minutes };
                (clock.work_until(at) - clock.work_until(start)) as f64 * pace
            })
            .sum()
    };
    let (mut before, mut after) = (start, 4_102_444_800_000); // 2100-01-01T00:00:00Z
    if made_until(after) < attempts as f64 {
        return None;
    }
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if made_until(middle) < attempts as f64 {
            before = middle;
        } else {
            after = middle;
        }
    }
    Some(after)
}

/// Odds of an answer in each hour of a campaign's day, so that the mean over the day is `rate`.
pub(crate) fn hourly_odds(rate: f64, amplitude: f64, phase: f64) -> [f64; HOURS] {
    let curve: [f64; HOURS] = core::array::from_fn(|hour| {
        let turn = (hour as f64 + 0.5 - phase) / HOURS as f64;
        libm::exp(amplitude * libm::cos(core::f64::consts::TAU * turn))
    });
    let mean =
        |base: f64| curve.iter().map(|factor| base * factor / (1.0 + base * factor)).sum::<f64>() / 11.0;
    let (mut low, mut high) = (0.0, 1e4);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if mean(middle) < rate {
            low = middle;
        } else {
            high = middle;
        }
    }
    curve.map(|factor| low * factor)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::config::NUMBERS_MAX;

    #[test]
    fn a_million_numbers_differ_and_are_fictional() {
        let mut seen = HashSet::with_capacity(NUMBERS_MAX as usize);
        for index in 0..NUMBERS_MAX {
            let caller = caller_of(index);
            assert!(seen.insert(caller), "number {index} is there twice");
            let digits = caller.digits();
            assert_eq!((digits / 10_000_000_000, digits / 10_000 % 1_000), (1, 555));
            assert_ne!(digits % 10_000, 1_212, "directory assistance");
            if index < 64_800 {
                assert!(
                    (100..200).contains(&(digits % 10_000)),
                    "number {index} is outside the range for fiction"
                );
            }
        }
    }

    #[test]
    fn the_hours_of_a_campaign_mean_its_rate() {
        for (rate, phase) in [(0.085, 0.0), (0.17, 3.3), (0.6, 8.0)] {
            let odds = hourly_odds(rate, 0.4, phase);
            let mean = odds.iter().map(|odds| odds / (1.0 + odds)).sum::<f64>() / HOURS as f64;
            assert!((mean - rate).abs() < 1e-9, "{mean} for {rate}");
        }
    }
}
