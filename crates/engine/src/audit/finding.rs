//! What an audit can find, and how it is said.

use core::fmt;

use callwarden_core::Caller;
use callwarden_wire::v1;

use crate::position::Partition;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Kinds of finding. The names are part of the contract: the field `kind` of `callwarden audit --json`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind { $($(#[$doc])* $variant,)* }

        impl FindingKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

kinds! {
    /// Sequences of the journal are missing.
    JournalGap = "journal_gap",
    /// A sequence comes again, or after a later one.
    JournalDoubled = "journal_doubled",
    /// A record of another unit stands in a unit's journal.
    JournalUnit = "journal_unit",
    /// A slice begins before the partition's last one ended: records were taken twice.
    SliceTwice = "slice_twice",
    /// A slice begins after the partition's last one ended: records were never taken.
    SliceSkipped = "slice_skipped",
    /// A slice holds another number of records than the journal says, or ends where it cannot.
    SliceRecords = "slice_records",
    /// A slice is of a partition that belongs to another unit.
    SliceForeign = "slice_foreign",
    /// The positions of a record are not the ends of the slices.
    PositionsDiffer = "positions_differ",
    /// Counts of inputs or outputs, event time or digest are not those of the records that were taken.
    StateDiffers = "state_differs",
    /// The policy of a record is not the one that its hash names, or contradicts itself.
    PolicyDiffers = "policy_differs",
    /// The core decides what the journal does not name.
    DecisionMissing = "decision_missing",
    /// The journal names what the core does not decide.
    DecisionUnexplained = "decision_unexplained",
    /// What the journal says was decided is decided, with other content or in another order.
    DecisionDiffers = "decision_differs",
    /// The topic of commands lacks what the journal names.
    CommandMissing = "command_missing",
    /// A command stands on the topic more than once.
    CommandDoubled = "command_doubled",
    /// A command on the topic has another content than was decided.
    CommandDiffers = "command_differs",
    /// A command stands on the topic that no journal record names.
    CommandUnexplained = "command_unexplained",
    /// A command stands on the topic before one that the journal names earlier.
    CommandOutOfOrder = "command_out_of_order",
    /// The topic of dead letters lacks a record that cannot be read.
    DeadLetterMissing = "dead_letter_missing",
    /// A record stands among the dead letters more than once.
    DeadLetterDoubled = "dead_letter_doubled",
    /// A dead letter is not the record that it says it is.
    DeadLetterDiffers = "dead_letter_differs",
    /// A dead letter of a record that can be read, or of none.
    DeadLetterUnexplained = "dead_letter_unexplained",
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// The unit whose journal it is about; `None` for what belongs to none.
    pub unit: Option<u32>,
    /// Journal sequence.
    pub sequence: Option<u64>,
    /// The last sequence, where it is about several in a row.
    pub until: Option<u64>,
    /// Where it shows.
    pub place: Option<(Partition, i64)>,
    /// Fleet and number that a command is about. The number prints masked.
    pub target: Option<(String, Caller)>,
    /// What was expected and what was found.
    pub detail: String,
}

impl Finding {
    /// Of a journal record.
    pub(super) fn of_record(kind: FindingKind, unit: u32, sequence: u64, detail: impl Into<String>) -> Self {
        Self { unit: Some(unit), sequence: Some(sequence), ..Self::new(kind, detail) }
    }

    /// Of nothing in particular yet.
    pub(super) fn new(kind: FindingKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            unit: None,
            sequence: None,
            until: None,
            place: None,
            target: None,
            detail: detail.into(),
        }
    }

    /// Shown at an offset.
    pub(super) fn at(self, partition: &Partition, offset: i64) -> Self {
        Self { place: Some((partition.clone(), offset)), ..self }
    }

    /// About the target of a command.
    pub(super) fn about(self, command: &v1::Command) -> Self {
        let target = Caller::parse(&command.number).map(|caller| (command.fleet.clone(), caller));
        Self { target, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if let Some(sequence) = self.sequence {
            write!(f, "  sequence {sequence}")?;
            if let Some(until) = self.until.filter(|&until| until > sequence) {
                write!(f, "..{until}")?;
            }
            if let Some(unit) = self.unit.filter(|&unit| unit > 0) {
                write!(f, " of unit {unit}")?;
            }
        }
        if let Some((partition, offset)) = &self.place {
            write!(f, "  {partition}/{offset}")?;
        }
        if let Some((fleet, caller)) = &self.target {
            write!(f, "  {fleet}/{caller}")?;
        }
        write!(f, "  {}", self.detail)
    }
}

/// The findings so far: all are counted, the first ones are kept.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) kept: Vec<Finding>,
    pub(super) counts: std::collections::BTreeMap<FindingKind, u64>,
}

/// Findings that are kept whole.
pub(super) const KEPT_MAX: usize = 100;

impl Findings {
    pub(super) fn push(&mut self, finding: Finding) {
        *self.counts.entry(finding.kind).or_default() += 1;
        if self.kept.len() < KEPT_MAX {
            self.kept.push(finding);
        }
    }
}
