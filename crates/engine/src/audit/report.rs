//! The result of an audit.

use core::fmt;
use std::collections::BTreeMap;

use super::finding::{Finding, FindingKind};
use crate::position::Partition;

/// What an audit has compared, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The first findings, in the order of the journal; at most 100.
    pub findings: Vec<Finding>,
    /// How many there are of each kind.
    pub counts: BTreeMap<FindingKind, u64>,
    /// Units whose journals were read, with first and last sequence.
    pub units: Vec<UnitRead>,
    /// Journal records.
    pub records: u64,
    /// Slices that they name.
    pub slices: u64,
    /// Records of attempts that were stepped again.
    pub attempts_stepped: u64,
    /// Records of attempts that were read, to know the dead letters, and not stepped.
    pub attempts_read: u64,
    /// Commands on the topic that were compared with the journal, and those of them with the decision made again.
    pub commands_named: u64,
    /// Commands whose content was compared.
    pub commands_compared: u64,
    /// Decisions of mode `observe` that were compared.
    pub observed_compared: u64,
    /// Dead letters compared.
    pub dead_letters_compared: u64,
    /// Commands that the topic no longer keeps, or may have compacted away.
    pub commands_no_longer_kept: u64,
    /// Dead letters that the topic no longer keeps.
    pub dead_letters_no_longer_kept: u64,
    /// Dead letters of attempts that are no longer kept, so that there is nothing to hold them against.
    pub dead_letters_unchecked: u64,
    /// Stretches of the journal that could not be stepped again.
    pub not_stepped: Vec<NotStepped>,
}

impl Report {
    /// Findings in all.
    pub fn found(&self) -> u64 {
        self.counts.values().sum()
    }

    /// What it all amounts to.
    pub fn verdict(&self) -> Verdict {
        let whole = self.not_stepped.is_empty()
            && self.commands_no_longer_kept == 0
            && self.dead_letters_no_longer_kept == 0
            && self.dead_letters_unchecked == 0;
        match (self.found(), whole) {
            (0, true) => Verdict::Proven,
            (0, false) => Verdict::Clean,
            _ => Verdict::Findings,
        }
    }
}

/// What an audit amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was stepped again and compared, and is there once.
    Proven,
    /// Nothing is wrong with what could be compared, which is not everything.
    Clean,
    /// Something is wrong.
    Findings,
}

impl Verdict {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Clean => "clean",
            Self::Findings => "findings",
        }
    }
}

/// A unit's journal as far as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitRead {
    /// Which unit.
    pub unit: u32,
    /// First sequence that was read,
    pub first: u64,
    /// and last.
    pub last: u64,
}

/// A stretch of a unit's journal that could not be stepped again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotStepped {
    /// Which unit.
    pub unit: u32,
    /// First sequence,
    pub from: u64,
    /// and last.
    pub to: u64,
    /// Why.
    pub because: Because,
}

/// Why slices cannot be stepped again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The journal no longer reaches back to its first record.
    JournalTrimmed,
    /// Attempts that were taken are no longer kept.
    AttemptsTrimmed {
        /// Whose.
        partition: Partition,
        /// First offset still kept.
        oldest: i64,
    },
    /// Attempts of a topic that the configuration does not name.
    TopicNotRead(Partition),
    /// The unit rebuilt its state from what Kafka held.
    Rebuilt,
    /// Another version of the core decided.
    CoreVersion(u32),
    /// Records of the journal are missing, which is a finding of its own.
    JournalGap,
    /// The partition does not hold what was taken, or the policy cannot be used, which is a finding of its own.
    Broken,
}

impl Because {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::JournalTrimmed => "journal_trimmed",
            Self::AttemptsTrimmed { .. } => "attempts_trimmed",
            Self::TopicNotRead(_) => "topic_not_read",
            Self::Rebuilt => "rebuilt",
            Self::CoreVersion(_) => "core_version",
            Self::JournalGap => "journal_gap",
            Self::Broken => "broken",
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JournalTrimmed => f.write_str("the journal no longer reaches back to sequence 1"),
            Self::AttemptsTrimmed { partition, oldest } => {
                write!(f, "attempts of {partition} before offset {oldest} are no longer kept")
            }
            Self::TopicNotRead(partition) => write!(f, "no [[attempts]] names the topic of {partition}"),
            Self::Rebuilt => f.write_str("the unit had rebuilt its state from what Kafka still held"),
            Self::CoreVersion(version) => write!(f, "not compared: core version {version}"),
            Self::JournalGap => f.write_str("records of the journal are missing before it"),
            Self::Broken => f.write_str("the state cannot be reached, see the findings"),
        }
    }
}
