//! One partition of attempts: records that were fetched and decoded and wait to be taken.
//!
//! Offsets are checked here, because nothing else would notice: a client that repeats a record gives a state that is wrong and
//! consistent. A step back stops the unit; a hole is looked into.

use std::collections::VecDeque;
use std::time::Duration;

use callwarden_core::{EventTime, Input, LogTime, Stamp};
use callwarden_engine::{Entry, Partition, Poison, PortError, Slice};
use callwarden_wire::Decoder;
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};

use super::config::KafkaConfig;
use super::context::Context;
use super::continuity::Continuity;
use super::probe::{authentication_failed, is_refusal, not_allowed};

/// Records in a slice at most.
pub(super) const SLICE_RECORDS: usize = 2_048;
/// Bytes of unreadable records, which are kept whole, that all partitions together hold ready; and what one may in any case.
const POISON_BYTES: usize = 64 << 20;
const POISON_BYTES_MIN: usize = 64 << 10;

/// A partition being read.
pub(super) struct Source {
    pub(super) partition: Partition,
    /// Which of the decoders reads it.
    pub(super) topic: usize,
    queue: PartitionQueue<Context>,
    /// First offset that has not been handed over.
    from: i64,
    /// One past the last record fetched.
    next: i64,
    /// Where the partition ended when reading began.
    end: i64,
    /// Its records were waited for in vain, until the next one comes.
    waived: bool,
    waiting: VecDeque<Entry>,
    poison_bytes: usize,
    poison_bytes_max: usize,
    /// A record fetched beyond what was asked for.
    held: Option<Entry>,
}

impl Source {
    pub(super) fn new(
        partition: Partition,
        topic: usize,
        queue: PartitionQueue<Context>,
        from: i64,
        end: i64,
        partitions: usize,
    ) -> Self {
        let waiting = VecDeque::new();
        let poison_bytes_max = (POISON_BYTES / partitions.max(1)).clamp(POISON_BYTES_MIN, 1 << 20);
        Self {
            partition,
            topic,
            queue,
            from,
            next: from,
            end,
            waived: false,
            waiting,
            poison_bytes: 0,
            poison_bytes_max,
            held: None,
        }
    }

    /// Where the next slice begins.
    pub(super) const fn from(&self) -> i64 {
        self.from
    }

    /// One past the last record fetched.
    pub(super) const fn fetched(&self) -> i64 {
        self.next
    }

    /// Whether records wait.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether there are records to come that were there when reading began.
    pub(super) const fn is_behind(&self) -> bool {
        self.next < self.end && !self.waived
    }

    /// Waits no longer for what was believed to come: the offsets left are control records, or the partition is out of reach.
    pub(super) const fn waive(&mut self) {
        self.waived = true;
    }

    /// Event time of the first attempt that waits. What is no attempt holds nobody up.
    pub(super) fn head(&self) -> EventTime {
        self.waiting.iter().find_map(event_time).unwrap_or_default()
    }

    /// Fetches what is there, without waiting, until the slice is full.
    pub(super) fn fill(
        &mut self,
        decoder: &mut Decoder,
        continuity: &mut Continuity,
    ) -> Result<(), PortError> {
        while self.waiting.len() < SLICE_RECORDS && self.poison_bytes < self.poison_bytes_max {
            let Some(entry) = self.fetch(decoder, continuity)? else { break };
            self.push(entry);
        }
        Ok(())
    }

    /// Fetches what is there of the records before `to`, without waiting. True: they are all there.
    pub(super) fn fill_to(
        &mut self,
        to: i64,
        decoder: &mut Decoder,
        continuity: &mut Continuity,
    ) -> Result<bool, PortError> {
        while self.waiting.back().map_or(self.from, |last| last.offset + 1) < to {
            let Some(entry) = self.fetch(decoder, continuity)? else { return Ok(false) };
            if entry.offset >= to {
                // The offsets before `to` are holes.
                self.held = Some(entry);
                break;
            }
            self.push(entry);
        }
        Ok(true)
    }

    /// Hands over what waits, as a slice that ends at `to`.
    pub(super) fn hand_over_to(&mut self, to: i64) -> Slice {
        self.hand_over(self.waiting.len(), to)
    }

    /// Hands over what waits up to the first attempt that was placed after `latest`; the first record in any case.
    pub(super) fn hand_over_until(&mut self, latest: EventTime) -> Slice {
        let after = |entry: &Entry| event_time(entry).is_some_and(|time| time > latest);
        let count = self.waiting.iter().skip(1).position(after).map_or(self.waiting.len(), |at| at + 1);
        let to = self.waiting.get(count.wrapping_sub(1)).map_or(self.from, |last| last.offset + 1);
        self.hand_over(count, to)
    }

