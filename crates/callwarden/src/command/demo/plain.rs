//! The demo on a pipe: a line for every label, every command and every week.

use std::time::Instant;

use callwarden_core::{Command, EventTime};
use callwarden_wire::{Timestamp, command, policy_hash, v1};

use super::live::Course;
use super::play::{Event, Play};
use super::words::{counted, percent};
use crate::printer::{Failure, Outcome};

/// Plays it as fast as it can.
pub(super) fn show(play: &mut Play, mut print: impl FnMut(String) -> Outcome) -> Result<Course, Failure> {
    let began = Instant::now();
    let policy_hash = policy_hash(play.policy());
    play.advance(u64::MAX, &mut |play, event| print(line(play, &event, &policy_hash)))?;
    Ok(Course { stopped: false, busy: began.elapsed() })
}

/// Plays it without a word.
pub(super) fn silently(play: &mut Play) -> Result<(), Failure> {
    play.advance(u64::MAX, &mut |_, _| Ok(())).map(drop)
}

fn line(play: &Play, event: &Event, policy_hash: &str) -> String {
    match event {
        Event::Labelled(label) => {
            told(label.at, "labelled", format_args!("{} as spam", label.caller.clear()))
        }
        Event::Decided(decided) => {
            let Command { issued_at, caller, kind, .. } = decided;
            let summary = command(decided, policy_hash, v1::Position::default()).summary;
            told(*issued_at, kind.name(), format_args!("{} {summary}", caller.clear()))
        }
        Event::WeekOver(week) => {
            let so_far = format_args!(
                "{}, {} answered in 24 h; {} labelled, {} of them caught",
                counted(play.made(), "call"),
                percent(play.answered_24h().rate()),
                play.labels().len(),
                play.score().caught().count()
            )
            .to_string();
            told(play.now(), &format!("week {week} over"), format_args!("{so_far}"))
        }
    }
}

fn told(at: EventTime, what: &str, text: std::fmt::Arguments<'_>) -> String {
    format!("{} {what:<13} {text}", Timestamp::from(at))
}

#[cfg(test)]
mod tests;
