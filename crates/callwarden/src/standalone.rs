//! `callwarden run --standalone`: the same unit, on ports of memory, a pipe in and a pipe out.

mod pipe;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use callwarden_engine::{
    Ended, Ledger, MemoryStore, PortError, Ports, Status, Transaction, Unit, UnitConfig, UnitError,
};
use callwarden_wire::{Decoder, to_json, v1};
use crossbeam_channel::Receiver;

use crate::cli::RunArgs;
use crate::config::{Config, Mode};
use crate::printer::{Failure, Outcome, Printer};
use crate::standalone::pipe::Pipe;
use crate::{summary, wiring};

/// Runs until standard input ends or a signal comes.
pub(crate) fn run(
    config: &Config,
    args: &RunArgs,
    status: Arc<Status>,
    stop: &Receiver<()>,
    printer: &Printer,
) -> Outcome {
    if config.mode == Mode::Observe {
        printer.note(
            "mode is observe: decisions are logged here; `--mode enforce` writes commands to standard output",
        );
    }
    let dialect = args.dialect.parse().map_err(Failure::new)?;
    let pipe = Pipe::of_stdin(Decoder::new(dialect))?;
    let out = Stdout::new(io::stdout());
    let reader_gone = Arc::clone(&out.reader_gone);
    let ports =
        Ports { attempts: Box::new(pipe), ledger: Box::new(out), store: Box::new(MemoryStore::default()) };
    // What comes out of a pipe is the present, whenever it was placed.
    let unit = UnitConfig { clocked: false, learns: false, ..wiring::unit(config) };
    let (unit, ports) = Unit::recover(unit, ports, status).map_err(Failure::new)?;
    let ended = unit.run(ports, stop).map_err(|error| failure(&error, &reader_gone));
    let (Ended { taken, .. }, core) = ended?;
    summary::tell(&core, taken, printer)
}

fn failure(error: &UnitError, reader_gone: &AtomicBool) -> Failure {
    if reader_gone.load(Ordering::Relaxed) { Failure::reader_gone() } else { Failure::new(error) }
}

/// A ledger whose commands go to standard output and whose journal goes nowhere: a pipe has no past to recover.
struct Stdout<W> {
    out: W,
    committed: i64,
    /// Whoever read the commands has gone.
    reader_gone: Arc<AtomicBool>,
}

impl<W> Stdout<W> {
    fn new(out: W) -> Self {
        Self { out, committed: 0, reader_gone: Arc::default() }
    }
}

impl<W: io::Write + Send> Ledger for Stdout<W> {
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
        let commands: String = transaction.commands.iter().map(|command| to_json(command) + "\n").collect();
        self.out.write_all(commands.as_bytes()).and_then(|()| self.out.flush()).map_err(|error| {
            self.reader_gone.store(error.kind() == io::ErrorKind::BrokenPipe, Ordering::Relaxed);
            PortError::new(format!("standard output: {error}"))
        })?;
        self.committed += 1;
        Ok(self.committed - 1)
    }
}
