//! Whose turn it is: a consumer group on the topic of control, whose partitions stand for units.
//!
//! Kafka's group protocol does what an election needs: it notices the dead, gives every partition to one living member, and
//! moves as few as it can. It may also be wrong for a moment, when a frozen process wakes; what it says is therefore only a
//! reason to begin or to end. That a unit has one writer is the ledger's fencing, not this.
//!
//! librdkafka calls back from its poll while it hands partitions over, and does nothing else until the call returns. So the
//! polling has a thread of its own, and the call waits until the unit that is taken away has finished its batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use callwarden_engine::PortError;
use callwarden_engine::duty::{Release, Turn};
use crossbeam_channel::{Receiver, Sender, unbounded};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::topic_partition_list::TopicPartitionList;

use super::config::{KafkaConfig, refused};
use super::context::Context;
use super::probe::{Probe, authentication_failed, is_refusal, not_allowed};
use super::stretch::Stretch;

/// A process that stands in line, until it leaves or ends.
pub struct Membership {
    leaving: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// How many units there are: the partitions of the topic of control. All our own topics have to exist, and those that a recovery
/// reads must be ours to read: it must not turn out when it is needed.
pub fn units(config: &KafkaConfig) -> Result<u32, PortError> {
    let own = ["control", "commands", "journal", "dead-letters"].map(|name| config.topic(name));
    let probe = Probe::new(config)?;
    let found = probe.require(&own)?;
    for topic in &own[1..3] {
        let (low, high) = probe.watermarks(topic, 0)?;
        Stretch { topic, partition: 0, from: (high - 1).max(low), to: high }.first(config)?;
    }
    Ok(found.first().map_or(1, |control| control.partitions))
}

/// How long the group waits for a unit that is taken away to finish its batch.
const BATCH_MAX: Duration = Duration::from_secs(30);
/// How often the thread looks whether it is to leave.
const POLL: Duration = Duration::from_millis(50);
/// How long leaving may take: the brokers may be gone.
const LEAVE_MAX: Duration = Duration::from_secs(5);

impl Membership {
    /// Stands in line for one of `units` units. The turns come by the channel.
    pub fn join(config: &KafkaConfig, units: u32) -> Result<(Self, Receiver<Turn>), PortError> {
        let (say, turns) = unbounded();
        let said = Said { context: Context::default(), turns: say.clone(), units };
        said.context.connected();
        let consumer: BaseConsumer<Said> =
            config.member().create_with_context(said).map_err(|error| refused(&error))?;
        let control = config.topic("control");
        consumer
            .subscribe(&[&control])
            .map_err(|error| PortError::new(format!("cannot stand in line on topic {control}: {error}")))?;
        let leaving = Arc::new(AtomicBool::new(false));
        let (told, config) = (Arc::clone(&leaving), config.clone());
        let thread = thread::Builder::new()
            .name("election".into())
            .spawn(move || {
                while !told.load(Ordering::Relaxed) {
                    if let Some(Err(error)) = consumer.poll(POLL)
                        && let Some(failure) = failure(&config, &control, &error, &consumer.context().context)
                    {
                        let _ = say.send(Turn::Failed(failure));
                        return;
                    }
                }
                // Dropping the consumer hands its partitions to whoever stands next in line.
            })
            .map_err(|error| PortError::new(format!("no thread to stand in line with: {error}")))?;
        Ok((Self { leaving, thread: Some(thread) }, turns))
    }

    /// Leaves the line. Its units are to have ended before, so that the next ones need not wait.
    pub fn leave(mut self) {
        self.leaving.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        let begun = Instant::now();
        while !thread.is_finished() && begun.elapsed() < LEAVE_MAX {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

/// What ends the election; the rest passes.
fn failure(config: &KafkaConfig, control: &str, error: &KafkaError, context: &Context) -> Option<PortError> {
    let code = error.rdkafka_error_code()?;
    let reason = context.last_error().map_or_else(|| code.to_string(), |(_, reason)| reason);
    match code {
        code if is_refusal(code) => Some(authentication_failed(config, &reason)),
        RDKafkaErrorCode::GroupAuthorizationFailed => Some(
            PortError::new(format!(
                "not allowed to use the consumer group {} at {} ({})",
                config.group(),
                config.brokers(),
                config.identity()
            ))
            .hint("it needs the ACL Read on that group"),
        ),
        RDKafkaErrorCode::InvalidSessionTimeout => Some(
            PortError::new(format!("the session.timeout.ms of [kafka] is not what the brokers at {} allow", config.brokers()))
                .hint("it must lie between their group.min.session.timeout.ms (6 s by default) and group.max.session.timeout.ms"),
        ),
        RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic => Some(
            PortError::new(format!("topic {control} no longer exists at {}", config.brokers()))
                .hint("callwarden topics create"),
        ),
        RDKafkaErrorCode::TopicAuthorizationFailed => Some(not_allowed(config, control)),
        _ if matches!(error, KafkaError::MessageConsumptionFatal(_)) => {
            Some(PortError::new(format!("the Kafka client of the consumer group gave up: {reason}")))
        }
        code => {
            tracing::debug!(%code, reason, "trouble in the consumer group; the client gets over it");
            None
        }
    }
}

/// Turns what librdkafka calls back with into turns.
struct Said {
    context: Context,
    turns: Sender<Turn>,
    units: u32,
}

impl Said {
    fn begin(&self, partitions: &TopicPartitionList) {
        let _ = self.turns.send(Turn::Member(true));
        for unit in units_of(partitions) {
            if unit >= self.units {
                let _ = self.turns.send(Turn::Failed(
                    PortError::new(format!(
                        "the topic of control has got more partitions than the {} it had: there would be more units",
                        self.units
                    ))
                    .hint("the number of units cannot change while there is a journal; start over with an empty journal and store"),
                ));
                return;
            }
            let _ = self.turns.send(Turn::Begin(unit));
        }
    }

    fn end(&self, partitions: &TopicPartitionList) {
        let mut ends = Vec::new();
        for unit in units_of(partitions) {
            let (release, ended) = Release::new();
            // Nobody listens any more: the process has ended its units itself.
            if self.turns.send(Turn::End(unit, release)).is_ok() {
                ends.push((unit, ended));
            }
        }
        let deadline = Instant::now() + BATCH_MAX;
        for (unit, ended) in ends {
            if ended.recv_deadline(deadline).is_err_and(|error| error.is_timeout()) {
                tracing::warn!(
                    unit,
                    "the unit has not finished its batch in time; whoever takes over will fence it"
                );
            }
        }
    }
}

fn units_of(partitions: &TopicPartitionList) -> Vec<u32> {
    partitions.elements().iter().filter_map(|element| u32::try_from(element.partition()).ok()).collect()
}

impl ClientContext for Said {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.context.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.context.error(error, reason);
    }

    /// Who no longer hears of the group's coordinator stands in no line.
    fn stats(&self, statistics: Statistics) {
        if let Some(group) = statistics.cgrp {
            let _ = self.turns.send(Turn::Member(group.state == "up" && group.join_state != "init"));
        }
    }
}

impl ConsumerContext for Said {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(partitions) = rebalance {
            self.end(partitions);
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) => {
                // Only whose turn it is matters here, not what stands in the topic.
                if let Err(error) = consumer.pause(partitions) {
                    tracing::debug!(%error, "the partitions of control could not be paused");
                }
                self.begin(partitions);
            }
            Rebalance::Revoke(_) => {}
            Rebalance::Error(error) => {
                tracing::warn!(%error, "the group could not hand out its partitions; it tries again")
            }
        }
    }
}
