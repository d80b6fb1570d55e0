//! The saver: a thread that owns the store. It keeps trying what it was given; the unit goes on meanwhile.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use callwarden_core::{Core, NumberIx};
use callwarden_wire::pack_number;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use metrics::Counter;

use crate::port::{ChangedNumber, Changes, Saved, Store};
use crate::reader::end;
use crate::status::Status;

/// First and longest pause between attempts to save the same changes.
const RETRY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// A running saver.
pub(crate) struct Saver {
    changes: Sender<Changes>,
    results: Receiver<Save>,
    thread: Option<JoinHandle<()>>,
    /// Numbers under way, for the lag.
    busy: bool,
}

/// Changes that are in the store.
pub(crate) struct Save {
    pub(crate) saved: Saved,
    pub(crate) numbers: usize,
    pub(crate) took: Duration,
}

impl Saver {
    /// Starts the thread.
    pub(crate) fn start(store: Box<dyn Store>, status: Arc<Status>, failures: Counter) -> Self {
        let (changes, inbox) = bounded(1);
        // Room for the one result under way, so that the thread never waits for a unit that is leaving.
        let (outbox, results) = bounded(2);
        let thread = thread::Builder::new()
            .name("saver".into())
            .spawn(move || run(store, &inbox, &outbox, &status, &failures))
            .expect("the system has a thread to give");
        Self { changes, results, thread: Some(thread), busy: false }
    }

    /// Whether changes are under way: only one set is at a time.
    pub(crate) const fn busy(&self) -> bool {
        self.busy
    }

    /// Hands over changes. The caller has seen that it is not busy.
    pub(crate) fn submit(&mut self, changes: Changes) {
        self.busy = true;
        let _ = self.changes.send(changes);
    }

    /// Where results arrive; call [`Saver::done`] for each.
    pub(crate) const fn results(&self) -> &Receiver<Save> {
        &self.results
    }

    /// Notes that a result was taken.
    pub(crate) fn done(&mut self) {
        self.busy = false;
    }

    /// Lets the thread end, until `deadline`.
    pub(crate) fn stop(mut self, deadline: Instant) {
        let thread = self.thread.take();
        drop(self);
        if let Some(thread) = thread {
            end(&thread, deadline);
        }
    }
}

fn run(
    mut store: Box<dyn Store>,
    inbox: &Receiver<Changes>,
    outbox: &Sender<Save>,
    status: &Status,
    failures: &Counter,
) {
    while let Ok(changes) = inbox.recv() {
        let mut pause = RETRY.0;
        loop {
            let begun = Instant::now();
            match store.save(&changes) {
                Ok(saved) => {
                    status.set_store_ok(true);
                    let save = Save { saved, numbers: changes.numbers.len(), took: begun.elapsed() };
                    if outbox.send(save).is_err() {
                        return;
                    }
                    break;
                }
                Err(error) => {
                    if status.store_ok() {
                        tracing::warn!(%error, "snapshot failed; processing goes on, the save is tried again");
                    }
                    status.set_store_ok(false);
                    failures.increment(1);
                }
            }
            // Nobody sends while changes are under way: a message here can only be the end of the channel.
            match inbox.recv_timeout(pause) {
                Err(RecvTimeoutError::Timeout) => pause = (pause * 2).min(RETRY.1),
                Err(RecvTimeoutError::Disconnected) | Ok(_) => return,
            }
        }
    }
}

/// Encodes the numbers that changed, as they are now.
pub(crate) fn export(core: &mut Core) -> Vec<ChangedNumber> {
    let changed: Vec<NumberIx> = core.take_changed();
    let mut scratch = Vec::with_capacity(1024);
    changed
        .into_iter()
        .filter_map(|ix| core.number(ix))
        .map(|(fleet, caller, number)| {
            scratch.clear();
            pack_number(number, &mut scratch);
            ChangedNumber {
                fleet: fleet.clone(),
                caller,
                view: number.view(core.policy()),
                packed: scratch.as_slice().into(),
            }
        })
        .collect()
}
