//! The ledger: what leaves and what was consumed, in one Kafka transaction at a time.
//!
//! A transaction is begun only when all its records are at hand, so that it is open for a few milliseconds: readers of
//! committed records wait for an open one. It is drained by hand before the commit, because the client's own flush waits in
//! slices of 100 ms. After an error whose outcome is not known, nothing but the journal tells; so [`Ledger::open`] makes a new
//! producer each time, and fences whatever the old one left.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use callwarden_engine::{Ledger, PortError, Transaction};
use callwarden_wire::v1;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};

use super::config::{JOURNAL_BYTES_MAX, KafkaConfig, refused};
use super::context::{Context, lock};
use super::journal::Journal;
use super::probe::{Probe, authentication_failed, is_refusal, not_allowed};
use super::records::{Outgoing, Target, outgoing};

/// Commands, dead letters and the journal of one unit.
pub struct KafkaLedger {
    config: KafkaConfig,
    unit: u32,
    transactional_id: String,
    topics: Topics,
    probe: Probe,
    journal: Journal,
    /// Who commits here, by the last transaction.
    instance: String,
    producer: Option<BaseProducer<Reports>>,
    reports: Reports,
}

struct Topics {
    commands: String,
    dead_letters: String,
    journal: String,
}

/// Between two looks at whether all records are out.
const DRAIN_NAP: Duration = Duration::from_micros(100);
/// Pauses before the same outputs are committed again.
const RETRIES: [Duration; 3] =
    [Duration::from_millis(20), Duration::from_millis(200), Duration::from_secs(1)];

/// Why a transaction did not commit.
#[derive(Debug)]
enum Failed {
    /// It was not committed, and can be aborted and tried again.
    Abortable(PortError),
    /// It was not committed and can be aborted, but trying again cannot help.
    Rejected(PortError),
    /// The producer is of no more use, or nobody knows whether it was committed.
    Final(PortError),
}

impl From<Failed> for PortError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Abortable(error) | Failed::Rejected(error) | Failed::Final(error) => error,
        }
    }
}

impl KafkaLedger {
    /// Connects, and checks that the topics exist.
    pub fn connect(config: &KafkaConfig, unit: u32) -> Result<Self, PortError> {
        let topics = Topics {
            commands: config.topic("commands"),
            dead_letters: config.topic("dead-letters"),
            journal: config.topic("journal"),
        };
        let probe = Probe::new(config)?;
        let names = [&topics.commands, &topics.journal, &topics.dead_letters].map(String::clone);
        let found = probe.require(&names)?;
        if let Some(journal) =
            found.iter().find(|found| found.name == topics.journal && found.partitions <= unit)
        {
            return Err(PortError::new(format!(
                "topic {} at {} has {} partitions, so there is none for unit {unit}",
                journal.name,
                config.brokers(),
                journal.partitions
            ))
            .hint("a journal has a partition for each unit: add partitions to it"));
        }
        Ok(Self {
            config: config.clone(),
            unit,
            transactional_id: format!("{}unit-{unit}", config.topic_prefix),
            topics,
            probe,
            journal: Journal::new(config, unit),
            instance: String::new(),
            producer: None,
            reports: Reports::default(),
        })
    }

    fn try_commit(&self, producer: &BaseProducer<Reports>, transaction: &Transaction) -> Result<i64, Failed> {
        self.reports.clear();
        let deadline = Instant::now() + self.config.request_timeout;
        producer.begin_transaction().map_err(|error| self.failed(&error, "begin a transaction"))?;
        for record in outgoing(transaction) {
            self.send(producer, &record, deadline)?;
        }
        self.drain(producer, deadline)?;
        if let Some(failure) = self.reports.failure() {
            return Err(self.undelivered(failure));
        }
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        producer.commit_transaction(left).map_err(|error| self.failed(&error, "commit a transaction"))?;
        self.reports.journal_offset().ok_or_else(|| {
            Failed::Final(PortError::new(
                "a transaction was committed without a word about its journal record",
            ))
        })
    }

