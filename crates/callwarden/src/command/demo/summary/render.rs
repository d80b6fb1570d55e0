//! The summary in words that need no knowledge of callwarden.

use std::time::Duration;

use callwarden_wire::Timestamp;

use super::{Accused, Caught, Evidence, Missed, Summary, rounded};
use crate::command::demo::words::{counted, date_time, grouped, percent, span};

/// Numbers that are listed one by one.
const LISTED_MAX: usize = 25;

impl Summary {
    /// As text. `busy` is the real time that simulating and deciding took; `stopped`: before the end.
    pub(in crate::command::demo) fn lines(&self, busy: Duration, stopped: bool) -> Vec<String> {
        let mut lines = Vec::new();
        if stopped {
            lines.push("Stopped before the end; this is how things stood.".to_owned());
        }
        lines.push(format!(
            "{} made {} in {}; people answered {}.",
            counted(self.numbers.into(), "number"),
            counted(self.attempts, "call"),
            self.span(),
            percent(self.answer_rate)
        ));
        self.labels(&mut lines);
        lines.push(String::new());
        self.mistakes(&mut lines);
        lines.push(String::new());
        self.totals(&mut lines, busy);
        lines.push(String::new());
        lines.push(
            "Next: `callwarden run --standalone --mode enforce` judges your own calls, given".to_owned(),
        );
        lines.push("as lines of JSON on standard input; README.md shows how.".to_owned());
        lines
    }

    fn span(&self) -> String {
        let seconds = self.ended_at.seconds - self.began_at.seconds;
        format!("{:.0} simulated days", seconds as f64 / 86_400.0)
    }

    fn labels(&self, lines: &mut Vec<String>) {
        if self.labelled.is_empty() {
            lines.push("No number was labelled as spam.".to_owned());
            return;
        }
        lines.push(format!(
            "{} got labelled as spam on the way, which left {} % of their answers.",
            counted(self.labelled.len() as u64, "number"),
            rounded(self.factor * 100.0, 10.0)
        ));
        lines.push(format!(
            "callwarden, which sees only how calls end, paused {} of them:",
            self.caught.len()
        ));
        lines.push(String::new());
        if !self.caught.is_empty() {
            lines.push(format!("  {:<12}  {:<12}  {:<20}  answers", "number", "labelled", "paused after"));
        }
        listed(lines, &self.caught, caught);
        listed(lines, &self.missed, missed);
        if let (Some(attempts), Some(hours)) = (self.median_attempts_to_pause, self.median_hours_to_pause) {
            lines.push(format!("  {:<26}  {}, {}", "median", counted(attempts.into(), "call"), span(hours)));
        }
    }

    fn mistakes(&self, lines: &mut Vec<String>) {
        match self.accused_wrongly.len() {
            0 => lines.push("Accused wrongly: none; no number without a label was paused.".to_owned()),
            count => {
                lines.push(format!("Accused wrongly, without a label at the time: {}", grouped(count as u64)))
            }
        }
        listed(lines, &self.accused_wrongly, accused);
        lines.push(format!(
            "Healthy numbers told to dial less: {}, or {:.1} per 100,000 of their calls.",
            grouped(self.reductions_of_healthy),
            self.reductions_of_healthy_per_100k_attempts
        ));
    }

    fn totals(&self, lines: &mut Vec<String>, busy: Duration) {
        lines.push(format!(
            "Commands: {} to pause, {} to reduce. The dialer here obeys pauses ({}",
            grouped(self.commands.pause_number),
            grouped(self.commands.reduce_volume),
            counted(self.attempts_withheld, "call")
        ));
        lines
            .push("not made), not reductions. Labels stay, so that a number may be paused again.".to_owned());
        let seconds = busy.as_secs_f64();
        lines.push(format!(
            "Simulating and judging took {seconds:.2} s: {} calls/s on one core.",
            grouped((self.attempts as f64 / seconds.max(1e-6)) as u64)
        ));
    }
}

fn listed<T>(lines: &mut Vec<String>, items: &[T], line: impl Fn(&T) -> String) {
    lines.extend(items.iter().take(LISTED_MAX).map(line));
    if let Some(more) = items.len().checked_sub(LISTED_MAX).filter(|&more| more > 0) {
        lines.push(format!("  and {} more: --json lists them all", grouped(more as u64)));
    }
}

fn caught(caught: &Caught) -> String {
    let delay = format!("{}, {}", counted(caught.attempts.into(), "call"), span(caught.hours));
    let answers = caught.evidence.as_ref().map(founded_on).unwrap_or_default();
    format!("  {:<12}  {}  {delay:<20}  {answers}", caught.number, time(caught.labelled_at))
}

fn missed(missed: &Missed) -> String {
    let why = if missed.judged {
        format!("evidence came to {:.0e}", missed.statistic)
    } else {
        "too new to be judged".to_owned()
    };
    format!("  {:<12}  {}  {:<20}  {why}", missed.number, time(missed.labelled_at), "never paused")
}

fn accused(accused: &Accused) -> String {
    let answers = accused.evidence.as_ref().map(founded_on).unwrap_or_default();
    let labelled = accused.labelled_at.map(|at| format!(", labelled {}", time(at))).unwrap_or_default();
    format!("  {:<12}  paused {}, {answers}{labelled}", accused.number, time(accused.paused_at))
}

fn founded_on(evidence: &Evidence) -> String {
    let Evidence { answers, attempts, expected_rate, .. } = evidence;
    format!("{answers} of {attempts}, {:.0} expected", expected_rate * f64::from(*attempts))
}

/// UTC.
fn time(at: Timestamp) -> String {
    date_time(at.event_time())
}
