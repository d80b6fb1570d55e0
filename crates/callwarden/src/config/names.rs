//! The names of keys: `detector.pause` in the file and in flags, `CALLWARDEN_DETECTOR_PAUSE` in the environment, and
//! what was probably meant by a name that does not exist.

use super::kafka;
use super::problem::Fault;
use super::schema::{AttemptTopic, SECTIONS};
use super::section::{Key, Secrecy};

/// What every variable of ours begins with.
pub(super) const ENV_PREFIX: &str = "CALLWARDEN_";
/// Appended to the key of a secret: the value is the path of a file that holds it.
pub(super) const FILE_SUFFIX: &str = "_file";
/// The most entries of `[[attempts]]`.
pub(super) const ATTEMPTS_MAX: usize = 64;

/// A key that exists.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) key: String,
    /// Written with `_file`.
    pub(super) by_file: bool,
}

/// Why a name is none, and what to write instead.
pub(super) type NoName = (Fault, Option<String>);

/// Finds the key that a dotted path names.
pub(super) fn resolve(path: &str) -> Result<Name, NoName> {
    if find(path).is_some() {
        return Ok(Name { key: path.to_owned(), by_file: false });
    }
    if let Some(property) = path.strip_prefix("kafka.") {
        return kafka::resolve(property);
    }
    if let Some(key) = path.strip_suffix(FILE_SUFFIX)
        && find(key).is_some_and(|key| key.secrecy != Secrecy::Open)
    {
        return Ok(Name { key: key.to_owned(), by_file: true });
    }
    let hint = if let Some((index, field)) = attempt(path) {
        let fields = AttemptTopic::KEYS.iter().map(|key| key.field.to_owned());
        nearest(field, fields).map(|field| format!("attempts.{index}.{field}"))
    } else {
        nearest(path, keys().map(Key::name))
    };
    Err((Fault::Unknown, hint.map(did_you_mean)))
}

/// All keys of the table. Entries of `[[attempts]]` are there once, without their index.
pub(super) fn keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|(_, keys)| keys.iter())
}

/// The key of the table that a name stands for.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    if let Some((_, field)) = attempt(name) {
        return AttemptTopic::KEYS.iter().find(|key| key.field == field);
    }
    keys().find(|key| key.section != "attempts" && key.name() == name)
}

/// How the value of a key, or of a property of librdkafka, may be shown.
pub(super) fn secrecy(name: &str) -> Secrecy {
    match (find(name), name.strip_prefix("kafka.")) {
        (Some(key), _) => key.secrecy,
        (None, Some(property)) if kafka::is_secret(property) => Secrecy::Hidden,
        (None, _) => Secrecy::Open,
    }
}

/// Index and field of `attempts.<index>.<field>`.
pub(super) fn attempt(name: &str) -> Option<(usize, &str)> {
    let (index, field) = name.strip_prefix("attempts.")?.split_once('.')?;
    let index: usize = index.parse().ok()?;
    (index < ATTEMPTS_MAX).then_some((index, field))
}

/// The variable that sets a key.
pub(super) fn env_name(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// The dotted path that a variable names; `rest` is what follows [`ENV_PREFIX`].
pub(super) fn path_of_env(rest: &str) -> Result<String, NoName> {
    let rest = rest.to_lowercase();
    let plain = keys().map(Key::name).filter(|name| find(name).is_some());
    let by_file = keys().filter(|key| key.secrecy != Secrecy::Open).map(|key| key.name() + FILE_SUFFIX);
    if let Some(path) = plain.chain(by_file).find(|path| path.replace('.', "_") == rest) {
        return Ok(path);
    }
    if let Some(property) = rest.strip_prefix("kafka_") {
        return kafka::path_of_env(property);
    }
    if let Some((index, field)) = rest.strip_prefix("attempts_").and_then(|entry| entry.split_once('_'))
        && find(&format!("attempts.{index}.{field}")).is_some()
    {
        return Ok(format!("attempts.{index}.{field}"));
    }
    let variables = keys().map(|key| match key.section {
        "attempts" => env_name(&format!("attempts.0.{}", key.field)),
        _ => env_name(&key.name()),
    });
    Err((
        Fault::Unknown,
        nearest(&format!("{ENV_PREFIX}{}", rest.to_uppercase()), variables).map(did_you_mean),
    ))
}

/// The section that was probably meant.
pub(super) fn nearest_section(section: &str) -> Option<String> {
    let sections = SECTIONS.iter().map(|(name, _)| (*name).to_owned()).filter(|name| !name.is_empty());
    nearest(section, sections)
}

/// The candidate that `word` was probably meant to be: the same name in another section, or a few letters away.
pub(super) fn nearest(word: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let allowed = (word.chars().count() / 4).clamp(1, 3);
    candidates
        .map(|candidate| {
            let moved = if last(&candidate) == last(word) { 1 } else { usize::MAX };
            (strsim::damerau_levenshtein(&candidate, word).min(moved), candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

pub(super) fn did_you_mean(name: String) -> String {
    format!("did you mean {name}?")
}
