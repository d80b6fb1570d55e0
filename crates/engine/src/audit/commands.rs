//! The topic of commands against what the journal names.
//!
//! The topic is compacted: of each target the newest command is kept, older ones may be gone. That must not excuse a loss, so
//! an absence counts as compaction only where compaction can have been. A log that was cleaned up to an offset holds no two
//! records of one key below it. The first record on the topic that stands after an older one of its own key therefore bounds
//! what was cleaned, and whatever a later record would have to have replaced there is missing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use callwarden_core::Caller;
use callwarden_wire::{to_json, v1};

use super::Found;
use super::books::Books;
use super::fields;
use super::finding::{Finding, FindingKind};
use crate::position::Partition;

/// A command that the journal names.
struct Named {
    unit: u32,
    sequence: u64,
    /// Place among all that are named.
    order: u64,
    /// As it must read; `None` when it was not decided again, or has been compared.
    json: Option<Box<str>>,
    /// Hash of its key, once that is known.
    key: Option<u64>,
    /// Whether it is held against the topic, or only known.
    compared: bool,
    /// Its place on the topic is not that of its decision: a recovery has sent it again.
    anywhere: bool,
    copies: u32,
    partition: u32,
    offset: i64,
}

/// A command that nothing has named yet.
struct Surplus {
    id: String,
    partition: Partition,
    offset: i64,
    target: Option<(String, Caller)>,
    sequence: u64,
}

/// A partition of the topic as far as it was read.
struct Read {
    /// First offset still kept.
    oldest: i64,
    /// Place in the journal of the earliest command that is there.
    first: Option<u64>,
    /// Newest place, by unit.
    newest: BTreeMap<u32, u64>,
    keys: HashSet<u64>,
    /// Offset of the first command that stands after an older one of its key: nothing from here on was ever cleaned.
    uncleaned: Option<i64>,
}

/// All commands.
#[derive(Default)]
pub(super) struct Commands {
    named: HashMap<String, Named>,
    orders: u64,
    surplus: Vec<Surplus>,
    partitions: BTreeMap<u32, Read>,
    /// By unit: decisions of records that its journal no longer holds.
    forgotten: BTreeMap<u32, u64>,
}

/// Of which record a command is named.
pub(super) struct By<'a> {
    pub(super) unit: u32,
    pub(super) record: &'a v1::JournalRecord,
    /// Whether the record is held against the topic.
    pub(super) compared: bool,
}

impl Commands {
    /// The journal names a command; `decided` is what the core makes of it, where it was asked. The sequence of an earlier
    /// record that named it too.
    pub(super) fn name(&mut self, id: &str, by: &By<'_>, decided: Option<&v1::Command>) -> Option<u64> {
        self.orders += 1;
        let named = Named {
            unit: by.unit,
            sequence: by.record.sequence,
            order: self.orders,
            json: decided.map(|command| to_json(command).into()),
            key: decided.map(|command| hash(&key_of(command))),
            compared: by.compared,
            anywhere: false,
            copies: 0,
            partition: 0,
            offset: 0,
        };
        match self.named.get(id) {
            Some(before) => Some(before.sequence),
            None => {
                self.named.insert(id.to_owned(), named);
                None
            }
        }
    }

    /// The journal of a unit begins with `record`: which commands the records before it have named is no longer known, only how
    /// many decisions there were.
    pub(super) fn forget(&mut self, record: &v1::JournalRecord) {
        let named = (record.command_ids.len() + record.observed.len()) as u64;
        self.forgotten.insert(record.unit, record.outputs.saturating_sub(named));
    }

    /// A recovery has sent a command of an earlier record again.
    pub(super) fn resend(&mut self, id: &str, by: &By<'_>) {
        self.orders += 1;
        let order = self.orders;
        let named = self.named.entry(id.to_owned()).or_insert_with(|| Named {
            unit: by.unit,
            sequence: by.record.sequence,
            order,
            json: None,
            key: None,
            compared: false,
            anywhere: true,
            copies: 0,
            partition: 0,
            offset: 0,
        });
        (named.anywhere, named.order) = (true, order);
        named.compared |= by.compared;
    }

    /// A command that is accounted for elsewhere: neither its presence on the topic is a finding, nor its place or absence.
    pub(super) fn know(&mut self, id: &str, by: &By<'_>) {
        if !self.named.contains_key(id) {
            self.name(id, &By { compared: false, ..*by }, None);
            self.named.entry(id.to_owned()).and_modify(|named| named.anywhere = true);
        }
    }

    /// A partition of the topic is about to be read, which keeps what stands from `oldest` on.
    pub(super) fn begin(&mut self, partition: u32, oldest: i64) {
        let read =
            Read { oldest, first: None, newest: BTreeMap::new(), keys: HashSet::new(), uncleaned: None };
        self.partitions.insert(partition, read);
    }

