//! What all our clients tell us beside their answers: errors, logs, statistics.
//!
//! librdkafka reconnects for ever and says why only on the side. The last cause is kept here, so that a request that timed out
//! can be explained; once connected, each kind of trouble is logged once a minute, not at each retry.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use callwarden_engine::Partition;
use callwarden_engine::telemetry::LAG;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;

use super::attempts::Share;
use super::source::is_passing;

/// How often the same trouble is logged.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// Shared by a client, which calls it, and its owner, who asks it.
#[derive(Clone, Default)]
pub(super) struct Context(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// From here on trouble is logged; before, whoever connects reports it.
    connected: AtomicBool,
    heard: Mutex<Heard>,
    taken: Mutex<BTreeMap<String, Vec<i64>>>,
    /// A topic has got more partitions than are read.
    grown: AtomicBool,
    /// Whose lag it is.
    unit: AtomicU32,
}

#[derive(Default)]
struct Heard {
    last: Option<(RDKafkaErrorCode, String)>,
    /// When each kind was logged last.
    logged: Vec<(RDKafkaErrorCode, Instant)>,
}

impl Context {
    /// From now on errors are worth a line in the log.
    pub(super) fn connected(&self) {
        self.0.connected.store(true, Ordering::Relaxed);
    }

    /// The last cause of trouble, in librdkafka's words.
    pub(super) fn last_error(&self) -> Option<(RDKafkaErrorCode, String)> {
        lock(&self.0.heard).last.clone()
    }

    /// The last cause as the end of a sentence, or nothing.
    pub(super) fn because(&self) -> String {
        self.last_error().map(|(_, reason)| format!(": {reason}")).unwrap_or_default()
    }

    /// Where reading begins: lag counts from here.
    pub(super) fn read_from<'a>(&self, share: Share, positions: impl Iterator<Item = (&'a Partition, i64)>) {
        let mut taken = BTreeMap::<String, Vec<i64>>::new();
        for (partition, offset) in positions {
            let offsets = taken.entry(partition.topic.to_string()).or_default();
            let index = partition.index as usize;
            // The partitions between ours and our next are other units'.
            if offsets.len() < index + share.of as usize {
                offsets.resize(index + share.of as usize, -1);
            }
            offsets[index] = offset;
        }
        for offsets in taken.values_mut() {
            offsets.truncate(offsets.len() - share.unit as usize);
        }
        *lock(&self.0.taken) = taken;
        self.0.unit.store(share.unit, Ordering::Relaxed);
        self.0.grown.store(false, Ordering::Relaxed);
    }

    /// Everything before `offset` has been handed over.
    pub(super) fn taken(&self, partition: &Partition, offset: i64) {
        let mut taken = lock(&self.0.taken);
        let offsets = taken.get_mut(&*partition.topic);
        if let Some(slot) = offsets.and_then(|offsets| offsets.get_mut(partition.index as usize)) {
            *slot = offset;
        }
    }

    /// Whether a topic has more partitions than are read.
    pub(super) fn grown(&self) -> bool {
        self.0.grown.load(Ordering::Relaxed)
    }
}

impl ClientContext for Context {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, message: &str) {
        // What matters of it comes to `error` as well, or as the result of a call.
        tracing::debug!(target: "librdkafka", facility, "{message}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        let reason = tidy(reason);
        // "1/1 brokers are down" says less than why the last one is; an end of a partition is no trouble.
        if matches!(code, RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::PartitionEOF) {
            return;
        }
        let mut heard = lock(&self.0.heard);
        heard.logged.retain(|(_, at)| at.elapsed() < LOG_EVERY);
        let due = !heard.logged.iter().any(|(logged, _)| *logged == code);
        // What lasts ends a call, whose caller reports it.
        if self.0.connected.load(Ordering::Relaxed) && is_passing(code) && due {
            heard.logged.push((code, Instant::now()));
            tracing::warn!(code = ?code, "Kafka: {reason}; the client goes on trying");
        } else {
            tracing::debug!(code = ?code, "Kafka: {reason}");
        }
        heard.last = Some((code, reason));
    }

    fn stats(&self, statistics: Statistics) {
        let taken = lock(&self.0.taken);
        let unit = self.0.unit.load(Ordering::Relaxed).to_string();
        for (topic, offsets) in &*taken {
            let Some(known) = statistics.topics.get(topic) else { continue };
            let mut lag = 0;
            for (&index, partition) in &known.partitions {
                let Ok(index) = usize::try_from(index) else { continue };
                let end = if partition.ls_offset >= 0 { partition.ls_offset } else { partition.hi_offset };
                match offsets.get(index) {
                    Some(&offset) if offset >= 0 => lag += (end - offset).max(0),
                    Some(_) => {}
                    None => self.0.grown.store(true, Ordering::Relaxed),
                }
            }
            metrics::gauge!(LAG, "unit" => unit.clone(), "topic" => topic.clone()).set(lag as f64);
        }
    }
}

impl ConsumerContext for Context {}

/// Without the address of the thread, the time in a state, and other things that help nobody.
fn tidy(reason: &str) -> String {
    let end = reason.find(" (after ").unwrap_or(reason.len());
    reason[..end].trim_end_matches([':', ' ']).to_owned()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No invariant spans a panic here.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_lose_their_ballast() {
        let said = "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms in state CONNECT)";
        assert_eq!(
            tidy(said),
            "127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused"
        );
    }

    #[test]
    fn the_cause_outlives_the_summary() {
        let context = Context::default();
        context.error(KafkaError::Global(RDKafkaErrorCode::BrokerTransportFailure), "refused");
        context.error(KafkaError::Global(RDKafkaErrorCode::AllBrokersDown), "1/1 brokers are down");
        assert_eq!(context.because(), ": refused");
    }
}
