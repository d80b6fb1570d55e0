//! `callwarden run --standalone`: the same unit, on ports of memory, a pipe in and a pipe out.

use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use callwarden_core::LogTime;
use callwarden_engine::{
    Ended, Entry, Ledger, MemoryAttempts, MemoryStore, PortError, Ports, Status, Transaction, Unit,
};
use callwarden_wire::{Decoder, to_json, v1};
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};

use crate::cli::RunArgs;
use crate::config::{Config, Mode};
use crate::input::{self, Lines};
use crate::printer::{Failure, Outcome, Printer};
use crate::wiring;

/// Lines read ahead of the unit.
const LINES_AHEAD: usize = 4_096;
/// Lines in one slice.
const SLICE_MAX: usize = 1_024;

/// Runs until standard input ends or a signal comes.
pub(crate) fn run(config: &Config, args: &RunArgs, stop: &Receiver<()>, printer: &Printer) -> Outcome {
    if config.mode == Mode::Observe {
        printer.note(
            "mode is observe: decisions are logged here; `--mode enforce` writes commands to standard output",
        );
    }
    let dialect = args.dialect.parse().map_err(Failure::new)?;
    let lines = read_lines(Decoder::new(dialect))?;
    let ports = Ports {
        attempts: Box::new(MemoryAttempts::new(move |wait| gather(&lines, wait))),
        ledger: Box::new(Stdout::default()),
        store: Box::new(MemoryStore::default()),
    };
    let unit = wiring::unit(config);
    let (unit, ports) = Unit::recover(unit, ports, Status::new()).map_err(Failure::new)?;
    let (Ended { taken, .. }, core) = unit.run(ports, stop).map_err(Failure::new)?;
    let tally = core.tally();
    printer.note(format_args!(
        "{taken} lines taken, {} attempts of {} numbers counted, {} unreadable",
        tally.counted + tally.late,
        core.len(),
        tally.unreadable
    ));
    Ok(())
}

/// A thread that reads standard input, so that a signal is heeded while it waits for a line.
fn read_lines(decoder: Decoder) -> Result<Receiver<io::Result<Entry>>, Failure> {
    let (raw, _) = input::raw(Path::new("-"))?;
    let (say, lines) = bounded(LINES_AHEAD);
    thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut lines = match input::unpack(raw) {
            Ok(reader) => Lines::new(reader, decoder),
            Err(error) => {
                let _ = say.send(Err(error));
                return;
            }
        };
        while let Some(entry) = lines.next(now()).transpose() {
            let over = entry.is_err();
            if say.send(entry).is_err() || over {
                return;
            }
        }
    })?;
    Ok(lines)
}

/// What has come, up to a slice; `None` at the end of the input.
fn gather(lines: &Receiver<io::Result<Entry>>, wait: Duration) -> Result<Option<Vec<Entry>>, PortError> {
    let failed = |error: io::Error| PortError::new(format!("standard input: {error}"));
    let first = match lines.recv_timeout(wait) {
        Ok(first) => first.map_err(failed)?,
        Err(RecvTimeoutError::Timeout) => return Ok(Some(Vec::new())),
        Err(RecvTimeoutError::Disconnected) => return Ok(None),
    };
    let mut entries = vec![first];
    while entries.len() < SLICE_MAX {
        let Ok(next) = lines.try_recv() else { break };
        entries.push(next.map_err(failed)?);
    }
    Ok(Some(entries))
}

fn now() -> LogTime {
    LogTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
}

/// A ledger whose commands go to standard output and whose journal goes nowhere: a pipe has no past to recover.
#[derive(Default)]
struct Stdout {
    committed: i64,
}

impl Ledger for Stdout {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        Ok(None)
    }

    fn journal(
        &mut self,
        _: Option<i64>,
        _: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        Ok(())
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        for letter in &transaction.dead_letters {
            tracing::warn!(line = letter.offset + 1, reason = %letter.poison.unreadable, "unreadable");
        }
        let mut out = io::stdout().lock();
        let written = transaction
            .commands
            .iter()
            .try_for_each(|command| writeln!(out, "{}", to_json(command)))
            .and_then(|()| out.flush());
        written.map_err(|error| PortError::new(format!("standard output: {error}")))?;
        self.committed += 1;
        Ok(self.committed - 1)
    }
}
