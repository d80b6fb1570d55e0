//! The state of one number in few bytes, for a store.
//!
//! Version 1: magic byte, version byte, a byte of flags, then integers of variable length (LEB128, signed ones in zigzag):
//!
//! * newest event time, seconds;
//! * minutes: how many hold something, then (steps back from the newest minute or the one before, count) each;
//! * hours, days: how many hold something, then (steps back, eight counts) each, newest first;
//! * flag 1: settled seizures and answers;
//! * recent attempts, oldest first: how many, then 5 bytes of id, seconds after the one before, 24 bits of facts each;
//! * flag 2: evidence, five 32-bit floats (little endian), seconds from its start to the newest attempt, attempts, answers;
//! * flag 4: orders, version and three times.
//!
//! The windows end with the newest event time, so their ends are not stored. Encoding takes every struct apart in full: a
//! new field of the core does not compile until it has a place here, and then the version is raised.

mod bytes;
mod pack;
mod unpack;

pub use pack::pack_number;
pub use unpack::unpack_number;

/// First byte of every packed state.
const MAGIC: u8 = 0xcb;
/// Second byte: the layout.
const VERSION: u8 = 1;

const HAS_SETTLED: u8 = 1;
const HAS_EVIDENCE: u8 = 2;
const HAS_ORDERS: u8 = 4;

/// Bytes that are no packed state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadState {
    /// They end too early.
    #[error("a number's state ends too early")]
    Truncated,
    /// They go on after the end.
    #[error("a number's state has {0} bytes after its end")]
    Trailing(usize),
    /// They begin otherwise.
    #[error("no number's state: its first byte is not 0xcb")]
    Magic,
    /// Written by another version of the program.
    #[error("a number's state has layout {0}, this program reads layout 1")]
    Version(u8),
    /// A value that no state can hold.
    #[error("a number's state holds an impossible value: {0}")]
    Value(&'static str),
}

#[cfg(test)]
mod tests;
