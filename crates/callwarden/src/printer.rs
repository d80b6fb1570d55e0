//! The one place that writes to the terminal: results on standard output, everything about them on standard error.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

/// Stands between what went wrong and what to do about it.
const HINT: &str = "\n  hint: ";

/// Why a command ended early, and what its exit code is.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Something failed: exit code 1.
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self { code: 1, message: message.to_string() }
    }

    /// An argument is wrong: exit code 2, as for those that the parser of arguments finds.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { code: 2, message: message.to_string() }
    }

    /// The configuration is wrong: exit code 78 (`EX_CONFIG` of sysexits).
    pub(crate) fn configuration(message: impl fmt::Display) -> Self {
        Self { code: 78, message: message.to_string() }
    }

    /// Says it in the log, where that is what is read, and leaves the exit code alone to be said.
    pub(crate) fn logged(self) -> Self {
        if !self.message.is_empty() {
            let (error, hint) = match self.message.split_once(HINT) {
                Some((error, hint)) => (error, Some(hint)),
                None => (self.message.as_str(), None),
            };
            tracing::error!(error, hint, "failed");
        }
        Self { message: String::new(), ..self }
    }

    /// Whoever read our output has gone: no error, and nothing to say.
    pub(crate) fn reader_gone() -> Self {
        Self { code: 0, message: String::new() }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::reader_gone() } else { Self::new(error) }
    }
}

/// Result of a subcommand.
pub(crate) type Outcome = Result<(), Failure>;

/// Standard output and standard error of this process.
#[derive(Debug)]
pub(crate) struct Printer {
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
}

impl Printer {
    /// As the process was started.
    pub(crate) fn of_process() -> Self {
        Self {
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Whether results go to a person's screen.
    pub(crate) const fn is_live(&self) -> bool {
        self.stdout_is_terminal
    }

    /// Whether progress may be shown.
    pub(crate) const fn shows_progress(&self) -> bool {
        self.stderr_is_terminal
    }

    /// A line of results.
    pub(crate) fn line(&self, text: impl fmt::Display) -> Outcome {
        writeln!(io::stdout().lock(), "{text}").map_err(Failure::from)
    }

    /// A line about the results.
    pub(crate) fn note(&self, text: impl fmt::Display) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// The last words of a command that failed.
    pub(crate) fn failure(&self, failure: &Failure) -> u8 {
        if !failure.message.is_empty() {
            self.note(format_args!("callwarden: {}", failure.message));
        }
        failure.code
    }
}
