//! Kafka as another program would see it: producing, and reading what is committed.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use callwarden_wire::v1;
use prost::Message as _;
use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

/// Nothing for so long, and a read has failed.
const SILENCE: Duration = Duration::from_secs(30);

/// A plain producer, as a dialer would have one.
pub(crate) struct Producer(BaseProducer);

impl Producer {
    pub(crate) fn new(kafka: &str) -> Self {
        Self::with(kafka, &[])
    }

    /// One that rides out a broker's absence: no record twice, and all in their order.
    pub(crate) fn steadfast(kafka: &str) -> Self {
        Self::with(kafka, &[("enable.idempotence", "true"), ("reconnect.backoff.max.ms", "200")])
    }

    fn with(kafka: &str, settings: &[(&str, &str)]) -> Self {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", kafka)
            .set("linger.ms", "1")
            .set("message.max.bytes", "20000000")
            .set("queue.buffering.max.messages", "1000000");
        for (name, value) in settings {
            config.set(*name, *value);
        }
        Self(config.create().unwrap())
    }

    /// Sends; without waiting for the acknowledgement, but for room.
    pub(crate) fn send(&self, topic: &str, partition: Option<i32>, key: Option<&[u8]>, value: Option<&[u8]>) {
        let mut record = BaseRecord::<[u8], [u8]>::to(topic);
        (record.partition, record.key, record.payload) = (partition, key, value);
        while let Err((error, back)) = self.0.send(record) {
            assert_eq!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::QueueFull), "{topic}: {error}");
            self.0.poll(Duration::from_millis(10));
            record = back;
        }
    }

    /// The same, of a certain time by the producer's clock, milliseconds, and wherever it falls.
    pub(crate) fn send_at(&self, topic: &str, at_ms: i64, value: &[u8]) {
        let mut record = BaseRecord::<(), [u8]>::to(topic).payload(value).timestamp(at_ms);
        while let Err((error, back)) = self.0.send(record) {
            assert_eq!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::QueueFull), "{topic}: {error}");
            self.0.poll(Duration::from_millis(10));
            record = back;
        }
    }

    /// Serves callbacks.
    pub(crate) fn poll(&self) {
        self.0.poll(Duration::ZERO);
    }

    /// Until everything is acknowledged.
    pub(crate) fn flush(&self) {
        self.flush_within(SILENCE);
    }

    pub(crate) fn flush_within(&self, within: Duration) {
        self.0.flush(within).unwrap();
    }
}

/// A record with all that its producer said.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

impl Record {
    fn of(message: &BorrowedMessage<'_>) -> Self {
        let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
        Self {
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers
                .map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec()))
                .collect(),
        }
    }

    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(own, _)| own == name)?;
        Some(std::str::from_utf8(value).unwrap())
    }
}

fn consumer(kafka: &str) -> BaseConsumer {
    ClientConfig::new()
        .set("bootstrap.servers", kafka)
        .set("reconnect.backoff.max.ms", "200")
        .set("group.id", "nobody-joins-it")
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("fetch.message.max.bytes", "20000000")
        .set("fetch.wait.max.ms", "5")
        .set("fetch.queue.backoff.ms", "5")
        .set("auto.offset.reset", "error")
        .create()
        .unwrap()
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> usize {
    let metadata = consumer.fetch_metadata(Some(topic), SILENCE).unwrap();
    let partitions = metadata.topics()[0].partitions().len();
    assert!(partitions > 0, "topic {topic} does not exist");
    partitions
}

/// Shows every committed record of a topic, partition by partition as they come.
pub(crate) fn for_each(kafka: &str, topic: &str, mut each: impl FnMut(&BorrowedMessage<'_>)) {
    let consumer = consumer(kafka);
    let count = partitions(&consumer, topic);
    let mut list = TopicPartitionList::new();
    for partition in 0..count as i32 {
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&list).unwrap();
    let mut ended = BTreeSet::new();
    let mut heard = Instant::now();
    while ended.len() < count {
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(message)) => {
                each(&message);
                heard = Instant::now();
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                ended.insert(partition);
            }
            Some(Err(error)) => println!("reading {topic}: {error}"),
            None => {}
        }
        assert!(heard.elapsed() < SILENCE, "reading {topic}: nothing came for {SILENCE:?}");
    }
}

/// Every committed record of a topic.
pub(crate) fn read(kafka: &str, topic: &str) -> Vec<Record> {
    let mut records = Vec::new();
    for_each(kafka, topic, |message| records.push(Record::of(message)));
    records
}

