//! The three layers laid over one another, and read key by key. Reading notes each value with its origin, which is what
//! `config show` prints, and each mistake, so that one run names them all.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;

use super::names;
use super::problem::{Fault, Origin, Problem};
use super::redis;
use super::section::{Key, Secrecy, join};
use super::show::Row;
use super::value::Value;

/// More than any password, key or certificate needs.
const SECRET_BYTES_MAX: u64 = 64 * 1024;
/// Longer values are cut in messages.
const SHOWN_CHARS_MAX: usize = 80;

/// What somebody said about a key.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The key that is meant.
    pub(super) key: String,
    /// The key as it was written, which ends in `_file` when the value stands in a file.
    pub(super) written: String,
    pub(super) text: Text,
    pub(super) origin: Origin,
}

/// A value as it came.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// In place.
    Value(String),
    /// In a file, whose content is there once it has been opened.
    File { path: String, content: String },
    /// Something that is no single value, such as "a list".
    Shape(&'static str),
}

impl Text {
    /// The value itself, if it is one.
    pub(super) fn value(&self) -> Option<&str> {
        match self {
            Self::Value(text) => Some(text),
            Self::File { content, .. } => Some(content),
            Self::Shape(_) => None,
        }
    }
}

impl Given {
    /// As it may be shown to anybody.
    fn shown(&self) -> String {
        match &self.text {
            Text::Value(text) => redact(&self.key, text),
            Text::File { path, .. } => path.clone(),
            Text::Shape(shape) => (*shape).to_owned(),
        }
    }

    /// As it stands in a message: quoted and cut, unless it is redacted or needs no quotes.
    fn quoted(&self) -> String {
        let shown = self.shown();
        let bare = match &self.text {
            Text::Value(text) => {
                shown != *text || shown.parse::<f64>().is_ok() || shown.parse::<bool>().is_ok()
            }
            Text::File { .. } => false,
            Text::Shape(_) => true,
        };
        match shown.char_indices().nth(SHOWN_CHARS_MAX) {
            _ if bare => shown,
            None => format!("{shown:?}"),
            Some((end, _)) => format!("{:?}…", &shown[..end]),
        }
    }
}

fn redact(key: &str, text: &str) -> String {
    match names::secrecy(key) {
        Secrecy::Hidden if !text.is_empty() => "***".to_owned(),
        Secrecy::Url => redis::without_password(text),
        Secrecy::Hidden | Secrecy::Open => text.to_owned(),
    }
}

/// The layers, merged, and what came of reading them.
#[derive(Debug, Default)]
pub(super) struct Values {
    given: BTreeMap<String, Given>,
    /// Keys whose value was no good: their default stands in, and nothing may be concluded from it.
    bad: BTreeSet<String>,
    pub(super) rows: Vec<Row>,
    pub(super) problems: Vec<Problem>,
    /// A source could not be read whole, so that comparing keys would accuse what is right.
    pub(super) partial: bool,
}

impl Values {
    /// Lays a layer over those before it. One key twice in a layer is a mistake, except among flags, where the last wins.
    pub(super) fn overlay(&mut self, layer: Vec<Given>) {
        let mut before: BTreeMap<String, String> = BTreeMap::new();
        for given in layer {
            let earlier = before.insert(given.key.clone(), given.written.clone());
            if let Some(earlier) = earlier
                && !matches!(given.origin, Origin::Flag { .. })
            {
                let with = if earlier == given.written {
                    "is given twice".to_owned()
                } else {
                    format!("stands beside {earlier}, which means the same")
                };
                self.blame(&given, Fault::Conflict(with), Some("keep one of them".to_owned()));
            }
            self.given.insert(given.key.clone(), given);
        }
    }

    /// Opens the files that hold values, for those keys that no later layer has overridden.
    pub(super) fn open_files(&mut self) {
        let mut failed = Vec::new();
        for given in self.given.values_mut() {
            if let Text::File { path, content } = &mut given.text {
                match read_secret(path) {
                    Ok(text) => *content = text,
                    Err(why) => failed.push((given.clone(), why)),
                }
            }
        }
        for (given, why) in failed {
            self.blame(
                &given,
                Fault::Unreadable(why),
                Some("name a file that holds the value alone".to_owned()),
            );
            self.bad.insert(given.key);
        }
    }

