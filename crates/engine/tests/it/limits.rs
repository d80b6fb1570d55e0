//! What the unit does when input is bad, absent or out of order, and when the store is slow.

use std::sync::Arc;
use std::time::{Duration, Instant};

use callwarden_core::{Input, LogTime, Stamp};
use callwarden_engine::{
    Attempts, Changes, Entry, MemoryAttempts, MemoryLog, MemoryStore, Next, Partition, Poison, PortError,
    Ports, Positions, Saved, Slice, Snapshot, Status, Store, Unit, UnitConfig, UnitError,
};
use callwarden_wire::{Decoder, Dialect, Unreadable};
use crossbeam_channel::{bounded, never};

use crate::topics::{Topic, config, falling_number};

fn unreadable() -> Unreadable {
    Decoder::new(Dialect::Callwarden).decode(b"{").unwrap_err()
}

fn entry(input: Input) -> Entry {
    let poison = (input == Input::Unreadable)
        .then(|| Box::new(Poison { unreadable: unreadable(), key: None, value: Some(b"{".to_vec()) }));
    Entry { offset: 0, stamp: Stamp { logged_at: LogTime::UNKNOWN }, input, poison }
}

fn run_pipe(batches: Vec<Vec<Input>>, log: &MemoryLog) -> Result<u64, UnitError> {
    let mut batches = batches.into_iter();
    let attempts = MemoryAttempts::new(move |_| {
        Ok(batches.next().map(|inputs| inputs.into_iter().map(entry).collect()))
    });
    let ports = Ports {
        attempts: Box::new(attempts),
        ledger: Box::new(log.clone()),
        store: Box::new(MemoryStore::default()),
    };
    let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0))?;
    unit.run(ports, &never()).map(|(ended, _)| ended.taken)
}

#[test]
fn dead_letters_stand_in_the_transaction_that_moves_past_them() {
    let mut inputs = falling_number(50);
    inputs.insert(7, Input::Unreadable);
    inputs.insert(31, Input::Unreadable);
    let log = MemoryLog::default();
    assert_eq!(run_pipe(vec![inputs], &log).unwrap(), 52);
    let offsets: Vec<i64> = log.dead_letters().iter().map(|letter| letter.offset).collect();
    assert_eq!(offsets, [7, 31]);
    assert_eq!(log.records().last().unwrap().inputs, 52);
}

#[test]
fn when_almost_everything_is_bad_the_unit_stops_before_it_puts_it_all_aside() {
    let log = MemoryLog::default();
    let error = run_pipe(vec![vec![Input::Unreadable; 1_000]], &log).unwrap_err();
    assert!(matches!(error, UnitError::Poisoned { bad: 1_000, of: 1_000, .. }), "{error}");
    assert!(log.dead_letters().is_empty(), "nothing of the last ones was committed");
}

#[test]
fn a_storm_of_bad_records_is_put_aside_where_that_is_wanted() {
    let log = MemoryLog::default();
    let mut batches = vec![vec![Input::Unreadable; 2_500], falling_number(10)].into_iter();
    let attempts = MemoryAttempts::new(move |_| {
        Ok(batches.next().map(|inputs| inputs.into_iter().map(entry).collect()))
    });
    let ports = Ports {
        attempts: Box::new(attempts),
        ledger: Box::new(log.clone()),
        store: Box::new(MemoryStore::default()),
    };
    let config = UnitConfig { stop_when_poisoned: false, ..config() };
    let (unit, ports) = Unit::recover(config, ports, Status::of_unit(0)).unwrap();
    let (ended, core) = unit.run(ports, &never()).unwrap();
    assert_eq!((ended.taken, log.dead_letters().len(), core.tally().counted), (2_510, 2_500, 10));
}

