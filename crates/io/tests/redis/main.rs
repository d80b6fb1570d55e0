//! Snapshots in a real Redis: whole at every moment, whoever dies, freezes or forgets in the middle of a save.
#![allow(clippy::unwrap_used)]

mod deaths;
mod losses;
mod property;
mod proxy;
mod server;
mod unit;
mod ways;
mod zombies;
