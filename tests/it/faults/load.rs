//! Attempts at a steady pace, whatever happens meanwhile: what the broker cannot take now waits in the dialer's client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use callwarden_sim::{World, WorldConfig};
use prost::Message as _;

use crate::harness::{Dialer, Producer, Rig, Spread, attempt, eventually, unless};

/// Partitions of the topic of attempts. A number keeps to one, so that the order of its attempts is known.
pub(super) const PARTITIONS: u32 = 4;

/// How long what was held back may take to be acknowledged.
const FLUSH: Duration = Duration::from_secs(120);

/// What is sent.
pub(super) enum Source {
    /// A world that has been: the same records for the same seed.
    World(Box<WorldConfig>),
    /// Calls of now, by one number after the other, each [`CALLS`] at once and so too many for a minute.
    Now,
}

/// Calls of each number of [`Source::Now`], where ten a minute are allowed.
const CALLS: u64 = 12;

/// Sends the record after so many others.
type Send = Box<dyn FnMut(&Producer, u64)>;

impl Source {
    /// What sends the record after so many others.
    fn sender(self, topic: String) -> Send {
        match self {
            Self::World(config) => {
                let mut world = World::new(*config).unwrap();
                let mut dialer = Dialer::new(&topic, Spread::ByNumber(PARTITIONS));
                Box::new(move |producer, before| {
                    let attempt = world.next().expect("a world without an end");
                    dialer.send(producer, &attempt, before);
                })
            }
            Self::Now => Box::new(move |producer, before| {
                let number = before / CALLS;
                let caller = format!("+1{:010}", 2_025_550_000 + number);
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
                let attempt = attempt(&format!("now-{before}"), &caller, now.as_millis() as i64);
                let partition = (number % u64::from(PARTITIONS)) as i32;
                producer.send(&topic, Some(partition), None, Some(&attempt.encode_to_vec()));
            }),
        }
    }
}

pub(super) struct Load {
    over: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Load {
    /// Sends `rate` records a second, `most` in all, until told to finish.
    pub(super) fn start(rig: &Rig, source: Source, rate: u32, most: u64) -> Self {
        let (over, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let producer = Producer::steadfast(&rig.kafka);
        let topic = rig.topic("attempts");
        let (told, count) = (Arc::clone(&over), Arc::clone(&sent));
        let thread = thread::spawn(move || {
            let mut send = source.sender(topic);
            let begun = Instant::now();
            let mut records = 0;
            while records < most && !told.load(Ordering::Relaxed) {
                let due = begun.elapsed().as_millis() as u64 * u64::from(rate) / 1_000;
                while records < due.min(most) {
                    send(&producer, records);
                    records += 1;
                }
                count.store(records, Ordering::Relaxed);
                producer.poll();
                thread::sleep(Duration::from_millis(5));
            }
            producer.flush_within(FLUSH);
        });
        Self { over, sent, thread: Some(thread) }
    }

    /// Records handed to the client so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Waits until so many records are handed to the client.
    #[track_caller]
    pub(super) fn await_sent(&self, records: u64, within: Duration) {
        eventually("the load", within, || {
            let sent = self.sent();
            unless(sent >= records, || format!("{sent} of {records} so far"))
        });
    }

    /// Sends no more, waits until all is acknowledged, and says how many there were.
    pub(super) fn finish(&mut self) -> u64 {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.sent()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // Of a fault that did not hold: nobody waits for what is left.
        self.over.store(true, Ordering::Relaxed);
    }
}
