//! Attempts as dialers would send them, and what the core makes of the same ones without anything around it.

use callwarden_core::{Command, Core, LogTime, Outbox, Policy, Stamp};
use callwarden_sim::{Scorer, SimAttempt, World, WorldConfig};
use callwarden_wire::{Decoder, Dialect, Timestamp, command_id, to_json, v1};
use prost::Message as _;

use super::{Producer, Rig};

/// What was produced.
pub(crate) struct Sent {
    /// Records of the attempts topic.
    pub(crate) records: u64,
    /// Knows the world's truth and every attempt of it.
    pub(crate) scorer: Scorer,
}

/// The bytes of an attempt: of most numbers protobuf, of some the same in Confluent's framing, of a few JSON.
fn encode(attempt: &SimAttempt, message: &v1::CallAttempt, buffer: &mut Vec<u8>) {
    buffer.clear();
    match attempt.number() % 50 {
        7 => buffer.extend_from_slice(to_json(message).as_bytes()),
        8 => {
            buffer.extend_from_slice(&[0, 0, 0, 0, 1, 0]);
            message.encode(buffer).unwrap();
        }
        _ => message.encode(buffer).unwrap(),
    }
}

/// Which partition a record goes to.
#[derive(Clone, Copy)]
pub(crate) enum Spread {
    /// All records of a number to one of so many partitions, which keeps their order at any pace of production.
    ByNumber(u32),
    /// The next of so many partitions, as a producer without keys does.
    InTurn(u32),
}

/// Sends what `world` still holds, at most `limit` records.
pub(crate) fn produce(
    rig: &Rig,
    producer: &Producer,
    world: &mut World,
    limit: usize,
    spread: Spread,
    sent: &mut Sent,
) {
    let mut dialer = Dialer::new(&rig.topic("attempts"), spread);
    for attempt in world.by_ref().take(limit) {
        sent.scorer.attempt(&attempt);
        dialer.send(producer, &attempt, sent.records);
        sent.records += 1;
        if sent.records.is_multiple_of(1_000) {
            producer.poll();
        }
    }
    producer.flush();
}

/// Writes attempts as records.
pub(crate) struct Dialer {
    topic: String,
    spread: Spread,
    message: v1::CallAttempt,
    buffer: Vec<u8>,
}

impl Dialer {
    pub(crate) fn new(topic: &str, spread: Spread) -> Self {
        Self { topic: topic.to_owned(), spread, message: v1::CallAttempt::default(), buffer: Vec::new() }
    }

    /// Sends an attempt, the record after `before` others.
    pub(crate) fn send(&mut self, producer: &Producer, attempt: &SimAttempt, before: u64) {
        let Self { topic, spread, message, buffer } = self;
        attempt.write_into(message);
        encode(attempt, message, buffer);
        let partition = match *spread {
            Spread::ByNumber(partitions) => (attempt.number() % partitions) as i32,
            Spread::InTurn(partitions) => (before % u64::from(partitions)) as i32,
        };
        producer.send(topic, Some(partition), Some(message.caller_number.as_bytes()), Some(buffer));
    }
}

impl Sent {
    pub(crate) fn nothing(world: &World) -> Self {
        Self { records: 0, scorer: Scorer::new(world.truth()) }
    }
}

/// A command as far as it does not depend on the order of different numbers: target, id, version.
pub(crate) type Order = (String, String, u32);

/// What the bare core decides over a world, by target, in order.
pub(crate) fn reference(config: &WorldConfig, policy: Policy) -> Vec<(Command, Order)> {
    reference_of(config, usize::MAX, policy)
}

/// The same over the first `records` of it.
pub(crate) fn reference_of(config: &WorldConfig, records: usize, policy: Policy) -> Vec<(Command, Order)> {
    let mut core = Core::new(policy).unwrap();
    let mut decoder = Decoder::new(Dialect::Callwarden);
    let mut outbox = Outbox::default();
    let mut message = v1::CallAttempt::default();
    let mut commands = Vec::new();
    for attempt in World::new(config.clone()).unwrap().take(records) {
        attempt.write_into(&mut message);
        let input = decoder.attempt_to_input(&message).unwrap();
        core.step(Stamp { logged_at: LogTime::UNKNOWN }, &input, &mut outbox);
        for command in outbox.drain() {
            let target = format!("{}/{}", command.fleet, command.caller.clear());
            let order = (target, command_id(&command).to_string(), command.target_version);
            commands.push((command, order));
        }
    }
    // Stable: the order of one target's commands stays.
    commands.sort_by(|(_, a), (_, b)| a.0.cmp(&b.0));
    commands
}

/// An answered attempt of a number, for tests that need only a few.
pub(crate) fn attempt(id: &str, caller: &str, started_at_ms: i64) -> v1::CallAttempt {
    v1::CallAttempt {
        attempt_id: id.to_owned(),
        caller_number: caller.to_owned(),
        started_at: Some(Timestamp::from_millis(started_at_ms)),
        answered_at: Some(Timestamp::from_millis(started_at_ms + 9_000)),
        ended_at: Some(Timestamp::from_millis(started_at_ms + 70_000)),
        disposition: v1::Disposition::Answered.into(),
        answered_by: v1::AnsweredBy::Human.into(),
        ..v1::CallAttempt::default()
    }
}
