//! What has been consumed and decided since the last transaction was sealed.

use callwarden_core::{CORE_VERSION, Command, CommandKind, Core, EventTime, LogTime, Mode};
use callwarden_wire::{Timestamp, command, policy_hash, policy_message, v1};

use prost::Message as _;

use crate::port::{DeadLetter, Poison, Slice, Transaction};
use crate::position::{Partition, Positions};
use crate::unit::UnitConfig;

/// A transaction is sealed when it holds so many bytes of unreadable records,
const POISON_BYTES_MAX: usize = 8 << 20;
/// or of commands,
const COMMAND_BYTES_MAX: usize = 8 << 20;
/// or when its journal record comes near what a topic takes.
const JOURNAL_BYTES_MAX: usize = 2 << 20;
/// A slice in the journal, beside its topic's name, at most.
const SLICE_BYTES: usize = 40;

/// A decision not yet known to be committed.
pub(super) struct Decided {
    pub(super) kind: CommandKind,
    pub(super) reason: &'static str,
    pub(super) logged_at_ms: Option<i64>,
}

/// What the core has to be told before the slices are stepped again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Begun {
    pub(super) clock: Option<EventTime>,
    pub(super) learning_until: Option<EventTime>,
}

/// The transaction under construction.
pub(super) struct Pending {
    unit: u32,
    units: u32,
    instance: String,
    policy_hash: String,
    sequence: u64,
    /// What the core was told before the first of the slices.
    begun: Begun,
    events: usize,
    poison_bytes: usize,
    command_bytes: usize,
    journal_bytes: usize,
    slices: Vec<v1::Slice>,
    commands: Vec<v1::Command>,
    observed: Vec<v1::Command>,
    dead_letters: Vec<DeadLetter>,
    decided: Vec<Decided>,
    sealed: Vec<Decided>,
    /// Commands of earlier records that are sent again with the next.
    missing: Vec<v1::Command>,
    rebuilt: bool,
}

impl Pending {
    /// What follows the record of that sequence.
    pub(super) fn new(config: &UnitConfig, sequence: u64) -> Self {
        Self {
            unit: config.unit,
            units: config.units,
            begun: Begun::default(),
            instance: config.instance.clone(),
            policy_hash: policy_hash(&config.policy),
            sequence,
            events: 0,
            poison_bytes: 0,
            command_bytes: 0,
            journal_bytes: 0,
            slices: Vec::new(),
            commands: Vec::new(),
            observed: Vec::new(),
            dead_letters: Vec::new(),
            decided: Vec::new(),
            sealed: Vec::new(),
            missing: Vec::new(),
            rebuilt: false,
        }
    }

    /// Has commands sent again that are missing where earlier records say that they are.
    pub(super) fn send_again(&mut self, missing: Vec<v1::Command>) {
        self.missing = missing;
    }

    /// Has the next record say that the state was rebuilt.
    pub(super) const fn say_rebuilt(&mut self) {
        self.rebuilt = true;
    }

    /// Sequence of the newest sealed record.
    pub(super) const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Hash of the policy in force.
    pub(super) fn policy_hash(&self) -> &str {
        &self.policy_hash
    }

    /// Records consumed and not sealed.
    pub(super) const fn events(&self) -> usize {
        self.events
    }

    /// Whether it holds so many bytes that it must be sealed, whatever its events.
    pub(super) const fn is_large(&self) -> bool {
        self.poison_bytes >= POISON_BYTES_MAX
            || self.command_bytes >= COMMAND_BYTES_MAX
            || self.journal_bytes >= JOURNAL_BYTES_MAX
    }

    /// Whether a decision waits.
    pub(super) fn is_urgent(&self) -> bool {
        !self.decided.is_empty()
    }

    /// Whether the next slice is the first of its record.
    pub(super) const fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    /// Notes what the core was told before the first slice.
    pub(super) const fn begin_record(&mut self, begun: Begun) {
        self.begun = begun;
    }

