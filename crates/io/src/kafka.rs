//! Kafka: topics of attempts, the ledger of commits, and the topics themselves.
//!
//! Attempts are read by manual assignment, so no rebalance ever interrupts them, and positions are nobody's business but the
//! journal's. What leaves, leaves in transactions of one producer.

mod attempts;
mod audit;
mod config;
mod context;
mod journal;
mod ledger;
mod probe;
mod records;
mod source;
mod stretch;
pub mod topics;

pub use attempts::{KafkaAttempts, Start, TopicSpec};
pub use audit::{AuditWish, Progress, audit};
pub use config::KafkaConfig;
pub use ledger::KafkaLedger;
