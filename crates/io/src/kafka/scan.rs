//! A partition read once, from an offset to where it ends now.

use std::time::{Duration, Instant};

use callwarden_engine::PortError;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::config::{KafkaConfig, refused};
use super::context::Context;

/// Hands over the committed records of `topic/partition` from offset `from` on, in order, until there is none after the last.
pub(super) fn scan(
    config: &KafkaConfig,
    topic: &str,
    partition: u32,
    from: i64,
    each: &mut dyn FnMut(&BorrowedMessage<'_>) -> Result<(), PortError>,
) -> Result<(), PortError> {
    scan_while(config, topic, partition, from, &mut |message| each(message).map(|()| true))
}

/// The first committed offset at or after `from`, as a client without a past finds it; `None`: there is none.
pub(super) fn first_from(
    config: &KafkaConfig,
    topic: &str,
    partition: u32,
    from: i64,
) -> Result<Option<i64>, PortError> {
    let mut first = None;
    scan_while(config, topic, partition, from, &mut |message| {
        first = Some(message.offset());
        Ok(false)
    })?;
    Ok(first)
}

/// As long as `each` wants more.
fn scan_while(
    config: &KafkaConfig,
    topic: &str,
    partition: u32,
    from: i64,
    each: &mut dyn FnMut(&BorrowedMessage<'_>) -> Result<bool, PortError>,
) -> Result<(), PortError> {
    let failed = |error: &dyn std::fmt::Display| {
        PortError::new(format!("{topic}/{partition} at {} cannot be read: {error}", config.brokers()))
    };
    let context = Context::default();
    let mut settings = config.consumer(1);
    settings.set("enable.partition.eof", "true").remove("statistics.interval.ms");
    let consumer: BaseConsumer<Context> =
        settings.create_with_context(context.clone()).map_err(|error| refused(&error))?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition as i32, Offset::Offset(from))
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
                if !each(&message)? {
                    return Ok(());
                }
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
        if heard.elapsed() >= config.request_timeout {
            let because = context.because();
            let waited = config.request_timeout;
            return Err(
                failed(&format!("nothing came for {waited:?} after offset {next}{because}")).passing()
            );
        }
    }
}
