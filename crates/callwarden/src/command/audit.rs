//! `callwarden audit`: was everything that was taken decided on and delivered, once? For operators, and the judge of the tests.

mod json;
mod metrics;
mod text;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use callwarden_engine::audit::Report;
use callwarden_io::kafka::{AuditWish, Progress, audit};
use callwarden_wire::Timestamp;
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{AuditArgs, Settings};
use crate::config::Value as _;
use crate::printer::{Failure, Outcome, Printer};
use crate::wiring;

/// What an audit has said, and what it took.
struct Audited {
    report: Report,
    since: Option<Timestamp>,
    took: Duration,
}

/// Audits, reports, and fails when there is a finding.
pub(crate) fn run(settings: &Settings, args: &AuditArgs, printer: &Printer) -> Outcome {
    let config = wiring::load(settings, Vec::new())?.config;
    let since = args.since.as_deref().map(|text| since(text, SystemTime::now())).transpose()?;
    let wish = AuditWish { unit: args.unit, since };
    let bar = progress_bar(printer);
    let begun = Instant::now();
    let mut told = "";
    let report = audit(&wiring::kafka(&config), &wiring::topics(&config), &wish, &mut |progress| {
        show(&bar, &mut told, progress);
    });
    bar.finish_and_clear();
    let audited = Audited { report: report.map_err(Failure::new)?, since, took: begun.elapsed() };
    if args.json {
        printer.line(json::render(&audited))?;
    } else {
        text::lines(&audited).iter().try_for_each(|line| printer.line(line))?;
    }
    let found = audited.report.found();
    if let Some(path) = &args.metrics_file {
        metrics::write(path, found, SystemTime::now())
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    }
    match found {
        0 => Ok(()),
        1 => Err(Failure::new("the audit has found 1 thing that is not as it must be")),
        found => {
            Err(Failure::new(format!("the audit has found {found} things that are not as they must be")))
        }
    }
}

/// A moment, or how long ago it was.
fn since(text: &str, now: SystemTime) -> Result<Timestamp, Failure> {
    if let Some(span) = Duration::read(text) {
        let unix = now.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(span);
        return Ok(Timestamp::from_millis(i64::try_from(unix.as_millis()).unwrap_or(i64::MAX)));
    }
    serde_json::from_value(text.into()).map_err(|_| {
        Failure::usage(format!(
            "--since {text}: expected a time such as 2026-11-24T12:00:00Z, or a span such as 24h"
        ))
    })
}

fn progress_bar(printer: &Printer) -> ProgressBar {
    if !printer.shows_progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{prefix:<13} {bar:40} {percent:>3} %  {msg}")
        .expect("the template is of this program");
    let bar = ProgressBar::new(0).with_style(style);
    bar.set_prefix("journal");
    bar
}

fn show(bar: &ProgressBar, told: &mut &'static str, progress: Progress) {
    if bar.is_hidden() {
        return;
    }
    let Progress { stage, done, of, attempts } = progress;
    if std::mem::replace(told, stage) != stage {
        bar.set_prefix(stage);
        bar.set_length(of);
    }
    bar.set_position(done);
    bar.set_message(format!("{attempts} attempts"));
}

#[cfg(test)]
mod tests;
