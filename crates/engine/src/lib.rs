//! The dull loop around the core: take slices, step, commit, snapshot; and after a crash, recover.
//!
//! The contract between a host of the core and its ports, in the order in which a [`Unit`] keeps it:
//!
//! 1. **Open** the ledger: it fences every earlier process of the unit, and tells where the journal ends.
//! 2. **Recover**: load the snapshot taken at journal sequence S, then step the slices of the records after S again, in the
//!    journal's order, and drop what they bring about: it is committed already. The digest must come out as recorded.
//! 3. **Take** a slice that begins where the partition's last one ended. Step each record. Nothing outside has changed yet.
//! 4. **Seal** what was consumed and decided into one transaction: at once when a slice brought about a command, else after an
//!    interval or a number of events. The commit of its journal record is the only commit point there is.
//! 5. **Commit** on the committer's thread, while the unit goes on stepping. One transaction is under way at a time; when the
//!    next is full the unit stops taking. After a failed commit nothing is known but what the journal says: the unit ends, and
//!    is recovered.
//! 6. **Save**, after a commit and from a thread of its own, the numbers changed up to exactly that commit. The store is never
//!    ahead of the journal, and a slow or absent store slows nothing until its lag reaches a configured limit.
//! 7. **Drain** on request: seal, commit and save what there is, then leave.
//!
//! Memory does not grow with the input. What waits, and how much of it there may be:
//!
//! | waits | at most |
//! |---|---|
//! | slices that the reader has handed over | 4 |
//! | attempts that it holds ready, in `io` | 2,048 a partition, and 64 MiB of unreadable records in all (64 KiB a partition in any case) |
//! | records that librdkafka has fetched | 64 MiB, 1 MiB a partition in any case |
//! | the transaction under construction | `commit.max_events`; 8 MiB of dead letters, 8 MiB of commands, 2 MiB of journal |
//! | the one under way | one, which was the one under construction |
//! | changes on their way to the store | one set: every number once, packed, with its figures |
//! | numbers | `numbers.max` |
//!
//! What the unit remembers beyond the core (positions, journal sequence) is in every journal record. Which units a process runs, and
//! what happens when one fails, is [`duty`].

pub mod audit;
mod clock;
mod commit;
pub mod duty;
mod memory;
mod port;
mod position;
mod reader;
mod recover;
mod snapshot;
mod status;
pub mod telemetry;
mod unit;

pub use crate::memory::{MemoryAttempts, MemoryLog, MemoryStore};
pub use crate::port::{
    Attempts, ChangedNumber, Changes, DeadLetter, Entry, Ledger, Next, Poison, PortError, Saved, Slice,
    Snapshot, SnapshotHead, Store, Transaction, Trouble, Wanted,
};
pub use crate::position::{Partition, Positions};
pub use crate::recover::RecoverError;
pub use crate::status::{Phase, Roster, Status};
pub use crate::unit::{Ended, Ports, Unit, UnitConfig, UnitError};
