//! The topics of attempts.
//!
//! Whoever calls [`KafkaAttempts::next`] does the fetching and decoding: the engine gives that a thread of its own. Each
//! partition has a queue of its own (split off before assignment, or records would take the common one), a small buffer, and
//! its turn. Nothing here spins: without records it sleeps a millisecond at a time, a few when it stays quiet.

use std::sync::Arc;
use std::time::{Duration, Instant};

use callwarden_core::{EventTime, Seconds};
use callwarden_engine::{Attempts, Next, Partition, PortError, Positions, Slice};
use callwarden_wire::{Decoder, Dialect};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::config::{KafkaConfig, refused};
use super::context::Context;
use super::continuity::Continuity;
use super::probe::{Probe, TopicFound, authentication_failed, is_refusal};
use super::source::{LOST_HINT, START_OVER_HINT, Source};

/// Where a topic is read from when the journal does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The oldest record kept.
    Earliest,
    /// What comes from now on.
    Latest,
    /// What the log took so long ago and since.
    Learn(Duration),
}

/// A topic of attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSpec {
    /// Its name.
    pub topic: String,
    /// The language of its records.
    pub dialect: Dialect,
    /// Where a first start begins.
    pub start: Start,
}

/// Which of the partitions of attempts are a unit's: those whose number modulo `of` is `unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The unit.
    pub unit: u32,
    /// How many units there are.
    pub of: u32,
}

impl Share {
    /// Its partitions of a topic that has so many.
    fn partitions(self, partitions: u32) -> impl Iterator<Item = u32> {
        (self.unit..partitions).step_by(self.of.max(1) as usize)
    }
}

/// Attempts from Kafka.
pub struct KafkaAttempts {
    config: KafkaConfig,
    share: Share,
    specs: Vec<TopicSpec>,
    decoders: Vec<Decoder>,
    probe: Probe,
    continuity: Continuity,
    reading: Option<Reading>,
}

/// What one `seek` set up.
struct Reading {
    // Before the consumer: each holds a share of it.
    sources: Vec<Source>,
    consumer: Arc<BaseConsumer<Context>>,
    context: Context,
    quiet: u32,
    /// Since when a partition is waited for.
    held_up: Option<Instant>,
}

/// How far a slice may run ahead of the next partition's head, in event time. Far below the hour after which an attempt is
/// late for its number, and long enough for slices of some size.
const SLICE_AHEAD: Seconds = Seconds(60);
/// How long a partition that has records but shows none is waited for.
const HELD_UP_MAX: Duration = Duration::from_secs(2);

/// Sleep of an idle reader: first, and after a second of silence.
const NAP: Duration = Duration::from_millis(1);
const NAP_QUIET: Duration = Duration::from_millis(4);
const QUIET_AFTER: u32 = 1_000;

impl KafkaAttempts {
    /// Connects, and checks that the topics exist and may be read.
    pub fn connect(config: &KafkaConfig, topics: &[TopicSpec], share: Share) -> Result<Self, PortError> {
        let attempts = Self {
            config: config.clone(),
            share,
            specs: topics.to_vec(),
            decoders: topics.iter().map(|spec| Decoder::new(spec.dialect)).collect(),
            probe: Probe::new(config)?,
            continuity: Continuity::new(config, share.unit),
            reading: None,
        };
        attempts.topics()?;
        Ok(attempts)
    }

    fn topics(&self) -> Result<Vec<TopicFound>, PortError> {
        let names: Vec<String> = self.specs.iter().map(|spec| spec.topic.clone()).collect();
        let found = self.probe.require(&names)?;
        let units = self.share.of;
        if let Some(uneven) = found.iter().find(|topic| topic.partitions % units != 0) {
            return Err(PortError::new(format!(
                "topic {} at {} has {} partitions, which is no multiple of the {units} units: a fleet would change its unit when \
                 partitions are added",
                uneven.name,
                self.config.brokers(),
                uneven.partitions
            ))
            .hint(format!("give it a multiple of {units} partitions, the number of partitions of {}", self.config.topic("control"))));
        }
        Ok(found)
    }

    fn start_of(&self, partition: &Partition, start: Start, known: Option<i64>) -> Result<i64, PortError> {
        let (low, high) = self.probe.watermarks(&partition.topic, partition.index)?;
        let Some(known) = known else {
            return Ok(match start {
                Start::Earliest => low,
                Start::Latest => high,
                Start::Learn(span) => self.probe.first_since(partition, span)?.unwrap_or(high),
            });
        };
        let at = self.config.brokers();
        if known < low {
            return Err(PortError::new(format!(
                "{partition} at {at} begins at offset {low}, but offset {known} is next: {} records were deleted before they were read",
                low - known
            ))
            .hint(LOST_HINT));
        }
        if known > high {
            return Err(PortError::new(format!(
                "{partition} at {at} ends at offset {high}, but offset {known} is next: the topic was recreated or has lost records"
            ))
            .hint(START_OVER_HINT));
        }
        Ok(known)
    }

