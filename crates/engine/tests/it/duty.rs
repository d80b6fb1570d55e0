//! Units come and go, fail and are taken up again, without Kafka: the election is a channel.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use callwarden_engine::duty::{self, Outfit, Release, Turn};
use callwarden_engine::{
    Ledger, MemoryLog, MemoryStore, Phase, PortError, Ports, Roster, Transaction, Trouble, UnitConfig,
    UnitError,
};
use callwarden_wire::v1;
use crossbeam_channel::{Sender, bounded, unbounded};

use crate::topics::{Topic, config, falling_number};

/// Fails its commits while there are failures left, in a given way.
struct Failing {
    log: MemoryLog,
    failures: Arc<AtomicU32>,
    trouble: Trouble,
}

impl Ledger for Failing {
    fn open(&mut self) -> Result<Option<(i64, v1::JournalRecord)>, PortError> {
        self.log.open()
    }

    fn journal(
        &mut self,
        offset: Option<i64>,
        each: &mut dyn FnMut(i64, v1::JournalRecord) -> Result<(), PortError>,
    ) -> Result<(), PortError> {
        self.log.journal(offset, each)
    }

    fn commit(&mut self, transaction: &Transaction) -> Result<i64, PortError> {
        let left = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left.is_err() {
            return self.log.commit(transaction);
        }
        let error = PortError::new("the broker did not answer");
        Err(match self.trouble {
            Trouble::Lasting => error,
            Trouble::Passing => error.passing(),
            Trouble::Fenced => error.fenced(),
        })
    }
}

/// Two units, each with its own log.
struct World {
    topic: Topic,
    logs: [MemoryLog; 2],
    stores: [MemoryStore; 2],
    failures: [Arc<AtomicU32>; 2],
    trouble: Trouble,
    connects: Mutex<Vec<u32>>,
}

impl World {
    fn new(trouble: Trouble, failures: [u32; 2]) -> Arc<Self> {
        Arc::new(Self {
            topic: Topic::of(&falling_number(500), 1),
            logs: Default::default(),
            stores: Default::default(),
            failures: failures.map(|count| Arc::new(AtomicU32::new(count))),
            trouble,
            connects: Mutex::default(),
        })
    }

    fn inputs(&self, unit: usize) -> u64 {
        self.logs[unit].records().last().map_or(0, |record| record.inputs)
    }
}

/// The trait wants a type of its own around the shared world.
struct Shared(Arc<World>);

impl Outfit for Shared {
    fn config(&self, unit: u32) -> UnitConfig {
        UnitConfig { unit, units: 2, heartbeat: Duration::from_millis(20), ..config() }
    }

    fn connect(&self, unit: u32) -> Result<Ports, PortError> {
        let at = unit as usize;
        self.0.connects.lock().unwrap().push(unit);
        Ok(Ports {
            attempts: Box::new(self.0.topic.reader(37, false)),
            ledger: Box::new(Failing {
                log: self.0.logs[at].clone(),
                failures: Arc::clone(&self.0.failures[at]),
                trouble: self.0.trouble,
            }),
            store: Box::new(self.0.stores[at].clone()),
        })
    }
}

struct Running {
    roster: Arc<Roster>,
    turns: Sender<Turn>,
    stop: Option<Sender<()>>,
    thread: JoinHandle<Result<(), UnitError>>,
}

fn start(world: &Arc<World>) -> Running {
    let roster = Roster::new();
    let (turns, heard) = unbounded();
    let (stop, stopped) = bounded(1);
    let (outfit, shown) = (Arc::new(Shared(Arc::clone(world))), Arc::clone(&roster));
    let thread = std::thread::spawn(move || duty::run(outfit, &shown, &heard, &stopped));
    turns.send(Turn::Member(true)).unwrap();
    Running { roster, turns, stop: Some(stop), thread }
}

impl Running {
    fn stop(mut self) -> Result<(), UnitError> {
        drop(self.stop.take());
        self.thread.join().unwrap()
    }
}

#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}: not within 20 s");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn who_has_no_turn_stands_by_and_runs_nothing() {
    let world = World::new(Trouble::Passing, [0, 0]);
    let running = start(&world);
    until("a member", || running.roster.is_member());
    assert!(running.roster.held().is_empty());
    running.stop().unwrap();
    assert!(world.connects.lock().unwrap().is_empty());
}

#[test]
fn a_unit_that_is_taken_away_has_committed_its_batch_before_the_next_may_begin() {
    let world = World::new(Trouble::Passing, [0, 0]);
    let running = start(&world);
    running.turns.send(Turn::Begin(1)).unwrap();
    until("unit 1 has taken all", || world.inputs(1) == 500);
    let (release, ended) = Release::new();
    running.turns.send(Turn::End(1, release)).unwrap();
    assert!(
        ended.recv_timeout(Duration::from_secs(20)).unwrap_err().is_disconnected(),
        "released, not timed out"
    );
    let records = world.logs[1].records().len();
    assert!(running.roster.held().is_empty());
    // Nothing comes after that.
    let (release, ended) = Release::new();
    running.turns.send(Turn::End(1, release)).unwrap();
    assert!(
        ended.recv_timeout(Duration::from_secs(20)).unwrap_err().is_disconnected(),
        "one that is not held is released at once"
    );
    running.stop().unwrap();
    assert_eq!(world.logs[1].records().len(), records);
}

