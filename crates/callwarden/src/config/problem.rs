//! What can be wrong with a configuration, said so that it can be put right without reading the source: where it
//! stands, which key, which value, what was expected, and what to write instead.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from. The order is that of precedence: a later one overrides an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// Nobody said anything.
    Default,
    /// A line of the TOML file; without a line the file as a whole.
    File {
        /// As it was named to the program.
        path: PathBuf,
        /// Counted from 1.
        line: Option<usize>,
    },
    /// A variable of the environment.
    Env {
        /// In full, with its `CALLWARDEN_`.
        name: String,
    },
    /// A flag of the command line.
    Flag {
        /// With its dashes, such as `--set`.
        name: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line: Some(line) } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Env { name } | Self::Flag { name } => f.write_str(name),
        }
    }
}

/// What is wrong, apart from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The value is not of the kind that the key takes.
    Expected(String),
    /// There is no such key, section or variable.
    Unknown,
    /// The key exists, but is not for the operator to set.
    Refused(&'static str),
    /// The value is fine alone, and contradicts another.
    Conflict(String),
    /// A file can't be read.
    Unreadable(String),
    /// The file is not TOML.
    Syntax(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::Unknown => f.write_str("there is no such setting"),
            Self::Refused(why) => write!(f, "is not yours to set: {why}"),
            Self::Conflict(with) => f.write_str(with),
            Self::Unreadable(why) => write!(f, "can't be read: {why}"),
            Self::Syntax(what) => write!(f, "not valid TOML: {what}"),
        }
    }
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where to go and change it.
    pub(crate) origin: Origin,
    /// The key as it was written there, such as `detector.pause`; absent when none was.
    pub(crate) key: Option<String>,
    /// The value as it is safe to show: quoted, cut, and `***` for a secret.
    pub(crate) value: Option<String>,
    /// What is wrong.
    pub(crate) fault: Fault,
    /// What to do about it, where that is known.
    pub(crate) hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        match (&self.key, &self.value) {
            (Some(key), Some(value)) => write!(f, "{key} = {value}: ")?,
            (Some(key), None) => write!(f, "{key}: ")?,
            (None, _) => {}
        }
        write!(f, "{}", self.fault)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

/// Everything that is wrong, in the order of the sources: file by line, environment, flags. Shown one a line.
#[derive(Debug, thiserror::Error)]
pub(crate) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    pub(super) fn sorted(mut problems: Vec<Problem>) -> Self {
        problems.sort_by(|a, b| a.origin.cmp(&b.origin));
        Self(problems)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}