    fn hand_over(&mut self, count: usize, to: i64) -> Slice {
        let entries: Vec<Entry> = self.waiting.drain(..count).collect();
        let from = std::mem::replace(&mut self.from, to);
        self.poison_bytes -= entries.iter().map(poison_bytes).sum::<usize>();
        Slice { partition: self.partition.clone(), from, to, entries }
    }

    fn push(&mut self, entry: Entry) {
        self.poison_bytes += poison_bytes(&entry);
        self.waiting.push_back(entry);
    }

    fn fetch(
        &mut self,
        decoder: &mut Decoder,
        continuity: &mut Continuity,
    ) -> Result<Option<Entry>, PortError> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let message = match self.queue.poll(Duration::ZERO) {
            None => return Ok(None),
            Some(Ok(message)) => message,
            Some(Err(error)) => return self.trouble(&error, continuity.config()).map(|()| None),
        };
        let offset = message.offset();
        continuity.check(&self.partition, self.next, offset)?;
        (self.next, self.waived) = (offset + 1, false);
        Ok(Some(entry(&message, decoder)))
    }

    /// An error of the partition: passing ones are nothing, lasting ones are said.
    fn trouble(&self, error: &KafkaError, config: &KafkaConfig) -> Result<(), PortError> {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        let (partition, brokers) = (&self.partition, config.brokers());
        Err(match code {
            code if is_passing(code) => return Ok(()),
            RDKafkaErrorCode::OffsetOutOfRange | RDKafkaErrorCode::AutoOffsetReset => PortError::new(format!(
                "{partition} at {brokers} no longer holds offset {}: the topic was trimmed or recreated",
                self.next
            ))
            .hint(LOST_HINT),
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition => {
                PortError::new(format!("{partition} no longer exists at {brokers}"))
                    .hint("create it again with `callwarden topics create`; an earlier journal and snapshot do not fit a new topic")
            }
            RDKafkaErrorCode::TopicAuthorizationFailed => not_allowed(config, &partition.topic),
            code if is_refusal(code) => authentication_failed(config, &code.to_string()),
            // Anything else may hide records (a batch that cannot be unpacked): going on would lose them.
            code => PortError::new(format!("{partition} at {brokers} cannot be read at offset {}: {code}", self.next)),
        })
    }
}

/// What to do when attempts are gone that were never taken.
pub(super) const LOST_HINT: &str = "those attempts are lost; keep the topic for longer than callwarden may be down. To go on \
     without them, delete callwarden's keys in Redis (those of redis.key_prefix), and nothing in Kafka: the state is rebuilt from \
     what is kept, orders stand, and commands begin again after a day of history";

/// What to do when a topic is not the one that was read.
pub(super) const START_OVER_HINT: &str = "an earlier journal and snapshot do not fit a new topic; start over with an empty journal \
     and store. Versions of commands then begin at 1 again, so controllers must forget what they applied";

/// Whether librdkafka gets over it by itself.
pub(super) fn is_passing(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as Code;
    matches!(
        code,
        Code::BrokerTransportFailure
            | Code::AllBrokersDown
            | Code::Resolve
            | Code::SSL
            | Code::OperationTimedOut
            | Code::RequestTimedOut
            | Code::LeaderNotAvailable
            | Code::NotLeaderForPartition
            | Code::BrokerNotAvailable
            | Code::ReplicaNotAvailable
            | Code::NetworkException
            | Code::KafkaStorageError
            | Code::FencedLeaderEpoch
            | Code::UnknownLeaderEpoch
            | Code::OffsetNotAvailable
            | Code::PartitionEOF
    )
}

fn event_time(entry: &Entry) -> Option<EventTime> {
    match &entry.input {
        Input::Attempt(attempt) => Some(attempt.started_at),
        Input::NotAnAttempt(_) | Input::Unreadable => None,
    }
}

fn poison_bytes(entry: &Entry) -> usize {
    let len = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
    entry.poison.as_ref().map_or(0, |poison| len(&poison.value) + len(&poison.key))
}

fn entry(message: &BorrowedMessage<'_>, decoder: &mut Decoder) -> Entry {
    let logged_at = message.timestamp().to_millis().map_or(LogTime::UNKNOWN, LogTime);
    let (input, poison) = match decoder.decode(message.payload().unwrap_or_default()) {
        Ok(input) => (input, None),
        Err(unreadable) => {
            let (key, value) = (message.key().map(<[u8]>::to_vec), message.payload().map(<[u8]>::to_vec));
            (Input::Unreadable, Some(Box::new(Poison { unreadable, key, value })))
        }
    };
    Entry { offset: message.offset(), stamp: Stamp { logged_at }, input, poison }
}
