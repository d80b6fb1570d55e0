//! The configuration of the program: a TOML file, over it the environment, over that the flags.
//!
//! Whoever starts callwarden at night with a wrong file should need one look to put it right. So everything that is wrong
//! is said at once, with its place, key, value, what was expected and what to write; a misspelt key is an error and not
//! silence; and `config show` says of each value who set it. The keys themselves are in [`schema`], once each.
//!
//! Secrets are kept out of everything that is printed: messages, `config show` and `Debug`.

mod attempts;
mod check;
mod kafka;
mod layers;
mod names;
mod problem;
mod redis;
mod schema;
mod section;
mod show;
#[cfg(test)]
mod tests;
mod value;
mod values;

use std::io::ErrorKind;
use std::path::PathBuf;

use layers::Layer;
use values::Values;

pub(crate) use layers::Flag;
pub(crate) use problem::{Fault, Origin, Problem, Problems};
pub(crate) use schema::{Config, Detector, Log};
pub(crate) use show::{Row, reference, render_json, render_text};
pub(crate) use value::{Dialect, LogFormat, LogLevel, Mode, Start, Value, WhenMost};

/// The file that is read when none is named, if it is there.
pub(crate) const FILE_DEFAULT: &str = "callwarden.toml";
/// The variable that names the file.
pub(crate) const FILE_VARIABLE: &str = "CALLWARDEN_CONFIG";

/// Where a configuration is put together from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// The file named by `--config`. Without one, `CALLWARDEN_CONFIG` names it; else it is `./callwarden.toml`, which
    /// alone may be missing.
    pub(crate) file: Option<PathBuf>,
    /// Variables; those of others are ignored.
    pub(crate) environment: Vec<(String, String)>,
    /// Settings on the command line; the last one of a key counts.
    pub(crate) flags: Vec<Flag>,
}

impl Sources {
    /// The environment of this process, with a named file and flags.
    pub(crate) fn of_process(file: Option<PathBuf>, flags: Vec<Flag>) -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
        Self { file, environment, flags }
    }
}

/// A configuration without mistakes, and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// What the program runs on.
    pub(crate) config: Config,
    rows: Vec<Row>,
}

impl Loaded {
    /// Every key in force with its value, secrets redacted, and its origin.
    pub(crate) fn show(&self) -> &[Row] {
        &self.rows
    }
}

impl Config {
    /// Reads, merges and checks all sources.
    ///
    /// # Errors
    /// Everything that is wrong with any of them.
    pub(crate) fn load(sources: &Sources) -> Result<Loaded, Problems> {
        let mut values = Values::default();
        let layers = [
            read_file(sources),
            layers::of_environment(&sources.environment),
            layers::of_flags(&sources.flags),
        ];
        for Layer { given, problems, partial } in layers {
            values.overlay(given);
            values.problems.extend(problems);
            values.partial |= partial;
        }
        values.open_files();
        let config = Self::read(&mut values);
        check::check(&config, &mut values);
        let Values { mut rows, problems, .. } = values;
        rows.sort_by_key(|row| schema::place(&row.key));
        if problems.is_empty() { Ok(Loaded { config, rows }) } else { Err(Problems::sorted(problems)) }
    }
}

fn read_file(sources: &Sources) -> Layer {
    let variable =
        sources.environment.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
    let (path, by) = match (&sources.file, variable) {
        (Some(path), _) => (path.clone(), "--config"),
        (None, Some((_, path))) => (PathBuf::from(path), FILE_VARIABLE),
        (None, None) => (PathBuf::from(FILE_DEFAULT), ""),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => layers::of_file(&path, &text),
        Err(error) if by.is_empty() && error.kind() == ErrorKind::NotFound => Layer::default(),
        Err(error) => {
            let origin = Origin::File { path, line: None };
            let hint = (!by.is_empty()).then(|| format!("{by} names it"));
            let fault = Fault::Unreadable(error.to_string());
            let problems = vec![Problem { origin, key: None, value: None, fault, hint }];
            Layer { given: Vec::new(), problems, partial: true }
        }
    }
}
