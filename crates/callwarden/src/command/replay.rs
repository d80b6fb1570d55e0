//! `callwarden replay`: history through the same core. One thread, no clock beyond `--as-of`, so that the same input gives
//! the same output byte for byte.

use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use callwarden_core::{Core, LogTime, Outbox};
use callwarden_wire::{Decoder, Dialect, Timestamp, command, policy_hash, to_json, v1};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{ReplayArgs, Settings};
use crate::input::{self, Lines};
use crate::printer::{Failure, Outcome, Printer};
use crate::{summary, wiring};

/// Unreadable lines that are told one by one; the rest is summed up.
const TOLD_MAX: u64 = 10;

/// Replays all files as one history.
pub(crate) fn run(settings: &Settings, args: &ReplayArgs, printer: &Printer) -> Outcome {
    let config = wiring::load(settings, Vec::new())?.config;
    let dialect: Dialect = args.dialect.parse().map_err(Failure::new)?;
    let logged_at = as_of(args.as_of.as_deref())?;
    let policy = wiring::policy(&config);
    let mut replay = Replay {
        core: Core::new(policy).map_err(Failure::configuration)?,
        policy_hash: policy_hash(&policy),
        logged_at,
        lines: 0,
        unreadable: 0,
        progress: progress(&args.files, printer),
        printer,
    };
    for path in &args.files {
        replay.file(path, Decoder::new(dialect))?;
    }
    replay.progress.finish_and_clear();
    summary::tell(&replay.core, replay.lines.unsigned_abs(), printer)
}

struct Replay<'a> {
    core: Core,
    policy_hash: String,
    logged_at: LogTime,
    lines: i64,
    unreadable: u64,
    progress: ProgressBar,
    printer: &'a Printer,
}

impl Replay<'_> {
    fn file(&mut self, path: &Path, decoder: Decoder) -> Outcome {
        let cannot = |error: io::Error| Failure::new(format!("{}: {error}", path.display()));
        let (raw, _) = input::raw(path).map_err(cannot)?;
        let counted = Counted { raw, progress: self.progress.clone() };
        let mut lines = Lines::new(input::unpack(counted).map_err(cannot)?, decoder);
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let mut outbox = Outbox::default();
        while let Some(entry) = lines.next(self.logged_at).map_err(cannot)? {
            if let Some(poison) = &entry.poison {
                self.unreadable += 1;
                if self.unreadable <= TOLD_MAX {
                    let place = format!("{}:{}", path.display(), entry.offset + 1);
                    self.progress
                        .suspend(|| self.printer.note(format_args!("{place}: {}", poison.unreadable)));
                }
            }
            self.core.step(entry.stamp, &entry.input, &mut outbox);
            for decided in outbox.drain() {
                let cause =
                    v1::Position { topic: String::new(), partition: 0, offset: self.lines + entry.offset };
                writeln!(out, "{}", to_json(&command(&decided, &self.policy_hash, cause)))?;
            }
        }
        out.flush()?;
        self.lines += lines.count;
        Ok(())
    }
}

fn as_of(text: Option<&str>) -> Result<LogTime, Failure> {
    let Some(text) = text else {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        return Ok(LogTime(now.as_millis() as i64));
    };
    let expected = || Failure::usage(format!("--as-of {text}: expected a time such as 2026-11-24T12:00:00Z"));
    let time: Timestamp = serde_json::from_value(text.into()).map_err(|_| expected())?;
    Ok(LogTime(time.seconds * 1_000))
}

/// Passes bytes on, and says how many.
struct Counted {
    raw: Box<dyn Read + Send>,
    progress: ProgressBar,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.progress.inc(read as u64);
        Ok(read)
    }
}

fn progress(files: &[PathBuf], printer: &Printer) -> ProgressBar {
    if !printer.shows_progress() {
        return ProgressBar::hidden();
    }
    let sizes: Option<u64> =
        files.iter().map(|path| std::fs::metadata(path).ok().map(|meta| meta.len())).sum();
    let (bar, template) = match sizes {
        Some(size) => {
            (ProgressBar::new(size), "{bar:40} {percent:>3} %  {bytes} of {total_bytes}  {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {bytes} read"),
    };
    bar.with_style(ProgressStyle::with_template(template).expect("the template is of this program"))
}
