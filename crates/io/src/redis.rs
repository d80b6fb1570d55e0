//! Redis (7 or later) or Valkey: the snapshot, for people and for a restart.
//!
//! One node, or a primary with replicas. Redis Cluster is not supported: the hashes of many numbers lie in many slots, and a
//! snapshot is one transaction.

mod check;
mod guard;
mod header;
mod keys;
mod link;
mod load;
mod resp;
mod save;
mod store;

pub use link::RedisConfig;
pub use save::Sizes;
pub use store::{NumberFound, RedisStore};
