//! A stretch of one partition, read once from one offset to another.

use std::time::{Duration, Instant};

use callwarden_engine::PortError;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::config::{KafkaConfig, refused};
use super::context::Context;
use super::probe::not_allowed;
use super::source::is_passing;

/// Offsets of a partition.
pub(super) struct Stretch<'a> {
    pub(super) topic: &'a str,
    pub(super) partition: u32,
    /// First offset,
    pub(super) from: i64,
    /// and one past the last, which is no further than what is committed; or [`END`].
    pub(super) to: i64,
}

/// Where the partition ends when the reading comes to it.
pub(super) const END: i64 = i64::MAX;

impl Stretch<'_> {
    /// Shows every committed record of it.
    pub(super) fn read(
        &self,
        config: &KafkaConfig,
        each: &mut dyn FnMut(&BorrowedMessage<'_>) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        self.read_while(config, &mut |message| each(message).map(|()| true))
    }

    /// The first committed offset in it, as a client without a past finds it; `None`: there is none.
    pub(super) fn first(&self, config: &KafkaConfig) -> Result<Option<i64>, PortError> {
        let mut first = None;
        let mut config = config.clone();
        // One record is wanted, not what may come after it.
        for (name, value) in [("queued.min.messages", "1"), ("queued.max.messages.kbytes", "1024")] {
            config.properties.insert(name.into(), value.into());
        }
        self.read_while(&config, &mut |message| {
            first = Some(message.offset());
            Ok(false)
        })?;
        Ok(first)
    }

    /// As long as `each` wants more.
    fn read_while(
        &self,
        config: &KafkaConfig,
        each: &mut dyn FnMut(&BorrowedMessage<'_>) -> Result<bool, PortError>,
    ) -> Result<(), PortError> {
        if self.from >= self.to {
            return Ok(());
        }
        let place = format!("{}/{} at {}", self.topic, self.partition, config.brokers());
        let failed =
            |error: &dyn std::fmt::Display| PortError::new(format!("{place} cannot be read: {error}"));
        let context = Context::default();
        let mut settings = config.consumer(1);
        settings.set("enable.partition.eof", "true").remove("statistics.interval.ms");
        let consumer: BaseConsumer<Context> =
            settings.create_with_context(context.clone()).map_err(|error| refused(&error))?;
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(self.topic, self.partition as i32, Offset::Offset(self.from))
            .map_err(|error| failed(&error))?;
        consumer.assign(&list).map_err(|error| failed(&error))?;
        let mut next = self.from;
        let mut heard = Instant::now();
        loop {
            match consumer.poll(Duration::from_millis(20)) {
                Some(Ok(message)) => {
                    let offset = message.offset();
                    if offset < next {
                        return Err(failed(&format!("offset {offset} comes where {next} or later must")));
                    }
                    next = offset + 1;
                    if (offset < self.to && !each(&message)?) || next >= self.to {
                        return Ok(());
                    }
                    heard = Instant::now();
                }
                // What is left are marks of transactions.
                Some(Err(KafkaError::PartitionEOF(_))) => return Ok(()),
                Some(Err(error)) => match error.rdkafka_error_code() {
                    Some(code) if is_passing(code) => {}
                    Some(RDKafkaErrorCode::OffsetOutOfRange | RDKafkaErrorCode::AutoOffsetReset) => {
                        return Err(failed(&format!("offset {next} is no longer kept"))
                            .hint("it was trimmed while it was read: try again"));
                    }
                    Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
                        return Err(not_allowed(config, self.topic).hint(
                            "the audit needs the ACLs Read and Describe on attempts, journal, commands and dead-letters",
                        ));
                    }
                    code => {
                        let reason = code.map_or_else(|| error.to_string(), |code| code.to_string());
                        return Err(failed(&format!("{reason}{}", context.because())));
                    }
                },
                None => {}
            }
            if heard.elapsed() >= config.request_timeout {
                let because = context.because();
                let waited = config.request_timeout;
                return Err(failed(&format!("nothing came for {waited:?} after offset {next}{because}"))
                    .passing()
                    .hint("is the partition online?"));
            }
        }
    }
}
