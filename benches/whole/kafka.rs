//! Topics, what is put in them, and what consumers have committed.

use std::time::Duration;

use callwarden_sim::{World, WorldConfig};
use callwarden_wire::{Timestamp, to_json, v1};
use prost::Message as _;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::Site;

/// Partitions of attempts.
pub(crate) const PARTITIONS: i32 = 6;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn client(broker: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker);
    config
}

/// Creates a topic on whose time one can rely: the broker's.
pub(crate) fn create_topic(broker: &str, name: &str, partitions: i32) {
    let admin: AdminClient<_> = client(broker).create().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1))
        .set("message.timestamp.type", "LogAppendTime");
    for result in runtime.block_on(admin.create_topics([&topic], &AdminOptions::new())).unwrap() {
        result.unwrap();
    }
}

/// Deletes what is no longer needed: ten million attempts take more than a gigabyte.
pub(crate) fn delete_topic(broker: &str, name: &str) {
    let admin: AdminClient<_> = client(broker).create().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(admin.delete_topics(&[name], &AdminOptions::new())).unwrap();
}

/// A fleet whose numbers call as they do on a working day, and one in a thousand of which dials far too fast.
pub(crate) fn fleet(numbers: u32, attempts: u32) -> World {
    World::new(WorldConfig {
        numbers,
        attempts_per_number: attempts.div_ceil(numbers),
        hot: numbers / 1_000,
        hot_attempts_per_day: 10_000.0,
        compact: true,
        ..WorldConfig::default()
    })
    .unwrap()
}

/// Fills a topic. Records are keyed by number, which callwarden doesn't ask for, so that Kafka Streams need not repartition.
pub(crate) struct Filler {
    producer: BaseProducer,
    topic: String,
    json: bool,
    payload: Vec<u8>,
    records: u64,
    bytes: u64,
}

impl Filler {
    pub(crate) fn new(site: &Site, topic: &str, json: bool) -> Self {
        let producer = client(&site.broker)
            .set("queue.buffering.max.messages", "500000")
            .set("linger.ms", "20")
            .set("partitioner", "murmur2_random")
            .create()
            .unwrap();
        Self { producer, topic: topic.to_owned(), json, payload: Vec::new(), records: 0, bytes: 0 }
    }

    /// All attempts of a world, up to so many.
    pub(crate) fn fleet(&mut self, world: World, attempts: u32) {
        let mut message = v1::CallAttempt::default();
        for attempt in world.take(attempts as usize) {
            attempt.write_into(&mut message);
            self.send(&message);
        }
    }

    /// One attempt of each of the first `numbers` numbers, begun at `seconds` since 1970.
    pub(crate) fn one_each(&mut self, numbers: u32, seconds: i64) {
        let mut message = v1::CallAttempt {
            campaign_id: "campaign-01".into(),
            carrier_id: "trunk-01".into(),
            disposition: v1::Disposition::NoAnswer.into(),
            sip_status: 480,
            started_at: Some(Timestamp::from_millis(seconds * 1_000)),
            ..v1::CallAttempt::default()
        };
        for number in 0..numbers {
            message.caller_number = format!("+1{}", 2_000_000_000 + u64::from(number));
            message.attempt_id = format!("{seconds:08x}-{number:016x}");
            self.send(&message);
        }
    }

    fn send(&mut self, message: &v1::CallAttempt) {
        self.payload.clear();
        if self.json {
            self.payload.extend_from_slice(to_json(message).as_bytes());
        } else {
            message.encode(&mut self.payload).unwrap();
        }
        self.records += 1;
        self.bytes += self.payload.len() as u64;
        let mut record = BaseRecord::to(&self.topic).key(&message.caller_number).payload(&self.payload);
        while let Err((_, back)) = self.producer.send(record) {
            self.producer.poll(Duration::from_millis(5));
            record = back;
        }
    }

    /// Waits until all of it is there, and says how many bytes a record has.
    pub(crate) fn finish(self) -> f64 {
        self.producer.flush(PATIENCE).unwrap();
        self.bytes as f64 / self.records as f64
    }
}

/// A consumer that belongs to no group, reads committed records only, and begins where it is told.
pub(crate) fn reader(broker: &str, topic: &str, partitions: i32, from: Offset) -> BaseConsumer {
    let consumer: BaseConsumer = client(broker)
        .set("group.id", "reader")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("enable.partition.eof", "true")
        .set("queued.min.messages", "200000")
        .set("fetch.message.max.bytes", "4194304")
        .set("fetch.queue.backoff.ms", "5")
        .set("fetch.wait.max.ms", "20")
        .create()
        .unwrap();
    let mut list = TopicPartitionList::new();
    for partition in 0..partitions {
        list.add_partition_offset(topic, partition, from).unwrap();
    }
    consumer.assign(&list).unwrap();
    consumer
}

/// Committed records of a topic with one partition.
pub(crate) fn count(broker: &str, topic: &str) -> f64 {
    let consumer = reader(broker, topic, 1, Offset::Beginning);
    let mut records = 0.0;
    loop {
        match consumer.poll(PATIENCE).expect("an end of the partition") {
            Ok(_) => records += 1.0,
            Err(KafkaError::PartitionEOF(_)) => return records,
            Err(error) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::PartitionEOF) => {
                return records;
            }
            Err(error) => panic!("{topic}: {error}"),
        }
    }
}

/// What a consumer group has committed.
pub(crate) struct Group {
    consumer: BaseConsumer,
    partitions: TopicPartitionList,
}

impl Group {
    pub(crate) fn new(broker: &str, group: &str, topic: &str) -> Self {
        let mut partitions = TopicPartitionList::new();
        partitions.add_partition_range(topic, 0, PARTITIONS - 1);
        Self { consumer: client(broker).set("group.id", group).create().unwrap(), partitions }
    }

    /// The sum of its offsets: the records of a topic that it began at its beginning.
    pub(crate) fn committed(&self) -> f64 {
        let Ok(found) = self.consumer.committed_offsets(self.partitions.clone(), PATIENCE) else {
            return 0.0;
        };
        let offsets = found.elements().into_iter().filter_map(|element| match element.offset() {
            Offset::Offset(offset) => Some(offset as f64),
            _ => None,
        });
        offsets.sum()
    }
}
