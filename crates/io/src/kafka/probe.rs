//! The first contact: whether Kafka answers, lets us in, and has the topics. What is wrong is said with its cure.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use callwarden_engine::{Partition, PortError};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

use super::config::{KafkaConfig, refused};
use super::context::Context;
use super::source::is_passing;

/// A client that asks, kept for later questions.
pub(super) struct Probe {
    client: BaseConsumer<Context>,
    context: Context,
    config: KafkaConfig,
}

/// What Kafka says of a topic that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TopicFound {
    pub(super) name: String,
    pub(super) partitions: u32,
}

/// How long one question waits before we look whether an answer is still to be hoped for.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long we then listen to what the client has to say about that.
const HEARING: Duration = Duration::from_millis(20);
/// After so long without an answer the log says that we wait.
const SAY_AFTER: Duration = Duration::from_secs(2);
/// What OpenSSL calls a certificate that it refuses. Trying again cannot help.
const UNTRUSTED: &str = "certificate verify failed";

impl Probe {
    /// A client; nothing is asked yet.
    pub(super) fn new(config: &KafkaConfig) -> Result<Self, PortError> {
        let context = Context::default();
        let client = config.client().create_with_context(context.clone()).map_err(|error| refused(&error))?;
        Ok(Self { client, context, config: config.clone() })
    }

    /// The topics, all of which have to exist.
    pub(super) fn require(&self, topics: &[String]) -> Result<Vec<TopicFound>, PortError> {
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for topic in topics {
            match self.find(topic)? {
                Some(topic) => found.push(topic),
                None => missing.push(topic.as_str()),
            }
        }
        let at = self.config.brokers();
        let what = match missing.as_slice() {
            [] => return Ok(found),
            [one] => format!("topic {one} does not exist at {at}"),
            more => format!("topics {} do not exist at {at}", more.join(", ")),
        };
        Err(PortError::new(what).hint("callwarden topics create"))
    }

