//! Adapters of the engine's ports to Kafka and Redis.
//!
//! No rules live here: an adapter moves bytes, keeps the promises of its port, and says what is wrong and how to cure it.
//! The settings of the clients stand in one place each ([`kafka::KafkaConfig`], [`redis::RedisConfig`]), with their reasons.

pub mod kafka;
pub mod redis;