/// Every committed command, in its order.
pub(crate) fn commands(kafka: &str, topic: &str) -> Vec<v1::Command> {
    let json = |record: Record| {
        let value = record.value.unwrap();
        serde_json::from_slice(&value)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&value)))
    };
    read(kafka, topic).into_iter().map(json).collect()
}

/// Every committed record of the journal, in its order.
pub(crate) fn journal(kafka: &str, topic: &str) -> Vec<v1::JournalRecord> {
    let decode = |record: Record| v1::JournalRecord::decode(record.value.unwrap().as_slice()).unwrap();
    read(kafka, topic).into_iter().map(decode).collect()
}

/// Those of one unit.
pub(crate) fn journal_of(kafka: &str, topic: &str, unit: u32) -> Vec<v1::JournalRecord> {
    journal(kafka, topic).into_iter().filter(|record| record.unit == unit).collect()
}

/// Reads what comes from now on, as a controller would.
pub(crate) struct Tail(BaseConsumer);

impl Tail {
    /// Of the only partition of a topic; from its beginning, since what is not there yet cannot be missed.
    pub(crate) fn of(kafka: &str, topic: &str) -> Self {
        let consumer = consumer(kafka);
        assert_eq!(partitions(&consumer, topic), 1);
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
        consumer.assign(&list).unwrap();
        Self(consumer)
    }

    /// The value of the next record, if one comes in time.
    pub(crate) fn next(&self, within: Duration) -> Option<Vec<u8>> {
        let deadline = Instant::now() + within;
        loop {
            match self.0.poll(deadline.saturating_duration_since(Instant::now())) {
                Some(Ok(message)) => return message.payload().map(<[u8]>::to_vec),
                Some(Err(KafkaError::PartitionEOF(_))) => {}
                Some(Err(error)) => println!("waiting for a record: {error}"),
                None => return None,
            }
        }
    }
}

/// Reads several topics of one partition as they grow, from their beginning.
pub(crate) struct Feed(BaseConsumer);

impl Feed {
    pub(crate) fn of(kafka: &str, topics: &[&str]) -> Self {
        let consumer = consumer(kafka);
        let mut list = TopicPartitionList::new();
        for topic in topics {
            assert_eq!(partitions(&consumer, topic), 1, "{topic}");
            list.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
        }
        consumer.assign(&list).unwrap();
        Self(consumer)
    }

    /// Shows the next record, if one comes in time. Brokers that are away are waited for.
    pub(crate) fn next(&self, within: Duration, each: impl FnOnce(&str, &[u8])) {
        if let Some(Ok(message)) = self.0.poll(within) {
            each(message.topic(), message.payload().unwrap_or_default());
        }
    }
}

/// Makes a topic with settings that `topics create` does not give.
pub(crate) fn create_topic(kafka: &str, topic: &str, partitions: i32, settings: &[(&str, &str)]) {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", kafka).create().unwrap();
    let mut wanted = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    for (name, value) in settings {
        wanted = wanted.set(name, value);
    }
    let made =
        block_on(admin.create_topics([&wanted], &AdminOptions::new().operation_timeout(Some(SILENCE))));
    assert_eq!(made.unwrap(), [Ok(topic.to_owned())]);
}

/// Gives a topic more partitions, `partitions` in all.
pub(crate) fn create_partitions(kafka: &str, topic: &str, partitions: usize) {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", kafka).create().unwrap();
    let wanted = NewPartitions::new(topic, partitions);
    let options = AdminOptions::new().operation_timeout(Some(SILENCE));
    let made = block_on(admin.create_partitions([&wanted], &options));
    assert_eq!(made.unwrap(), [Ok(topic.to_owned())]);
}

/// Deletes a topic, and waits until it is gone.
pub(crate) fn delete_topic(kafka: &str, topic: &str) {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", kafka).create().unwrap();
    let options = AdminOptions::new().operation_timeout(Some(SILENCE));
    let gone = block_on(admin.delete_topics(&[topic], &options));
    assert_eq!(gone.unwrap(), [Ok(topic.to_owned())]);
    let consumer = consumer(kafka);
    let begun = Instant::now();
    loop {
        let metadata = consumer.fetch_metadata(Some(topic), SILENCE).unwrap();
        if metadata.topics().iter().all(|told| told.partitions().is_empty()) {
            return;
        }
        assert!(begun.elapsed() < SILENCE, "{topic} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Deletes what lies before an offset of a partition, as retention would.
pub(crate) fn trim(kafka: &str, topic: &str, partition: i32, before: i64) {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", kafka).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(before)).unwrap();
    let options = AdminOptions::new().operation_timeout(Some(SILENCE));
    block_on(admin.delete_records(&list, &options)).unwrap();
}

/// The admin client has a thread of its own, which wakes this one.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park_timeout(SILENCE),
        }
    }
}