    fn send(
        &self,
        producer: &BaseProducer<Reports>,
        outgoing: &Outgoing<'_>,
        deadline: Instant,
    ) -> Result<(), Failed> {
        let (topic, partition) = match outgoing.to {
            Target::Commands => (&self.topics.commands, None),
            Target::DeadLetters => (&self.topics.dead_letters, None),
            Target::Journal => (&self.topics.journal, Some(self.unit as i32)),
        };
        loop {
            let mut record = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, outgoing.to as usize)
                .headers(outgoing.headers());
            record.key = outgoing.key.as_deref();
            record.payload = outgoing.value.as_deref();
            record.partition = partition;
            let Err((error, _)) = producer.send(record) else { return Ok(()) };
            let full = error.rdkafka_error_code() == Some(RDKafkaErrorCode::QueueFull);
            if !full {
                let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
                return Err(self.undelivered((outgoing.to, code)));
            }
            producer.poll(Duration::ZERO);
            if Instant::now() >= deadline {
                return Err(Failed::Final(self.late("send the records of a transaction")));
            }
            thread::sleep(DRAIN_NAP);
        }
    }

    /// Until every record is acknowledged. A poll that waits would wait its whole time.
    fn drain(&self, producer: &BaseProducer<Reports>, deadline: Instant) -> Result<(), Failed> {
        loop {
            producer.poll(Duration::ZERO);
            if producer.in_flight_count() == 0 {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(Failed::Final(self.late("deliver the records of a transaction")));
            }
            thread::sleep(DRAIN_NAP);
        }
    }

    fn abort(&self, producer: &BaseProducer<Reports>) -> Result<(), PortError> {
        let timeout = self.config.request_timeout;
        let deadline = Instant::now() + timeout;
        // What is still queued must not go out; its reports must be taken, or the abort is refused.
        producer.purge(rdkafka::producer::PurgeConfig::default().queue().inflight());
        while producer.in_flight_count() > 0 && Instant::now() < deadline {
            producer.poll(Duration::ZERO);
            thread::sleep(DRAIN_NAP);
        }
        producer.abort_transaction(timeout).map_err(|error| self.failed(&error, "abort a transaction").into())
    }

    fn late(&self, doing: &str) -> PortError {
        PortError::new(format!(
            "could not {doing} at {} within {:?}{}",
            self.config.brokers(),
            self.config.request_timeout,
            self.reports.context.because()
        ))
        .hint("is the cluster whole? Nothing is lost: the next start takes up at the last committed journal record")
    }

    fn failed(&self, error: &KafkaError, doing: &str) -> Failed {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        let because = self.reports.context.because();
        let at = self.config.brokers();
        if matches!(
            code,
            RDKafkaErrorCode::Fenced
                | RDKafkaErrorCode::ProducerFenced
                | RDKafkaErrorCode::InvalidProducerEpoch
        ) {
            return Failed::Final(self.fenced());
        }
        if is_refusal(code) {
            return Failed::Final(authentication_failed(&self.config, &code.to_string()));
        }
        if code == RDKafkaErrorCode::TransactionalIdAuthorizationFailed {
            return Failed::Final(
                PortError::new(format!(
                    "not allowed to use the transactional id {} at {at} ({})",
                    self.transactional_id,
                    self.config.identity()
                ))
                .hint("it needs the ACLs Write and Describe on that transactional id"),
            );
        }
        let what = format!("could not {doing} at {at}: {code}{because}");
        match error {
            KafkaError::Transaction(error) if error.txn_requires_abort() && !error.is_fatal() => {
                Failed::Abortable(PortError::new(what))
            }
            _ if code == RDKafkaErrorCode::OperationTimedOut => Failed::Final(self.late(doing)),
            _ => Failed::Final(PortError::new(what)),
        }
    }

    /// Who took over stands in the journal, if it has committed already.
    fn fenced(&self) -> PortError {
        let by = self.journal.last(&self.probe).ok().flatten().map(|(_, record)| record.instance);
        let by = by.filter(|instance| !instance.is_empty() && *instance != self.instance);
        let newest = by.map(|by| format!(": '{by}'")).unwrap_or_default();
        PortError::new(format!(
            "another process has taken over unit {} (transactional id {}) at {}{newest}",
            self.unit,
            self.transactional_id,
            self.config.brokers()
        ))
        .hint("only one process may run a unit; two installations on one cluster need two values of kafka.topic_prefix")
    }

    fn undelivered(&self, (to, code): (Target, RDKafkaErrorCode)) -> Failed {
        let topic = match to {
            Target::Commands => &self.topics.commands,
            Target::DeadLetters => &self.topics.dead_letters,
            Target::Journal => &self.topics.journal,
        };
        let at = self.config.brokers();
        let what = format!(
            "a record for {topic} at {at} was not accepted: {code}{}",
            self.reports.context.because()
        );
        Failed::Rejected(match code {
            RDKafkaErrorCode::MessageSizeTooLarge => PortError::new(what).hint(match to {
                Target::Journal => {
                    format!("set max.message.bytes={JOURNAL_BYTES_MAX} for {topic}; lower commit.max_events if it is set already")
                }
                _ => format!("let {topic} take records of 1 MiB (max.message.bytes)"),
            }),
            RDKafkaErrorCode::TopicAuthorizationFailed => not_allowed(&self.config, topic),
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition => PortError::new(what).hint("callwarden topics create"),
            _ => return Failed::Abortable(PortError::new(what)),
        })
    }
}