#[test]
fn bad_records_with_a_good_one_now_and_then_are_a_storm_too() {
    let log = MemoryLog::default();
    let mixed: Vec<Input> = falling_number(60)
        .into_iter()
        .flat_map(|input| std::iter::repeat_n(Input::Unreadable, 24).chain([input]))
        .collect();
    let error = run_pipe(vec![mixed], &log).unwrap_err();
    assert!(matches!(error, UnitError::Poisoned { .. }), "{error}");
}

#[test]
fn what_was_taken_before_the_input_broke_is_committed() {
    let log = MemoryLog::default();
    let mut reads = 0;
    let attempts = MemoryAttempts::new(move |_| {
        reads += 1;
        if reads == 1 {
            Ok(Some(falling_number(100).into_iter().map(entry).collect()))
        } else {
            Err(PortError::new("the pipe broke"))
        }
    });
    let ports = Ports {
        attempts: Box::new(attempts),
        ledger: Box::new(log.clone()),
        store: Box::new(MemoryStore::default()),
    };
    let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0)).unwrap();
    let error = unit.run(ports, &never()).map(|_| ()).unwrap_err();
    assert!(matches!(error, UnitError::Attempts(_)), "{error}");
    assert_eq!(log.records().last().unwrap().inputs, 100);
}

#[test]
fn a_reader_that_dies_is_no_end_of_input() {
    let attempts = MemoryAttempts::new(|_| panic!("a defect"));
    let ports = Ports {
        attempts: Box::new(attempts),
        ledger: Box::new(MemoryLog::default()),
        store: Box::new(MemoryStore::default()),
    };
    let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0)).unwrap();
    let error = unit.run(ports, &never()).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("the reader has ended without a word"), "{error}");
}

#[test]
fn a_topic_that_is_no_longer_read_keeps_its_place() {
    let topic = Topic::of(&falling_number(300), 3);
    let (log, store) = (MemoryLog::default(), MemoryStore::default());
    let run = |partitions| {
        let ports = Ports {
            attempts: Box::new(topic.reader_of(partitions)),
            ledger: Box::new(log.clone()),
            store: Box::new(store.clone()),
        };
        let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0)).unwrap();
        unit.run(ports, &never()).unwrap().0.taken
    };
    assert_eq!((run(3), run(2), run(3)), (300, 0, 0));
}

#[test]
fn half_bad_is_borne() {
    let log = MemoryLog::default();
    let mixed: Vec<Input> =
        falling_number(1_500).into_iter().flat_map(|input| [input, Input::Unreadable]).collect();
    assert_eq!(run_pipe(vec![mixed], &log).unwrap(), 3_000);
    assert_eq!(log.dead_letters().len(), 1_500);
}

/// Reads that leave something out.
struct Holey(u8);

impl Attempts for Holey {
    fn positions(&mut self, _: &Positions) -> Result<Positions, PortError> {
        Ok([(partition(), 0)].into_iter().collect())
    }

    fn seek(&mut self, _: &Positions) -> Result<(), PortError> {
        Ok(())
    }

    fn take(&mut self, _: &Partition, _: i64, _: i64) -> Result<Slice, PortError> {
        unreachable!("there is nothing to recover")
    }

    fn next(&mut self, _: Duration) -> Result<Next, PortError> {
        self.0 += 1;
        let from = i64::from(self.0) * 10;
        let entries = falling_number(10).into_iter().map(entry).collect();
        Ok(Next::Slice(Slice { partition: partition(), from: from - 10, to: from - 1, entries }))
    }
}

fn partition() -> Partition {
    Partition { topic: "attempts".into(), index: 0 }
}

#[test]
fn a_hole_between_slices_stops_the_unit_and_is_named() {
    let ports = Ports {
        attempts: Box::new(Holey(0)),
        ledger: Box::new(MemoryLog::default()),
        store: Box::new(MemoryStore::default()),
    };
    let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0)).unwrap();
    let error = unit.run(ports, &never()).map(|_| ()).unwrap_err();
    assert!(matches!(error, UnitError::Discontinuous { wanted: 9, found: 10, .. }), "{error}");
    assert!(error.to_string().contains("attempts/0"), "{error}");
}

