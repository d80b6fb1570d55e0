//! Evidence that a number is answered less than before, held against its own past.
//!
//! The baseline is a stop-gap that needs nothing but the number: the mean of its attempts older than 24 hours, less two
//! standard errors, so that a mean that came out high by chance accuses nobody.

use crate::number::windows::Counts;
use crate::outcome::Outcome;
use crate::output::AnswerRateFell;
use crate::policy::DetectorPolicy;
use crate::stats::shiryaev_roberts::Mixture;
use crate::time::EventTime;

/// Attempts that have left the 24 hours, since the number was first seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Those that left our network.
    pub seizures: u64,
    /// Answers among them, machines left out.
    pub answers: u64,
}

impl Settled {
    pub(crate) fn add(&mut self, counts: &Counts) {
        self.seizures += u64::from(counts.seizures);
        self.answers += u64::from(counts.evident_answers());
    }

    pub(crate) fn amend(&mut self, old: &Counts, new: &Counts) {
        self.seizures = self.seizures.saturating_sub(u64::from(old.seizures));
        self.answers = self.answers.saturating_sub(u64::from(old.evident_answers()));
        self.add(new);
    }

    /// The cautious probability of an answer: the mean less two standard errors. `None` before `min_attempts`.
    pub fn expected_rate(&self, min_attempts: u32) -> Option<f64> {
        if self.seizures < u64::from(min_attempts.max(1)) {
            return None;
        }
        let n = self.seizures as f64;
        // Answers stay below attempts; a correction that broke this must not make a probability above 1.
        let mean = (self.answers as f64 / n).min(1.0);
        let error = (mean * (1.0 - mean) / n).sqrt();
        Some((mean - 2.0 * error).clamp(1e-6, 1.0 - 1e-6))
    }
}

/// How far the evidence has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing to say.
    #[default]
    Normal,
    /// Worth a look; one healthy number in five is here once a month.
    Watch,
    /// Reversible action.
    Reduce,
    /// The number is degraded.
    Pause,
}

/// Evidence of one number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The statistic's memory.
    pub mixture: Mixture,
    /// Event time of the first attempt after the last zero of `W`.
    pub since: EventTime,
    /// Attempts from then on.
    pub attempts: u32,
    /// Answers among them.
    pub answers: u32,
}

impl Evidence {
    /// `R`.
    pub fn statistic(&self) -> f64 {
        self.mixture.statistic()
    }

    /// The level that `R` has reached.
    pub fn level(&self, policy: &DetectorPolicy) -> Level {
        let r = self.statistic();
        if r >= policy.pause {
            Level::Pause
        } else if r >= policy.reduce {
            Level::Reduce
        } else if r >= policy.watch {
            Level::Watch
        } else {
            Level::Normal
        }
    }

    /// Takes one attempt into evidence. Those that failed in our own network say nothing.
    pub(crate) fn take(&mut self, at: EventTime, outcome: &Outcome, expected_rate: f64) {
        if !outcome.seized {
            return;
        }
        let answered = outcome.answer.is_some_and(crate::outcome::Answer::is_evidence);
        if self.mixture.w == 0.0 {
            (self.since, self.attempts, self.answers) = (at, 0, 0);
        }
        self.attempts = self.attempts.saturating_add(1);
        self.answers = self.answers.saturating_add(u32::from(answered));
        if self.mixture.take(expected_rate, answered) {
            (self.attempts, self.answers) = (0, 0);
        }
    }

    /// Starts over: after a decision to pause, what was known has been used.
    pub(crate) fn restart(&mut self) {
        *self = Self::default();
    }

    /// The finding at `threshold`, in figures.
    pub(crate) fn finding(&self, threshold: f64, expected_rate: f64, settled: &Settled) -> AnswerRateFell {
        AnswerRateFell {
            statistic: self.statistic(),
            threshold,
            since: self.since,
            attempts: self.attempts,
            answers: self.answers,
            expected_rate,
            baseline_attempts: settled.seizures,
            baseline_answers: settled.answers,
        }
    }
}
