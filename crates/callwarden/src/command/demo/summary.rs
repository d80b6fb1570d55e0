//! What was labelled, what was caught when, and what was accused wrongly.
//!
//! The same arguments give the same summary, byte for byte: real time is no part of it.

mod render;

use callwarden_core::{Caller, Command, Finding, NumberView};
use callwarden_wire::Timestamp;
use serde::Serialize;

use super::play::Play;
use crate::cli::DemoArgs;

/// As `--json` prints it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Summary {
    pub(super) seed: u64,
    pub(super) numbers: u32,
    pub(super) days: u32,
    /// What a label left of the answer rate.
    pub(super) factor: f64,
    pub(super) began_at: Timestamp,
    pub(super) ended_at: Timestamp,
    /// Attempts made.
    pub(super) attempts: u64,
    /// Attempts not made because the number was paused.
    pub(super) attempts_withheld: u64,
    /// Answers by people among the attempts that left the network.
    pub(super) answer_rate: Option<f64>,
    /// Every label that came, in order of time.
    pub(super) labelled: Vec<Labelled>,
    /// Labelled numbers that were paused.
    pub(super) caught: Vec<Caught>,
    /// Labelled numbers that were not.
    pub(super) missed: Vec<Missed>,
    /// Pauses of numbers without a label.
    pub(super) accused_wrongly: Vec<Accused>,
    /// Upper median of those caught.
    pub(super) median_attempts_to_pause: Option<u32>,
    pub(super) median_hours_to_pause: Option<f64>,
    pub(super) reductions_of_healthy: u64,
    pub(super) reductions_of_healthy_per_100k_attempts: f64,
    pub(super) commands: Commands,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Labelled {
    pub(super) number: String,
    pub(super) at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Caught {
    pub(super) number: String,
    pub(super) labelled_at: Timestamp,
    pub(super) paused_at: Timestamp,
    /// Attempts from the label to the pause.
    pub(super) attempts: u32,
    /// Simulated hours from the label to the pause, nights included.
    pub(super) hours: f64,
    /// Attempts from the label to the first reduction, if there was one before the pause.
    pub(super) reduced_after_attempts: Option<u32>,
    pub(super) evidence: Option<Evidence>,
}

/// What the pause was founded on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Evidence {
    pub(super) statistic: f64,
    pub(super) threshold: f64,
    pub(super) since: Timestamp,
    pub(super) attempts: u32,
    pub(super) answers: u32,
    pub(super) expected_rate: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Missed {
    pub(super) number: String,
    pub(super) labelled_at: Timestamp,
    /// What the evidence had come to.
    pub(super) statistic: f64,
    /// Attempts older than a day, by which a number is judged.
    pub(super) baseline_attempts: u64,
    /// Whether they were enough to judge by.
    pub(super) judged: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Accused {
    pub(super) number: String,
    pub(super) paused_at: Timestamp,
    /// When it was labelled after all.
    pub(super) labelled_at: Option<Timestamp>,
    pub(super) evidence: Option<Evidence>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Commands {
    pub(super) pause_number: u64,
    pub(super) reduce_volume: u64,
}

impl Summary {
    /// As things stand: labels yet to come are left out.
    pub(super) fn of(play: &Play, args: &DemoArgs) -> Self {
        let score = play.score();
        let labels = &score.labels[..play.labels().len()];
        let mut caught = Vec::new();
        let mut missed = Vec::new();
        for label_score in labels {
            let label = label_score.label;
            let Some(delay) = label_score.paused else {
                missed.push(Missed::new(label.caller, label.at.into(), play.view(label.caller)));
                continue;
            };
            let paused_at = label.at.plus(callwarden_core::Seconds(delay.seconds));
            caught.push(Caught {
                number: clear(label.caller),
                labelled_at: label.at.into(),
                paused_at: paused_at.into(),
                attempts: delay.attempts,
                hours: rounded(delay.hours(), 10.0),
                reduced_after_attempts: label_score.reduced.map(|reduced| reduced.attempts),
                evidence: evidence(play.pauses(), label.caller, paused_at.into()),
            });
        }
        let accused_wrongly = score.accused.iter().map(|accusation| Accused {
            number: clear(accusation.caller),
            paused_at: accusation.at.into(),
            labelled_at: accusation.labelled_at.filter(|&at| at <= play.now()).map(Timestamp::from),
            evidence: evidence(play.pauses(), accusation.caller, accusation.at.into()),
        });
        Self {
            seed: args.seed,
            numbers: args.numbers,
            days: args.days,
            factor: args.factor,
            began_at: play.start().into(),
            ended_at: play.now().into(),
            attempts: play.made(),
            attempts_withheld: play.withheld(),
            answer_rate: play.answered().rate().map(|rate| rounded(rate, 1e4)),
            labelled: labels
                .iter()
                .map(|score| Labelled { number: clear(score.label.caller), at: score.label.at.into() })
                .collect(),
            caught,
            missed,
            accused_wrongly: accused_wrongly.collect(),
            median_attempts_to_pause: score.median_attempts(),
            median_hours_to_pause: score
                .median_seconds()
                .map(|seconds| rounded(f64::from(seconds) / 3_600.0, 10.0)),
            reductions_of_healthy: score.healthy_reductions,
            reductions_of_healthy_per_100k_attempts: rounded(score.healthy_reductions_per_100k(), 100.0),
            commands: Commands { pause_number: play.pauses().len() as u64, reduce_volume: play.reductions() },
        }
    }
}

impl Missed {
    fn new(caller: Caller, labelled_at: Timestamp, view: Option<NumberView>) -> Self {
        Self {
            number: clear(caller),
            labelled_at,
            statistic: view.map_or(0.0, |view| view.statistic.round()),
            baseline_attempts: view.map_or(0, |view| view.baseline_attempts),
            judged: view.is_some_and(|view| view.expected_rate.is_some()),
        }
    }
}

/// The numbers of the demo are fictional: nothing to mask.
fn clear(caller: Caller) -> String {
    caller.clear().to_string()
}

/// To the `parts`th part, so that a reader is not told digits that mean nothing.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

fn evidence(pauses: &[Command], caller: Caller, at: Timestamp) -> Option<Evidence> {
    let pause =
        pauses.iter().find(|pause| pause.caller == caller && Timestamp::from(pause.issued_at) == at)?;
    let Finding::AnswerRateFell(fell) = pause.finding else { return None };
    Some(Evidence {
        statistic: fell.statistic.round(),
        threshold: fell.threshold,
        since: fell.since.into(),
        attempts: fell.attempts,
        answers: fell.answers,
        expected_rate: rounded(fell.expected_rate, 1e4),
    })
}

#[cfg(test)]
mod tests;
