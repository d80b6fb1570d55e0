//! What Kafka no longer keeps is no finding, and no proof either: the report says what was not looked at.

use std::collections::BTreeMap;

use callwarden_engine::audit::{Because, FindingKind::*, NotStepped, Report, Verdict};
use callwarden_wire::{Timestamp, v1};

use super::scribe::{BEGAN_MS, Log, Oldest, Scribe, TICK_MS, partition};
use super::{assert_proven, calls, counts, strict, truth};

#[track_caller]
fn assert_clean(log: &Log, because: &[Because]) -> Report {
    let report = log.judge();
    assert_eq!((&report.counts, report.verdict()), (&BTreeMap::new(), Verdict::Clean), "{report:#?}");
    let reasons: Vec<&Because> = report.not_stepped.iter().map(|stretch| &stretch.because).collect();
    assert_eq!(reasons, because.iter().collect::<Vec<_>>());
    report
}

fn last(log: &Log) -> u64 {
    log.journal.last().unwrap().sequence
}

/// Without its first records, as a journal that was trimmed.
fn trimmed(mut log: Log, records: usize) -> Log {
    let gone: Vec<v1::JournalRecord> = log.journal.drain(..records).collect();
    let commands: usize = gone.iter().map(|record| record.command_ids.len()).sum();
    log.commands.drain(..commands);
    log.oldest = Oldest { journal: 2 * records as i64, commands: 2 * commands as i64, ..log.oldest };
    log
}

#[test]
fn a_trimmed_journal_is_followed_from_where_it_begins() {
    let log = trimmed(truth(), 30);
    let report = assert_clean(&log, &[Because::JournalTrimmed]);
    let whole = NotStepped { unit: 0, from: 31, to: last(&log), because: Because::JournalTrimmed };
    assert_eq!(report.not_stepped, [whole]);
    assert_eq!((report.attempts_stepped, report.commands_compared), (0, 0));
    assert_eq!(report.commands_named, log.commands.len() as u64);
    // Attempts are still there, so dead letters can be told; those of the records that are gone count for nothing.
    assert!(report.dead_letters_compared > 10, "{report:#?}");

    // Commands are kept longer than the journal: those of the records that are gone are no findings, a foreign one is.
    let mut kept = log.clone();
    (kept.commands, kept.oldest.commands) = (truth().commands, 0);
    assert_clean(&kept, &[Because::JournalTrimmed]);
    let (key, value) = kept.commands[0].clone();
    let mut foreign: v1::Command = serde_json::from_slice(&value).unwrap();
    (foreign.id, foreign.sequence) = ("foreign".into(), 1_000_000);
    kept.commands.push((key, callwarden_wire::to_json(&foreign).into_bytes()));
    assert_eq!(kept.judge().counts, counts(&[CommandUnexplained]));

    // What can be seen without the state is found.
    let mut lost = log.clone();
    lost.commands.pop();
    assert_eq!(lost.judge().counts, counts(&[CommandMissing]));
    let mut counted = log.clone();
    counted.journal[9].inputs += 1;
    counted.journal[14].outputs += 1;
    // Each is wrong against the one before, and the next one against it.
    assert_eq!(counted.judge().counts, counts(&[StateDiffers; 4]));
    let mut skipped = log;
    let at = skipped.journal.iter().skip(1).position(|record| !record.slices.is_empty()).unwrap() + 1;
    skipped.journal[at].slices[0].from += 1;
    skipped.journal[at].slices[0].records -= 1;
    assert_eq!(skipped.judge().counts, counts(&[SliceSkipped, StateDiffers]));
}

#[test]
fn attempts_that_are_gone_cannot_be_stepped() {
    let mut log = truth();
    log.oldest.attempts = 200;
    let because = Because::AttemptsTrimmed { partition: partition(0), oldest: 200 };
    let report = assert_clean(&log, &[because]);
    assert_eq!(report.not_stepped[0].to, last(&log));
    assert_eq!(report.attempts_stepped, 0);
    assert!(report.attempts_read > 0 && report.dead_letters_compared > 0, "{report:#?}");
    assert!(report.dead_letters_unchecked > 0, "{report:#?}");
}

