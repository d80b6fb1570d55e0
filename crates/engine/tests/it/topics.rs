//! Topics of attempts in memory, which can be read again, as Kafka's can.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use callwarden_core::{
    Answer, Attempt, AttemptId, Caller, Core, EventTime, Fleet, Input, LogTime, Mode, Outbox, Outcome,
    Policy, Stamp,
};
use callwarden_engine::{Attempts, Entry, Next, Partition, PortError, Positions, Slice, UnitConfig};

/// Partitions of one topic, each an append-only list.
#[derive(Clone, Default)]
pub(crate) struct Topic(Arc<Mutex<Vec<Vec<Input>>>>);

impl Topic {
    /// Spreads `inputs` over `partitions` in turn.
    pub(crate) fn of(inputs: &[Input], partitions: usize) -> Self {
        let mut lists = vec![Vec::new(); partitions];
        for (at, input) in inputs.iter().enumerate() {
            lists[at % partitions].push(input.clone());
        }
        Self(Arc::new(Mutex::new(lists)))
    }

    pub(crate) fn reader(&self, slice_max: usize, ends: bool) -> Reader {
        Reader {
            topic: self.clone(),
            positions: Positions::default(),
            turn: 0,
            slice_max,
            ends,
            partitions: usize::MAX,
            kept_from: 0,
            lost: None,
        }
    }

    /// Reads to the end, and only the first so many partitions.
    pub(crate) fn reader_of(&self, partitions: usize) -> Reader {
        Reader { partitions, ..self.reader(37, true) }
    }

    /// Reads to the end; what lies before an offset is no longer kept, of each partition.
    pub(crate) fn reader_from(&self, kept_from: i64) -> Reader {
        Reader { kept_from, ..self.reader(37, true) }
    }

    /// Makes the log forget what it holds, as a topic that was deleted and made again.
    pub(crate) fn recreate(&self) {
        self.0.lock().unwrap().iter_mut().for_each(Vec::clear);
    }
}

pub(crate) struct Reader {
    topic: Topic,
    positions: Positions,
    turn: usize,
    slice_max: usize,
    ends: bool,
    partitions: usize,
    kept_from: i64,
    /// A partition that is kept from there only.
    lost: Option<(usize, i64)>,
}

impl Reader {
    /// One partition is kept from an offset only.
    pub(crate) fn lose(&mut self, partition: usize, kept_from: i64) {
        self.lost = Some((partition, kept_from));
    }
}

fn partition(index: usize) -> Partition {
    Partition { topic: "attempts".into(), index: index as u32 }
}

impl Attempts for Reader {
    fn positions(&mut self, known: &Positions) -> Result<Positions, PortError> {
        let partitions = self.topic.0.lock().unwrap().len().min(self.partitions);
        Ok((0..partitions).map(|at| (partition(at), known.get(&partition(at)).unwrap_or(0))).collect())
    }

    fn oldest(&mut self, known: &Positions) -> Result<Positions, PortError> {
        let _ = known;
        let partitions = self.topic.0.lock().unwrap().len();
        let kept_from = |at: usize| match self.lost {
            Some((lost, kept_from)) if lost == at => kept_from,
            _ => self.kept_from,
        };
        Ok((0..partitions).map(|at| (partition(at), kept_from(at))).collect())
    }

    fn seek(&mut self, positions: &Positions) -> Result<(), PortError> {
        self.positions = positions.clone();
        Ok(())
    }

    fn take(&mut self, partition: &Partition, from: i64, to: i64) -> Result<Slice, PortError> {
        assert_eq!(
            self.positions.get(partition),
            Some(from),
            "recovery reads every partition without a hole"
        );
        let lists = self.topic.0.lock().unwrap();
        let list = &lists[partition.index as usize];
        let end = list.len().min(to as usize);
        let entries = (from as usize..end).map(|at| entry(at, &list[at])).collect();
        self.positions.set(partition.clone(), to);
        Ok(Slice { partition: partition.clone(), from, to, entries })
    }

    fn next(&mut self, wait: Duration) -> Result<Next, PortError> {
        let lists = self.topic.0.lock().unwrap();
        let partitions = lists.len().min(self.partitions);
        for _ in 0..partitions {
            let index = self.turn % partitions;
            self.turn += 1;
            let from = self.positions.get(&partition(index)).unwrap() as usize;
            let to = lists[index].len().min(from + self.slice_max);
            if from < to {
                let entries = (from..to).map(|at| entry(at, &lists[index][at])).collect();
                self.positions.set(partition(index), to as i64);
                return Ok(Next::Slice(Slice {
                    partition: partition(index),
                    from: from as i64,
                    to: to as i64,
                    entries,
                }));
            }
        }
        drop(lists);
        if self.ends {
            return Ok(Next::End);
        }
        std::thread::sleep(wait.min(Duration::from_millis(2)));
        Ok(Next::Idle)
    }
}

fn entry(at: usize, input: &Input) -> Entry {
    Entry { offset: at as i64, stamp: STAMP, input: input.clone(), poison: None }
}

const STAMP: Stamp = Stamp { logged_at: LogTime::UNKNOWN };

/// One number that is well answered for 30 days, and hardly from then on: it brings about reductions and pauses.
pub(crate) fn falling_number(attempts: u32) -> Vec<Input> {
    falling_number_from(1_767_600_000, attempts)
}

/// The same, placed so that the last attempt is of this second.
pub(crate) fn falling_number_until_now(attempts: u32) -> Vec<Input> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as u32;
    falling_number_from(now - (attempts - 1) * 864, attempts)
}

fn falling_number_from(begins: u32, attempts: u32) -> Vec<Input> {
    let caller = Caller::parse("+12025550123").unwrap();
    (0..attempts)
        .map(|i| {
            let answered = i % if i < 3_000 { 5 } else { 60 } == 0;
            let outcome = Outcome {
                seized: true,
                answer: answered.then_some(Answer::Human),
                short: false,
                blocked: false,
                talk_seconds: if answered { 30 } else { 0 },
            };
            Input::Attempt(Attempt {
                fleet: Fleet::new(Fleet::DEFAULT),
                caller,
                id: AttemptId(u64::from(i).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                started_at: EventTime(begins + i * 864),
                outcome,
                is_final: true,
                amends_only: false,
            })
        })
        .collect()
}

/// The rules of these tests: as shipped, and commands are sent.
pub(crate) fn policy() -> Policy {
    Policy { mode: Mode::Enforce, ..Policy::default() }
}

pub(crate) fn config() -> UnitConfig {
    UnitConfig {
        units: 1,
        clocked: false,
        learns: false,
        unit: 0,
        instance: "test".into(),
        policy: policy(),
        commit_interval: Duration::from_millis(2),
        commit_max_events: 200,
        heartbeat: Duration::from_secs(5),
        snapshot_interval: Duration::ZERO,
        snapshot_max_lag: Duration::from_secs(60),
        stop_when_poisoned: true,
        drain_patience: Duration::from_millis(300),
    }
}

/// What the core alone makes of the inputs: the truth to compare with, and its state.
pub(crate) fn stepped(inputs: &[Input]) -> (Vec<callwarden_core::Command>, Core) {
    let mut core = Core::new(policy()).unwrap();
    let mut outbox = Outbox::default();
    let mut commands = Vec::new();
    for input in inputs {
        core.step(STAMP, input, &mut outbox);
        commands.extend(outbox.drain());
    }
    (commands, core)
}
