//! One unit's journal, record by record: whether it is whole, and whether the core agrees with it.

use callwarden_core::{BadPolicy, CORE_VERSION, Core, Policy};
use callwarden_wire::{policy_hash, policy_of, v1};

use super::books::Books;
use super::commands::{By, Commands};
use super::decisions;
use super::finding::{Finding, FindingKind};
use super::letters::Letters;
use super::report::{Because, NotStepped, UnitRead};
use super::slices::{Again, Slices};
use crate::port::{Attempts, PortError};
use crate::recover::begin_of;

/// A unit's journal being followed.
pub(super) struct Walk {
    unit: u32,
    /// Nothing was trimmed off the journal's beginning.
    whole: bool,
    first: u64,
    last: Option<Last>,
    slices: Slices,
    /// The state, as long as it can be known.
    core: Option<Core>,
    /// Why it cannot.
    lost: Option<Because>,
    /// The last record's state was not as it recorded: the next one's cannot be held against it.
    diverged: bool,
    /// The finding about it, until it ends.
    diverging: Option<Finding>,
}

/// The record before.
struct Last {
    sequence: u64,
    inputs: u64,
    outputs: u64,
    /// Whether the next one's counts follow from these.
    counted: bool,
}

impl Walk {
    pub(super) fn new(unit: u32, whole: bool) -> Self {
        Self {
            unit,
            whole,
            first: 0,
            last: None,
            slices: Slices::default(),
            core: None,
            lost: None,
            diverged: false,
            diverging: None,
        }
    }

    /// The next record.
    pub(super) fn take(
        &mut self,
        attempts: &mut dyn Attempts,
        record: &v1::JournalRecord,
        books: &mut Books,
        commands: &mut Commands,
        letters: &mut Letters,
    ) -> Result<(), PortError> {
        let since = books.config.since;
        books.reported = since.is_none_or(|since| record.committed_at.is_some_and(|at| at >= since));
        books.units = record.units.max(1);
        let by = By { unit: self.unit, record, compared: books.reported };
        if record.unit != self.unit {
            let detail = format!("the record says that it is of unit {}", record.unit);
            books.find(self.finding(FindingKind::JournalUnit, record, detail));
        }
        if !self.follows(record, books) {
            record.command_ids.iter().chain(&record.resent_ids).for_each(|id| commands.know(id, &by));
            return Ok(());
        }
        if self.last.is_none() && record.sequence > 1 {
            commands.forget(record);
        }
        books.report.records += 1;
        books.report.slices += record.slices.len() as u64;
        let hash = self.prepare(record, books);
        let mut decided = Vec::new();
        for slice in &record.slices {
            let again = Again { core: self.core.as_mut(), policy_hash: &hash, decided: &mut decided };
            if let Some(because) = self.slices.take(attempts, slice, again, &by, letters, books)? {
                self.lose(because);
            }
        }
        let compared = self.compare_state(record, books);
        let names = decisions::Names { by: &by, decided: compared.then_some(&decided) };
        names.compare(commands, books);
        self.slices.compare(record, self.unit, books);
        self.note_not_stepped(record, books);
        self.last = Some(Last {
            sequence: record.sequence,
            inputs: record.inputs,
            outputs: record.outputs,
            counted: true,
        });
        Ok(())
    }

    /// The journal is through.
    pub(super) fn end(self, books: &mut Books) {
        books.reported = true;
        self.diverging.into_iter().for_each(|finding| books.find(finding));
        if let Some(last) = self.last {
            books.report.units.push(UnitRead { unit: self.unit, first: self.first, last: last.sequence });
        }
    }

    /// Whether the record comes next. Where something is missing before it, everything begins anew with it.
    fn follows(&mut self, record: &v1::JournalRecord, books: &mut Books) -> bool {
        let sequence = record.sequence;
        let wanted = self.last.as_ref().map_or(1, |last| last.sequence + 1);
        let gap = match &self.last {
            None => {
                self.first = sequence;
                self.slices.anchor(begin_of(record));
                if sequence > 1 && !self.whole {
                    self.lose(Because::JournalTrimmed);
                }
                sequence > 1 && self.whole
            }
            Some(_) if sequence < wanted => {
                let detail = format!("sequence {sequence} comes after {}", wanted - 1);
                books.find(self.finding(FindingKind::JournalDoubled, record, detail));
                return false;
            }
            Some(_) => sequence > wanted,
        };
        if gap {
            let detail = match sequence - 1 {
                last if last == wanted => format!("sequence {wanted} is missing before it"),
                last => format!("sequences {wanted} to {last} are missing before it"),
            };
            books.find(self.finding(FindingKind::JournalGap, record, detail));
            self.lose(Because::JournalGap);
        }
        if record.rebuilt {
            self.core = None;
            self.lost = Some(Because::Rebuilt);
        }
        if gap || record.rebuilt {
            self.slices.anchor(begin_of(record));
            self.last.iter_mut().for_each(|last| last.counted = false);
        }
        true
    }

