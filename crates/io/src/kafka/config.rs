//! Settings of librdkafka: ours first, as measured; the operator's over them; what delivery stands on last.
//!
//! Prefetch counts per partition queue, so it is divided by the partitions: memory is bounded by the totals below, whatever
//! the number of partitions.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use callwarden_engine::PortError;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;

/// Where Kafka is and how it is spoken to.
#[derive(Clone)]
pub struct KafkaConfig {
    /// Properties of librdkafka, passed through. `bootstrap.servers` among them.
    pub properties: BTreeMap<String, String>,
    /// What the names of our own topics, and of the transactional id, begin with.
    pub topic_prefix: String,
    /// How long one request may take, a commit included.
    pub request_timeout: Duration,
}

/// Records and KiB that librdkafka may hold ahead of us, over all partitions.
const PREFETCH_RECORDS: usize = 200_000;
const PREFETCH_KIB: usize = 64 * 1024;
/// What each partition may hold at least.
const PREFETCH_RECORDS_MIN: usize = 2_000;
const PREFETCH_KIB_MIN: usize = 1024;

/// A transaction that its process left open ends after this; until then `read_committed` readers wait.
const TRANSACTION_TIMEOUT_MS: u64 = 10_000;
/// A journal record of mode `observe` carries its commands in full. The topic has the same limit.
pub(super) const JOURNAL_BYTES_MAX: usize = 8 << 20;

const CONSUMER: &[(&str, &str)] = &[
    // Idle: an answer within 20 ms. Under load batches form by themselves.
    ("fetch.min.bytes", "1"),
    ("fetch.wait.max.ms", "20"),
    ("fetch.queue.backoff.ms", "5"),
    ("fetch.error.backoff.ms", "100"),
    ("fetch.message.max.bytes", "2097152"),
    ("statistics.interval.ms", "5000"),
    // Partitions that are added are read after so long; the default is 5 min.
    ("topic.metadata.refresh.interval.ms", "10000"),
    // That a topic is gone is said after so long; the default is 30 s.
    ("topic.metadata.propagation.max.ms", "10000"),
];
const CONSUMER_OWNED: &[(&str, &str)] = &[
    ("isolation.level", "read_committed"),
    ("enable.auto.commit", "false"),
    ("enable.auto.offset.store", "false"),
    // A position that Kafka no longer has must be an error, not a jump.
    ("auto.offset.reset", "error"),
    ("enable.partition.eof", "false"),
    ("allow.auto.create.topics", "false"),
];
const MEMBER: &[(&str, &str)] = &[
    // A dead process loses its units after this; brokers take no less unless told so. The default is 45 s.
    ("session.timeout.ms", "6000"),
    ("heartbeat.interval.ms", "1500"),
    // Those who keep their units are not disturbed when others come and go.
    ("partition.assignment.strategy", "cooperative-sticky"),
];
const PRODUCER: &[(&str, &str)] = &[
    ("linger.ms", "0"),
    // The transaction after a commit meets CONCURRENT_TRANSACTIONS for a moment; the default waits 100 ms.
    ("retry.backoff.ms", "2"),
    ("queue.buffering.max.kbytes", "131072"),
    // Kafka's own default limit for a batch; `message.max.bytes` alone would let small records add up beyond it.
    ("batch.size", "900000"),
];
/// Properties of the operator that a transactional producer refuses beside its transaction timeout.
const NOT_FOR_PRODUCER: &[&str] = &["message.timeout.ms", "delivery.timeout.ms", "statistics.interval.ms"];
const COMMON: &[(&str, &str)] = &[
    ("client.id", "callwarden"),
    ("socket.keepalive.enable", "true"),
    ("reconnect.backoff.ms", "50"),
    ("reconnect.backoff.max.ms", "2000"),
];

impl KafkaConfig {
    /// The brokers, for messages.
    pub fn brokers(&self) -> &str {
        self.properties.get("bootstrap.servers").map_or("127.0.0.1:9092", String::as_str)
    }

    /// Full name of one of our own topics: `commands`, `control`, `journal`, `dead-letters`.
    pub fn topic(&self, name: &str) -> String {
        format!("{}{name}", self.topic_prefix)
    }

