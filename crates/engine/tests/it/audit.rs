//! The audit as a judge: of a true run it finds nothing, and of a run in which one thing is false exactly that.

mod falsified;
mod scribe;
mod unproven;

use std::collections::BTreeMap;

use callwarden_core::{Attempt, Caller, Caps, Input, Mode, Policy};
use callwarden_engine::audit::{FindingKind, Report, Verdict};
use callwarden_engine::{MemoryLog, MemoryStore, Ports, Status, Unit, UnitConfig, UnitError};
use crossbeam_channel::never;

use self::scribe::{Log, Scribe, Whole};
use crate::crash::Dying;
use crate::topics::{Topic, config, falling_number, policy};

const NUMBERS: u64 = 8;

/// Numbers that pass their cap now and then, and records that cannot be read.
pub(crate) fn calls() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (call, input) in falling_number(400).into_iter().enumerate() {
        for number in 0..NUMBERS {
            let Input::Attempt(attempt) = &input else { unreachable!("these are all attempts") };
            let caller = Caller::from_digits(12_025_550_100 + number).unwrap();
            let id = callwarden_core::AttemptId(attempt.id.0 ^ number << 32);
            inputs.push(Input::Attempt(Attempt { caller, id, ..attempt.clone() }));
        }
        if call % 9 == 4 {
            inputs.push(Input::Unreadable);
        }
    }
    inputs
}

/// Rules by which much is decided.
pub(crate) fn strict() -> Policy {
    Policy { caps: Caps { per_minute: 0, per_hour: 4, per_day: 0 }, ..policy() }
}

/// A run in which all is as it must be: three partitions in slices of forty, one record in five without any.
pub(crate) fn truth_by(policy: Policy) -> Log {
    let inputs = calls();
    let mut scribe = Scribe::new(&inputs, 3, policy);
    scribe.commit(&[]);
    for round in 0.. {
        let slices: Vec<(u32, i64, i64)> = (0..2)
            .map(|turn| (round * 2 + turn) % 3)
            .filter_map(|index| {
                let from = scribe.at(index);
                let to = scribe.log.ends[index as usize].min(from + 40);
                (from < to).then_some((index, from, to))
            })
            .collect();
        if slices.is_empty() && (0..3).all(|index| scribe.at(index) == scribe.log.ends[index as usize]) {
            break;
        }
        scribe.commit(if round % 5 == 4 { &[] } else { &slices });
    }
    scribe.log
}

pub(crate) fn truth() -> Log {
    truth_by(strict())
}

/// How many findings of each kind.
pub(crate) fn counts(kinds: &[FindingKind]) -> BTreeMap<FindingKind, u64> {
    let mut counts = BTreeMap::new();
    kinds.iter().for_each(|kind| *counts.entry(*kind).or_default() += 1);
    counts
}

#[track_caller]
pub(crate) fn assert_proven(log: &Log) -> Report {
    let report = log.judge();
    assert_eq!((&report.counts, report.verdict()), (&BTreeMap::new(), Verdict::Proven), "{report:#?}");
    report
}

#[test]
fn of_a_true_run_nothing_is_found() {
    let log = truth();
    let report = assert_proven(&log);
    let inputs = calls().len() as u64;
    assert_eq!((report.attempts_stepped, report.attempts_read), (inputs, 0));
    assert_eq!(report.records, log.journal.len() as u64);
    assert!(report.commands_compared > 100, "{report:#?}");
    assert_eq!(report.commands_compared, log.commands.len() as u64);
    assert_eq!(report.commands_named, log.commands.len() as u64);
    assert!(report.dead_letters_compared > 40, "{report:#?}");
    let log = truth_by(Policy { mode: Mode::Observe, ..strict() });
    let report = assert_proven(&log);
    assert!(log.commands.is_empty());
    assert!(report.observed_compared > 100, "{report:#?}");
}

#[test]
fn of_a_unit_that_dies_again_and_again_nothing_is_found() {
    let inputs = calls();
    let topic = Topic::of(&inputs, 3);
    let ends = || (0..3).map(|at| ((inputs.len() + 2 - at) / 3) as i64).collect::<Vec<_>>();
    for takes_effect in [false, true] {
        let (log, store) = (MemoryLog::default(), MemoryStore::default());
        let mut deaths = 0;
        loop {
            let ledger = Dying { log: log.clone(), commits_left: 4, takes_effect };
            let ports = Ports {
                attempts: Box::new(Whole(topic.reader(37, true))),
                ledger: Box::new(ledger),
                store: Box::new(store.clone()),
            };
            // Every other life only observes; the rules are part of the journal.
            let mode = if deaths % 2 == 1 { Mode::Observe } else { Mode::Enforce };
            let config = UnitConfig { policy: Policy { mode, ..strict() }, ..config() };
            let (unit, ports) = Unit::recover(config, ports, Status::of_unit(0)).unwrap();
            match unit.run(ports, &never()) {
                Ok(_) => break,
                Err(UnitError::Commit { .. }) => deaths += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!(deaths > 3, "the test must have crashed: {deaths}");
        let report = assert_proven(&Log::of(&log, &topic, ends()));
        assert_eq!(report.attempts_stepped, inputs.len() as u64);
        assert!(report.commands_compared + report.observed_compared > 0, "{report:#?}");
    }
}
