//! Attempts at a steady pace, and a clock on the commands that some of them cause.
//!
//! Now and then a number of its own makes one attempt more in a minute than it may. The time runs from the moment that the broker
//! took that attempt, as it says itself, to the moment that a consumer of committed records holds the command.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use callwarden_sim::World;
use callwarden_wire::{Timestamp, v1};
use prost::Message as _;
use rdkafka::message::Message as _;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Offset, Timestamp as LogTime};

use crate::streams::PER_MINUTE;
use crate::{Site, kafka};

/// Numbers a second that pass the cap.
const PROBES: u32 = 25;
const NUMBERS: u32 = 100_000;
/// The longest that attempts come.
const SECONDS_MAX: u32 = 600;

/// A command that came.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    /// When the broker took the attempt, and when the command was in hand: seconds since 1970.
    pub(crate) appended: f64,
    pub(crate) received: f64,
}

/// Attempts flow until this is stopped.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    producing: JoinHandle<()>,
    listening: JoinHandle<()>,
    probes: Probes,
}

#[derive(Clone, Default)]
struct Probes {
    /// By number, in seconds since 1970.
    appended: Arc<Mutex<HashMap<usize, f64>>>,
    received: Arc<Mutex<HashMap<usize, f64>>>,
}

/// Seconds since 1970.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

impl Load {
    /// Sends `rate` attempts a second to one topic and listens to another.
    pub(crate) fn start(site: &Site, attempts: &str, commands: &str, rate: u32) -> Self {
        let (stop, probes) = (Arc::new(AtomicBool::new(false)), Probes::default());
        let producer: ThreadedProducer<Probes> = kafka::client(&site.broker)
            .set("linger.ms", "1")
            .set("partitioner", "murmur2_random")
            .create_with_context(probes.clone())
            .unwrap();
        let (told, topic) = (Arc::clone(&stop), attempts.to_owned());
        let world = kafka::fleet(NUMBERS, rate * SECONDS_MAX);
        let sent = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&sent);
        let producing = thread::spawn(move || produce(&producer, &topic, world, rate, &told, &count));
        let consumer = kafka::reader(&site.broker, commands, 1, Offset::Beginning);
        let (told, heard) = (Arc::clone(&stop), probes.clone());
        let listening = thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                let Some(Ok(command)) = consumer.poll(Duration::from_millis(50)) else { continue };
                // `fleet/+number` from callwarden, `+number` from Kafka Streams.
                let key = String::from_utf8_lossy(command.key().unwrap_or_default()).into_owned();
                let number = key.rsplit('/').next().and_then(|number| number.strip_prefix(PROBE_PREFIX));
                if let Some(probe) = number.and_then(|number| number.parse().ok()) {
                    heard.received.lock().unwrap().entry(probe).or_insert_with(now);
                }
            }
        });
        Self { stop, sent, producing, listening, probes }
    }

    /// Attempts sent so far.
    pub(crate) fn sent(&self) -> f64 {
        self.sent.load(Ordering::Relaxed) as f64
    }

    /// The commands that have come so far, in the order of their attempts; and how many attempts have none.
    pub(crate) fn answers(&self) -> (Vec<Answer>, usize) {
        let received = self.probes.received.lock().unwrap();
        let appended = self.probes.appended.lock().unwrap();
        let mut answers: Vec<Answer> = appended
            .iter()
            .filter_map(|(probe, &appended)| Some(Answer { appended, received: *received.get(probe)? }))
            .collect();
        answers.sort_by(|a, b| a.appended.total_cmp(&b.appended));
        let missing = appended.len() - answers.len();
        (answers, missing)
    }

    /// Gives what has come, and stops.
    pub(crate) fn finish(self) -> (Vec<Answer>, usize) {
        let answers = self.answers();
        self.stop.store(true, Ordering::Relaxed);
        self.producing.join().unwrap();
        self.listening.join().unwrap();
        answers
    }
}

/// Numbers of probes: +44 79 and the place of the probe.
const PROBE_PREFIX: &str = "+4479";

fn produce(
    producer: &ThreadedProducer<Probes>,
    topic: &str,
    mut world: World,
    rate: u32,
    stop: &AtomicBool,
    count: &AtomicU64,
) {
    let (mut message, mut payload) = (v1::CallAttempt::default(), Vec::new());
    let mut send = |message: &v1::CallAttempt, probe: usize| {
        payload.clear();
        message.encode(&mut payload).unwrap();
        let mut record =
            BaseRecord::with_opaque_to(topic, probe).key(&message.caller_number).payload(&payload);
        while let Err((_, back)) = producer.send(record) {
            thread::sleep(Duration::from_millis(1));
            record = back;
        }
    };
    let begun = Instant::now();
    let (mut sent, mut probes) = (0_u32, 0);
    while !stop.load(Ordering::Relaxed) {
        let elapsed = begun.elapsed().as_secs_f64();
        let placed = Timestamp::from_millis((now() * 1_000.0) as i64);
        while f64::from(probes) < elapsed * f64::from(PROBES) {
            probes += 1;
            for attempt in 1..=PER_MINUTE + 1 {
                let decisive = if attempt > PER_MINUTE { probes as usize } else { 0 };
                send(&probe(probes, attempt, placed), decisive);
                sent += 1;
            }
        }
        while f64::from(sent) < elapsed * f64::from(rate) {
            world.next().unwrap().write_into(&mut message);
            message.started_at = Some(placed);
            send(&message, 0);
            sent += 1;
        }
        count.store(sent.into(), Ordering::Relaxed);
        thread::sleep(Duration::from_millis(1));
    }
    producer.flush(Duration::from_secs(10)).unwrap();
}

fn probe(number: u32, attempt: u32, placed: Timestamp) -> v1::CallAttempt {
    v1::CallAttempt {
        attempt_id: format!("probe-{number}-{attempt}"),
        caller_number: format!("{PROBE_PREFIX}{number:08}"),
        started_at: Some(placed),
        disposition: v1::Disposition::NoAnswer.into(),
        ..v1::CallAttempt::default()
    }
}

impl ClientContext for Probes {}

impl ProducerContext for Probes {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, probe: usize) {
        let Ok(message) = result else { return };
        if let LogTime::LogAppendTime(millis) = message.timestamp()
            && probe > 0
        {
            self.appended.lock().unwrap().insert(probe, millis as f64 / 1e3);
        }
    }
}
