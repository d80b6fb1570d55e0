#![allow(clippy::unwrap_used)]

use super::*;

fn config(properties: &[(&str, &str)]) -> KafkaConfig {
    KafkaConfig {
        properties: properties.iter().map(|&(name, value)| (name.into(), value.into())).collect(),
        topic_prefix: "callwarden.".into(),
        request_timeout: Duration::from_secs(10),
    }
}

#[test]
fn the_operators_properties_pass_over_ours() {
    let config =
        config(&[("bootstrap.servers", "a:1,b:2"), ("fetch.wait.max.ms", "77"), ("client.id", "mine")]);
    let consumer = config.consumer(1);
    assert_eq!(config.brokers(), "a:1,b:2");
    assert_eq!(consumer.get("bootstrap.servers"), Some("a:1,b:2"));
    assert_eq!(consumer.get("fetch.wait.max.ms"), Some("77"));
    assert_eq!(consumer.get("client.id"), Some("mine"));
    assert_eq!(consumer.get("fetch.queue.backoff.ms"), Some("5"));
}

#[test]
fn what_delivery_stands_on_cannot_be_changed() {
    let config = config(&[
        ("enable.auto.commit", "true"),
        ("isolation.level", "read_uncommitted"),
        ("auto.offset.reset", "latest"),
        ("enable.partition.eof", "true"),
        ("group.id", "theirs"),
        ("acks", "1"),
        ("enable.idempotence", "false"),
        ("transactional.id", "theirs"),
        ("transaction.timeout.ms", "900000"),
    ]);
    let consumer = config.consumer(1);
    for &(name, value) in CONSUMER_OWNED {
        assert_eq!(consumer.get(name), Some(value), "{name}");
    }
    assert_eq!(consumer.get("group.id"), Some("callwarden.unit"));
    assert_eq!(config.client().get("group.id"), None);
    let producer = config.producer("callwarden.unit-0");
    assert_eq!(producer.get("acks"), Some("all"));
    assert_eq!(producer.get("enable.idempotence"), Some("true"));
    assert_eq!(producer.get("transactional.id"), Some("callwarden.unit-0"));
    assert_eq!(producer.get("transaction.timeout.ms"), Some("10000"));
}

#[test]
fn prefetch_is_shared_between_partitions() {
    let config = config(&[]);
    assert_eq!(config.consumer(1).get("queued.min.messages"), Some("200000"));
    assert_eq!(config.consumer(10).get("queued.min.messages"), Some("20000"));
    assert_eq!(config.consumer(10).get("queued.max.messages.kbytes"), Some("6553"));
    assert_eq!(config.consumer(10_000).get("queued.min.messages"), Some("2000"));
}

#[test]
fn timeouts_that_librdkafka_refuses_beside_a_transaction_are_bounded() {
    let config = config(&[("socket.timeout.ms", "60000"), ("message.timeout.ms", "300000")]);
    let producer = config.producer("x");
    assert_eq!(producer.get("socket.timeout.ms"), Some("10000"));
    assert_eq!(producer.get("message.timeout.ms"), None);
    assert_eq!(config.consumer(1).get("socket.timeout.ms"), Some("60000"));
    producer.create::<rdkafka::producer::BaseProducer>().unwrap();
}

#[test]
fn a_refused_property_is_named_and_its_value_is_not() {
    let config = config(&[("sasl.pasword", "hunter2")]);
    let error = config.consumer(1).create::<rdkafka::consumer::BaseConsumer>().err().unwrap();
    let said = refused(&error).to_string();
    assert!(said.contains("sasl.pasword"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn nothing_secret_is_debugged() {
    let config = config(&[("sasl.username", "u"), ("sasl.password", "hunter2")]);
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(config.identity(), "user 'u', mechanism GSSAPI");
}
