//! Reading the journal: its end, and its tail.
//!
//! The end of a partition that is written by transactions is not a record but a marker, and aborted attempts may stand before
//! it. So the last record is looked for backwards, in growing steps, and a reader knows by librdkafka's end-of-partition event
//! that it is through. (That event loses records when partitions are paused; nothing is paused here.)

use std::time::{Duration, Instant};

use callwarden_engine::PortError;
use callwarden_wire::v1;
use prost::Message as _;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::config::{KafkaConfig, refused};
use super::context::Context;
use super::probe::Probe;

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
        let place = format!("{}/{}", self.topic, self.unit);
        let failed =
            |error: &dyn std::fmt::Display| PortError::new(format!("{place} cannot be read: {error}"));
        let context = Context::default();
        let mut settings = self.config.consumer(1);
        settings.set("enable.partition.eof", "true").remove("statistics.interval.ms");
        let consumer: BaseConsumer<Context> =
            settings.create_with_context(context.clone()).map_err(|error| refused(&error))?;
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&self.topic, self.unit as i32, Offset::Offset(from))
            .map_err(|error| failed(&error))?;
        consumer.assign(&list).map_err(|error| failed(&error))?;
        let mut next = from;
        let mut heard = Instant::now();
        loop {
            match consumer.poll(Duration::from_millis(20)) {
                Some(Ok(message)) => {
                    let offset = message.offset();
                    if offset < next {
                        return Err(failed(&format!("offset {offset} comes where {next} or later must")));
                    }
                    next = offset + 1;
                    let record = v1::JournalRecord::decode(message.payload().unwrap_or_default()).map_err(
                        |error| {
                            failed(&format!("offset {offset} is no journal record ({error})"))
                                .hint("has something else written to it?")
                        },
                    )?;
                    each(offset, record)?;
                    heard = Instant::now();
                }
                Some(Err(KafkaError::PartitionEOF(_))) => return Ok(()),
                Some(Err(error)) => {
                    let code = error.rdkafka_error_code();
                    if !code.is_some_and(super::source::is_passing) {
                        let reason = code.map_or_else(|| error.to_string(), |code| code.to_string());
                        return Err(failed(&format!("{reason}{}", context.because())));
                    }
                }
                None => {}
            }
            if heard.elapsed() >= self.config.request_timeout {
                let because = context.because();
                return Err(failed(&format!(
                    "nothing came for {:?} after offset {next}{because}",
                    self.config.request_timeout
                )));
            }
        }
    }
}
