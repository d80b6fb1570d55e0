//! Reading for the audit: the journals, the attempts that they took, and the topics of outputs.
//!
//! It runs beside the service. So the ends of the journals are fixed first, and those of the outputs afterwards: what a fixed
//! record names is there already, or becomes visible within moments, because each partition learns of a commit by itself. And
//! what is there beyond it belongs to later records, which are read until they explain it. Nothing is written, no group joined.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use callwarden_engine::audit::{Audit, AuditConfig, Found, Origin, Report};
use callwarden_engine::{Partition, PortError};
use callwarden_wire::{Timestamp, v1};
use prost::Message as _;
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};

use super::attempts::{KafkaAttempts, Share, TopicSpec};
use super::config::KafkaConfig;
use super::probe::{Probe, TopicFound};
use super::records::{KEY_BYTES_MAX, VALUE_BYTES_MAX};
use super::stretch::Stretch;

/// What is to be audited.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditWish {
    /// The only unit; `None`: all that have a journal.
    pub unit: Option<u32>,
    /// Only records committed at this time or later are compared and reported.
    pub since: Option<Timestamp>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being read: `journal`, `commands`, `dead letters`.
    pub stage: &'static str,
    /// Offsets of it that are through,
    pub done: u64,
    /// and all of them.
    pub of: u64,
    /// Records of attempts read so far.
    pub attempts: u64,
}

/// A commit becomes visible on its topics one after the other, moments apart; when a broker is away or a process of another unit
/// has died in a transaction, later. What is not there by then is missing.
const APPEARS_WITHIN: Duration = Duration::from_secs(30);
/// An output whose journal record does not show within this time has none.
const EXPLAINED_WITHIN: Duration = Duration::from_secs(5);
const NAP: Duration = Duration::from_millis(100);