    /// A topic, if it exists.
    pub(super) fn find(&self, topic: &str) -> Result<Option<TopicFound>, PortError> {
        let begun = Instant::now();
        let mut said = false;
        let mut unready = None;
        loop {
            let left = self.config.request_timeout.saturating_sub(begun.elapsed());
            let answer = self.client.fetch_metadata(Some(topic), left.min(PATIENCE));
            match answer {
                Ok(metadata) => {
                    let Some(told) = metadata.topics().iter().find(|told| told.name() == topic) else {
                        return Ok(None);
                    };
                    match told.error().map(RDKafkaErrorCode::from) {
                        None if !told.partitions().is_empty() => {
                            let partitions = told.partitions().len() as u32;
                            return Ok(Some(TopicFound { name: topic.to_owned(), partitions }));
                        }
                        Some(
                            RDKafkaErrorCode::UnknownTopicOrPartition
                            | RDKafkaErrorCode::UnknownTopic
                            | RDKafkaErrorCode::UnknownPartition,
                        ) => return Ok(None),
                        Some(RDKafkaErrorCode::TopicAuthorizationFailed) => {
                            return Err(self.not_allowed(topic));
                        }
                        Some(RDKafkaErrorCode::InvalidTopic) => {
                            return Err(PortError::new(format!("'{topic}' is no name for a topic"))
                                .hint("letters, digits, dots, dashes and underscores, at most 249"));
                        }
                        other => unready = Some(other),
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
                Err(error) => {
                    tracing::debug!(%error, "no metadata yet");
                    self.hear();
                }
            }
            match self.context.last_error() {
                Some((code, reason)) if is_refusal(code) => return Err(self.authentication_failed(&reason)),
                Some((_, reason)) if reason.contains(UNTRUSTED) => return Err(self.untrusted(&reason)),
                _ => {}
            }
            if begun.elapsed() >= self.config.request_timeout {
                return Err(match unready {
                    Some(error) => PortError::new(format!(
                        "topic {topic} at {} has no leader ({error:?})",
                        self.config.brokers()
                    ))
                    .passing()
                    .hint("the cluster is starting or has lost brokers; try again when it is whole"),
                    None => self.unreachable(),
                });
            }
            if !said && begun.elapsed() >= SAY_AFTER {
                said = true;
                let (brokers, because) = (self.config.brokers(), self.context.because());
                tracing::info!("Kafka at {brokers} does not answer yet{because}; still trying");
            }
        }
    }

    /// Takes errors and logs out of the client's queue, where they wait, and pile up, until it is polled. Never waits, and so
    /// takes no more than one line of the log at a time: that ends a poll without patience.
    pub(super) fn serve(&self) {
        while let Some(event) = self.client.poll(Duration::ZERO) {
            drop(event);
        }
    }

    /// Takes out all that waits there: the cause of a silence stands behind several lines of the log.
    fn hear(&self) {
        let begun = Instant::now();
        while let Some(left) = HEARING.checked_sub(begun.elapsed()) {
            drop(self.client.poll(left));
        }
    }

    /// First offset kept, and one past the last that is stable, of a partition.
    pub(super) fn watermarks(&self, topic: &str, partition: u32) -> Result<(i64, i64), PortError> {
        self.client.fetch_watermarks(topic, partition as i32, self.config.request_timeout).map_err(|error| {
            let code = error.rdkafka_error_code();
            if code == Some(RDKafkaErrorCode::TopicAuthorizationFailed) {
                return self.not_allowed(topic);
            }
            let said = code.map_or_else(|| error.to_string(), |code| code.to_string());
            let error = PortError::new(format!(
                "Kafka at {} does not tell where {topic}/{partition} begins and ends: {said}{}",
                self.config.brokers(),
                self.context.because()
            ));
            if code.is_none_or(is_passing) { error.passing() } else { error }
        })
    }

    /// The first offset of what the log took within the last `span`; `None`: nothing.
    pub(super) fn first_since(
        &self,
        partition: &Partition,
        span: Duration,
    ) -> Result<Option<i64>, PortError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = i64::try_from(now.saturating_sub(span).as_millis()).unwrap_or(i64::MAX);
        let failed = |error: &KafkaError| {
            let said = error.rdkafka_error_code().map_or_else(|| error.to_string(), |code| code.to_string());
            PortError::new(format!(
                "Kafka at {} does not tell where {partition} stood {span:?} ago: {said}{}",
                self.config.brokers(),
                self.context.because()
            ))
            .passing()
        };
        let index = partition.index as i32;
        let mut asked = TopicPartitionList::with_capacity(1);
        asked
            .add_partition_offset(&partition.topic, index, Offset::Offset(since))
            .map_err(|error| failed(&error))?;
        let told = self
            .client
            .offsets_for_times(asked, self.config.request_timeout)
            .map_err(|error| failed(&error))?;
        match told.find_partition(&partition.topic, index).map(|told| told.offset()) {
            Some(Offset::Offset(offset)) => Ok(Some(offset)),
            _ => Ok(None),
        }
    }

    fn unreachable(&self) -> PortError {
        PortError::new(format!(
            "Kafka at {} does not answer within {:?}{}",
            self.config.brokers(),
            self.config.request_timeout,
            self.context.because()
        ))
        .passing()
        .hint("check that it runs, and bootstrap.servers and security.protocol in [kafka]")
    }

    fn untrusted(&self, reason: &str) -> PortError {
        // Which broker, and then much of what OpenSSL calls it.
        let broker = reason.split_once(": ").map_or(reason, |(broker, _)| broker);
        PortError::new(format!(
            "the certificate of Kafka at {} is not trusted ({UNTRUSTED}: {broker})",
            self.config.brokers()
        ))
        .hint(
            "to trust a private CA, set ssl.ca.location in [kafka] to its PEM file; the certificate must be valid now, \
             and for the host by which the broker is reached",
        )
    }

    fn authentication_failed(&self, reason: &str) -> PortError {
        authentication_failed(&self.config, reason)
    }

    fn not_allowed(&self, topic: &str) -> PortError {
        not_allowed(&self.config, topic)
    }
}

/// Kafka doesn't let us in.
pub(super) fn authentication_failed(config: &KafkaConfig, reason: &str) -> PortError {
    PortError::new(format!(
        "authentication failed at Kafka {} ({}): {reason}",
        config.brokers(),
        config.identity()
    ))
    .hint("check sasl.username, sasl.password or sasl.password_file, sasl.mechanism and security.protocol in [kafka]")
}

/// Kafka lets us in, but not to this topic.
pub(super) fn not_allowed(config: &KafkaConfig, topic: &str) -> PortError {
    PortError::new(format!(
        "not allowed to use topic {topic} at {} ({})",
        config.brokers(),
        config.identity()
    ))
    .hint("ACLs: Read and Describe on attempts and control; Read, Write and Describe on the journal and commands; Write and \
           Describe on dead-letters; Write on the transactional id; Read on the consumer group")
}

/// Whether trying again cannot help.
pub(super) fn is_refusal(code: RDKafkaErrorCode) -> bool {
    matches!(code, RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SaslAuthenticationFailed)
}