    /// Notes a slice. One that follows the last slice of the same partition becomes part of it.
    pub(super) fn begin(&mut self, slice: &Slice) {
        let records = slice.entries.len();
        self.events += records;
        if let Some(last) = self.slices.last_mut()
            && last.to == slice.from
            && last.partition == slice.partition.index
            && last.topic == *slice.partition.topic
        {
            last.to = slice.to;
            last.records += records as u32;
            return;
        }
        self.journal_bytes += SLICE_BYTES + slice.partition.topic.len();
        self.slices.push(v1::Slice {
            topic: slice.partition.topic.to_string(),
            partition: slice.partition.index,
            from: slice.from,
            to: slice.to,
            records: records as u32,
        });
    }

    /// Notes a decision and the record that caused it.
    pub(super) fn decide(
        &mut self,
        decided: &Command,
        partition: &Partition,
        offset: i64,
        logged_at: LogTime,
    ) {
        let cause = v1::Position { topic: partition.topic.to_string(), partition: partition.index, offset };
        let command = command(decided, &self.policy_hash, cause);
        tracing::info!(
            number = %decided.caller, fleet = %decided.fleet, kind = decided.kind.name(), rule = command.rule,
            mode = decided.mode.name(), summary = command.summary, "decided"
        );
        self.decided.push(Decided {
            kind: decided.kind,
            reason: decided.finding.reason(),
            logged_at_ms: (logged_at != LogTime::UNKNOWN).then_some(logged_at.0),
        });
        match decided.mode {
            Mode::Observe => {
                self.journal_bytes += command.encoded_len();
                self.observed.push(command);
            }
            Mode::Enforce => {
                self.journal_bytes += command.id.len();
                self.command_bytes += command.encoded_len();
                self.commands.push(command);
            }
        }
    }

    /// Notes a record that cannot be read.
    pub(super) fn put_aside(&mut self, partition: &Partition, offset: i64, poison: Poison) {
        let len = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        self.poison_bytes += len(&poison.value) + len(&poison.key);
        self.dead_letters.push(DeadLetter { partition: partition.clone(), offset, poison });
    }

    /// Makes everything noted into one transaction, and begins anew.
    pub(super) fn seal(&mut self, core: &Core, positions: &Positions, now_ms: i64) -> Transaction {
        self.sequence += 1;
        self.events = 0;
        (self.poison_bytes, self.command_bytes, self.journal_bytes) = (0, 0, 0);
        self.sealed.append(&mut self.decided);
        let header = core.header();
        let nothing_taken = Begun { clock: None, learning_until: header.learning_until };
        let begun = if self.slices.is_empty() { nothing_taken } else { self.begun };
        let commands = std::mem::take(&mut self.commands);
        let missing = std::mem::take(&mut self.missing);
        let journal = v1::JournalRecord {
            unit: self.unit,
            sequence: self.sequence,
            slices: std::mem::take(&mut self.slices),
            committed_at: Some(Timestamp::from_millis(now_ms)),
            event_time: (header.inputs > 0).then(|| timestamp(header.event_time)),
            inputs: header.inputs,
            outputs: header.outputs,
            digest: header.digest,
            core_version: CORE_VERSION,
            policy_hash: self.policy_hash.clone(),
            policy: Some(policy_message(core.policy())),
            command_ids: commands.iter().map(|command| command.id.clone()).collect(),
            observed: std::mem::take(&mut self.observed),
            positions: positions.to_proto(),
            instance: self.instance.clone(),
            units: self.units,
            clock: begun.clock.map(timestamp),
            learning_until: begun.learning_until.map(timestamp),
            resent_ids: missing.iter().map(|command| command.id.clone()).collect(),
            rebuilt: std::mem::take(&mut self.rebuilt),
        };
        let commands = if missing.is_empty() { commands } else { [missing, commands].concat() };
        Transaction { commands, dead_letters: std::mem::take(&mut self.dead_letters), journal }
    }

    /// The decisions of the transaction that was just committed.
    pub(super) fn take_decided(&mut self) -> Vec<Decided> {
        std::mem::take(&mut self.sealed)
    }
}

fn timestamp(at: EventTime) -> Timestamp {
    Timestamp::from_millis(i64::from(at.0) * 1_000)
}