    /// Who a wrong password would belong to, for messages. Never the password.
    pub(super) fn identity(&self) -> String {
        let get = |name: &str| self.properties.get(name).map(String::as_str);
        let mechanism = get("sasl.mechanism").or(get("sasl.mechanisms")).unwrap_or("GSSAPI");
        match get("sasl.username") {
            Some(user) => format!("user '{user}', mechanism {mechanism}"),
            None => format!("no sasl.username, mechanism {mechanism}"),
        }
    }

    fn base(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.brokers());
        set_all(&mut config, COMMON);
        config
    }

    fn user(&self, config: &mut ClientConfig) {
        for (name, value) in &self.properties {
            config.set(name, value);
        }
    }

    /// A client that only asks: metadata, watermarks, administration.
    pub(super) fn client(&self) -> ClientConfig {
        let mut config = self.base();
        self.user(&mut config);
        set_all(&mut config, CONSUMER_OWNED);
        // Without a group it needs no coordinator.
        config.remove("group.id").remove("statistics.interval.ms");
        config
    }

    /// A consumer that is assigned `partitions` partitions by hand. librdkafka wants a group's name for that; the group is never
    /// joined.
    pub(super) fn consumer(&self, partitions: usize) -> ClientConfig {
        let share = |total: usize, min: usize| (total / partitions.max(1)).max(min).to_string();
        let mut config = self.base();
        set_all(&mut config, CONSUMER);
        config.set("queued.min.messages", share(PREFETCH_RECORDS, PREFETCH_RECORDS_MIN));
        config.set("queued.max.messages.kbytes", share(PREFETCH_KIB, PREFETCH_KIB_MIN));
        self.user(&mut config);
        set_all(&mut config, CONSUMER_OWNED);
        config.set("group.id", format!("{}unit", self.topic_prefix));
        config
    }

    /// The consumer group in which the processes stand in line.
    pub(super) fn group(&self) -> String {
        format!("{}units", self.topic_prefix)
    }

    /// A member of that group.
    pub(super) fn member(&self) -> ClientConfig {
        let mut config = self.base();
        set_all(&mut config, MEMBER);
        self.user(&mut config);
        set_all(&mut config, CONSUMER_OWNED);
        // Nothing of the topic is read; where it would begin must not be an error.
        config.set("auto.offset.reset", "latest").set("statistics.interval.ms", "2000");
        config.set("group.id", self.group());
        config
    }

    /// The producer of a unit.
    pub(super) fn producer(&self, transactional_id: &str) -> ClientConfig {
        let mut config = self.base();
        set_all(&mut config, PRODUCER);
        config.set("message.max.bytes", JOURNAL_BYTES_MAX.to_string());
        self.user(&mut config);
        for name in NOT_FOR_PRODUCER {
            config.remove(name);
        }
        let socket_ms = config.get("socket.timeout.ms").and_then(|ms| ms.parse::<u64>().ok());
        if socket_ms.is_some_and(|ms| ms > TRANSACTION_TIMEOUT_MS) {
            config.set("socket.timeout.ms", TRANSACTION_TIMEOUT_MS.to_string());
        }
        config.set("transactional.id", transactional_id);
        config.set("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS.to_string());
        config.set("enable.idempotence", "true");
        config.set("acks", "all");
        config
    }
}

fn set_all(config: &mut ClientConfig, pairs: &[(&str, &str)]) {
    for &(name, value) in pairs {
        config.set(name, value);
    }
}

/// What librdkafka says of a configuration that it refuses. Values stay unsaid: they may be secrets.
pub(super) fn refused(error: &KafkaError) -> PortError {
    match error {
        KafkaError::ClientConfig(_, reason, property, _) => {
            PortError::new(format!("librdkafka refuses '{property}' of [kafka]: {reason}"))
                .hint("librdkafka's CONFIGURATION.md lists every property and its values")
        }
        KafkaError::ClientCreation(reason) => {
            PortError::new(format!("librdkafka refuses the properties of [kafka]: {reason}"))
                .hint("the properties contradict each other or name a file that cannot be read")
        }
        other => PortError::new(format!("cannot create a Kafka client: {other}")),
    }
}

impl fmt::Debug for KafkaConfig {
    /// Names only: any value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaConfig")
            .field("brokers", &self.brokers())
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .field("topic_prefix", &self.topic_prefix)
            .field("request_timeout", &self.request_timeout)
            .finish()
    }
}

#[cfg(test)]
mod tests;
