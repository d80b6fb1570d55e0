//! A unit in the smallest form: takes exactly the slices that it is told, steps, and writes down what a unit writes. So a test
//! says what was taken, and what stands in the log follows from it.

use std::collections::BTreeMap;
use std::time::Duration;

use callwarden_core::{CORE_VERSION, Core, EventTime, Input, Outbox, Policy};
use callwarden_engine::audit::{Audit, AuditConfig, Found, Origin, Report};
use callwarden_engine::{
    Attempts, DeadLetter, Entry, MemoryLog, Next, Partition, Poison, PortError, Positions, Slice,
};
use callwarden_wire::{Decoder, Dialect, Timestamp, command, policy_hash, policy_message, to_json, v1};

use crate::topics::{Reader, Topic};

/// What stands in the log: to be falsified, and judged.
#[derive(Clone)]
pub(crate) struct Log {
    pub(crate) topic: Topic,
    pub(crate) ends: Vec<i64>,
    pub(crate) journal: Vec<v1::JournalRecord>,
    /// Key and value, as they stand on the topic.
    pub(crate) commands: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) letters: Vec<(Option<Origin>, Option<Vec<u8>>)>,
    /// First offset kept: of the journal, of attempts, of commands, of dead letters.
    pub(crate) oldest: Oldest,
    pub(crate) since: Option<Timestamp>,
    pub(crate) only_unit: Option<u32>,
    /// Records of the journal that came while it was audited.
    pub(crate) later: Vec<v1::JournalRecord>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Oldest {
    pub(crate) journal: i64,
    pub(crate) attempts: i64,
    pub(crate) commands: i64,
    pub(crate) letters: i64,
}

/// Milliseconds from one record to the next.
pub(crate) const TICK_MS: i64 = 1_000;
pub(crate) const BEGAN_MS: i64 = 1_780_000_000_000;
/// What keys and values of dead letters are cut to here.
const CUT: usize = 20;

/// Attempts whose unreadable ones come with their bytes.
pub(crate) struct Whole(pub(crate) Reader);

fn with_bytes(mut slice: Slice) -> Slice {
    for entry in slice.entries.iter_mut().filter(|entry| entry.input == Input::Unreadable) {
        entry.poison = Some(Box::new(poison(entry.offset)));
    }
    slice
}

fn poison(offset: i64) -> Poison {
    let value = format!("{{not an attempt, at offset {offset} of its partition");
    let unreadable = Decoder::new(Dialect::Callwarden).decode(value.as_bytes()).unwrap_err();
    Poison { unreadable, key: Some(b"key".to_vec()), value: Some(value.into_bytes()) }
}

impl Attempts for Whole {
    fn positions(&mut self, known: &Positions) -> Result<Positions, PortError> {
        self.0.positions(known)
    }

    fn seek(&mut self, positions: &Positions) -> Result<(), PortError> {
        self.0.seek(positions)
    }

    fn take(&mut self, partition: &Partition, from: i64, to: i64) -> Result<Slice, PortError> {
        self.0.take(partition, from, to).map(with_bytes)
    }

    fn next(&mut self, wait: Duration) -> Result<Next, PortError> {
        Ok(match self.0.next(wait)? {
            Next::Slice(slice) => Next::Slice(with_bytes(slice)),
            other => other,
        })
    }
}

pub(crate) fn partition(index: u32) -> Partition {
    Partition { topic: "attempts".into(), index }
}

fn letter(DeadLetter { partition, offset, poison }: &DeadLetter) -> (Option<Origin>, Option<Vec<u8>>) {
    let value = poison.value.as_deref().unwrap();
    let origin = Origin {
        record: (partition.clone(), *offset),
        key_bytes: None,
        value_bytes: (value.len() > CUT).then_some(value.len()),
    };
    (Some(origin), Some(value[..value.len().min(CUT)].to_vec()))
}

pub(crate) fn sent(command: &v1::Command) -> (Vec<u8>, Vec<u8>) {
    (format!("{}/{}", command.fleet, command.number).into_bytes(), to_json(command).into_bytes())
}

/// A unit that takes what it is told.
pub(crate) struct Scribe {
    core: Core,
    reader: Whole,
    positions: Positions,
    sequence: u64,
    pub(crate) unit: u32,
    pub(crate) units: u32,
    pub(crate) log: Log,
}

impl Scribe {
    pub(crate) fn new(inputs: &[Input], partitions: usize, policy: Policy) -> Self {
        let topic = Topic::of(inputs, partitions);
        let ends = (0..partitions).map(|at| (inputs.len() + partitions - 1 - at) / partitions);
        let log = Log {
            topic: topic.clone(),
            ends: ends.map(|end| end as i64).collect(),
            journal: Vec::new(),
            commands: Vec::new(),
            letters: Vec::new(),
            oldest: Oldest::default(),
            since: None,
            only_unit: None,
            later: Vec::new(),
        };
        Self {
            core: Core::new(policy).unwrap(),
            reader: Whole(topic.reader(1, true)),
            positions: (0..partitions as u32).map(|index| (partition(index), 0)).collect(),
            sequence: 0,
            unit: 0,
            units: 1,
            log,
        }
    }