#[test]
fn a_unit_whose_commits_fail_is_taken_up_again_until_they_do_not() {
    for trouble in [Trouble::Passing, Trouble::Fenced] {
        let failures = if trouble == Trouble::Fenced { 1 } else { 3 };
        let world = World::new(trouble, [failures, 0]);
        let running = start(&world);
        running.turns.send(Turn::Begin(0)).unwrap();
        until("unit 0 has taken all", || world.inputs(0) == 500);
        until("live", || running.roster.held().iter().all(|(_, status)| status.phase() == Phase::Live));
        assert_eq!(world.connects.lock().unwrap().len() as u32, failures + 1, "new ports each time");
        running.stop().unwrap();
        let sequences: Vec<u64> = world.logs[0].records().iter().map(|record| record.sequence).collect();
        assert_eq!(sequences, (1..=sequences.len() as u64).collect::<Vec<_>>());
    }
}

#[test]
fn what_needs_a_person_ends_the_process_if_nothing_else_runs() {
    let world = World::new(Trouble::Lasting, [1, 0]);
    let running = start(&world);
    running.turns.send(Turn::Begin(0)).unwrap();
    let error = running.thread.join().unwrap().unwrap_err();
    assert!(matches!(error, UnitError::Commit { sequence: 1, .. }), "{error}");
}

#[test]
fn what_needs_a_person_stops_its_unit_and_no_other() {
    let world = World::new(Trouble::Lasting, [0, 1]);
    let running = start(&world);
    running.turns.send(Turn::Begin(0)).unwrap();
    until("unit 0 has taken all", || world.inputs(0) == 500);
    running.turns.send(Turn::Begin(1)).unwrap();
    let phase = |unit: u32| {
        let held = running.roster.held();
        held.iter().find(|(held, _)| *held == unit).map(|(_, status)| status.phase())
    };
    until("unit 1 has stopped", || phase(1) == Some(Phase::Stopped));
    assert_eq!(phase(0), Some(Phase::Live));
    let heartbeats = world.logs[0].records().len();
    until("unit 0 goes on", || world.logs[0].records().len() > heartbeats + 3);
    // It is still held: nobody else is to begin it before it has been given up.
    let (release, ended) = Release::new();
    running.turns.send(Turn::End(1, release)).unwrap();
    assert!(ended.recv_timeout(Duration::from_secs(20)).unwrap_err().is_disconnected());
    running.stop().unwrap();
}

#[test]
fn a_batch_that_fails_while_the_process_leaves_is_its_exit_code() {
    let world = World::new(Trouble::Passing, [0, 0]);
    let running = start(&world);
    running.turns.send(Turn::Begin(0)).unwrap();
    until("unit 0 has taken all", || world.inputs(0) == 500);
    world.failures[0].store(u32::MAX, Ordering::SeqCst);
    let error = running.stop().unwrap_err();
    assert!(matches!(error, UnitError::Commit { .. }), "{error}");
}

#[test]
fn a_unit_that_panics_does_not_keep_its_place() {
    let world = World::new(Trouble::Passing, [0, 0]);
    let running = start(&world);
    // There is no third unit in this world: connecting it is a defect.
    running.turns.send(Turn::Begin(2)).unwrap();
    let error = running.thread.join().unwrap().unwrap_err();
    assert!(matches!(error, UnitError::Panicked), "{error}");
}

#[test]
fn a_unit_given_back_while_it_still_ends_begins_when_it_has_ended() {
    let world = World::new(Trouble::Passing, [0, 0]);
    let running = start(&world);
    running.turns.send(Turn::Begin(0)).unwrap();
    until("unit 0 has taken all", || world.inputs(0) == 500);
    let (release, ended) = Release::new();
    running.turns.send(Turn::End(0, release)).unwrap();
    running.turns.send(Turn::Begin(0)).unwrap();
    assert!(ended.recv_timeout(Duration::from_secs(20)).unwrap_err().is_disconnected());
    until("live again", || running.roster.held().iter().any(|(_, status)| status.phase() == Phase::Live));
    assert_eq!(world.connects.lock().unwrap().len(), 2);
    let records = world.logs[0].records().len();
    until("it commits", || world.logs[0].records().len() > records + 2);
    running.stop().unwrap();
}

#[test]
fn an_election_that_fails_ends_the_process_after_its_batch() {
    let world = World::new(Trouble::Passing, [0, 0]);
    let running = start(&world);
    running.turns.send(Turn::Begin(0)).unwrap();
    until("unit 0 has taken all", || world.inputs(0) == 500);
    running.turns.send(Turn::Failed(PortError::new("not allowed to use the group"))).unwrap();
    let error = running.thread.join().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "not allowed to use the group");
}
