//! The ledger: what leaves and what was consumed, in one Kafka transaction at a time.
//!
//! A transaction is begun only when all its records are at hand, so that it is open for a few milliseconds: readers of
//! committed records wait for an open one. It is drained by hand before the commit, because the client's own flush waits in
//! slices of 100 ms. After an error whose outcome is not known, nothing but the journal tells; so [`Ledger::open`] makes a new
//! producer each time, and fences whatever the old one left.

mod failure;
mod reports;
mod sent;
#[cfg(test)]
mod tests;

use std::thread;
use std::time::{Duration, Instant};

use callwarden_engine::{Ledger, PortError, Transaction};
use callwarden_wire::v1;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::config::{KafkaConfig, refused};
use super::journal::Journal;
use super::probe::Probe;
use super::records::{Outgoing, Target, outgoing};
use failure::Failed;
use reports::Reports;

/// Commands, dead letters and the journal of one unit.
pub struct KafkaLedger {
    config: KafkaConfig,
    unit: u32,
    units: u32,
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

impl KafkaLedger {
    /// Connects, and checks that the topics exist.
    pub fn connect(config: &KafkaConfig, unit: u32, units: u32) -> Result<Self, PortError> {
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
            units,
            transactional_id: format!("{}unit-{unit}", config.topic_prefix),
            topics,
            probe,
            journal: Journal::new(config, unit),
            instance: String::new(),
            producer: None,
            reports: Reports::default(),
        })
    }

    /// A unit that has written nothing yet may be one too many: its partitions are others' as long as the journal of another
    /// unit tells of another number of units.
    fn refuse_another_number_of_units(&self) -> Result<(), PortError> {
        for other in (0..self.units).filter(|&other| other != self.unit) {
            let Some((_, record)) = Journal::new(&self.config, other).last(&self.probe)? else { continue };
            if record.units != self.units {
                return Err(PortError::new(format!(
                    "the journal at {} was written by {} units, and now there are {}: unit {} would take what others have taken",
                    self.config.brokers(),
                    record.units,
                    self.units,
                    self.unit
                ))
                .hint(format!(
                    "give {} {} partitions again, or start over with an empty journal and store",
                    self.config.topic("control"),
                    record.units
                )));
            }
        }
        Ok(())
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
            if failure.1 == RDKafkaErrorCode::PurgeQueue {
                // The transaction failed as a whole, and what waited was thrown away. Why is said by the attempt to commit.
                self.commit_until(producer, deadline)?;
            }
            return Err(self.undelivered(failure));
        }
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.commit_until(producer, Instant::now() + left)?;
        self.reports.journal_offset().ok_or_else(|| {
            Failed::Final(PortError::new(
                "a transaction was committed without a word about its journal record",
            ))
        })
    }

    fn commit_until(&self, producer: &BaseProducer<Reports>, deadline: Instant) -> Result<(), Failed> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let Err(error) = producer.commit_transaction(left) else { return Ok(()) };
            let failed = self.failed(&error, "commit a transaction");
            if !matches!(failed, Failed::Undecided(_)) {
                return Err(failed);
            }
            if Instant::now() >= deadline {
                // Without effect so often that nobody knows any more.
                return Err(Failed::Final(failed.into()));
            }
            self.count(&failed);
            thread::sleep(RETRIES[0]);
        }
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
        let last = self.journal.last(&self.probe)?;
        if last.is_none() {
            self.refuse_another_number_of_units()?;
        }
        Ok(last)
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
            let failed = match self.try_commit(&producer, transaction) {
                Ok(offset) => {
                    self.producer = Some(producer);
                    return Ok(offset);
                }
                Err(failed) => failed,
            };
            self.count(&failed);
            match failed {
                Failed::Final(error) => return Err(error),
                Failed::Rejected(error) => {
                    // Left open, it would hold up every reader until it times out. Why it was refused says more than why that failed.
                    if let Err(aborting) = self.abort(&producer) {
                        tracing::warn!("{}", aborting.what);
                    }
                    return Err(error);
                }
                Failed::Undecided(error) | Failed::Abortable(error) => {
                    self.abort(&producer)?;
                    let Some(pause) = pauses.next() else { return Err(error) };
                    tracing::warn!("{}; the transaction is aborted and tried again", error.what);
                    thread::sleep(*pause);
                }
            }
        }
    }

    fn journal_begins(&mut self) -> Result<Option<i64>, PortError> {
        self.journal.begins(&self.probe).map(Some)
    }

    fn missing(&mut self, commands: Vec<v1::Command>) -> Result<Vec<v1::Command>, PortError> {
        sent::missing(&self.config, &self.probe, &self.topics.commands, commands)
    }

    fn standing(&mut self, each: &mut dyn FnMut(v1::Command)) -> Result<(), PortError> {
        sent::standing(&self.config, &self.probe, &self.topics.commands, each)
    }
}
