//! What was decided, against what was true. Values only; whoever shows them words them.

use std::collections::{HashMap, HashSet};

use callwarden_core::{Caller, Command, CommandKind, EventTime};

use crate::attempt::SimAttempt;
use crate::truth::{Label, Truth};

/// From a label to a command about its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// Attempts of the number placed from the label on, the one that completed the evidence included.
    pub attempts: u32,
    /// Seconds of event time.
    pub seconds: u32,
}

impl Delay {
    /// Hours of event time, nights included.
    pub fn hours(self) -> f64 {
        f64::from(self.seconds) / 3_600.0
    }
}

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelScore {
    /// The label.
    pub label: Label,
    /// Until the number's volume was first reduced, for whatever reason.
    pub reduced: Option<Delay>,
    /// Until the number was first paused: then the label is caught.
    pub paused: Option<Delay>,
}

/// A pause of a number that had no label at the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accusation {
    /// The number.
    pub caller: Caller,
    /// Event time of the pause.
    pub at: EventTime,
    /// When the number was labelled after all, if it was.
    pub labelled_at: Option<EventTime>,
}

/// How well a world was judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Attempts seen, each once.
    pub attempts: u64,
    /// Those of them that were placed from numbers neither labelled at the time nor too fast.
    pub healthy_attempts: u64,
    /// Every label of the world, in order of time.
    pub labels: Vec<LabelScore>,
    /// Pauses of numbers without a label, in order of their coming.
    pub accused: Vec<Accusation>,
    /// Reductions of numbers neither labelled at the time nor too fast.
    pub healthy_reductions: u64,
    /// Numbers that dial too fast, and those of them that were reduced.
    pub hot: u32,
    /// See [`hot`](Self::hot).
    pub hot_reduced: u32,
}

impl Score {
    /// Labels whose number was paused.
    pub fn caught(&self) -> impl Iterator<Item = (Label, Delay)> + '_ {
        self.labels.iter().filter_map(|score| Some((score.label, score.paused?)))
    }

    /// Labels whose number was never paused.
    pub fn missed(&self) -> impl Iterator<Item = Label> + '_ {
        self.labels.iter().filter(|score| score.paused.is_none()).map(|score| score.label)
    }

    /// Of the labels that were caught the median delay in attempts; the upper one of two.
    pub fn median_attempts(&self) -> Option<u32> {
        median(self.caught().map(|(_, delay)| delay.attempts).collect())
    }

    /// Likewise in seconds.
    pub fn median_seconds(&self) -> Option<u32> {
        median(self.caught().map(|(_, delay)| delay.seconds).collect())
    }

    /// Reductions of healthy numbers for 100,000 of their attempts; 0 without attempts.
    pub fn healthy_reductions_per_100k(&self) -> f64 {
        if self.healthy_attempts == 0 {
            return 0.0;
        }
        self.healthy_reductions as f64 * 100_000.0 / self.healthy_attempts as f64
    }
}

fn median(mut values: Vec<u32>) -> Option<u32> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// Watches a world and what is decided about it. Show it every attempt *before* the commands that the attempt caused; a
/// command may come any time later.
pub struct Scorer {
    watched: Vec<Watched>,
    by_caller: HashMap<Caller, usize>,
    hot: HashSet<Caller>,
    hot_reduced: HashSet<Caller>,
    /// Its labels are filled in when it is asked for.
    score: Score,
}

/// A labelled number, and when it dialled since.
struct Watched {
    score: LabelScore,
    placed: Vec<EventTime>,
}

impl Watched {
    fn delay(&self, at: EventTime) -> Delay {
        let attempts = self.placed.iter().filter(|&&placed| placed <= at).count() as u32;
        Delay { attempts, seconds: at.0 - self.score.label.at.0 }
    }
}

impl Scorer {
    /// For a world with this truth.
    pub fn new(truth: &Truth) -> Self {
        let watched: Vec<Watched> = truth
            .labelled()
            .iter()
            .map(|&label| Watched {
                score: LabelScore { label, reduced: None, paused: None },
                placed: Vec::new(),
            })
            .collect();
        let by_caller =
            watched.iter().enumerate().map(|(ix, watched)| (watched.score.label.caller, ix)).collect();
        Self {
            watched,
            by_caller,
            hot: truth.hot().iter().copied().collect(),
            hot_reduced: HashSet::new(),
            score: Score { hot: truth.hot().len() as u32, ..Score::default() },
        }
    }

    /// A record of the world. Second records of an attempt count for nothing.
    pub fn attempt(&mut self, attempt: &SimAttempt) {
        if !attempt.report().is_first() {
            return;
        }
        self.score.attempts += 1;
        if attempt.is_labelled() {
            if let Some(&ix) = self.by_caller.get(&attempt.caller()) {
                let watched = &mut self.watched[ix];
                if watched.score.paused.is_none() {
                    watched.placed.push(attempt.started_at());
                }
            }
        } else if !attempt.is_hot() {
            self.score.healthy_attempts += 1;
        }
    }

    /// A command of the core.
    pub fn command(&mut self, command: &Command) {
        self.decided(command.caller, command.kind, command.issued_at);
    }

    /// Something decided about a number, at the event time of the attempt that completed the evidence.
    pub fn decided(&mut self, caller: Caller, kind: CommandKind, issued_at: EventTime) {
        let watched = self.by_caller.get(&caller).map(|&ix| &mut self.watched[ix]);
        let labelled_at = watched.as_ref().map(|watched| watched.score.label.at);
        let labelled = watched.filter(|watched| issued_at >= watched.score.label.at);
        match (kind, labelled) {
            (CommandKind::PauseNumber, Some(watched)) => {
                if watched.score.paused.is_none() {
                    watched.score.paused = Some(watched.delay(issued_at));
                    watched.placed = Vec::new();
                }
            }
            (CommandKind::PauseNumber, None) => {
                self.score.accused.push(Accusation { caller, at: issued_at, labelled_at });
            }
            (CommandKind::ReduceVolume(_), Some(watched)) => {
                if watched.score.reduced.is_none() && watched.score.paused.is_none() {
                    watched.score.reduced = Some(watched.delay(issued_at));
                }
            }
            (CommandKind::ReduceVolume(_), None) if self.hot.contains(&caller) => {
                self.hot_reduced.insert(caller);
            }
            (CommandKind::ReduceVolume(_), None) => self.score.healthy_reductions += 1,
        }
    }

    /// The score so far.
    pub fn score(&self) -> Score {
        Score {
            labels: self.watched.iter().map(|watched| watched.score).collect(),
            hot_reduced: self.hot_reduced.len() as u32,
            ..self.score.clone()
        }
    }
}

#[cfg(test)]
mod tests;
