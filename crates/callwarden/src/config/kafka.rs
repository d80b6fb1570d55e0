//! `[kafka]`: any property of librdkafka passes through as it is, so that every way to secure a cluster works without a
//! line of ours. Only what the delivery guarantees stand on is kept back, with the reason.

use std::collections::BTreeMap;
use std::fmt;

use super::names::{FILE_SUFFIX, Name, NoName, did_you_mean, env_name, nearest};
use super::problem::{Fault, Origin};
use super::schema::Kafka;
use super::section::{Form, join};
use super::show::Row;
use super::values::{Text, Values};

const BOOTSTRAP: &str = "bootstrap.servers";
/// Where Kafka listens when nobody says otherwise.
pub(super) const BOOTSTRAP_DEFAULT: &str = "127.0.0.1:9092";

/// A name that Kafka takes for a topic.
pub(super) const TOPIC_NAME: Form = Form {
    expected: "a topic name: at most 249 letters, digits, dots, dashes and underscores",
    holds: |text| !text.is_empty() && text.len() <= 249 && text.bytes().all(is_topic_byte),
};

/// What a topic name may begin with.
pub(super) const PREFIX_OF_TOPICS: Form = Form {
    expected: "at most 200 letters, digits, dots, dashes and underscores",
    holds: |text| text.len() <= 200 && text.bytes().all(is_topic_byte),
};

fn is_topic_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

const JOURNAL_COMMITS: &str = "positions are committed in the journal, together with what was decided";
const NO_GROUP: &str = "topics are read without a consumer group, so that no rebalance interrupts them";
const TRANSACTIONS: &str = "every commit is one transaction, and this belongs to it";

/// What an operator may not set, and why.
const OWNED: &[(&str, &str)] = &[
    ("acks", TRANSACTIONS),
    ("auto.commit.enable", JOURNAL_COMMITS),
    ("auto.commit.interval.ms", JOURNAL_COMMITS),
    ("auto.offset.reset", "each topic of [[attempts]] has its start, and a lost position has to be an error"),
    ("enable.auto.commit", JOURNAL_COMMITS),
    ("enable.auto.offset.store", JOURNAL_COMMITS),
    ("enable.idempotence", TRANSACTIONS),
    (
        "enable.partition.eof",
        "librdkafka loses or repeats a record with it when a partition is paused at its end",
    ),
    ("group.id", NO_GROUP),
    ("group.instance.id", NO_GROUP),
    ("group.protocol", NO_GROUP),
    ("isolation.level", "attempts of aborted transactions must not be counted"),
    ("metadata.broker.list", "it is another name of bootstrap.servers, and one is enough"),
    ("partition.assignment.strategy", NO_GROUP),
    ("request.required.acks", TRANSACTIONS),
    (
        "statistics.interval.ms",
        "the lag of each partition, and partitions that are new, are learnt from the statistics",
    ),
    ("transaction.timeout.ms", "readers wait this long for a killed instance, and recovery counts on it"),
    ("transactional.id", "it names the unit, and fences the instance that carried it before"),
];

/// Properties that end in `.file`, which the environment can't tell from `<property>_file`.
const ENDING_IN_FILE: &[&str] = &[
    "sasl.oauthbearer.assertion.file",
    "sasl.oauthbearer.assertion.private.key.file",
    "sasl.oauthbearer.assertion.jwt.template.file",
];

/// What of `sasl.` is no secret. All else is taken for one, misspelt passwords too.
const SASL_OPEN: &[&str] = &["mechanism", "kerberos.", "username"];
/// Marks of a secret in any other property.
const SECRET_MARKS: &[&str] = &["pas", "secret", "token", "credential", "key.pem"];

/// Whether the value of a property must not be shown.
pub(super) fn is_secret(property: &str) -> bool {
    if SECRET_MARKS.iter().any(|mark| property.contains(mark)) {
        return true;
    }
    property.strip_prefix("sasl.").is_some_and(|rest| !SASL_OPEN.iter().any(|open| rest.starts_with(open)))
}

/// Finds what a key of `[kafka]`, other than our own, stands for.
pub(super) fn resolve(written: &str) -> Result<Name, NoName> {
    let (property, by_file) = match written.strip_suffix(FILE_SUFFIX) {
        Some(property) => (property, true),
        None => (written, false),
    };
    if let Some((_, why)) = OWNED.iter().find(|(owned, _)| *owned == property) {
        return Err((Fault::Refused(why), Some("leave it out".to_owned())));
    }
    // librdkafka's names have no underscore, so this is a misspelt key of ours, or a property as the environment has it.
    if property.contains('_') {
        let meant = nearest(property, own()).unwrap_or_else(|| property.replace('_', "."));
        return Err((Fault::Unknown, Some(did_you_mean(join("kafka", &meant)))));
    }
    Ok(Name { key: join("kafka", property), by_file })
}

/// The path of what a variable names: `sasl_password` is `kafka.sasl.password`, `sasl_password_file` is
/// `kafka.sasl.password_file`. A name of our own never comes here, but one with a slip of the pen does.
pub(super) fn path_of_env(rest: &str) -> Result<String, NoName> {
    if let Some(meant) = own().find(|key| strsim::damerau_levenshtein(key, rest) <= 2) {
        return Err((Fault::Unknown, Some(did_you_mean(env_name(&join("kafka", &meant))))));
    }
    let dotted = rest.replace('_', ".");
    Ok(match rest.strip_suffix(FILE_SUFFIX) {
        Some(property) if !ENDING_IN_FILE.contains(&dotted.as_str()) => {
            join("kafka", &property.replace('_', ".")) + FILE_SUFFIX
        }
        _ => join("kafka", &dotted),
    })
}

fn own() -> impl Iterator<Item = String> {
    Kafka::KEYS.iter().map(|key| key.field.to_owned())
}

/// Properties for librdkafka, by name. `Debug` hides the secrets among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Properties(BTreeMap<String, String>);

impl Properties {
    /// All of them, sorted by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of one.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| (name, if is_secret(name) { "***" } else { value }));
        f.debug_map().entries(shown).finish()
    }
}

impl Kafka {
    /// The brokers, for messages.
    pub(crate) fn brokers(&self) -> &str {
        self.properties.get(BOOTSTRAP).unwrap_or(BOOTSTRAP_DEFAULT)
    }

    /// Takes what is not our own as properties.
    pub(super) fn settle(&mut self, values: &mut Values) {
        if values.origin("kafka.bootstrap.servers") == Origin::Default {
            let (key, value) = (join("kafka", BOOTSTRAP), BOOTSTRAP_DEFAULT.to_owned());
            values.rows.push(Row { key, value: value.clone(), origin: Origin::Default });
            self.properties.0.insert(BOOTSTRAP.to_owned(), value);
        }
        for given in values.below("kafka.") {
            let Some(property) = given.key.strip_prefix("kafka.") else { continue };
            if Self::KEYS.iter().any(|key| key.field == property) {
                continue;
            }
            match given.text.value() {
                Some("") if property == BOOTSTRAP => {
                    let hint = Some(format!("e.g. {BOOTSTRAP_DEFAULT}"));
                    values.blame(&given, Fault::Expected("brokers as host:port,host:port".to_owned()), hint);
                }
                Some(value) => {
                    values.note(&given);
                    self.properties.0.insert(property.to_owned(), value.to_owned());
                }
                None => {
                    let hint = matches!(given.text, Text::Shape("a list"))
                        .then(|| "write lists as one text with commas".to_owned());
                    values.blame(&given, Fault::Expected("a text, a number, true or false".to_owned()), hint);
                }
            }
        }
    }
}
