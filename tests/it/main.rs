//! The program as a whole, on a real Kafka and a real Redis: what an operator would see it do.
//!
//! `scripts/test` starts the parts and runs this. Each test has its own prefix of topics and keys, its own port and its
//! own directory, so they run side by side. A test that has to break a Redis starts one of its own. Tests wait for what
//! must happen, with a deadline, and never for a time to pass.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod harness;

mod audit;
mod backlog;
mod cli;
mod cures;
mod degraded_numbers;
mod faults;
mod kcat_tour;
mod kill_9;
mod lost_past;
mod modes;
mod poison;
mod real_calls;
mod redis_loss;
mod sigterm;
mod standby;
mod telemetry;
mod tls;
