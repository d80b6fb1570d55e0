//! The core against reference models, its own snapshots, a fixed stream and a simulated fleet.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test stops at the first surprise")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests have I/O"
)]

mod acting;
mod detection;
mod golden;
mod limits;
mod model;
mod properties;
mod purity;
mod stream;