impl Ledger for KafkaLedger {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        self.producer = None;
        self.reports = Reports::default();
        let producer: BaseProducer<Reports> = self
            .config
            .producer(&self.transactional_id)
            .create_with_context(self.reports.clone())
            .map_err(|error| refused(&error))?;
        let opened = producer.init_transactions(self.config.request_timeout);
        producer.poll(Duration::ZERO);
        opened.map_err(|error| PortError::from(self.failed(&error, "take over the transactional id")))?;
        self.reports.context.connected();
        self.producer = Some(producer);
        self.journal.last(&self.probe)
    }

    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        self.journal.tail(&self.probe, offset, each)
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        let Some(producer) = self.producer.take() else {
            return Err(PortError::new("the ledger is not open"));
        };
        self.probe.serve();
        self.instance.clone_from(&transaction.journal.instance);
        let mut pauses = RETRIES.iter();
        loop {
            match self.try_commit(&producer, transaction) {
                Ok(offset) => {
                    self.producer = Some(producer);
                    return Ok(offset);
                }
                Err(Failed::Final(error)) => return Err(error),
                Err(Failed::Rejected(error)) => {
                    // Left open, it would hold up every reader until it times out.
                    self.abort(&producer)?;
                    return Err(error);
                }
                Err(Failed::Abortable(error)) => {
                    self.abort(&producer)?;
                    let Some(pause) = pauses.next() else { return Err(error) };
                    tracing::warn!("{}; the transaction is aborted and tried again", error.what);
                    thread::sleep(*pause);
                }
            }
        }
    }
}

/// What the producer reports of each record, and its other news.
#[derive(Clone, Default)]
struct Reports {
    context: Context,
    delivered: Arc<Mutex<Delivered>>,
}

#[derive(Default)]
struct Delivered {
    journal_offset: Option<i64>,
    failure: Option<(Target, RDKafkaErrorCode)>,
}

impl Reports {
    fn clear(&self) {
        *lock(&self.delivered) = Delivered::default();
    }

    fn journal_offset(&self) -> Option<i64> {
        lock(&self.delivered).journal_offset
    }

    fn failure(&self) -> Option<(Target, RDKafkaErrorCode)> {
        lock(&self.delivered).failure
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.context.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.context.error(error, reason);
    }
}

impl ProducerContext for Reports {
    /// A [`Target`].
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, target: usize) {
        let to =
            [Target::Commands, Target::DeadLetters, Target::Journal][target.min(Target::Journal as usize)];
        let mut delivered = lock(&self.delivered);
        match result {
            Ok(message) if to == Target::Journal => delivered.journal_offset = Some(message.offset()),
            Ok(_) => {}
            Err((error, _)) => {
                let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
                // The first is the cause; what was queued behind it is only purged.
                delivered.failure.get_or_insert((to, code));
            }
        }
    }
}