/// Audits what stands in Kafka.
///
/// # Errors
/// When something cannot be read. What is wrong with what was read is in the report.
pub fn audit(
    config: &KafkaConfig,
    topics: &[TopicSpec],
    wish: &AuditWish,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, PortError> {
    Auditor::begin(config, topics, wish)?.run(progress)
}

struct Auditor {
    config: KafkaConfig,
    probe: Probe,
    attempts: KafkaAttempts,
    journal: TopicFound,
    commands: TopicFound,
    dead_letters: TopicFound,
    /// Unit, oldest offset of its journal, and where it ended at the beginning.
    units: Vec<(u32, i64, i64)>,
    audit: Audit,
    /// Where the partitions of the topics of outputs have been read to.
    read: BTreeMap<(String, u32), i64>,
}

impl Auditor {
    fn begin(config: &KafkaConfig, topics: &[TopicSpec], wish: &AuditWish) -> Result<Self, PortError> {
        let probe = Probe::new(config)?;
        let names = ["journal", "commands", "dead-letters"].map(|name| config.topic(name));
        let mut found = probe.require(&names)?.into_iter();
        let (Some(journal), Some(commands), Some(dead_letters)) = (found.next(), found.next(), found.next())
        else {
            return Err(PortError::new("Kafka has told of fewer topics than it was asked for"));
        };
        let attempts = KafkaAttempts::connect(config, topics, Share { unit: 0, of: 1 })?;
        let asked = wish.unit.map_or(0..journal.partitions, |unit| unit..unit + 1);
        if asked.end > journal.partitions {
            return Err(PortError::new(format!(
                "topic {} at {} has {} partitions, so there is no unit {}",
                journal.name,
                config.brokers(),
                journal.partitions,
                asked.start
            ))
            .hint("a journal has a partition for each unit, counted from 0"));
        }
        // First of all, since everything else is held against it.
        let mut units = Vec::new();
        for unit in asked {
            let (oldest, end) = probe.watermarks(&journal.name, unit)?;
            units.push((unit, oldest, end));
        }
        let mut kept = BTreeMap::new();
        for spec in topics {
            let found = probe.require(std::slice::from_ref(&spec.topic))?;
            let topic: Arc<str> = spec.topic.as_str().into();
            for index in 0..found.iter().map(|found| found.partitions).sum() {
                let range = probe.watermarks(&topic, index)?;
                kept.insert(Partition { topic: Arc::clone(&topic), index }, range);
            }
        }
        let audit = Audit::new(AuditConfig {
            since: wish.since,
            only_unit: wish.unit,
            kept,
            commands_topic: commands.name.clone(),
            dead_letters_topic: dead_letters.name.clone(),
            key_bytes_max: KEY_BYTES_MAX,
            value_bytes_max: VALUE_BYTES_MAX,
        });
        let config = config.clone();
        Ok(Self {
            config,
            probe,
            attempts,
            journal,
            commands,
            dead_letters,
            units,
            audit,
            read: BTreeMap::new(),
        })
    }

    fn run(mut self, progress: &mut dyn FnMut(Progress)) -> Result<Report, PortError> {
        self.read_journals(progress)?;
        self.read_outputs(progress)?;
        // What was committed just now may not be visible everywhere yet.
        let begun = Instant::now();
        while self.audit.lacks_any() && begun.elapsed() < APPEARS_WITHIN {
            thread::sleep(NAP);
            self.read_outputs(progress)?;
        }
        let begun = Instant::now();
        let mut from: Vec<i64> = self.units.iter().map(|unit| unit.2).collect();
        while self.audit.has_surplus() && begun.elapsed() < EXPLAINED_WITHIN {
            self.read_later(&mut from)?;
            if self.audit.has_surplus() {
                thread::sleep(NAP);
            }
        }
        Ok(self.audit.finish())
    }

    fn read_journals(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), PortError> {
        let of = self.units.iter().map(|(_, oldest, end)| (end - oldest) as u64).sum();
        let mut before = 0;
        let Self { config, attempts, journal, units, audit, .. } = self;
        for &(unit, oldest, end) in &*units {
            audit.begin_unit(unit, oldest == 0);
            let stretch = Stretch { topic: &journal.name, partition: unit, from: oldest, to: end };
            stretch.read(config, &mut |message| {
                audit.record(attempts, &decode(&journal.name, unit, message)?)?;
                let done = before + (message.offset() + 1 - oldest) as u64;
                progress(Progress { stage: "journal", done, of, attempts: audit.attempts() });
                Ok(())
            })?;
            before += (end - oldest) as u64;
        }
        Ok(())
    }

    /// What has come to the topics of outputs since the last look.
    fn read_outputs(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), PortError> {
        let Self { config, probe, commands, dead_letters, audit, read, .. } = self;
        for (topic, stage) in [(&*commands, "commands"), (&*dead_letters, "dead letters")] {
            for index in 0..topic.partitions {
                let (oldest, end) = probe.watermarks(&topic.name, index)?;
                let from = read.entry((topic.name.clone(), index)).or_insert_with(|| {
                    match stage {
                        "commands" => audit.begin_commands(index, oldest),
                        _ => audit.begin_dead_letters(oldest),
                    }
                    oldest
                });
                let partition = Partition { topic: topic.name.as_str().into(), index };
                let stretch = Stretch { topic: &topic.name, partition: index, from: *from, to: end };
                let attempts = audit.attempts();
                stretch.read(config, &mut |message| {
                    let found = Found {
                        partition: &partition,
                        offset: message.offset(),
                        key: message.key(),
                        value: message.payload(),
                    };
                    match stage {
                        "commands" => audit.command(&found),
                        _ => audit.dead_letter(&found, origin(message).as_ref()),
                    }
                    let done = (message.offset() + 1 - oldest) as u64;
                    progress(Progress { stage, done, of: (end - oldest) as u64, attempts });
                    Ok(())
                })?;
                *from = end.max(*from);
            }
        }
        Ok(())
    }

    /// The records that have come since: what they name is explained.
    fn read_later(&mut self, from: &mut [i64]) -> Result<(), PortError> {
        let Self { config, probe, journal, units, audit, .. } = self;
        for (&(unit, ..), from) in units.iter().zip(from) {
            let (_, end) = probe.watermarks(&journal.name, unit)?;
            let stretch = Stretch { topic: &journal.name, partition: unit, from: *from, to: end };
            stretch.read(config, &mut |message| {
                audit.later(&decode(&journal.name, unit, message)?);
                Ok(())
            })?;
            *from = end.max(*from);
        }
        Ok(())
    }
}

fn decode(topic: &str, unit: u32, message: &BorrowedMessage<'_>) -> Result<v1::JournalRecord, PortError> {
    v1::JournalRecord::decode(message.payload().unwrap_or_default()).map_err(|error| {
        PortError::new(format!("{topic}/{unit}: offset {} is no journal record ({error})", message.offset()))
            .hint("has something else written to it?")
    })
}

/// What the headers of a dead letter say; see `records.rs`.
fn origin(message: &BorrowedMessage<'_>) -> Option<Origin> {
    let headers = message.headers()?;
    let text = |name: &str| {
        let header = headers.iter().find(|header| header.key == name)?;
        std::str::from_utf8(header.value?).ok()
    };
    let topic = text("__connect.errors.topic")?.into();
    let index = text("__connect.errors.partition")?.parse().ok()?;
    let offset = text("__connect.errors.offset")?.parse().ok()?;
    let bytes = |name| text(name).and_then(|bytes| bytes.parse().ok());
    Some(Origin {
        record: (Partition { topic, index }, offset),
        key_bytes: bytes("callwarden.key.bytes"),
        value_bytes: bytes("callwarden.value.bytes"),
    })
}
