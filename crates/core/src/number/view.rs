//! A number as people read it: rates and pace as of its newest attempt.

use crate::number::{Counts, Level, Number};
use crate::policy::Policy;
use crate::time::EventTime;

/// State of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing to say.
    Active,
    /// Evidence above the first level; nothing is ordered.
    Watched,
    /// Under a reduction of volume.
    Reduced,
    /// Under a pause.
    Paused,
}

impl State {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Watched => "watched",
            Self::Reduced => "reduced",
            Self::Paused => "paused",
        }
    }
}

/// Figures of a number, as of its newest attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberView {
    /// Event time of the newest attempt: what all figures refer to.
    pub as_of: EventTime,
    /// What stands about it.
    pub state: State,
    /// Attempts in the newest minute.
    pub attempts_1m: u32,
    /// Attempts in the newest 60 minutes.
    pub attempts_1h: u32,
    /// The newest 24 hours.
    pub last_24h: Counts,
    /// The newest 7 days (UTC).
    pub last_7d: Counts,
    /// The probability of an answer it is held against, once it has a past.
    pub expected_rate: Option<f64>,
    /// Attempts older than 24 h that are its past.
    pub baseline_attempts: u64,
    /// Shiryaev-Roberts statistic.
    pub statistic: f64,
}

impl Counts {
    /// Answers (machines left out) over seizures; `None` without any.
    pub fn answer_rate(&self) -> Option<f64> {
        (self.seizures > 0).then(|| f64::from(self.evident_answers()) / f64::from(self.seizures))
    }
}

impl Number {
    /// The figures that people read.
    pub fn view(&self, policy: &Policy) -> NumberView {
        NumberView {
            as_of: self.newest,
            state: self.state(policy),
            attempts_1m: self.minutes.newest(),
            attempts_1h: self.minutes.total(),
            last_24h: self.hours.total(),
            last_7d: self.days.total(),
            expected_rate: self.settled.expected_rate(policy.detector.baseline_min_attempts),
            baseline_attempts: self.settled.seizures,
            statistic: self.evidence.statistic(),
        }
    }

    fn state(&self, policy: &Policy) -> State {
        if self.orders.paused(self.newest) {
            State::Paused
        } else if self.orders.reduced(self.newest) {
            State::Reduced
        } else if self.evidence.level(&policy.detector) >= Level::Watch {
            State::Watched
        } else {
            State::Active
        }
    }
}
