//! What stands on the topic of commands.

use std::collections::{HashMap, HashSet};

use callwarden_engine::PortError;
use callwarden_wire::v1;
use rdkafka::message::Message as _;

use crate::kafka::config::KafkaConfig;
use crate::kafka::probe::Probe;
use crate::kafka::stretch::{END, Stretch};

/// Offsets looked at first from the end of each partition.
const FIRST_STEP: i64 = 1_024;

/// Of `commands`, those that are not on the topic, though nothing newer to the same target is.
///
/// They are the newest there are, so the topic is read backwards in growing steps, until all are found or nothing is left.
pub(super) fn missing(
    config: &KafkaConfig,
    probe: &Probe,
    topic: &str,
    commands: Vec<v1::Command>,
) -> Result<Vec<v1::Command>, PortError> {
    if commands.is_empty() {
        return Ok(commands);
    }
    let mut step = FIRST_STEP;
    loop {
        let mut ids = HashSet::new();
        let mut newest = HashMap::<(String, String), u32>::new();
        let is_all = read(config, probe, topic, Some(step), &mut |command| {
            let target = newest.entry((command.fleet, command.number)).or_default();
            *target = command.target_version.max(*target);
            ids.insert(command.id);
        })?;
        let is_missing = |command: &&v1::Command| {
            let newest = newest.get(&(command.fleet.clone(), command.number.clone()));
            !ids.contains(&command.id) && newest.is_none_or(|&newest| newest <= command.target_version)
        };
        let missing: Vec<v1::Command> = commands.iter().filter(is_missing).cloned().collect();
        if missing.is_empty() || is_all {
            return Ok(missing);
        }
        step *= 16;
    }
}

/// All commands that are kept, in order.
pub(super) fn standing(
    config: &KafkaConfig,
    probe: &Probe,
    topic: &str,
    each: &mut dyn FnMut(v1::Command),
) -> Result<(), PortError> {
    read(config, probe, topic, None, each).map(|_| ())
}

/// Reads the last `step` offsets of each partition. True: that was all there is.
fn read(
    config: &KafkaConfig,
    probe: &Probe,
    topic: &str,
    step: Option<i64>,
    each: &mut dyn FnMut(v1::Command),
) -> Result<bool, PortError> {
    let found = probe.require(&[topic.to_owned()])?;
    let partitions = found.first().map_or(0, |found| found.partitions);
    let mut is_all = true;
    for partition in 0..partitions {
        let (low, high) = probe.watermarks(topic, partition)?;
        let from = step.map_or(low, |step| (high - step).max(low));
        is_all &= from == low;
        if from == high {
            continue;
        }
        Stretch { topic, partition, from, to: END }.read(config, &mut |message| {
            // A tombstone, or what somebody else wrote: no command of ours.
            if let Some(Ok(command)) = message.payload().map(serde_json::from_slice::<v1::Command>) {
                each(command);
            }
            Ok(())
        })?;
    }
    Ok(is_all)
}