    /// The partitions of topics that have grown are read from their beginning.
    fn grow(&mut self) -> Result<(), PortError> {
        let Some(reading) = &self.reading else { return Ok(()) };
        let mut positions: Positions =
            reading.sources.iter().map(|source| (source.partition.clone(), source.from())).collect();
        let before = positions.len();
        for found in self.topics()? {
            let topic: Arc<str> = found.name.into();
            for index in self.share.partitions(found.partitions) {
                let partition = Partition { topic: Arc::clone(&topic), index };
                if positions.get(&partition).is_none() {
                    let low = self.start_of(&partition, Start::Earliest, None)?;
                    positions.set(partition, low);
                }
            }
        }
        tracing::info!(
            before,
            now = positions.len(),
            "topics of attempts have more partitions; reading them too"
        );
        self.seek(&positions)
    }
}

impl Attempts for KafkaAttempts {
    fn positions(&mut self, known: &Positions) -> Result<Positions, PortError> {
        let mut positions = Positions::default();
        for (found, spec) in self.topics()?.into_iter().zip(&self.specs) {
            let topic: Arc<str> = found.name.into();
            // A partition that was added to a topic already being read holds attempts that nobody has seen.
            let is_known = known.iter().any(|(partition, _)| partition.topic == topic);
            let start = if is_known { Start::Earliest } else { spec.start };
            for index in self.share.partitions(found.partitions) {
                let partition = Partition { topic: Arc::clone(&topic), index };
                let from = self.start_of(&partition, start, known.get(&partition))?;
                positions.set(partition, from);
            }
        }
        Ok(positions)
    }

    fn oldest(&mut self, known: &Positions) -> Result<Positions, PortError> {
        let mut oldest = known.clone();
        for found in self.topics()? {
            let topic: Arc<str> = found.name.into();
            for index in self.share.partitions(found.partitions) {
                let partition = Partition { topic: Arc::clone(&topic), index };
                let low = self.start_of(&partition, Start::Earliest, None)?;
                oldest.set(partition, low);
            }
        }
        Ok(oldest)
    }

    fn seek(&mut self, positions: &Positions) -> Result<(), PortError> {
        // A new client each time: nothing that an earlier assignment has fetched can get in.
        self.reading = None;
        self.reading = Some(Reading::begin(&self.config, self.share, &self.specs, &self.probe, positions)?);
        Ok(())
    }

    fn take(&mut self, partition: &Partition, from: i64, to: i64) -> Result<Slice, PortError> {
        let reading = self.reading.as_mut().ok_or_else(not_sought)?;
        let Some(ix) = reading.sources.iter().position(|source| source.partition == *partition) else {
            if !self.specs.iter().any(|spec| *spec.topic == *partition.topic) {
                return Err(PortError::new(format!(
                    "the journal holds attempts of {partition} that must be read again, and no [[attempts]] names its topic"
                ))
                .hint("name it until callwarden has started and stopped once; its snapshot is then past them"));
            }
            // It was added to its topic after the snapshot.
            let mut positions: Positions =
                reading.sources.iter().map(|source| (source.partition.clone(), source.from())).collect();
            positions.set(partition.clone(), from);
            self.seek(&positions)?;
            return self.take(partition, from, to);
        };
        let at = reading.sources[ix].from();
        if at != from {
            return Err(PortError::new(format!(
                "{partition}: offsets {from} to {to} are to be taken, but offset {at} is next"
            )));
        }
        let mut next = from;
        let mut waiting_since = Instant::now();
        loop {
            let source = &mut reading.sources[ix];
            if source.fill_to(to, &mut self.decoders[source.topic], &mut self.continuity)? {
                return Ok(source.hand_over_to(to));
            }
            if source.fetched() > next {
                next = source.fetched();
                waiting_since = Instant::now();
            }
            reading.serve(&self.config)?;
            if waiting_since.elapsed() >= self.config.request_timeout {
                return Err(PortError::new(format!(
                    "{partition} at {}: nothing came for {:?}, though offsets {next} to {to} were read before{}",
                    self.config.brokers(),
                    self.config.request_timeout,
                    reading.context.because()
                ))
                .passing()
                .hint("is the partition online? If its last records were deleted, they cannot be recovered"));
            }
            std::thread::sleep(NAP);
        }
    }

    fn serve(&mut self) -> Result<(), PortError> {
        self.reading.as_ref().map_or(Ok(()), |reading| reading.serve(&self.config))
    }

