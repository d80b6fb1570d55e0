//! The loop on ports of memory that fail when they are told to: what it commits and recovers, without Kafka and Redis.
#![allow(clippy::unwrap_used)]

mod age;
mod audit;
mod crash;
mod duty;
mod limits;
mod policy;
mod rebuild;
mod topics;
