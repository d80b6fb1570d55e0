//! Whether the offsets of a partition follow one another.
//!
//! A step back is a record that is taken twice. A hole may be one that is lost, though nearly always it is control
//! records of a producer's transactions, aborted records, or what compaction took. But a client that skips a record looks the same from here, and nothing later would notice: live and stepped again agree on the wrong
//! state. So a second client, which has no past, is asked what the log has there. Where holes are many (a dialer that writes
//! transactions makes one with each) only the first ones and then some are looked into; `callwarden audit` reads all of them.

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use callwarden_engine::telemetry::HOLES;
use callwarden_engine::{Partition, PortError};

use super::config::KafkaConfig;
use super::stretch::{END, Stretch};

/// Holes of one reading that are all looked into,
const ALL_OF: u32 = 8;
/// and how often one of the others is: looking takes a client and tens of milliseconds, and nothing else is read meanwhile.
const THEN_EVERY: Duration = Duration::from_secs(30);
const REPORT: &str =
    "nothing from there on was taken; start again, and report this with the versions of callwarden and Kafka";

/// What is known of the holes of all partitions that are read together.
pub(super) struct Continuity {
    config: KafkaConfig,
    unit: String,
    found: u32,
    looked: Instant,
}

impl Continuity {
    /// None yet; counted as unit `unit`'s.
    pub(super) fn new(config: &KafkaConfig, unit: u32) -> Self {
        Self { config: config.clone(), unit: unit.to_string(), found: 0, looked: Instant::now() }
    }

    /// Where the log is.
    pub(super) const fn config(&self) -> &KafkaConfig {
        &self.config
    }

    /// Offset `next` was to come, and the client has delivered `found`. The error stops the unit.
    pub(super) fn check(&mut self, partition: &Partition, next: i64, found: i64) -> Result<(), PortError> {
        match found.cmp(&next) {
            Ordering::Equal => Ok(()),
            Ordering::Greater => self.judge_hole(partition, next, found),
            Ordering::Less => Err(PortError::new(format!(
                "{partition} at {}: the client delivers offset {found} where {next} or later must come",
                self.config.brokers()
            ))
            .hint(REPORT)),
        }
    }

    fn judge_hole(&mut self, partition: &Partition, from: i64, to: i64) -> Result<(), PortError> {
        self.found = self.found.saturating_add(1);
        if self.found > ALL_OF && self.looked.elapsed() < THEN_EVERY {
            self.count("assumed");
            return Ok(());
        }
        self.looked = Instant::now();
        let stretch = Stretch { topic: &partition.topic, partition: partition.index, from, to: END };
        match stretch.first(&self.config)? {
            Some(first) if first < to => {
                self.count("refused");
                Err(PortError::new(format!(
                    "{partition} at {}: the client delivers offset {to} after offset {}, but the log holds offset {first}: it was skipped",
                    self.config.brokers(),
                    from - 1
                ))
                .hint(REPORT))
            }
            _ => {
                self.count("explained");
                tracing::debug!(%partition, from, to, "a hole that the log has too");
                Ok(())
            }
        }
    }

    fn count(&self, verdict: &'static str) {
        metrics::counter!(HOLES, "unit" => self.unit.clone(), "verdict" => verdict).increment(1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use rdkafka::ClientConfig;
    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer as _};

    use super::*;

    /// A partition that holds offsets 0 to 9.
    fn ten_records() -> (MockCluster<'static, DefaultProducerContext>, KafkaConfig, Partition) {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("attempts", 1, 1).unwrap();
        let brokers = cluster.bootstrap_servers();
        let producer: BaseProducer = ClientConfig::new().set("bootstrap.servers", &brokers).create().unwrap();
        for _ in 0..10 {
            producer.send(BaseRecord::<(), str>::to("attempts").payload("x").partition(0)).unwrap();
        }
        producer.flush(Duration::from_secs(10)).unwrap();
        let config = KafkaConfig {
            properties: BTreeMap::from([("bootstrap.servers".into(), brokers)]),
            topic_prefix: "callwarden.".into(),
            request_timeout: Duration::from_secs(10),
        };
        (cluster, config, Partition { topic: "attempts".into(), index: 0 })
    }

    #[test]
    fn what_follows_is_taken_and_what_does_not_is_looked_into() {
        let (_cluster, config, partition) = ten_records();
        let mut continuity = Continuity::new(&config, 0);
        let mut check = |next, found| continuity.check(&partition, next, found);
        check(3, 3).unwrap();
        let skipped = check(3, 6).unwrap_err().to_string();
        assert!(
            skipped.contains("attempts/0") && skipped.contains("the log holds offset 3: it was skipped"),
            "{skipped}"
        );
        let back = check(3, 2).unwrap_err().to_string();
        assert!(back.contains("delivers offset 2 where 3 or later must come"), "{back}");
        // The log has nothing there: control records, say.
        check(10, 12).unwrap();
    }

    #[test]
    fn of_many_holes_some_are_looked_into() {
        let (_cluster, config, partition) = ten_records();
        let mut continuity = Continuity::new(&config, 0);
        for _ in 0..ALL_OF {
            continuity.check(&partition, 10, 12).unwrap();
        }
        // Nobody looks at this one, or it would be refused.
        continuity.check(&partition, 3, 6).unwrap();
        continuity.looked -= THEN_EVERY;
        continuity.check(&partition, 3, 6).unwrap_err();
    }
}