    /// The value of a key: what was given, or its default.
    pub(super) fn read<T: Value>(&mut self, keys: &'static [Key], path: &str, field: &str) -> T {
        let key = find(keys, field);
        self.read_or(key, &join(path, field), key.default)
    }

    /// The same, with a default that depends on other keys.
    pub(super) fn read_or<T: Value>(&mut self, key: &Key, name: &str, default: &str) -> T {
        let given = self.given.get(name);
        self.rows.push(match given {
            Some(given) => {
                Row { key: given.written.clone(), value: given.shown(), origin: given.origin.clone() }
            }
            None => Row { key: name.to_owned(), value: redact(name, default), origin: Origin::Default },
        });
        let fallback =
            || key.parse(default).expect("each default is a value of its key: a test reads them all");
        let Some(given) = given else { return fallback() };
        if self.bad.contains(name) {
            return fallback();
        }
        if let Some(value) = given.text.value().and_then(|text| key.parse(text)) {
            return value;
        }
        let given = given.clone();
        let example = (!key.default.is_empty()).then(|| format!("e.g. {}", key.default));
        self.blame(&given, Fault::Expected(key.expected()), example);
        self.bad.insert(given.key);
        fallback()
    }

    /// What was given below a path such as `kafka.`, apart from keys whose value is known to be no good.
    pub(super) fn below(&self, path: &str) -> Vec<Given> {
        let mine = self.given.range(path.to_owned()..).take_while(|(key, _)| key.starts_with(path));
        mine.filter(|(key, _)| !self.bad.contains(*key)).map(|(_, given)| given.clone()).collect()
    }

    /// Notes a value that was read by other means than [`read`](Self::read).
    pub(super) fn note(&mut self, given: &Given) {
        let (key, value, origin) = (given.written.clone(), given.shown(), given.origin.clone());
        self.rows.push(Row { key, value, origin });
    }

    /// Where the value of a key comes from.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.given.get(key).map_or(Origin::Default, |given| given.origin.clone())
    }

    /// Whether anybody set the key.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    /// Whether all of these keys may be compared.
    pub(super) fn comparable(&self, keys: &[&str]) -> bool {
        !self.partial && keys.iter().all(|key| !self.bad.contains(*key))
    }

    /// Notes that what was given is wrong.
    pub(super) fn blame(&mut self, given: &Given, fault: Fault, hint: Option<String>) {
        let (origin, key, value) = (given.origin.clone(), Some(given.written.clone()), Some(given.quoted()));
        self.problems.push(Problem { origin, key, value, fault, hint });
    }

    /// Notes that a key contradicts another.
    pub(super) fn conflict(&mut self, key: &str, with: String, hint: Option<String>) {
        match self.given.get(key).cloned() {
            Some(given) => self.blame(&given, Fault::Conflict(with), hint),
            None => self.problems.push(Problem {
                origin: Origin::Default,
                key: Some(key.to_owned()),
                value: None,
                fault: Fault::Conflict(with),
                hint,
            }),
        }
    }

    /// A key's value and origin for a message about another key: `1e5, default`.
    pub(super) fn cite(&self, key: &str) -> String {
        match self.given.get(key) {
            Some(given) => format!("{}, {}", given.shown(), given.origin),
            None => {
                let default = names::find(key).map_or("", |key| key.default);
                format!("{default}, {}", Origin::Default)
            }
        }
    }
}

/// The key of a section's field.
pub(super) fn find(keys: &'static [Key], field: &str) -> &'static Key {
    keys.iter()
        .find(|key| key.field == field)
        .expect("the fields of a section and its keys come from one table")
}

fn read_secret(path: &str) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(SECRET_BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!("it is longer than {SECRET_BYTES_MAX} bytes"));
    }
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() { Err("it is empty".to_owned()) } else { Ok(line.to_owned()) }
}
