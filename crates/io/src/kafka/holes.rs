//! Holes in the offsets of a partition.
//!
//! Nearly always a hole is control records of a producer's transactions, aborted records, or what compaction took. But a client
//! that skips a record looks the same from here, and nothing later would notice: live and stepped again agree on the wrong
//! state. So a second client, which has no past, is asked what the log has there. Where holes are many (a dialer that writes
//! transactions makes one with each) only the first ones and then some are looked into; `callwarden audit` reads all of them.

use std::time::{Duration, Instant};

use callwarden_engine::telemetry::HOLES;
use callwarden_engine::{Partition, PortError};

use super::config::KafkaConfig;
use super::scan::first_from;

/// Holes of a partition that are all looked into,
const ALL_OF: u32 = 8;
/// and how often one of the others is.
const THEN_EVERY: Duration = Duration::from_secs(30);

/// What is known of the holes of a partition.
pub(super) struct Holes {
    unit: String,
    found: u32,
    looked: Instant,
}

impl Holes {
    /// None yet; counted as unit `unit`'s.
    pub(super) fn new(unit: u32) -> Self {
        Self { unit: unit.to_string(), found: 0, looked: Instant::now() }
    }

    /// After the record before `from` the client has delivered the one at `to`. The error stops the unit: the log has something
    /// in between.
    pub(super) fn judge(
        &mut self,
        config: &KafkaConfig,
        partition: &Partition,
        from: i64,
        to: i64,
    ) -> Result<(), PortError> {
        self.found = self.found.saturating_add(1);
        if self.found > ALL_OF && self.looked.elapsed() < THEN_EVERY {
            self.count("assumed");
            return Ok(());
        }
        self.looked = Instant::now();
        match first_from(config, &partition.topic, partition.index, from)? {
            Some(first) if first < to => {
                self.count("refused");
                Err(PortError::new(format!(
                    "{partition} at {}: the client delivers offset {to} after offset {}, but the log holds offset {first}: it was skipped",
                    config.brokers(),
                    from - 1
                ))
                .hint("nothing after it was taken; start again, and report this with the versions of callwarden and Kafka"))
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