    /// A record of the topic.
    pub(super) fn found(&mut self, found: &Found<'_>, books: &mut Books) {
        let place = |finding: Finding| finding.at(found.partition, found.offset);
        let parsed: Result<v1::Command, _> = serde_json::from_slice(found.value.unwrap_or_default());
        let command = match parsed {
            Ok(command) => command,
            Err(error) => {
                let detail = format!("no command: {error}");
                return books.find(place(Finding::new(FindingKind::CommandUnexplained, detail)));
            }
        };
        let Some(named) = self.named.get_mut(&command.id) else {
            let partition = command.cause.as_ref().map(|cause| cause.partition);
            let unit = partition.map(|partition| partition % books.units.max(1));
            let forgotten = unit.and_then(|unit| self.forgotten.get(&unit)).copied().unwrap_or(0);
            if command.sequence > forgotten && books.is_audited(partition) {
                let target = Caller::parse(&command.number).map(|caller| (command.fleet.clone(), caller));
                let (partition, offset) = (found.partition.clone(), found.offset);
                self.surplus.push(Surplus {
                    id: command.id,
                    partition,
                    offset,
                    target,
                    sequence: command.sequence,
                });
            }
            return;
        };
        named.copies += 1;
        let finding = |kind, detail: String| {
            place(Finding::of_record(kind, named.unit, named.sequence, detail)).about(&command)
        };
        let key = key_of(&command);
        if named.copies > 1 {
            if named.compared {
                let detail = format!("{} stands there again, first at offset {}", command.id, named.offset);
                books.find(finding(FindingKind::CommandDoubled, detail));
            }
            return;
        }
        (named.partition, named.offset) = (found.partition.index, found.offset);
        named.key.get_or_insert(hash(&key));
        let read = self.partitions.get_mut(&found.partition.index);
        let in_order = read.is_none_or(|read| named.anywhere || read.follow(named, hash(&key)));
        if !named.compared {
            return;
        }
        books.report.commands_named += 1;
        if !in_order {
            let detail = format!("{} stands after commands of later decisions", command.id);
            books.find(finding(FindingKind::CommandOutOfOrder, detail));
        }
        let mut differs = Vec::new();
        if found.key.is_some_and(|found| found != key.as_bytes()) {
            differs.push("key of the record");
        }
        if let Some(expected) = named.json.take() {
            books.report.commands_compared += 1;
            if expected.as_bytes() != found.value.unwrap_or_default() {
                // Both by way of JSON, which may round: what is equal must compare equal.
                let expected: v1::Command = serde_json::from_str(&expected).expect("it was just written");
                differs.extend(fields::that_differ(&expected, &command));
            }
        }
        if !differs.is_empty() {
            let detail = format!("{} differs from what is decided in: {}", command.id, differs.join(", "));
            books.find(finding(FindingKind::CommandDiffers, detail));
        }
    }

    /// A record of the journal after those that are audited: it explains what stands on the topic already.
    pub(super) fn later(&mut self, record: &v1::JournalRecord) {
        let names = |id: &String| record.command_ids.contains(id) || record.resent_ids.contains(id);
        self.surplus.retain(|surplus| !names(&surplus.id));
    }

    /// Whether there are commands that nothing has named.
    pub(super) fn has_surplus(&self) -> bool {
        !self.surplus.is_empty()
    }

    /// Whether a command is not there.
    pub(super) fn lacks_any(&self) -> bool {
        self.named.values().any(|named| named.compared && named.copies == 0)
    }

    /// What is missing, and what is too many.
    pub(super) fn finish(self, topic: &str, books: &mut Books) {
        let mut absent: Vec<(&String, &Named)> =
            self.named.iter().filter(|(_, named)| named.compared && named.copies == 0).collect();
        absent.sort_by_key(|(_, named)| named.order);
        let gone = Gone::of(&self);
        for (id, named) in absent {
            if gone.may_be(named) {
                books.report.commands_no_longer_kept += 1;
                continue;
            }
            let detail = format!("{id} is not on {topic}");
            let finding = Finding::of_record(FindingKind::CommandMissing, named.unit, named.sequence, detail);
            let expected = named.json.as_deref().and_then(|json| serde_json::from_str(json).ok());
            books.find(expected.iter().fold(finding, |finding, command| finding.about(command)));
        }
        for Surplus { id, partition, offset, target, sequence } in &self.surplus {
            let detail =
                format!("no journal record names {id} (number {sequence} of the decisions, by its word)");
            let finding = Finding::new(FindingKind::CommandUnexplained, detail).at(partition, *offset);
            books.find(Finding { target: target.clone(), ..finding });
        }
    }
}

/// What retention and compaction can have removed.
struct Gone<'a> {
    partitions: &'a BTreeMap<u32, Read>,
    /// Newest place of a command below what was never cleaned: by key, and of any.
    by_key: HashMap<u64, u64>,
    of_any: u64,
}

impl<'a> Gone<'a> {
    fn of(commands: &'a Commands) -> Self {
        let partitions = &commands.partitions;
        let (mut by_key, mut of_any) = (HashMap::new(), 0);
        for named in commands.named.values().filter(|named| named.copies > 0) {
            let uncleaned = partitions.get(&named.partition).and_then(|read| read.uncleaned);
            if uncleaned.is_some_and(|bound| named.offset >= bound) {
                continue;
            }
            of_any = named.order.max(of_any);
            if let Some(key) = named.key {
                let newest = by_key.entry(key).or_default();
                *newest = named.order.max(*newest);
            }
        }
        Self { partitions, by_key, of_any }
    }

    fn may_be(&self, absent: &Named) -> bool {
        let trimmed = |read: &Read| read.oldest > 0 && read.first.is_none_or(|first| absent.order < first);
        // Of a command that was not decided again the key is not known: any later one may have replaced it.
        let replaced_by = absent.key.map_or(self.of_any, |key| self.by_key.get(&key).copied().unwrap_or(0));
        self.partitions.values().any(trimmed) || replaced_by > absent.order
    }
}

impl Read {
    /// Notes the place of a command; whether it stands in the order of the journal.
    fn follow(&mut self, named: &Named, key: u64) -> bool {
        self.first = Some(self.first.map_or(named.order, |first| first.min(named.order)));
        if !self.keys.insert(key) {
            self.uncleaned.get_or_insert(named.offset);
        }
        let newest = self.newest.entry(named.unit).or_default();
        let in_order = named.order > *newest;
        *newest = named.order.max(*newest);
        in_order
    }
}

/// The key of its record.
fn key_of(command: &v1::Command) -> String {
    format!("{}/{}", command.fleet, command.number)
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