#[test]
fn a_topic_that_is_no_longer_read_is_said() {
    let mut log = truth();
    log.ends.truncate(2);
    let report = assert_clean(&log, &[Because::TopicNotRead(partition(2))]);
    assert_eq!(report.not_stepped[0].to, last(&log));
}

#[test]
fn a_state_that_was_rebuilt_is_not_stepped_on() {
    let mut log = truth();
    log.journal[24].rebuilt = true;
    let report = assert_clean(&log, &[Because::Rebuilt]);
    assert_eq!((report.not_stepped[0].from, report.not_stepped[0].to), (25, last(&log)));
    assert!(report.commands_compared > 0 && report.commands_named > report.commands_compared, "{report:#?}");
    assert!(report.attempts_stepped > 0 && report.attempts_read > 0, "{report:#?}");
    // Digests are not compared, slices are.
    log.journal[30].digest ^= 1;
    assert_clean(&log, &[Because::Rebuilt]);
    let at = log.journal.iter().rposition(|record| !record.slices.is_empty()).unwrap();
    log.journal[at].slices[0].records -= 1;
    assert_eq!(log.judge().counts, counts(&[SliceRecords, StateDiffers]));
}

#[test]
fn what_another_core_decided_is_not_compared() {
    let mut log = truth();
    log.journal[10..20].iter_mut().for_each(|record| record.core_version += 1);
    let version = log.journal[10].core_version;
    let report = assert_clean(&log, &[Because::CoreVersion(version)]);
    assert_eq!((report.not_stepped[0].from, report.not_stepped[0].to), (11, 20));
    // It came to the same state, so that what follows is compared again.
    assert!(report.commands_compared > 100, "{report:#?}");

    // If it did not, nothing after it can be.
    log.journal[19].digest ^= 1;
    let report = assert_clean(&log, &[Because::CoreVersion(version)]);
    assert_eq!((report.not_stepped[0].from, report.not_stepped[0].to), (11, last(&log)));
}

#[test]
fn what_lies_before_since_is_stepped_and_not_reported() {
    let mut log = truth();
    let sequence = 40;
    log.since = Some(Timestamp::from_millis(BEGAN_MS + TICK_MS * sequence));
    let report = assert_proven(&log);
    assert_eq!(report.attempts_stepped, calls().len() as u64);
    let named = log.journal[39..].iter().map(|record| record.command_ids.len() as u64).sum::<u64>();
    assert_eq!((report.commands_named, report.commands_compared), (named, named));

    log.journal[20].digest ^= 1;
    log.journal[21].positions[0].offset += 1;
    log.commands.remove(3);
    let command = log.commands[8].clone();
    log.commands.push(command);
    log.letters.remove(3);
    assert_proven(&log);
    log.journal[50].digest ^= 1;
    assert_eq!(log.judge().counts, counts(&[StateDiffers]));
    // A state that was wrong before is wrong now.
    log.journal[20..].iter_mut().for_each(|record| record.digest ^= 1 << 20);
    let findings = log.judge().findings;
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].sequence, findings[0].until), (Some(40), Some(last(&log))));
}

#[test]
fn a_command_that_compaction_may_have_taken_is_not_missing() {
    let mut log = truth();
    // The first command of the number that is the first to get a second one: without it, that one is the first of its number,
    // and nothing tells that compaction was not here.
    let repeats = |at: &usize| log.commands[..*at].iter().any(|(key, _)| *key == log.commands[*at].0);
    let second = (0..).find(repeats).unwrap();
    let first = log.commands.iter().position(|(key, _)| *key == log.commands[second].0).unwrap();
    log.commands.remove(first);
    let report = assert_clean(&log, &[]);
    assert_eq!(report.commands_no_longer_kept, 1);
    // As compaction leaves it: of each number the newest in the cleaned part, and all of the rest.
    let mut log = truth();
    let mut newest = BTreeMap::new();
    let cleaned = log.commands.len() / 2;
    for (at, (key, _)) in log.commands[..cleaned].iter().enumerate() {
        newest.insert(key.clone(), at);
    }
    let mut at = 0;
    log.commands.retain(|(key, _)| {
        at += 1;
        at > cleaned || newest[key] == at - 1
    });
    let report = assert_clean(&log, &[]);
    assert_eq!(report.commands_no_longer_kept, (cleaned - newest.len()) as u64);
    // What was never cleaned must be whole.
    log.commands.remove(newest.len() + 12);
    assert_eq!(log.judge().counts, counts(&[CommandMissing]));
}

