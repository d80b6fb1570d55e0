//! `[[attempts]]`: the topics to read from. The environment and flags name an entry by its index, counted from 0:
//! `CALLWARDEN_ATTEMPTS_0_TOPIC`, `--set attempts.0.topic=…`.

use std::collections::BTreeMap;

use super::names;
use super::problem::Fault;
use super::schema::AttemptTopic;
use super::section::join;
use super::values::{Given, Values, find};

impl AttemptTopic {
    /// All entries; one with defaults when nobody wrote any.
    pub(super) fn read_all(values: &mut Values, topic_prefix: &str) -> Vec<Self> {
        let mut entries: BTreeMap<usize, Given> = BTreeMap::new();
        for given in values.below("attempts.") {
            if let Some((index, _)) = names::attempt(&given.key) {
                entries.entry(index).or_insert(given);
            }
        }
        for (place, (index, first)) in entries.iter().enumerate() {
            let path = format!("attempts.{index}");
            if *index > place && !values.partial {
                let gap = format!("would be entry {index}, and there is no entry {place}");
                values.blame(first, Fault::Conflict(gap), Some("entries are counted from 0".to_owned()));
            } else if entries.len() > 1 && !values.is_given(&join(&path, "topic")) {
                let fault = Fault::Conflict("belongs to an entry without a topic".to_owned());
                values.blame(first, fault, Some(format!("add {path}.topic")));
            }
        }
        (0..entries.len().max(1)).map(|index| Self::read_entry(values, index, topic_prefix)).collect()
    }

    fn read_entry(values: &mut Values, index: usize, topic_prefix: &str) -> Self {
        let path = format!("attempts.{index}");
        let topic = find(Self::KEYS, "topic");
        Self {
            topic: values.read_or(topic, &join(&path, "topic"), &format!("{topic_prefix}attempts")),
            dialect: values.read(Self::KEYS, &path, "dialect"),
            start: values.read(Self::KEYS, &path, "start"),
        }
    }
}
