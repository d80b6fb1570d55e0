//! The reader: a thread that owns the attempts, so that fetching and decoding go on while the unit steps.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, TrySendError, bounded};

use crate::port::{Attempts, Next, PortError, Slice};

/// Slices read ahead of the unit.
const SLICES_AHEAD: usize = 4;
/// How long the reader waits for records before it says that there are none.
const PATIENCE: Duration = Duration::from_millis(50);

/// A running reader.
pub(crate) struct Reader {
    slices: Receiver<Result<Slice, PortError>>,
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
                    let next = match attempts.next(PATIENCE) {
                        Ok(Next::Slice(slice)) => Ok(slice),
                        // A full channel has better news for the unit; an unconnected one says that it has left.
                        Ok(Next::Idle) => match out.try_send(Ok(Slice::nothing())) {
                            Err(TrySendError::Disconnected(_)) => return,
                            Ok(()) | Err(TrySendError::Full(_)) => continue,
                        },
                        Ok(Next::End) => return,
                        Err(error) => Err(error),
                    };
                    let over = next.is_err();
                    if out.send(next).is_err() || over {
                        return;
                    }
                }
            })
            .expect("the system has a thread to give");
        Self { slices, thread }
    }

    /// Where slices arrive: empty ones when the input is exhausted for now, an end when there will be none.
    pub(crate) const fn slices(&self) -> &Receiver<Result<Slice, PortError>> {
        &self.slices
    }

    /// Lets the thread end, and waits for it. What it had read ahead is read again by the next process.
    pub(crate) fn stop(self) {
        drop(self.slices);
        let _ = self.thread.join();
    }
}
