//! A seeded fleet, so that a demo, a test and a benchmark can know what callwarden cannot: which numbers were labelled.
//!
//! [`World`] is an iterator of [`SimAttempt`]s; [`Truth`] says what was done to its numbers; [`Scorer`] compares that with
//! what was decided. The same [`WorldConfig`] gives the same attempts, to the byte, on every platform: random words come
//! from ChaCha8, logarithms and exponentials from `libm`.
//!
//! What is modelled: campaigns with their own answer rates, numbers that differ within a campaign, the hour of the day,
//! week-ends, answering machines, failures of our own network, blocking codes, labels (answers fall by an exact factor,
//! blocks rise), numbers that dial too fast, and records that come twice, late or in two parts.
//!
//! What is not, and a good result here says nothing about: carriers, regions and terminating networks are named and
//! change nothing; lists don't wear out; nothing reacts to a command; a label stays; each attempt is independent of the
//! one before, given its number and hour; and records come in the order in which calls began, whereas a dialer reports a
//! call when it ends.

mod attempt;
mod clock;
mod config;
mod draw;
mod fate;
mod fleet;
mod message;
mod score;
mod truth;
mod world;

pub use attempt::{Report, SimAttempt};
pub use config::{BadWorld, NUMBERS_MAX, WorldConfig};
pub use fate::Fate;
pub use fleet::caller_of;
pub use score::{Accusation, Delay, LabelScore, Score, Scorer};
pub use truth::{Label, Truth};
pub use world::World;

#[cfg(test)]
mod tests;
