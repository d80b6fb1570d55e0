//! The judge of delivery: whether what stands in the log is what the core makes of what was taken, all of it and nothing twice.
//!
//! It is handed the journal record by record, reads the slices again through the port that recovery uses, steps the same core,
//! and is then shown what stands on the topics of outputs. It knows no Kafka and has no clock, so that a test can take a true
//! run, falsify one thing, and demand that exactly this is found.
//!
//! The order of calls: [`Audit::begin_unit`], [`Audit::record`] for each record, then the next unit; after all units
//! [`Audit::begin_commands`] and [`Audit::command`], [`Audit::begin_dead_letters`] and [`Audit::dead_letter`]; where the unit
//! runs on meanwhile, [`Audit::later`] for the records that explain what is already there; and [`Audit::finish`].
//!
//! Memory is bounded by the numbers and by the commands and unreadable records of the journal that is kept.

mod books;
mod commands;
mod decisions;
mod fields;
mod finding;
mod letters;
mod report;
mod slices;
mod walk;

use std::collections::BTreeMap;

use callwarden_wire::{Timestamp, v1};

use self::books::Books;
use self::commands::Commands;
pub use self::finding::{Finding, FindingKind};
use self::letters::Letters;
pub use self::letters::Origin;
pub use self::report::{Because, NotStepped, Report, UnitRead, Verdict};
use self::walk::Walk;
use crate::port::{Attempts, PortError};
use crate::position::Partition;
use crate::recover::partition_of;

/// What is to be judged, and by what.
#[derive(Clone, Debug)]
pub struct AuditConfig {
    /// Records committed before this are stepped, and neither compared nor reported.
    pub since: Option<Timestamp>,
    /// The only unit whose journal is read; outputs of others are passed over.
    pub only_unit: Option<u32>,
    /// Of each partition of attempts that can be read: first offset kept, and one past the last.
    pub kept: BTreeMap<Partition, (i64, i64)>,
    /// Name of the topic of commands, for the report.
    pub commands_topic: String,
    /// Name of the topic of dead letters, for the report.
    pub dead_letters_topic: String,
    /// Bytes to which the key of a dead letter is cut,
    pub key_bytes_max: usize,
    /// and its value.
    pub value_bytes_max: usize,
}

/// A record of a topic of outputs.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Where it stands,
    pub partition: &'a Partition,
    /// and at which offset.
    pub offset: i64,
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value.
    pub value: Option<&'a [u8]>,
}

/// An audit under way. See the head of the module for the order of calls.
pub struct Audit {
    books: Books,
    commands: Commands,
    letters: Letters,
    walk: Option<Walk>,
}

impl Audit {
    /// Nothing is looked at yet.
    pub fn new(config: AuditConfig) -> Self {
        Self {
            books: Books {
                config,
                report: Report::default(),
                findings: finding::Findings::default(),
                reported: true,
                units: 1,
            },
            commands: Commands::default(),
            letters: Letters::default(),
            walk: None,
        }
    }

    /// The journal of `unit` comes next. `whole`: nothing was ever trimmed off its beginning.
    pub fn begin_unit(&mut self, unit: u32, whole: bool) {
        self.end_unit();
        self.walk = Some(Walk::new(unit, whole));
    }

    /// The next record of the unit's journal. Its slices are read from `attempts`.
    pub fn record(
        &mut self,
        attempts: &mut dyn Attempts,
        record: &v1::JournalRecord,
    ) -> Result<(), PortError> {
        let walk = self.walk.get_or_insert_with(|| Walk::new(record.unit, false));
        walk.take(attempts, record, &mut self.books, &mut self.commands, &mut self.letters)
    }

    /// Records of attempts that were read so far.
    pub fn attempts(&self) -> u64 {
        self.books.report.attempts_stepped + self.books.report.attempts_read
    }

    /// The journals are through; a partition of the topic of commands comes next, which keeps what stands from `oldest` on.
    pub fn begin_commands(&mut self, partition: u32, oldest: i64) {
        self.end_unit();
        self.commands.begin(partition, oldest);
    }

    /// A record of the topic of commands, in the order of its partition.
    pub fn command(&mut self, found: &Found<'_>) {
        self.commands.found(found, &mut self.books);
    }

    /// A partition of the topic of dead letters comes next, which keeps what stands from `oldest` on.
    pub fn begin_dead_letters(&mut self, oldest: i64) {
        self.end_unit();
        self.letters.begin(oldest);
    }

    /// A record of the topic of dead letters. `origin`: what its headers say of it, if they do.
    pub fn dead_letter(&mut self, found: &Found<'_>, origin: Option<&Origin>) {
        self.letters.found(found, origin, &mut self.books);
    }

    /// A record that follows those that were judged: what stands on the topics already may be of it.
    pub fn later(&mut self, record: &v1::JournalRecord) {
        self.commands.later(record);
        for slice in &record.slices {
            self.letters.later(&partition_of(slice), slice.from, slice.to);
        }
    }

    /// Whether there are outputs that no record explains yet.
    pub fn has_surplus(&self) -> bool {
        self.commands.has_surplus() || self.letters.has_surplus()
    }

    /// Whether an output is not there.
    pub fn lacks_any(&self) -> bool {
        self.commands.lacks_any() || self.letters.lacks_any()
    }

    /// The verdict.
    pub fn finish(mut self) -> Report {
        self.end_unit();
        let Self { mut books, commands, letters, .. } = self;
        commands.finish(&books.config.commands_topic.clone(), &mut books);
        letters.finish(&books.config.dead_letters_topic.clone(), &mut books);
        let Books { mut report, findings, .. } = books;
        report.findings = findings.kept;
        report.counts = findings.counts;
        // What belongs to no record comes last.
        report.findings.sort_by_key(|finding| (finding.unit.is_none(), finding.unit, finding.sequence));
        report
    }

    fn end_unit(&mut self) {
        if let Some(walk) = self.walk.take() {
            walk.end(&mut self.books);
        }
        self.books.reported = true;
    }
}
