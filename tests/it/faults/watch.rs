//! What a reader of committed records sees, and when: the only witness of whether commands flow.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use callwarden_wire::v1;
use prost::Message as _;

use crate::harness::{Feed, Rig, eventually, unless};

/// Reads commands and journal from the beginning on.
pub(super) struct Watch {
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    /// When each command came.
    commands: Vec<Instant>,
    sequence: u64,
    inputs: u64,
    /// A journal record that does not follow the one before.
    broken: Option<String>,
}

impl Watch {
    pub(super) fn start(rig: &Rig) -> Self {
        let (seen, over) = (Arc::<Mutex<Seen>>::default(), Arc::new(AtomicBool::new(false)));
        let (commands, journal) = (rig.topic("commands"), rig.topic("journal"));
        let feed = Feed::of(&rig.kafka, &[&commands, &journal]);
        let (told, shared) = (Arc::clone(&over), Arc::clone(&seen));
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                feed.next(Duration::from_millis(50), |topic, value| {
                    let mut seen = shared.lock().unwrap();
                    if topic == commands {
                        seen.commands.push(Instant::now());
                    } else {
                        seen.take(&v1::JournalRecord::decode(value).unwrap());
                    }
                });
            }
        });
        Self { seen, over, thread: Some(thread) }
    }

    /// Waits until so many commands have come.
    #[track_caller]
    pub(super) fn commands(&self, count: usize, within: Duration) {
        eventually(&format!("{count} commands"), within, || {
            let seen = self.seen.lock().unwrap();
            unless(seen.commands.len() >= count, || {
                format!("{} so far, {} records taken", seen.commands.len(), seen.inputs)
            })
        });
    }

    /// Waits for a command after a moment, and says how long after.
    #[track_caller]
    pub(super) fn command_after(&self, moment: Instant, within: Duration) -> Duration {
        eventually("a command after the fault", within, || {
            let seen = self.seen.lock().unwrap();
            let next = seen.commands.iter().find(|at| **at > moment);
            next.map(|at| *at - moment)
                .ok_or_else(|| format!("none; {} records taken, sequence {}", seen.inputs, seen.sequence))
        })
    }

    /// The longest time without a command between two moments, each widened to the next command outside.
    pub(super) fn longest_gap(&self, begin: Instant, end: Instant) -> Duration {
        let seen = self.seen.lock().unwrap();
        let gaps = seen.commands.windows(2).filter(|pair| pair[1] > begin && pair[0] < end);
        gaps.map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }

    /// Commands that have come.
    pub(super) fn count(&self) -> usize {
        self.seen.lock().unwrap().commands.len()
    }

    /// Records that the newest journal record says were taken.
    pub(super) fn inputs(&self) -> u64 {
        self.seen.lock().unwrap().inputs
    }

    /// Waits until more than so many records were taken.
    #[track_caller]
    pub(super) fn taken_beyond(&self, records: u64, within: Duration) {
        eventually(&format!("more than {records} records taken"), within, || {
            unless(self.inputs() > records, || "no more".to_owned())
        });
    }

    /// Waits until the journal says that so many records were taken, and no more.
    #[track_caller]
    pub(super) fn taken(&self, records: u64, within: Duration) {
        eventually(&format!("{records} records taken"), within, || {
            let seen = self.seen.lock().unwrap();
            assert_eq!(seen.broken, None);
            unless(seen.inputs >= records, || format!("{} so far, sequence {}", seen.inputs, seen.sequence))
        });
        assert_eq!(self.inputs(), records, "a record is taken twice");
    }
}

impl Seen {
    fn take(&mut self, record: &v1::JournalRecord) {
        if record.sequence != self.sequence + 1 && self.broken.is_none() {
            self.broken = Some(format!("journal sequence {} follows {}", record.sequence, self.sequence));
        }
        (self.sequence, self.inputs) = (record.sequence, record.inputs);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
