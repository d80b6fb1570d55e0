//! The slices of one unit: whether they follow one another, and what is in them.

use std::collections::BTreeMap;

use callwarden_core::{Core, Outbox};
use callwarden_wire::{command, v1};

use super::books::Books;
use super::commands::By;
use super::finding::{Finding, FindingKind};
use super::letters::Letters;
use super::report::Because;
use crate::port::{Attempts, Entry, PortError};
use crate::position::{Partition, Positions};
use crate::recover::partition_of;

/// Where a unit's slices have come to.
#[derive(Default)]
pub(super) struct Slices {
    /// Ends of the last slices.
    ends: Positions,
    /// Positions of the last record that were wrong: said once.
    wrong: BTreeMap<Partition, i64>,
    /// Where the port stands; it is told anew when that is not where the next slice begins.
    reading: Positions,
    sought: bool,
    outbox: Outbox,
    /// A partition that appears now begins where its log does.
    began: bool,
}

/// What steps a slice again.
pub(super) struct Again<'a> {
    /// The state; `None` where it is not known.
    pub(super) core: Option<&'a mut Core>,
    /// Of the policy in force.
    pub(super) policy_hash: &'a str,
    /// Where decisions go.
    pub(super) decided: &'a mut Vec<v1::Command>,
}

impl Slices {
    /// Begins anew at `positions`.
    pub(super) fn anchor(&mut self, positions: Positions) {
        self.ends = positions;
        self.wrong.clear();
        self.reading = Positions::default();
        self.sought = false;
        self.began = false;
    }

    /// Reads a slice again, and steps it, if there is a core. Gives what stands in the way of the state from now on.
    pub(super) fn take(
        &mut self,
        attempts: &mut dyn Attempts,
        slice: &v1::Slice,
        again: Again<'_>,
        by: &By<'_>,
        letters: &mut Letters,
        books: &mut Books,
    ) -> Result<Option<Because>, PortError> {
        let partition = partition_of(slice);
        let span = (slice.from, slice.to);
        let finding = |kind, detail| Finding::of_record(kind, by.unit, by.record.sequence, detail);
        if slice.to <= slice.from {
            let detail = format!("it ends at offset {}, where it begins or before", slice.to);
            books.find(finding(FindingKind::SliceRecords, detail).at(&partition, slice.from));
            return Ok(Some(Because::Broken));
        }
        self.follow(&partition, span, by, books);
        let unread = match books.config.kept.get(&partition) {
            None => Because::TopicNotRead(partition.clone()),
            Some(&(oldest, _)) if slice.from < oldest => {
                Because::AttemptsTrimmed { partition: partition.clone(), oldest }
            }
            Some(&(_, end)) if slice.to > end => {
                let detail = format!("offsets to {} were taken, and the partition ends at {end}", slice.to);
                books.find(finding(FindingKind::SliceRecords, detail).at(&partition, end));
                Because::Broken
            }
            Some(_) => {
                let entries = self.read(attempts, &partition, span, books)?;
                if entries.len() != slice.records as usize {
                    let (wanted, found) = (slice.records, entries.len());
                    let detail =
                        format!("{wanted} records were taken up to offset {}, there are {found}", span.1);
                    books.find(finding(FindingKind::SliceRecords, detail).at(&partition, slice.from));
                }
                letters.span(&partition, span, true, by.compared);
                self.step(&entries, again, &partition, books);
                for entry in entries {
                    if let Some(poison) = entry.poison {
                        letters.expect(&books.config, by, (partition.clone(), entry.offset), &poison);
                    }
                }
                return Ok(None);
            }
        };
        letters.span(&partition, span, false, by.compared);
        Ok(Some(unread))
    }

