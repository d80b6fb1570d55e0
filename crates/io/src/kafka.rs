//! Kafka: topics of attempts, the ledger of commits, and the topics themselves.
//!
//! Attempts are read by manual assignment, so no rebalance ever interrupts them, and positions are nobody's business but the
//! journal's. What leaves, leaves in transactions of one producer. Only whose turn it is is decided by a group, on another topic.

mod attempts;
mod audit;
mod config;
mod context;
mod continuity;
mod election;
mod journal;
mod ledger;
mod probe;
mod records;
mod source;
mod stretch;
pub mod topics;

pub use attempts::{KafkaAttempts, Share, Start, TopicSpec};
pub use audit::{AuditWish, Progress, audit};
pub use config::KafkaConfig;
pub use election::{Membership, units};
pub use ledger::KafkaLedger;