    /// Tells the core what it has to know before the slices. The hash of the policy in force.
    fn prepare(&mut self, record: &v1::JournalRecord, books: &mut Books) -> String {
        let policy = record.policy.as_ref().map(policy_of);
        let hash = policy.as_ref().map_or_else(|| record.policy_hash.clone(), policy_hash);
        if hash != record.policy_hash {
            let detail = format!("its policy has the hash {hash}, recorded {}", record.policy_hash);
            books.find(self.finding(FindingKind::PolicyDiffers, record, detail));
        }
        if let Err(bad) = self.set_policy(policy) {
            let detail = format!("its policy contradicts itself: {bad}");
            books.find(self.finding(FindingKind::PolicyDiffers, record, detail));
            self.lose(Because::Broken);
        }
        let learning_until = record.learning_until.map(|until| until.event_time());
        if let Some(core) = &mut self.core {
            let reached = core.header().learning_until;
            core.set_clock(record.clock.map(|clock| clock.event_time()));
            core.learn(learning_until);
            // Whether a unit learns at its first start is its configuration's to say; from then on it follows.
            if self.last.is_some() && reached != learning_until {
                let detail = format!("learning until {learning_until:?}, where it must be {reached:?}");
                books.find(self.finding(FindingKind::StateDiffers, record, detail));
            }
        }
        hash
    }

    fn set_policy(&mut self, policy: Option<Policy>) -> Result<(), BadPolicy> {
        match (&mut self.core, policy) {
            (Some(core), Some(policy)) => core.set_policy(policy),
            (None, policy) if self.lost.is_none() => {
                self.core = Some(Core::new(policy.unwrap_or_default())?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether the decisions made again can be held against those that the record names.
    fn compare_state(&mut self, record: &v1::JournalRecord, books: &mut Books) -> bool {
        let Some(core) = &self.core else {
            let differs = self.counts_differ(record);
            if !differs.is_empty() {
                books.find(self.finding(FindingKind::StateDiffers, record, differs.join(", ")));
            }
            return false;
        };
        let differs = state_differs(core, record);
        if record.core_version != CORE_VERSION {
            if !differs.is_empty() {
                // Another core came to another state; what follows began from that one.
                self.lose(Because::CoreVersion(record.core_version));
            }
            return false;
        }
        let diverged = std::mem::replace(&mut self.diverged, !differs.is_empty());
        if differs.is_empty() {
            self.diverging.take().into_iter().for_each(|finding| books.find(finding));
            return true;
        }
        match &mut self.diverging {
            Some(finding) => finding.until = Some(record.sequence),
            None if books.reported => {
                self.diverging = Some(self.finding(FindingKind::StateDiffers, record, differs.join(", ")));
            }
            None => {}
        }
        !diverged
    }

    /// Without a state: whether the counts follow from the last record's.
    fn counts_differ(&self, record: &v1::JournalRecord) -> Vec<String> {
        let Some(last) = self.last.as_ref().filter(|last| last.counted) else { return Vec::new() };
        let taken: u64 = record.slices.iter().map(|slice| u64::from(slice.records)).sum();
        let decided = (record.command_ids.len() + record.observed.len()) as u64;
        let counts = [
            ("inputs", last.inputs.saturating_add(taken), record.inputs),
            ("outputs", last.outputs.saturating_add(decided), record.outputs),
        ];
        let differ = counts.into_iter().filter(|(_, counted, recorded)| counted != recorded);
        differ.map(|(what, counted, recorded)| format!("{what} {counted}, recorded {recorded}")).collect()
    }

    /// Says of which stretch of the journal nothing more than its structure and its ids was looked at.
    fn note_not_stepped(&self, record: &v1::JournalRecord, books: &mut Books) {
        let version = record.core_version;
        let foreign = (version != CORE_VERSION).then_some(Because::CoreVersion(version));
        let Some(because) = self.lost.clone().or(foreign).filter(|_| books.reported) else { return };
        match books.report.not_stepped.last_mut() {
            Some(last) if (last.unit, &last.because) == (self.unit, &because) => last.to = record.sequence,
            _ => books.report.not_stepped.push(NotStepped {
                unit: self.unit,
                from: record.sequence,
                to: record.sequence,
                because,
            }),
        }
    }

    /// The state can no longer be known. The first reason is the one that is told.
    fn lose(&mut self, because: Because) {
        self.core = None;
        self.lost.get_or_insert(because);
    }

    fn finding(&self, kind: FindingKind, record: &v1::JournalRecord, detail: String) -> Finding {
        Finding::of_record(kind, self.unit, record.sequence, detail)
    }
}

/// In what the state reached differs from the one recorded.
fn state_differs(core: &Core, record: &v1::JournalRecord) -> Vec<String> {
    let header = core.header();
    let event_time = (header.inputs > 0).then_some(header.event_time);
    let recorded = record.event_time.map(|at| at.event_time());
    let mut differs = Vec::new();
    let mut note = |what: &str, reached: &dyn std::fmt::Display, recorded: &dyn std::fmt::Display| {
        differs.push(format!("{what} {reached}, recorded {recorded}"));
    };
    if header.inputs != record.inputs {
        note("inputs", &header.inputs, &record.inputs);
    }
    if header.outputs != record.outputs {
        note("outputs", &header.outputs, &record.outputs);
    }
    if event_time != recorded {
        note("event time", &format_args!("{event_time:?}"), &format_args!("{recorded:?}"));
    }
    if header.digest != record.digest {
        note("digest", &format_args!("{:016x}", header.digest), &format_args!("{:016x}", record.digest));
    }
    differs
}