    fn next(&mut self, wait: Duration) -> Result<Next, PortError> {
        let deadline = Instant::now() + wait;
        loop {
            let reading = self.reading.as_mut().ok_or_else(not_sought)?;
            reading.serve(&self.config)?;
            if reading.context.grown() {
                self.grow()?;
                continue;
            }
            for source in &mut reading.sources {
                source.fill(&mut self.decoders[source.topic], &mut self.continuity)?;
            }
            if let Some(slice) = reading.earliest() {
                reading.context.taken(&slice.partition, slice.to);
                reading.quiet = 0;
                return Ok(Next::Slice(slice));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            // Records that are on their way are not the end of what there is.
            if left.is_zero() && reading.held_up.is_none() {
                self.probe.serve();
                return Ok(Next::Idle);
            }
            reading.quiet = reading.quiet.saturating_add(1);
            std::thread::sleep(if reading.quiet > QUIET_AFTER { NAP_QUIET } else { NAP });
        }
    }
}

impl Reading {
    fn begin(
        config: &KafkaConfig,
        share: Share,
        specs: &[TopicSpec],
        probe: &Probe,
        positions: &Positions,
    ) -> Result<Self, PortError> {
        let context = Context::default();
        context.connected();
        context.read_from(share, positions.iter());
        let consumer: BaseConsumer<Context> = config
            .consumer(positions.len())
            .create_with_context(context.clone())
            .map_err(|error| refused(&error))?;
        let consumer = Arc::new(consumer);
        let mut list = TopicPartitionList::with_capacity(positions.len());
        let mut sources = Vec::with_capacity(positions.len());
        for (partition, from) in positions.iter() {
            let Some(topic) = specs.iter().position(|spec| *spec.topic == *partition.topic) else {
                tracing::warn!(%partition, "the journal knows this partition, but no [[attempts]] names its topic; not read");
                continue;
            };
            let index = partition.index as i32;
            let queue = consumer
                .split_partition_queue(&partition.topic, index)
                .ok_or_else(|| PortError::new(format!("librdkafka has no queue for {partition}")))?;
            list.add_partition_offset(&partition.topic, index, Offset::Offset(from)).map_err(|error| {
                PortError::new(format!("{partition} cannot be read from offset {from}: {error}"))
            })?;
            let (_, end) = probe.watermarks(&partition.topic, partition.index)?;
            sources.push(Source::new(partition.clone(), topic, queue, from, end, positions.len()));
        }
        consumer
            .assign(&list)
            .map_err(|error| PortError::new(format!("partitions cannot be assigned: {error}")))?;
        Ok(Self { sources, consumer, context, quiet: 0, held_up: None })
    }

    /// A slice of the partition whose head is earliest, up to a little after the next partition's head: a number's attempts
    /// may lie in all of them, and must come about in the order in which they were placed.
    fn earliest(&mut self) -> Option<Slice> {
        if self.must_wait() {
            return None;
        }
        let mut heads: Vec<(EventTime, usize)> = Vec::with_capacity(self.sources.len());
        let ready = self.sources.iter().enumerate().filter(|(_, source)| !source.is_empty());
        heads.extend(ready.map(|(ix, source)| (source.head(), ix)));
        let &(first, ix) = heads.iter().min()?;
        let second = heads.iter().filter(|head| head.1 != ix).map(|head| head.0).min();
        let latest = second.map_or(EventTime(u32::MAX), |second| second.max(first).plus(SLICE_AHEAD));
        Some(self.sources[ix].hand_over_until(latest))
    }

    /// Whether a partition that has records shows none yet. While history is caught up with, the others must not run ahead
    /// of it by what happens to be fetched; but a partition that cannot be reached holds nobody up for long.
    fn must_wait(&mut self) -> bool {
        if !self.sources.iter().any(|source| source.is_empty() && source.is_behind()) {
            self.held_up = None;
            return false;
        }
        if self.held_up.get_or_insert_with(Instant::now).elapsed() < HELD_UP_MAX {
            return true;
        }
        self.held_up = None;
        self.sources.iter_mut().filter(|source| source.is_empty()).for_each(Source::waive);
        false
    }

    /// Statistics, logs and errors of the client as a whole.
    fn serve(&self, config: &KafkaConfig) -> Result<(), PortError> {
        while let Some(event) = self.consumer.poll(Duration::ZERO) {
            let error = match event {
                Ok(_) => {
                    return Err(PortError::new(
                        "librdkafka delivered a record outside its partition's queue",
                    ));
                }
                Err(error) => error,
            };
            let Some(code) = error.rdkafka_error_code() else { continue };
            let reason = self.context.last_error().map_or_else(|| code.to_string(), |(_, reason)| reason);
            if is_refusal(code) {
                return Err(authentication_failed(config, &reason));
            }
            if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
                return Err(PortError::new(format!("the Kafka client gave up: {reason}")).passing());
            }
        }
        Ok(())
    }
}

fn not_sought() -> PortError {
    PortError::new("attempts are asked for before anyone said from where")
}
