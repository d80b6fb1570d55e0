//! `callwarden demo`: a simulated fleet in accelerated time, of which the truth is known, judged by the same core as in
//! production.
//!
//! Three ways to show it: a table on a terminal, lines on a pipe, one JSON object for a script. The last two depend on
//! nothing but the arguments; the closing line on how long it took is the one exception, and not part of the JSON.

mod live;
mod plain;
mod play;
mod summary;
mod table;
mod text;
mod words;

use clap::CommandFactory as _;
use clap::error::ErrorKind;

use self::play::Play;
use self::summary::Summary;
use crate::cli::{Cli, DemoArgs};
use crate::printer::{Failure, Outcome, Printer};

/// Plays the demo and sums it up.
pub(crate) fn run(args: &DemoArgs, printer: &Printer) -> Outcome {
    if let Err(why) = check(args) {
        // As for anything else that is wrong on the command line.
        Cli::command().error(ErrorKind::ValueValidation, why).exit();
    }
    let mut play = Play::new(args).map_err(Failure::new)?;
    if args.json {
        plain::silently(&mut play)?;
        return printer.line(callwarden_wire::to_json(&Summary::of(&play, args)));
    }
    let course = if printer.is_live() && std::env::var_os("TERM").is_some_and(|term| term != "dumb") {
        live::show(&mut play, args)?
    } else {
        plain::show(&mut play, |line| printer.line(line))?
    };
    printer.line("")?;
    for line in Summary::of(&play, args).lines(course.busy, course.stopped) {
        printer.line(line)?;
    }
    Ok(())
}

/// What no single argument can say of itself.
fn check(args: &DemoArgs) -> Result<(), String> {
    let DemoArgs { labelled, numbers, .. } = args;
    if labelled > numbers {
        return Err(format!("--labelled {labelled}: expected at most --numbers, which is {numbers}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