#[test]
fn outputs_that_are_older_than_what_is_kept_are_not_missing() {
    let mut log = truth();
    log.commands.drain(..20);
    log.oldest.commands = 40;
    log.letters.drain(..5);
    log.oldest.letters = 9;
    let report = assert_clean(&log, &[]);
    assert_eq!((report.commands_no_longer_kept, report.dead_letters_no_longer_kept), (20, 5));
    log.commands.remove(10);
    log.letters.remove(10);
    assert_eq!(log.judge().counts, counts(&[CommandMissing, DeadLetterMissing]));
}

#[test]
fn a_command_that_was_sent_again_stands_where_it_was_sent() {
    let mut log = truth();
    let id = log.command(60).id;
    let command = log.commands.remove(60);
    log.commands.push(command);
    log.journal.last_mut().unwrap().resent_ids.push(id);
    assert_proven(&log);
}

#[test]
fn what_comes_while_it_is_audited_is_explained_by_later_records() {
    let mut log = truth();
    let at = log.journal.iter().rposition(|record| record.command_ids.len() > 1).unwrap();
    log.later = log.journal.split_off(at);
    assert_proven(&log);
    // Not everything that is new is explained by what is new.
    log.later[0].command_ids.pop();
    assert_eq!(log.judge().counts, counts(&[CommandUnexplained]));
    log.later.clear();
    assert!(log.judge().found() > 1);
}

/// Two units, of which each has its partitions, on the same topics.
fn two_units() -> Log {
    let mut logs = [0, 1].map(|unit| {
        let mut scribe = Scribe::new(&calls(), 4, strict());
        (scribe.unit, scribe.units) = (unit, 2);
        scribe.commit(&[]);
        for round in 0..9 {
            let (from, to) = (round * 80, (round + 1) * 80);
            scribe.commit(&[(unit, from, to), (unit + 2, from, to)]);
        }
        let own = |position: &v1::Position| position.partition % 2 == unit;
        scribe.log.journal.iter_mut().for_each(|record| record.positions.retain(own));
        scribe.log
    });
    let second = logs[1].clone();
    let log = &mut logs[0];
    log.journal.extend(second.journal);
    // As they may come about: one of this, one of that.
    let mut others = second.commands.into_iter();
    log.commands = log.commands.drain(..).flat_map(|own| [Some(own), others.next()]).flatten().collect();
    log.commands.extend(others);
    log.letters.extend(second.letters);
    log.clone()
}

#[test]
fn units_share_the_topics_of_outputs() {
    let mut log = two_units();
    let report = assert_proven(&log);
    assert_eq!(report.units.len(), 2);
    assert_eq!(report.commands_compared, log.commands.len() as u64);
    for unit in [0, 1] {
        log.only_unit = Some(unit);
        let report = assert_proven(&log);
        assert!(report.commands_compared > 10 && report.commands_compared < log.commands.len() as u64);
    }
    log.only_unit = Some(1);
    log.commands.remove(40);
    log.commands.remove(40);
    assert_eq!(log.judge().counts, counts(&[CommandMissing]), "one was of unit 1, one of unit 0");
}

#[test]
fn a_partition_that_is_added_is_taken_from_its_beginning() {
    let run = |from| {
        let mut scribe = Scribe::new(&calls(), 3, strict());
        scribe.commit(&[]);
        scribe.commit(&[(0, 0, 40), (1, 0, 40)]);
        scribe.commit(&[(2, from, 40), (0, 40, 80)]);
        let mut log = scribe.log;
        log.journal[..2].iter_mut().for_each(|record| record.positions.truncate(2));
        log
    };
    assert_proven(&run(0));
    assert_eq!(run(5).judge().counts, counts(&[SliceSkipped]));
}