/// A store that never answers in time.
struct Frozen;

impl Store for Frozen {
    fn load(&mut self) -> Result<Option<Snapshot>, PortError> {
        Ok(None)
    }

    fn save(&mut self, _: &Changes) -> Result<Saved, PortError> {
        std::thread::sleep(Duration::from_millis(20));
        Err(PortError::new("timed out"))
    }
}

#[test]
fn an_absent_store_slows_nothing_until_its_lag_reaches_the_limit() {
    let topic = Topic::of(&falling_number(3_000), 1);
    let run = |snapshot_max_lag| {
        let log = MemoryLog::default();
        let ports = Ports {
            attempts: Box::new(topic.reader(50, false)),
            ledger: Box::new(log.clone()),
            store: Box::new(Frozen),
        };
        let config = UnitConfig { snapshot_max_lag, drain_patience: Duration::from_millis(50), ..config() };
        let (unit, ports) = Unit::recover(config, ports, Status::of_unit(0)).unwrap();
        let (stop, stopped) = bounded(1);
        let thread = std::thread::spawn(move || unit.run(ports, &stopped).map(|(ended, _)| ended.taken));
        let deadline = Instant::now() + Duration::from_millis(700);
        while Instant::now() < deadline && log.records().last().is_none_or(|record| record.inputs < 3_000) {
            std::thread::sleep(Duration::from_millis(5));
        }
        stop.send(()).unwrap();
        thread.join().unwrap().unwrap()
    };
    assert_eq!(run(Duration::from_secs(60)), 3_000);
    assert!(run(Duration::ZERO) < 3_000, "consumption stops once the store lags too far");
}

#[test]
fn a_unit_that_was_paused_and_is_taken_up_again_does_not_go_on_saying_so() {
    let topic = Topic::of(&falling_number(3_000), 1);
    let (log, status) = (MemoryLog::default(), Status::of_unit(0));
    let ports = |store: Box<dyn Store>| Ports {
        attempts: Box::new(topic.reader(50, false)),
        ledger: Box::new(log.clone()),
        store,
    };
    let config = UnitConfig {
        snapshot_max_lag: Duration::ZERO,
        drain_patience: Duration::from_millis(50),
        ..config()
    };
    let frozen = ports(Box::new(Frozen));
    let (unit, frozen) = Unit::recover(config.clone(), frozen, Arc::clone(&status)).unwrap();
    let (stop, stopped) = bounded(1);
    let thread = std::thread::spawn(move || unit.run(frozen, &stopped).map(|(ended, _)| ended.taken));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !status.paused() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(status.paused());
    stop.send(()).unwrap();
    thread.join().unwrap().unwrap();
    // The same process, the same status, and a store that answers.
    Unit::recover(config, ports(Box::<MemoryStore>::default()), Arc::clone(&status)).unwrap();
    assert!(!status.paused());
}

/// A store in which somebody else has written a later snapshot.
struct TakenOver;

impl Store for TakenOver {
    fn load(&mut self) -> Result<Option<Snapshot>, PortError> {
        Ok(None)
    }

    fn save(&mut self, _: &Changes) -> Result<Saved, PortError> {
        Ok(Saved::Superseded)
    }
}

#[test]
fn a_unit_that_was_superseded_stops() {
    let topic = Topic::of(&falling_number(1_000), 1);
    let ports = Ports {
        attempts: Box::new(topic.reader(50, false)),
        ledger: Box::new(MemoryLog::default()),
        store: Box::new(TakenOver),
    };
    let (unit, ports) = Unit::recover(config(), ports, Status::of_unit(0)).unwrap();
    let error = unit.run(ports, &never()).map(|_| ()).unwrap_err();
    assert!(matches!(error, UnitError::Superseded), "{error}");
}
