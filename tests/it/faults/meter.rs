//! What the metrics say meanwhile, over all lives of the program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::harness::{Metrics, get};

/// What is followed, as the operator's alerts do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    /// Times that a unit was taken up again in a process that had held it before.
    pub(super) recoveries: u64,
    pub(super) commit_failures: u64,
    pub(super) snapshot_failures: u64,
    pub(super) rollbacks: u64,
    pub(super) digest_mismatches: u64,
    /// Longest age of a change that the store lacked, seconds.
    pub(super) snapshot_lag_max: f64,
    /// Most records that were not yet taken.
    pub(super) lag_max: f64,
}

/// Counters of one process, in the order of [`counters`].
type Counters = [u64; 5];

fn counters(metrics: &Metrics) -> Counters {
    let count = |name: &str, labels: &[&str]| metrics.sum(name, labels).unwrap_or(0.0) as u64;
    [
        count("callwarden_recoveries_total", &[]).saturating_sub(1),
        count("callwarden_commit_failures_total", &[]),
        count("callwarden_snapshot_failures_total", &[]),
        count("callwarden_snapshot_rollbacks_total", &[]),
        count("callwarden_digest_mismatches_total", &[]),
    ]
}

/// Asks a program again and again.
pub(super) struct Meter {
    shared: Arc<Mutex<Shared>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// `host:port` of the program of now.
    address: Option<String>,
    /// What it said last.
    counters: Counters,
    /// Of those before it.
    past: Counters,
    snapshot_lag_max: f64,
    lag_max: f64,
}

/// How often.
const EVERY: Duration = Duration::from_millis(100);

impl Meter {
    pub(super) fn start() -> Self {
        let (shared, over) = (Arc::<Mutex<Shared>>::default(), Arc::new(AtomicBool::new(false)));
        let (told, own) = (Arc::clone(&over), Arc::clone(&shared));
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                look(&own);
                std::thread::sleep(EVERY);
            }
        });
        Self { shared, over, thread: Some(thread) }
    }

    /// Follows another process from now on.
    pub(super) fn follow(&self, address: String) {
        let mut shared = self.shared.lock().unwrap();
        shared.settle();
        shared.address = Some(address);
    }

    /// What was seen so far, after one more look.
    pub(super) fn totals(&self) -> Totals {
        look(&self.shared);
        let Shared { snapshot_lag_max, lag_max, past, counters, .. } = &*self.shared.lock().unwrap();
        let sum = |place: usize| past[place] + counters[place];
        let [recoveries, commit_failures, snapshot_failures, rollbacks, digest_mismatches] =
            std::array::from_fn(sum);
        Totals {
            recoveries,
            commit_failures,
            snapshot_failures,
            rollbacks,
            digest_mismatches,
            snapshot_lag_max: *snapshot_lag_max,
            lag_max: *lag_max,
        }
    }
}

impl Shared {
    fn settle(&mut self) {
        self.past.iter_mut().zip(self.counters).for_each(|(past, now)| *past += now);
        self.counters = Counters::default();
    }
}

/// A process that is gone or frozen says nothing.
fn look(shared: &Mutex<Shared>) {
    let Some(address) = shared.lock().unwrap().address.clone() else { return };
    let Ok((200, text)) = get(&address, "/metrics") else { return };
    let metrics = Metrics::parse(text);
    let mut shared = shared.lock().unwrap();
    if shared.address.as_ref() != Some(&address) {
        return;
    }
    shared.counters = counters(&metrics);
    let lag = metrics.sum("callwarden_snapshot_lag_seconds", &[]).unwrap_or(0.0);
    shared.snapshot_lag_max = shared.snapshot_lag_max.max(lag);
    let lag = metrics.sum("callwarden_consumer_lag_records", &[]).unwrap_or(0.0);
    shared.lag_max = shared.lag_max.max(lag);
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
