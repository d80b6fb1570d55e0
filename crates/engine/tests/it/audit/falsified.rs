//! A table of falsehoods: each is told in one place of a true log, and the audit has to find it and nothing else.

use std::collections::BTreeSet;

use callwarden_core::{Mode, Policy};
use callwarden_engine::audit::FindingKind::{self, *};
use callwarden_engine::audit::Verdict;
use callwarden_wire::{Timestamp, policy_hash, policy_of, to_json, v1};

use super::scribe::{Log, Scribe, partition, sent};
use super::{calls, counts, strict, truth, truth_by};

/// Name, what is made false, and what has to be found.
type Falsehood = (&'static str, fn(&mut Log) -> Vec<FindingKind>);

/// Somewhere in the middle: the first record after the 20th of which `wanted` holds.
fn record(log: &Log, wanted: impl Fn(&v1::JournalRecord) -> bool) -> usize {
    20 + log.journal[20..].iter().position(wanted).expect("the run has such a record")
}

fn quiet(log: &Log) -> usize {
    // Neither it nor what is taken twice or never because of it brings about a command or a dead letter.
    (20..log.journal.len() - 8)
        .find(|&at| {
            let around = &log.journal[at..at + 4];
            !log.journal[at].slices.is_empty() && around.iter().all(|record| record.command_ids.is_empty())
        })
        .expect("the run has such a record")
}

fn heartbeat(log: &Log) -> usize {
    record(log, |record| record.slices.is_empty())
}

fn deciding(log: &Log) -> usize {
    record(log, |record| record.command_ids.len() >= 2)
}

/// Changes a field of a command in the middle of the topic.
fn change(log: &mut Log, change: impl Fn(&mut v1::Command)) -> Vec<FindingKind> {
    let at = log.commands.len() / 2;
    let mut command = log.command(at);
    change(&mut command);
    log.commands[at].1 = to_json(&command).into_bytes();
    vec![CommandDiffers]
}

fn letters_of(log: &Log, record: &v1::JournalRecord) -> usize {
    let within = |partition: u32, offset: i64| {
        let of = |slice: &v1::Slice| slice.partition == partition && (slice.from..slice.to).contains(&offset);
        record.slices.iter().any(of)
    };
    let origins = log.letters.iter().filter_map(|letter| letter.0.as_ref());
    origins.filter(|origin| within(origin.record.0.index, origin.record.1)).count()
}

const FALSEHOODS: &[Falsehood] = &[
    ("the last command is lost", |log| {
        log.commands.pop();
        vec![CommandMissing]
    }),
    ("a command in the middle is lost, and a later one to its number is not", |log| {
        log.commands.remove(log.commands.len() / 2);
        vec![CommandMissing]
    }),
    ("three commands are lost", |log| {
        log.commands.drain(70..73);
        vec![CommandMissing; 3]
    }),
    ("a command stands there twice in a row", |log| {
        let command = log.commands[40].clone();
        log.commands.insert(41, command);
        vec![CommandDoubled]
    }),
    ("a command is sent again at the end", |log| {
        let command = log.commands[40].clone();
        log.commands.push(command);
        vec![CommandDoubled]
    }),
    ("two commands are swapped", |log| {
        log.commands.swap(60, 61);
        vec![CommandOutOfOrder]
    }),
    ("another caps", |log| change(log, |command| command.caps.as_mut().unwrap().per_hour += 1)),
    ("another expiry", |log| change(log, |command| command.expires_at.as_mut().unwrap().seconds += 1)),
    ("another version", |log| change(log, |command| command.target_version += 1)),
    ("another number of the decision", |log| change(log, |command| command.sequence += 1)),
    ("another kind", |log| change(log, |command| command.kind = v1::CommandKind::PauseNumber.into())),
    ("another mode", |log| change(log, |command| command.mode = v1::Mode::Observe.into())),
    ("another cause", |log| change(log, |command| command.cause.as_mut().unwrap().offset -= 1)),
    ("another policy hash", |log| change(log, |command| command.policy_hash = "0".repeat(16))),
    ("another word", |log| change(log, |command| command.summary.push('.'))),
    ("no evidence", |log| change(log, |command| command.evidence = None)),
    ("calls to the number stop", |log| change(log, |command| command.keep_inbound = true)),
    ("another key", |log| {
        log.commands[50].0 = b"default/+12025550199".to_vec();
        vec![CommandDiffers]
    }),
    ("a command of somebody else", |log| {
        let mut command = log.command(30);
        command.id = "0e2c62b0-5e8b-5d5c-8a5e-000000000000".to_owned();
        log.commands.insert(31, sent(&command));
        vec![CommandUnexplained]
    }),
    ("something that is no command", |log| {
        log.commands.insert(31, (b"key".to_vec(), b"hello".to_vec()));
        vec![CommandUnexplained]
    }),
    ("an empty journal record is lost", |log| {
        log.journal.remove(heartbeat(log));
        vec![JournalGap]
    }),
    ("the first journal record is lost", |log| {
        log.journal.remove(0);
        vec![JournalGap]
    }),
    ("a journal record is lost, and with it all that explains its outputs", |log| {
        let record = log.journal.remove(deciding(log));
        let letters = letters_of(log, &record);
        let mut kinds = vec![JournalGap];
        kinds.extend(vec![CommandUnexplained; record.command_ids.len()]);
        kinds.extend(vec![DeadLetterUnexplained; letters]);
        kinds
    }),
    ("two journal records are swapped", |log| {
        let at = heartbeat(log);
        log.journal.swap(at, at + 1);
        vec![JournalGap, JournalDoubled]
    }),
    ("a journal record stands there twice", |log| {
        let at = deciding(log);
        log.journal.insert(at + 1, log.journal[at].clone());
        vec![JournalDoubled]
    }),
    ("a record of another unit", |log| {
        let at = quiet(log);
        log.journal[at].unit = 1;
        vec![JournalUnit]
    }),
    ("a slice is shifted by one", |log| {
        let at = quiet(log);
        let slice = &mut log.journal[at].slices[0];
        (slice.from, slice.to) = (slice.from + 1, slice.to + 1);
        vec![SliceSkipped, SliceTwice, PositionsDiffer, StateDiffers]
    }),
    ("a slice holds one record less than it says", |log| {
        let at = quiet(log);
        log.journal[at].slices[0].records -= 1;
        vec![SliceRecords]
    }),
    ("a slice has more records than offsets", |log| {
        let at = quiet(log);
        log.journal[at].slices[0].records += 1;
        vec![SliceRecords]
    }),
    ("a slice ends beyond its partition", |log| {
        let at = log.journal.iter().rposition(|record| !record.slices.is_empty()).unwrap();
        let slice = log.journal[at].slices.last_mut().unwrap();
        (slice.to, slice.records) = (slice.to + 1, slice.records + 1);
        // Its record counts one less than its slices, and every position after it is short of its end.
        vec![SliceRecords, PositionsDiffer, StateDiffers]
    }),
    ("a slice of another unit's partition", |log| {
        let at = record(log, |record| record.slices.iter().any(|slice| slice.partition == 1));
        log.journal[at].units = 2;
        let foreign = log.journal[at].slices.iter().filter(|slice| slice.partition == 1).count();
        vec![SliceForeign; foreign]
    }),
    ("a position is wrong once", |log| {
        let at = quiet(log);
        log.journal[at].positions[2].offset -= 1;
        vec![PositionsDiffer]
    }),
    ("a position is wrong from then on", |log| {
        let at = log.journal.len() - 4;
        log.journal[at..].iter_mut().for_each(|record| record.positions[2].offset = 7);
        vec![PositionsDiffer]
    }),
    ("a position is lost", |log| {
        let at = quiet(log);
        log.journal[at].positions.remove(1);
        vec![PositionsDiffer]
    }),
    ("another digest", |log| {
        let at = deciding(log);
        log.journal[at].digest ^= 1;
        vec![StateDiffers]
    }),
    ("another digest in each record from there on", |log| {
        let at = deciding(log);
        log.journal[at..].iter_mut().for_each(|record| record.digest ^= 1);
        vec![StateDiffers]
    }),
    ("another count of inputs", |log| {
        let at = quiet(log);
        log.journal[at].inputs += 1;
        vec![StateDiffers]
    }),
    ("another count of decisions", |log| {
        let at = quiet(log);
        log.journal[at].outputs -= 1;
        vec![StateDiffers]
    }),
    ("another event time", |log| {
        let at = quiet(log);
        log.journal[at].event_time = None;
        vec![StateDiffers]
    }),
    ("history is learned where it was not", |log| {
        let at = heartbeat(log);
        log.journal[at].learning_until = Some(Timestamp::from_millis(1_000));
        // It begins there, and ends with the next record as suddenly.
        vec![StateDiffers, StateDiffers]
    }),
    ("a policy hash of another policy", |log| {
        let at = deciding(log);
        log.journal[at].policy_hash = policy_hash(&Policy::default());
        vec![PolicyDiffers]
    }),
    ("another policy under the hash", |log| {
        let at = heartbeat(log);
        log.journal[at].policy.as_mut().unwrap().watch += 1.0;
        vec![PolicyDiffers]
    }),
    ("a policy that contradicts itself", |log| {
        let at = log.journal.len() - 1;
        let policy = log.journal[at].policy.as_mut().unwrap();
        policy.watch = -1.0;
        log.journal[at].policy_hash = policy_hash(&policy_of(policy));
        vec![PolicyDiffers]
    }),
    ("the journal does not name a command", |log| {
        let at = deciding(log);
        log.journal[at].command_ids.remove(1);
        vec![DecisionMissing]
    }),
    ("the journal names a command that is nowhere", |log| {
        let at = deciding(log);
        log.journal[at].command_ids.push("0e2c62b0-5e8b-5d5c-8a5e-000000000000".to_owned());
        vec![DecisionUnexplained, CommandMissing]
    }),
    ("a command was sent that the core does not decide", |log| {
        let at = deciding(log);
        let mut command = log.command(30);
        command.id = "0e2c62b0-5e8b-5d5c-8a5e-000000000000".to_owned();
        log.journal[at].command_ids.push(command.id.clone());
        let before = log.journal[..at].iter().map(|record| record.command_ids.len()).sum::<usize>();
        log.commands.insert(before + log.journal[at].command_ids.len() - 1, sent(&command));
        vec![DecisionUnexplained]
    }),
    ("the journal names two commands the other way round", |log| {
        let at = deciding(log);
        log.journal[at].command_ids.swap(0, 1);
        vec![DecisionDiffers, CommandOutOfOrder]
    }),
    ("a later record names a command again", |log| {
        let at = deciding(log);
        let id = log.journal[at].command_ids[0].clone();
        let later = at + 1;
        log.journal[later].command_ids.push(id);
        vec![CommandDoubled, DecisionUnexplained]
    }),
    ("a command that was sent again is lost", |log| {
        let id = log.command(60).id;
        log.journal.last_mut().unwrap().resent_ids.push(id);
        log.commands.remove(60);
        vec![CommandMissing]
    }),
    ("a command that was sent again was there all the time", |log| {
        let (id, command) = (log.command(60).id, log.commands[60].clone());
        log.journal.last_mut().unwrap().resent_ids.push(id);
        log.commands.push(command);
        vec![CommandDoubled]
    }),
    ("a dead letter is lost", |log| {
        log.letters.remove(12);
        vec![DeadLetterMissing]
    }),
    ("a dead letter stands there twice", |log| {
        log.letters.push(log.letters[12].clone());
        vec![DeadLetterDoubled]
    }),
    ("a dead letter has another value", |log| {
        log.letters[12].1.as_mut().unwrap()[3] ^= 1;
        vec![DeadLetterDiffers]
    }),
    ("a dead letter says that more was cut off", |log| {
        *log.letters[12].0.as_mut().unwrap().value_bytes.as_mut().unwrap() += 1;
        vec![DeadLetterDiffers]
    }),
    ("a dead letter has lost its value", |log| {
        log.letters[12].1 = None;
        vec![DeadLetterDiffers]
    }),
    ("a dead letter of a record that can be read", |log| {
        let mut letter = log.letters[12].clone();
        letter.0.as_mut().unwrap().record.1 += 1;
        log.letters.push(letter);
        vec![DeadLetterUnexplained]
    }),
    ("a dead letter of a record that nobody has taken", |log| {
        let mut letter = log.letters[12].clone();
        letter.0.as_mut().unwrap().record = (partition(2), 1 << 40);
        log.letters.push(letter);
        vec![DeadLetterUnexplained]
    }),
    ("a dead letter that does not say of what", |log| {
        log.letters.push((None, Some(b"?".to_vec())));
        vec![DeadLetterUnexplained]
    }),
];

fn check(falsehood: &Falsehood, truth: &Log, seen: &mut BTreeSet<FindingKind>) {
    let (name, falsify) = falsehood;
    let mut log = truth.clone();
    let expected = counts(&falsify(&mut log));
    let report = log.judge();
    assert_eq!(report.counts, expected, "{name}: {:#?}", report.findings);
    assert_eq!(report.verdict(), Verdict::Findings, "{name}");
    assert_eq!(report.findings.len() as u64, report.found(), "{name}");
    seen.extend(expected.keys());
}

#[test]
fn each_falsehood_is_found_and_nothing_else() {
    let truth = truth();
    let mut seen = BTreeSet::new();
    FALSEHOODS.iter().for_each(|falsehood| check(falsehood, &truth, &mut seen));
    let all: BTreeSet<FindingKind> = FindingKind::ALL.iter().copied().collect();
    assert_eq!(seen, all, "every kind of finding has its falsehood");
}

/// Decisions that are only observed stand in the journal alone.
const FALSEHOODS_OBSERVED: &[Falsehood] = &[
    ("an observed decision is lost", |log| {
        let at = record(log, |record| record.observed.len() >= 2);
        log.journal[at].observed.remove(0);
        vec![DecisionMissing]
    }),
    ("an observed decision is another", |log| {
        let at = record(log, |record| record.observed.len() >= 2);
        log.journal[at].observed[1].target_version += 1;
        vec![DecisionDiffers]
    }),
    ("two observed decisions are swapped", |log| {
        let at = record(log, |record| record.observed.len() >= 2);
        log.journal[at].observed.swap(0, 1);
        vec![DecisionDiffers]
    }),
    ("an observed decision that nobody makes", |log| {
        let at = record(log, |record| record.observed.len() >= 2);
        let mut command = log.journal[at].observed[1].clone();
        command.id.replace_range(0..4, "0000");
        log.journal[at].observed.push(command);
        vec![DecisionUnexplained]
    }),
    ("an observed decision is sent", |log| {
        let at = record(log, |record| record.observed.len() >= 2);
        log.commands.push(sent(&log.journal[at].observed[0]));
        vec![CommandUnexplained]
    }),
];

#[test]
fn of_what_is_only_observed_likewise() {
    let truth = truth_by(Policy { mode: Mode::Observe, ..strict() });
    let mut seen = BTreeSet::new();
    FALSEHOODS_OBSERVED.iter().for_each(|falsehood| check(falsehood, &truth, &mut seen));
}

/// A unit that does it, instead of a log that says so: the state follows, and nothing but the slices is wrong.
#[test]
fn what_is_taken_twice_or_never_is_found_though_the_state_agrees() {
    let run = |second: (u32, i64, i64)| {
        let mut scribe = Scribe::new(&calls(), 3, strict());
        scribe.commit(&[]);
        scribe.commit(&[(0, 0, 40), (1, 0, 40)]);
        scribe.commit(&[second]);
        let end = scribe.at(0);
        scribe.commit(&[(0, end, end + 40), (1, 40, 80)]);
        scribe.log.judge()
    };
    let twice = run((0, 30, 80));
    // The unreadable ones among them are put aside twice.
    let doubled = twice.counts.get(&DeadLetterDoubled).copied().unwrap_or(0);
    assert_eq!(twice.found(), 1 + doubled, "{:#?}", twice.findings);
    assert_eq!(twice.findings[0].kind, SliceTwice);
    let skipped = run((0, 50, 80));
    assert_eq!(skipped.counts, counts(&[SliceSkipped]), "{:#?}", skipped.findings);
    let text = skipped.findings[0].to_string();
    assert_eq!(text, "slice_skipped  sequence 3  attempts/0/50  offsets 40 to 50 were never taken");
}

#[test]
fn a_finding_about_a_command_masks_its_number() {
    let mut log = truth();
    log.commands.pop();
    let text = log.judge().findings[0].to_string();
    assert!(text.contains("default/+1******01"), "{text}");
    assert!(!text.contains("2025550"), "{text}");
}