    /// Where a partition's next slice has to begin.
    pub(crate) fn at(&self, index: u32) -> i64 {
        self.positions.get(&partition(index)).unwrap()
    }

    /// One record with these slices: partition, first offset, one past the last.
    pub(crate) fn commit(&mut self, slices: &[(u32, i64, i64)]) -> &mut v1::JournalRecord {
        self.sequence += 1;
        let policy = *self.core.policy();
        let hash = policy_hash(&policy);
        let mut record = v1::JournalRecord {
            unit: self.unit,
            units: self.units,
            sequence: self.sequence,
            committed_at: Some(Timestamp::from_millis(BEGAN_MS + TICK_MS * self.sequence as i64)),
            core_version: CORE_VERSION,
            policy_hash: hash.clone(),
            policy: Some(policy_message(&policy)),
            ..v1::JournalRecord::default()
        };
        let mut outbox = Outbox::default();
        for &(index, from, to) in slices {
            let partition = partition(index);
            self.reader.seek(&[(partition.clone(), from)].into_iter().collect()).unwrap();
            let taken = self.reader.take(&partition, from, to).unwrap();
            self.positions.set(partition.clone(), to);
            let records = taken.entries.len() as u32;
            record.slices.push(v1::Slice { topic: "attempts".into(), partition: index, from, to, records });
            for Entry { offset, stamp, input, poison } in taken.entries {
                self.core.step(stamp, &input, &mut outbox);
                for decided in outbox.drain() {
                    let cause = v1::Position { topic: "attempts".into(), partition: index, offset };
                    let command = command(&decided, &hash, cause);
                    if command.mode() == v1::Mode::Observe {
                        record.observed.push(command);
                    } else {
                        record.command_ids.push(command.id.clone());
                        self.log.commands.push(sent(&command));
                    }
                }
                if let Some(poison) = poison {
                    let partition = partition.clone();
                    self.log.letters.push(letter(&DeadLetter { partition, offset, poison: *poison }));
                }
            }
        }
        let header = self.core.header();
        (record.inputs, record.outputs, record.digest) = (header.inputs, header.outputs, header.digest);
        record.event_time = (header.event_time > EventTime(0)).then(|| header.event_time.into());
        record.positions = self.positions.to_proto();
        self.log.journal.push(record);
        self.log.journal.last_mut().unwrap()
    }
}

impl Log {
    /// Of a run of the real unit.
    pub(crate) fn of(memory: &MemoryLog, topic: &Topic, ends: Vec<i64>) -> Self {
        Self {
            topic: topic.clone(),
            ends,
            journal: memory.records(),
            commands: memory.commands().iter().map(sent).collect(),
            letters: memory.dead_letters().iter().map(letter).collect(),
            oldest: Oldest::default(),
            since: None,
            only_unit: None,
            later: Vec::new(),
        }
    }

    pub(crate) fn command(&self, at: usize) -> v1::Command {
        serde_json::from_slice(&self.commands[at].1).unwrap()
    }

    /// What the audit says of it.
    pub(crate) fn judge(&self) -> Report {
        let kept: BTreeMap<Partition, (i64, i64)> = (0..)
            .zip(&self.ends)
            .map(|(index, &end)| (partition(index), (self.oldest.attempts, end)))
            .collect();
        let mut audit = Audit::new(AuditConfig {
            since: self.since,
            only_unit: self.only_unit,
            kept,
            commands_topic: "commands".to_owned(),
            dead_letters_topic: "dead-letters".to_owned(),
            key_bytes_max: CUT,
            value_bytes_max: CUT,
        });
        let mut attempts = Whole(self.topic.reader(1, true));
        // By unit, each in the order in which it stands.
        let mut units: Vec<u32> = self.journal.iter().map(|record| record.unit).collect();
        units.sort_unstable();
        units.dedup();
        let several = self.journal.iter().all(|record| record.units > 1);
        let of_unit = |unit: &u32| self.only_unit.is_none_or(|only| only == *unit);
        for unit in if several { units } else { vec![0] }.into_iter().filter(of_unit) {
            audit.begin_unit(unit, self.oldest.journal == 0);
            for record in self.journal.iter().filter(|record| !several || record.unit == unit) {
                audit.record(&mut attempts, record).unwrap();
            }
        }
        let place = |topic: &str| Partition { topic: topic.into(), index: 0 };
        audit.begin_commands(0, self.oldest.commands);
        let commands = place("commands");
        for (offset, (key, value)) in (self.oldest.commands..).zip(&self.commands) {
            audit.command(&Found { partition: &commands, offset, key: Some(key), value: Some(value) });
        }
        audit.begin_dead_letters(self.oldest.letters);
        let letters = place("dead-letters");
        for (offset, (origin, value)) in (self.oldest.letters..).zip(&self.letters) {
            let value = value.as_deref();
            let found = Found { partition: &letters, offset, key: Some(b"key"), value };
            audit.dead_letter(&found, origin.as_ref());
        }
        self.later.iter().for_each(|record| audit.later(record));
        audit.finish()
    }
}
