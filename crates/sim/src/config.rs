//! What a world is made of.

use std::ops::RangeInclusive;

use callwarden_core::{EventTime, Fleet};

/// Most numbers that a world holds: its queue packs a number's place into 20 bits.
pub const NUMBERS_MAX: u32 = 1_000_000;

/// A world before it begins. Every field has a default; set those that matter:
///
/// ```
/// use callwarden_sim::{World, WorldConfig};
/// let config = WorldConfig { seed: 7, numbers: 50, labelled: 2, ..WorldConfig::default() };
/// let world = World::new(config)?;
/// assert_eq!(world.truth().labelled().len(), 2);
/// # Ok::<(), callwarden_sim::BadWorld>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WorldConfig {
    /// Everything random follows from it.
    pub seed: u64,
    /// Fleet of all the numbers; `default` is left out of the messages.
    pub fleet: String,
    /// When the world begins: 2026-01-05T00:00:00Z, a Monday.
    pub start: EventTime,
    /// Numbers, 1 to [`NUMBERS_MAX`].
    pub numbers: u32,
    /// Campaigns, 1 to 1,000; numbers are dealt out to them in turn.
    pub campaigns: u32,
    /// Attempts of a number on average: the world ends after `numbers * attempts_per_number` attempts.
    pub attempts_per_number: u32,
    /// Attempts of a number on a working day; each number has its own place in the range.
    pub attempts_per_day: RangeInclusive<f64>,
    /// Answer rates of the campaigns, spread evenly over the range: the share of calls which left our network that a
    /// person, or something that may be one, answers from a number of average standing before any label.
    pub answer_rate: RangeInclusive<f64>,
    /// How much numbers of one campaign differ: standard deviation in log odds.
    pub number_sd: f64,
    /// Half the difference between the best and the worst hour of the day, in log odds.
    pub hour_amplitude: f64,
    /// Share of people's answers of which the dialer cannot tell who it was.
    pub unknown: f64,
    /// Share of the calls that no person answers which reach a machine.
    pub machine: f64,
    /// Share of all calls that fail in our own network.
    pub network_failure: f64,
    /// Share of the calls which left our network that are blocked before a label.
    pub blocked: f64,
    /// The same after a label.
    pub blocked_labelled: f64,
    /// Numbers that get a label.
    pub labelled: u32,
    /// What a label multiplies the probability of an answer by, 0 to 1.
    pub label_factor: f64,
    /// When labels come, as a part of the world's length; each labelled number has its own moment in the range.
    pub label_when: RangeInclusive<f64>,
    /// Numbers that dial too fast, from the beginning; none of them gets a label.
    pub hot: u32,
    /// Attempts of such a number on a working day. The default is over 100 an hour.
    pub hot_attempts_per_day: f64,
    /// Share of records that come a second time, within a minute.
    pub duplicates: f64,
    /// Share of records that come 1 to 6 hours late.
    pub late: f64,
    /// Share of answered calls that are first reported without end and verdict, `final = false`, and whole 1 to 30
    /// minutes later.
    pub amended: f64,
    /// Leave out what callwarden can do without: messages of about 120 bytes.
    pub compact: bool,
}

impl Default for WorldConfig {
    /// A hundred numbers for a fortnight, none of them labelled.
    fn default() -> Self {
        Self {
            seed: 1,
            fleet: Fleet::DEFAULT.to_owned(),
            start: EventTime(1_767_571_200),
            numbers: 100,
            campaigns: 10,
            attempts_per_number: 1_300,
            attempts_per_day: 80.0..=150.0,
            answer_rate: 0.085..=0.17,
            number_sd: 0.15,
            hour_amplitude: 0.3,
            unknown: 0.05,
            machine: 0.2,
            network_failure: 0.01,
            blocked: 0.002,
            blocked_labelled: 0.03,
            labelled: 0,
            label_factor: 0.2,
            label_when: 0.5..=0.5,
            hot: 0,
            hot_attempts_per_day: 1_500.0,
            duplicates: 0.0,
            late: 0.0,
            amended: 0.0,
            compact: false,
        }
    }
}

/// A world that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}: expected {expected}")]
pub struct BadWorld {
    /// Field of [`WorldConfig`].
    pub field: &'static str,
    /// What it is.
    pub value: String,
    /// What it may be.
    pub expected: &'static str,
}

impl BadWorld {
    pub(crate) fn new(field: &'static str, value: impl ToString, expected: &'static str) -> Self {
        Self { field, value: value.to_string(), expected }
    }
}

impl WorldConfig {
    /// Attempts until the world ends.
    pub fn attempts(&self) -> u64 {
        u64::from(self.numbers) * u64::from(self.attempts_per_number)
    }

    /// The first field that cannot be, in the order of the fields.
    pub fn validate(&self) -> Result<(), BadWorld> {
        let named = |name: &str| {
            (1..=64).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        if !named(&self.fleet) {
            return Err(BadWorld::new("fleet", &self.fleet, "1 to 64 of [A-Za-z0-9._-]"));
        }
        whole("numbers", self.numbers, 1..=NUMBERS_MAX, "1 to 1000000")?;
        whole("campaigns", self.campaigns, 1..=1_000, "1 to 1000")?;
        whole("attempts_per_number", self.attempts_per_number, 1..=10_000_000, "1 to 10000000")?;
        range("attempts_per_day", &self.attempts_per_day, 1.0..=10_000.0, "a range within 1 to 10000")?;
        range("answer_rate", &self.answer_rate, 0.001..=0.9, "a range within 0.001 to 0.9")?;
        part("number_sd", self.number_sd, 0.0..=2.0, "0 to 2")?;
        part("hour_amplitude", self.hour_amplitude, 0.0..=2.0, "0 to 2")?;
        for (field, value) in [
            ("unknown", self.unknown),
            ("machine", self.machine),
            ("network_failure", self.network_failure),
            ("blocked", self.blocked),
            ("blocked_labelled", self.blocked_labelled),
        ] {
            part(field, value, 0.0..=1.0, "0 to 1")?;
        }
        whole("labelled", self.labelled, 0..=self.numbers, "at most as many as there are numbers")?;
        part("label_factor", self.label_factor, 0.0..=1.0, "0 to 1")?;
        range("label_when", &self.label_when, 0.0..=1.0, "a range within 0 to 1")?;
        let rest = self.numbers - self.labelled;
        whole("hot", self.hot, 0..=rest, "at most as many as there are numbers without a label")?;
        part("hot_attempts_per_day", self.hot_attempts_per_day, 1.0..=100_000.0, "1 to 100000")?;
        for (field, value) in
            [("duplicates", self.duplicates), ("late", self.late), ("amended", self.amended)]
        {
            part(field, value, 0.0..=1.0, "0 to 1")?;
        }
        Ok(())
    }
}

fn whole(
    field: &'static str,
    value: u32,
    allowed: RangeInclusive<u32>,
    expected: &'static str,
) -> Result<(), BadWorld> {
    if allowed.contains(&value) { Ok(()) } else { Err(BadWorld::new(field, value, expected)) }
}

fn part(
    field: &'static str,
    value: f64,
    allowed: RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), BadWorld> {
    if allowed.contains(&value) { Ok(()) } else { Err(BadWorld::new(field, value, expected)) }
}

fn range(
    field: &'static str,
    value: &RangeInclusive<f64>,
    allowed: RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), BadWorld> {
    let (from, to) = (*value.start(), *value.end());
    if allowed.contains(&from) && allowed.contains(&to) && from <= to {
        Ok(())
    } else {
        Err(BadWorld::new(field, format_args!("{from} to {to}"), expected))
    }
}
