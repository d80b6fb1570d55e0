//! `callwarden config`.

use crate::cli::{ConfigShowArgs, Settings};
use crate::config::{Config, reference, render_json, render_text};
use crate::printer::{Outcome, Printer};
use crate::wiring;

/// `config check`.
pub(crate) fn check(settings: &Settings, printer: &Printer) -> Outcome {
    let loaded = wiring::load(settings, Vec::new())?;
    let Config { mode, attempts, kafka, .. } = &loaded.config;
    let topics: Vec<&str> = attempts.iter().map(|topic| topic.topic.as_str()).collect();
    printer.line(format_args!(
        "the configuration is good: mode {mode}, attempts from {} at {}",
        topics.join(", "),
        kafka.brokers()
    ))
}

/// `config show`.
pub(crate) fn show(settings: &Settings, args: &ConfigShowArgs, printer: &Printer) -> Outcome {
    if args.reference {
        return printer.line(reference().trim_end());
    }
    let loaded = wiring::load(settings, Vec::new())?;
    if args.json {
        printer.line(render_json(loaded.show()))
    } else {
        printer.line(render_text(loaded.show()).trim_end())
    }
}
