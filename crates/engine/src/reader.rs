//! The reader: a thread that owns the attempts, so that fetching and decoding go on while the unit steps.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, SendTimeoutError, TrySendError, bounded};

use crate::port::{Attempts, Next, PortError};

/// Slices read ahead of the unit.
const SLICES_AHEAD: usize = 4;
/// How long the reader waits for records before it says that there are none.
const PATIENCE: Duration = Duration::from_millis(50);

/// A running reader.
pub(crate) struct Reader {
    slices: Receiver<Result<Next, PortError>>,
    thread: JoinHandle<()>,
}

impl Reader {
    /// Starts the thread.
    pub(crate) fn start(mut attempts: Box<dyn Attempts>) -> Self {
        let (out, slices) = bounded(SLICES_AHEAD);
        let thread = thread::Builder::new()
            .name("reader".into())
            .spawn(move || {
                loop {
                    let next = attempts.next(PATIENCE);
                    if matches!(next, Ok(Next::Idle)) {
                        // A full channel has better news for the unit; an unconnected one says that it has left.
                        match out.try_send(next) {
                            Err(TrySendError::Disconnected(_)) => return,
                            Ok(()) | Err(TrySendError::Full(_)) => continue,
                        }
                    }
                    let over = !matches!(next, Ok(Next::Slice(_)));
                    let mut waiting = Some(next);
                    while let Some(next) = waiting.take() {
                        match out.send_timeout(next, PATIENCE) {
                            Ok(()) if over => return,
                            Ok(()) => {}
                            Err(SendTimeoutError::Disconnected(_)) => return,
                            // The unit does not take: what the client has to say of itself must not wait for that.
                            Err(SendTimeoutError::Timeout(next)) => {
                                waiting = Some(attempts.serve().map(|()| next).unwrap_or_else(Err));
                            }
                        }
                    }
                }
            })
            .expect("the system has a thread to give");
        Self { slices, thread }
    }

    /// Where slices arrive. Without an end or an error before it, a disconnection is a defect.
    pub(crate) const fn slices(&self) -> &Receiver<Result<Next, PortError>> {
        &self.slices
    }

    /// Lets the thread end, until `deadline`. What it had read ahead is read again by the next process.
    pub(crate) fn stop(self, deadline: Instant) {
        drop(self.slices);
        end(&self.thread, deadline);
    }
}

/// Waits for a thread that has been told to end, until `deadline`: a client that hangs must not keep a process from leaving.
pub(crate) fn end(thread: &JoinHandle<()>, deadline: Instant) {
    while !thread.is_finished() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(2));
    }
}