    /// Whether a slice begins where its partition's last one ended, and the partition is the unit's.
    fn follow(&mut self, partition: &Partition, (from, to): (i64, i64), by: &By<'_>, books: &mut Books) {
        let mut find = |kind, detail: String| {
            books.find(Finding::of_record(kind, by.unit, by.record.sequence, detail).at(partition, from));
        };
        if partition.index % by.record.units.max(1) != by.unit {
            let owner = partition.index % by.record.units.max(1);
            find(
                FindingKind::SliceForeign,
                format!("of {} units, the partition is of {owner}", by.record.units),
            );
        }
        match self.ends.get(partition) {
            Some(end) if from < end => {
                find(FindingKind::SliceTwice, format!("offsets {from} to {} were taken before", to.min(end)));
            }
            Some(end) if from > end => {
                find(FindingKind::SliceSkipped, format!("offsets {end} to {from} were never taken"));
            }
            Some(_) => {}
            None => {
                // Added to its topic while the unit ran.
                let oldest = books.config.kept.get(partition).map_or(from, |kept| kept.0);
                if oldest < from {
                    let detail = format!("offsets {oldest} to {from} of a new partition were never taken");
                    let finding =
                        Finding::of_record(FindingKind::SliceSkipped, by.unit, by.record.sequence, detail);
                    books.find(finding.at(partition, from));
                }
            }
        }
        self.ends.set(partition.clone(), to);
    }

    fn read(
        &mut self,
        attempts: &mut dyn Attempts,
        partition: &Partition,
        (from, to): (i64, i64),
        books: &Books,
    ) -> Result<Vec<Entry>, PortError> {
        if !std::mem::replace(&mut self.began, true) {
            let kept = &books.config.kept;
            let readable = |(partition, at): (&Partition, i64)| {
                let (oldest, end) = *kept.get(partition)?;
                Some((partition.clone(), at.clamp(oldest, end.max(oldest))))
            };
            self.reading = self.ends.iter().filter_map(readable).collect();
        }
        if self.reading.get(partition) != Some(from) {
            self.reading.set(partition.clone(), from);
            self.sought = false;
        }
        if !std::mem::replace(&mut self.sought, true) {
            attempts.seek(&self.reading)?;
        }
        let taken = attempts.take(partition, from, to)?;
        self.reading.set(partition.clone(), to);
        Ok(taken.entries)
    }

    fn step(&mut self, entries: &[Entry], again: Again<'_>, partition: &Partition, books: &mut Books) {
        let Again { core: Some(core), policy_hash, decided } = again else {
            books.report.attempts_read += entries.len() as u64;
            return;
        };
        books.report.attempts_stepped += entries.len() as u64;
        for entry in entries {
            core.step(entry.stamp, &entry.input, &mut self.outbox);
            if self.outbox.is_empty() {
                continue;
            }
            for decision in self.outbox.drain() {
                let topic = partition.topic.to_string();
                let cause = v1::Position { topic, partition: partition.index, offset: entry.offset };
                decided.push(command(&decision, policy_hash, cause));
            }
        }
    }

    /// Whether the positions of a record are the ends of the slices.
    pub(super) fn compare(&mut self, record: &v1::JournalRecord, unit: u32, books: &mut Books) {
        let said = Positions::from_proto(&record.positions);
        let ends: Vec<(Partition, i64)> =
            self.ends.iter().map(|(partition, end)| (partition.clone(), end)).collect();
        for (partition, end) in ends {
            let position = said.get(&partition);
            if position == Some(end) {
                self.wrong.remove(&partition);
                continue;
            }
            let at = position.unwrap_or(-1);
            if self.wrong.insert(partition.clone(), at) == Some(at) {
                continue;
            }
            let detail = match position {
                Some(at) => format!("position {at}, where the slices end at {end}"),
                None => format!("no position, where the slices end at {end}"),
            };
            let finding = Finding::of_record(FindingKind::PositionsDiffer, unit, record.sequence, detail);
            books.find(finding.at(&partition, end));
        }
        for (partition, at) in said.iter() {
            // A partition that is new, and where it begins.
            if self.ends.get(partition).is_none() {
                self.ends.set(partition.clone(), at);
                if self.began && books.config.kept.contains_key(partition) {
                    self.reading.set(partition.clone(), at);
                    self.sought = false;
                }
            }
        }
    }
}
