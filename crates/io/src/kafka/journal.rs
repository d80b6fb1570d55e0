//! Reading the journal: its end, and its tail.
//!
//! The end of a partition that is written by transactions is not a record but a marker, and aborted attempts may stand before
//! it. So the last record is looked for backwards, in growing steps, and a reader knows by librdkafka's end-of-partition event
//! that it is through. (That event loses records when partitions are paused; nothing is paused here.)

use callwarden_engine::PortError;
use callwarden_wire::v1;
use prost::Message as _;
use rdkafka::message::Message as _;

use super::config::KafkaConfig;
use super::probe::Probe;
use super::stretch::{END, Stretch};

/// The journal of a unit.
pub(super) struct Journal {
    config: KafkaConfig,
    topic: String,
    unit: u32,
}

/// A journal record, or what stops the reading.
pub(super) type Each<'a> = dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError> + 'a;

/// Offsets looked at first from the end; each commit takes two.
const FIRST_STEP: i64 = 64;

impl Journal {
    pub(super) fn new(config: &KafkaConfig, unit: u32) -> Self {
        Self { config: config.clone(), topic: config.topic("journal"), unit }
    }

    /// The oldest offset that is kept.
    pub(super) fn begins(&self, probe: &Probe) -> Result<i64, PortError> {
        probe.watermarks(&self.topic, self.unit).map(|(low, _)| low)
    }

    /// The newest committed record.
    pub(super) fn last(&self, probe: &Probe) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        let (low, high) = probe.watermarks(&self.topic, self.unit)?;
        let mut step = FIRST_STEP;
        let mut from = high;
        while from > low {
            from = (high - step).max(low);
            step *= 8;
            let mut last = None;
            self.read(from, &mut |offset, record| {
                last = Some((offset, record));
                Ok(())
            })?;
            if last.is_some() {
                return Ok(last);
            }
        }
        Ok(None)
    }

    /// All committed records from `offset` on, or from the oldest kept.
    pub(super) fn tail(
        &self,
        probe: &Probe,
        offset: Option<i64>,
        each: &mut Each<'_>,
    ) -> Result<(), PortError> {
        let (low, high) = probe.watermarks(&self.topic, self.unit)?;
        let from = offset.unwrap_or(low);
        if from < low || from > high {
            return Err(PortError::new(format!(
                "{}/{} at {} holds offsets {low} to {high}, but is needed from {from}",
                self.topic,
                self.unit,
                self.config.brokers()
            ))
            .hint("the journal was trimmed or recreated: keep it at least as long as attempts; start over with an empty store and journal"));
        }
        if from == high {
            return Ok(());
        }
        self.read(from, each)
    }

    fn read(&self, from: i64, each: &mut Each<'_>) -> Result<(), PortError> {
        let stretch = Stretch { topic: &self.topic, partition: self.unit, from, to: END };
        stretch.read(&self.config, &mut |message| {
            let offset = message.offset();
            let record =
                v1::JournalRecord::decode(message.payload().unwrap_or_default()).map_err(|error| {
                    PortError::new(format!(
                        "{}/{} at {}: offset {offset} is no journal record ({error})",
                        self.topic,
                        self.unit,
                        self.config.brokers()
                    ))
                    .hint("has something else written to it?")
                })?;
            each(offset, record)
        })
    }
}
