//! The topic of dead letters against the records that cannot be read.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::books::Books;
use super::commands::By;
use super::finding::{Finding, FindingKind};
use super::{AuditConfig, Found};
use crate::port::Poison;
use crate::position::Partition;

/// A record that cannot be read.
struct Letter {
    unit: u32,
    sequence: u64,
    order: u64,
    compared: bool,
    /// Of key and value.
    fingerprint: (u64, u64),
    copies: u32,
    offset: i64,
}

/// Consecutive offsets that the journal took.
struct Span {
    from: i64,
    to: i64,
    /// Whether they were read: if not, nobody knows what was unreadable among them.
    read: bool,
    compared: bool,
}

/// A dead letter of an offset that the journal had not taken yet.
struct Surplus {
    of: (Partition, i64),
    place: (Partition, i64),
}

/// Where a dead letter says that it comes from, and what it says was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Partition and offset of the record.
    pub record: (Partition, i64),
    /// Bytes that its key had, if it was cut,
    pub key_bytes: Option<usize>,
    /// and its value.
    pub value_bytes: Option<usize>,
}

/// All dead letters.
#[derive(Default)]
pub(super) struct Letters {
    letters: HashMap<(Partition, i64), Letter>,
    spans: HashMap<Partition, Vec<Span>>,
    orders: u64,
    surplus: Vec<Surplus>,
    /// First offset that each partition of the topic keeps, and the earliest letter that is there.
    oldest: i64,
    first: Option<u64>,
}

impl Letters {
    /// The journal took offsets of a partition.
    pub(super) fn span(&mut self, partition: &Partition, (from, to): (i64, i64), read: bool, compared: bool) {
        let spans = self.spans.entry(partition.clone()).or_default();
        match spans.last_mut() {
            Some(last) if last.to == from && (last.read, last.compared) == (read, compared) => last.to = to,
            _ => spans.push(Span { from, to, read, compared }),
        }
    }

    /// A record cannot be read.
    pub(super) fn expect(
        &mut self,
        config: &AuditConfig,
        by: &By<'_>,
        of: (Partition, i64),
        poison: &Poison,
    ) {
        self.orders += 1;
        let cut = |bytes: &Option<Vec<u8>>, max| {
            let bytes = bytes.as_deref();
            fingerprint(bytes.map(|bytes| &bytes[..bytes.len().min(max)]), bytes.map(<[u8]>::len))
        };
        let letter = Letter {
            unit: by.unit,
            sequence: by.record.sequence,
            order: self.orders,
            compared: by.compared,
            fingerprint: (cut(&poison.key, config.key_bytes_max), cut(&poison.value, config.value_bytes_max)),
            copies: 0,
            offset: 0,
        };
        self.letters.entry(of).or_insert(letter);
    }

    /// A partition of the topic is about to be read, which keeps what stands from `oldest` on.
    pub(super) fn begin(&mut self, oldest: i64) {
        self.oldest = self.oldest.max(oldest);
    }

    /// A record of the topic. `origin`: what its headers say, if they do.
    pub(super) fn found(&mut self, found: &Found<'_>, origin: Option<&Origin>, books: &mut Books) {
        let place = |finding: Finding| finding.at(found.partition, found.offset);
        let Some(origin) = origin else {
            let detail = "its headers do not say which record it is";
            return books.find(place(Finding::new(FindingKind::DeadLetterUnexplained, detail)));
        };
        let (of, offset) = &origin.record;
        let Some(letter) = self.letters.get_mut(&origin.record) else {
            return self.unexpected(found, origin, books);
        };
        letter.copies += 1;
        self.first = Some(self.first.map_or(letter.order, |first| first.min(letter.order)));
        if !letter.compared {
            return;
        }
        let finding = |kind, detail: String| Finding::of_record(kind, letter.unit, letter.sequence, detail);
        if letter.copies > 1 {
            let detail = format!("{of}/{offset} stands there again, first at offset {}", letter.offset);
            return books.find(place(finding(FindingKind::DeadLetterDoubled, detail)));
        }
        letter.offset = found.offset;
        books.report.dead_letters_compared += 1;
        let print =
            |bytes: Option<&[u8]>, len: Option<usize>| fingerprint(bytes, len.or(bytes.map(<[u8]>::len)));
        let (key, value) = (print(found.key, origin.key_bytes), print(found.value, origin.value_bytes));
        let differs = match (key == letter.fingerprint.0, value == letter.fingerprint.1) {
            (true, true) => return,
            (false, true) => "key",
            (true, false) => "value",
            (false, false) => "key and value",
        };
        let detail = format!("{of}/{offset} has another {differs} there");
        books.find(place(finding(FindingKind::DeadLetterDiffers, detail)));
    }

    fn unexpected(&mut self, found: &Found<'_>, origin: &Origin, books: &mut Books) {
        let (of, offset) = &origin.record;
        if !books.is_audited(Some(of.index)) {
            return;
        }
        let spans = self.spans.get(of).map_or(&[][..], Vec::as_slice);
        if spans.first().is_some_and(|first| *offset < first.from) {
            // Of a record that the journal no longer names, or that was taken before it began.
            return;
        }
        if spans.last().is_none_or(|last| *offset >= last.to) {
            let place = (found.partition.clone(), found.offset);
            return self.surplus.push(Surplus { of: origin.record.clone(), place });
        }
        match spans.iter().find(|span| span.from <= *offset && *offset < span.to) {
            Some(Span { compared: false, .. }) => {}
            Some(Span { read: false, .. }) => books.report.dead_letters_unchecked += 1,
            _ => {
                let detail = format!("{of}/{offset} can be read, or is no record that was taken");
                let finding = Finding::new(FindingKind::DeadLetterUnexplained, detail);
                books.find(finding.at(found.partition, found.offset));
            }
        }
    }

    /// A slice of the journal after the records that are audited: it explains what stands on the topic already.
    pub(super) fn later(&mut self, partition: &Partition, from: i64, to: i64) {
        self.surplus.retain(|Surplus { of, .. }| of.0 != *partition || !(from..to).contains(&of.1));
    }

    /// Whether there are letters of records that nobody has taken.
    pub(super) fn has_surplus(&self) -> bool {
        !self.surplus.is_empty()
    }

    /// Whether a letter is not there.
    pub(super) fn lacks_any(&self) -> bool {
        self.letters.values().any(|letter| letter.compared && letter.copies == 0)
    }

    /// What is missing, and what is too many.
    pub(super) fn finish(self, topic: &str, books: &mut Books) {
        let mut absent: Vec<(&(Partition, i64), &Letter)> =
            self.letters.iter().filter(|(_, letter)| letter.compared && letter.copies == 0).collect();
        absent.sort_by_key(|(_, letter)| letter.order);
        for ((of, offset), letter) in absent {
            if self.oldest > 0 && self.first.is_none_or(|first| letter.order < first) {
                books.report.dead_letters_no_longer_kept += 1;
                continue;
            }
            let detail = format!("{of}/{offset} cannot be read, and is not on {topic}");
            let (unit, sequence) = (letter.unit, letter.sequence);
            books.find(Finding::of_record(FindingKind::DeadLetterMissing, unit, sequence, detail));
        }
        for Surplus { of: (of, offset), place } in &self.surplus {
            let detail = format!("no journal record has taken {of}/{offset}");
            books.find(Finding::new(FindingKind::DeadLetterUnexplained, detail).at(&place.0, place.1));
        }
    }
}

/// Of bytes that may have been cut, and of how many there were.
fn fingerprint(bytes: Option<&[u8]>, len: Option<usize>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (bytes, len).hash(&mut hasher);
    hasher.finish()
}
