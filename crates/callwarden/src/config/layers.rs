//! The three sources, each turned into the same thing: keys that exist, with the text that was given and its origin.

use std::path::Path;

use toml::de::{DeArray, DeTable, DeValue};

use super::names::{self, ENV_PREFIX, Name};
use super::problem::{Fault, Origin, Problem};
use super::schema::SECTIONS;
use super::values::{Given, Text};

/// What a source says, and what is wrong with how it says it.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) given: Vec<Given>,
    pub(super) problems: Vec<Problem>,
    /// The source could not be read whole.
    pub(super) partial: bool,
}

impl Layer {
    fn take(&mut self, path: &str, text: Text, origin: Origin) {
        match names::resolve(path) {
            Ok(Name { key, by_file }) => {
                let text = match text {
                    Text::Value(path) if by_file => Text::File { path, content: String::new() },
                    other => other,
                };
                self.given.push(Given { key, written: path.to_owned(), text, origin });
            }
            Err((fault, hint)) => self.wrong(Some(path), fault, hint, origin),
        }
    }

    /// A name that is none. Its value is not shown: it may be a secret under a misspelt key.
    fn wrong(&mut self, key: Option<&str>, fault: Fault, hint: Option<String>, origin: Origin) {
        self.problems.push(Problem { origin, key: key.map(str::to_owned), value: None, fault, hint });
    }
}

/// A setting on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flag {
    name: String,
    key: String,
    value: Option<String>,
}

impl Flag {
    /// The argument of `--set`, as in `--set detector.pause=1e5`.
    pub(crate) fn set(argument: &str) -> Self {
        let (key, value) = match argument.split_once('=') {
            Some((key, value)) => (key.trim(), Some(value.trim().to_owned())),
            None => ("", None),
        };
        Self { name: "--set".to_owned(), key: key.to_owned(), value }
    }

    /// A flag of its own for a key, as `--mode` for `mode`.
    pub(crate) fn named(name: &str, key: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), key: key.to_owned(), value: Some(value.into()) }
    }
}

pub(super) fn of_flags(flags: &[Flag]) -> Layer {
    let mut layer = Layer::default();
    for Flag { name, key, value } in flags {
        let origin = Origin::Flag { name: name.clone() };
        match value {
            Some(value) => layer.take(key, Text::Value(value.clone()), origin),
            None => {
                let hint = Some(format!("e.g. {name} detector.pause=1e5"));
                layer.wrong(None, Fault::Expected("KEY=VALUE".to_owned()), hint, origin);
            }
        }
    }
    layer
}

pub(super) fn of_environment(environment: &[(String, String)]) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix(ENV_PREFIX) else { continue };
        if is_not_for_us(rest, value) {
            continue;
        }
        let origin = Origin::Env { name: name.clone() };
        match names::path_of_env(rest) {
            Ok(path) => layer.take(&path, Text::Value(value.clone()), origin),
            Err((fault, hint)) => layer.wrong(None, fault, hint, origin),
        }
    }
    layer.given.sort_by(|a, b| a.origin.cmp(&b.origin));
    layer
}

/// Variables that begin with our name and set nothing: the path of the file, those of the tests, and those by which
/// Kubernetes tells every pod of services called `callwarden…` (`CALLWARDEN_REDIS_PORT_6379_TCP_ADDR` and so on).
fn is_not_for_us(rest: &str, value: &str) -> bool {
    let link_of_port = rest == "PORT" || rest.ends_with("_PORT");
    rest == "CONFIG"
        || rest.starts_with("TEST_")
        || rest.starts_with("PARTS_")
        || rest.ends_with("SERVICE_HOST")
        || rest.ends_with("SERVICE_PORT")
        || rest.contains("SERVICE_PORT_")
        || (link_of_port && value.contains("://"))
        || ["_TCP", "_UDP", "_TCP_", "_UDP_"].iter().any(|mark| rest.contains("PORT_") && rest.contains(mark))
}

/// Reads a TOML document. Every mistake in its grammar is reported, and what could be understood is read all the same.
pub(super) fn of_file(path: &Path, text: &str) -> Layer {
    let mut layer = Layer::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    let file = Document { path, text };
    for error in &errors {
        let origin = file.origin(error.span().map(|span| span.start));
        // Only the message: the error's `Display` quotes the line, which may hold a password.
        layer.wrong(None, Fault::Syntax(error.message().to_owned()), None, origin);
    }
    // A line that could not be read leaves keys behind that nobody wrote.
    layer.partial = !errors.is_empty();
    if !layer.partial {
        file.read(table.get_ref(), &mut layer);
    }
    layer.given.sort_by(|a, b| a.origin.cmp(&b.origin));
    layer
}

struct Document<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Document<'_> {
    fn origin(&self, offset: Option<usize>) -> Origin {
        let line = offset.map(|offset| {
            let before = self.text.as_bytes().iter().take(offset);
            before.filter(|byte| **byte == b'\n').count() + 1
        });
        Origin::File { path: self.path.to_owned(), line }
    }

    fn read(&self, table: &DeTable<'_>, layer: &mut Layer) {
        for (name, value) in table {
            let origin = self.origin(Some(name.span().start));
            let section: &str = name.get_ref();
            match value.get_ref() {
                DeValue::Array(entries) if section == "attempts" => {
                    self.read_attempts(entries, origin, layer)
                }
                DeValue::Table(_) if section == "attempts" => {
                    let fault = Fault::Expected("a list of topics".to_owned());
                    layer.wrong(Some("attempts"), fault, Some("write [[attempts]]".to_owned()), origin);
                }
                DeValue::Table(entries) if SECTIONS.iter().any(|(known, _)| *known == section) => {
                    self.read_table(section, entries, layer);
                }
                DeValue::Table(_) => {
                    let hint = names::nearest_section(section).map(|name| format!("did you mean [{name}]?"));
                    layer.wrong(Some(&format!("[{section}]")), Fault::Unknown, hint, origin);
                }
                other => layer.take(section, text_of(other), origin),
            }
        }
    }

    fn read_attempts(&self, entries: &DeArray<'_>, origin: Origin, layer: &mut Layer) {
        for (index, entry) in entries.iter().enumerate() {
            let path = format!("attempts.{index}");
            match entry.get_ref() {
                DeValue::Table(fields) if !fields.is_empty() => self.read_table(&path, fields, layer),
                _ => {
                    let origin = self.origin(Some(entry.span().start));
                    let fault = Fault::Expected("a table with a topic".to_owned());
                    layer.wrong(
                        Some(&path),
                        fault,
                        Some("e.g. topic = \"callwarden.attempts\"".to_owned()),
                        origin,
                    );
                }
            }
        }
        if entries.is_empty() {
            let fault = Fault::Expected("at least one topic".to_owned());
            layer.wrong(Some("attempts"), fault, Some("leave it out for the default".to_owned()), origin);
        }
    }

    /// Dotted keys arrive as tables in tables, quoted ones as they are: both become one dotted path.
    fn read_table(&self, path: &str, table: &DeTable<'_>, layer: &mut Layer) {
        for (name, value) in table {
            let path = format!("{path}.{}", name.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) => self.read_table(&path, inner, layer),
                other => layer.take(&path, text_of(other), self.origin(Some(name.span().start))),
            }
        }
    }
}

fn text_of(value: &DeValue<'_>) -> Text {
    Text::Value(match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => number.to_string(),
            Err(_) => number.to_string(),
        },
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(_) => return Text::Shape("a date"),
        DeValue::Array(_) => return Text::Shape("a list"),
        DeValue::Table(_) => return Text::Shape("a table"),
    })
}
