//! Standard input as the one partition of a topic that cannot be read twice. The offset of a record is the number of its line.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use callwarden_core::LogTime;
use callwarden_engine::{Attempts, Entry, Next, Partition, PortError, Positions, Slice};
use callwarden_wire::Decoder;
use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError, bounded};

use crate::input::{self, Lines};
use crate::printer::Failure;

/// Lines read ahead of the unit.
const LINES_AHEAD: usize = 4_096;
/// Lines in one slice.
pub(super) const SLICE_MAX: usize = 1_024;

/// What the reading thread says.
#[derive(Debug)]
pub(super) enum Said {
    Line(Entry),
    /// There will be no more.
    End,
    /// There might have been more.
    Broken(io::Error),
}

/// Standard input.
pub(super) struct Pipe {
    lines: Receiver<Said>,
    /// What came after the lines that were handed over last, and is no line.
    last: Option<Said>,
    partition: Partition,
    next: i64,
}

impl Pipe {
    /// Begins to read.
    pub(super) fn of_stdin(decoder: Decoder) -> Result<Self, Failure> {
        Ok(Self::new(read_lines(decoder)?))
    }

    pub(super) fn new(lines: Receiver<Said>) -> Self {
        Self { lines, last: None, partition: Partition { topic: "".into(), index: 0 }, next: 0 }
    }

    /// `None`: nothing has come within the time.
    fn hear(&mut self, wait: Duration) -> Option<Said> {
        if let Some(last) = self.last.take() {
            return Some(last);
        }
        match self.lines.recv_timeout(wait) {
            Ok(said) => Some(said),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(silenced()),
        }
    }

    fn hear_now(&mut self) -> Option<Said> {
        match self.lines.try_recv() {
            Ok(said) => Some(said),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(silenced()),
        }
    }
}

/// A thread that ends says so. One that does not has panicked.
fn silenced() -> Said {
    Said::Broken(io::Error::other("the thread that reads it has ended without a word"))
}

impl Attempts for Pipe {
    fn positions(&mut self, known: &Positions) -> Result<Positions, PortError> {
        let at = known.get(&self.partition).unwrap_or(0);
        Ok([(self.partition.clone(), at)].into_iter().collect())
    }

    fn seek(&mut self, positions: &Positions) -> Result<(), PortError> {
        self.next = positions.get(&self.partition).unwrap_or(0);
        Ok(())
    }

    fn take(&mut self, _: &Partition, _: i64, _: i64) -> Result<Slice, PortError> {
        Err(PortError::new("standard input cannot be read twice"))
    }

    /// An error comes after the lines that came before it.
    fn next(&mut self, wait: Duration) -> Result<Next, PortError> {
        let mut entries = Vec::new();
        let mut said = self.hear(wait);
        loop {
            match said {
                Some(Said::Line(entry)) => entries.push(entry),
                Some(end) if !entries.is_empty() => {
                    self.last = Some(end);
                    break;
                }
                None if !entries.is_empty() => break,
                None => return Ok(Next::Idle),
                Some(Said::End) => return Ok(Next::End),
                Some(Said::Broken(error)) => return Err(PortError::new(format!("standard input: {error}"))),
            }
            if entries.len() == SLICE_MAX {
                break;
            }
            said = self.hear_now();
        }
        let from = self.next;
        self.next = entries.last().map_or(from, |entry| entry.offset + 1);
        Ok(Next::Slice(Slice { partition: self.partition.clone(), from, to: self.next, entries }))
    }
}

/// A thread that reads standard input, so that a signal is heeded while it waits for a line.
fn read_lines(decoder: Decoder) -> Result<Receiver<Said>, Failure> {
    let (raw, _) = input::raw(Path::new("-"))?;
    let (say, lines) = bounded(LINES_AHEAD);
    thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut lines = match input::unpack(raw) {
            Ok(reader) => Lines::new(reader, decoder),
            Err(error) => {
                let _ = say.send(Said::Broken(error));
                return;
            }
        };
        loop {
            let said = match lines.next(now()) {
                Ok(Some(entry)) => Said::Line(entry),
                Ok(None) => Said::End,
                Err(error) => Said::Broken(error),
            };
            let over = !matches!(said, Said::Line(_));
            if say.send(said).is_err() || over {
                return;
            }
        }
    })?;
    Ok(lines)
}

fn now() -> LogTime {
    LogTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
}
