//! The committer: a thread that owns the ledger, so that the unit never waits for the network while it steps.

use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::port::{Ledger, PortError, Transaction};

/// A running committer. Dropping it lets the thread end after what it is doing.
pub(crate) struct Committer {
    transactions: Sender<Transaction>,
    results: Receiver<Result<Committed, PortError>>,
    thread: Option<JoinHandle<()>>,
}

/// A transaction that is durable.
pub(crate) struct Committed {
    /// What was committed, handed back.
    pub(crate) transaction: Transaction,
    /// Offset of its journal record.
    pub(crate) journal_offset: i64,
}

impl Committer {
    /// Starts the thread.
    pub(crate) fn start(mut ledger: Box<dyn Ledger>) -> Self {
        let (transactions, inbox) = bounded::<Transaction>(1);
        let (outbox, results) = bounded(1);
        let thread = thread::Builder::new()
            .name("committer".into())
            .spawn(move || {
                for transaction in inbox {
                    let result = ledger.commit(&transaction);
                    let over = result.is_err();
                    let result = result.map(|journal_offset| Committed { transaction, journal_offset });
                    if outbox.send(result).is_err() || over {
                        return;
                    }
                }
            })
            .expect("the system has a thread to give");
        Self { transactions, results, thread: Some(thread) }
    }

    /// Hands over a transaction. One at a time: the caller has taken the result of the last.
    pub(crate) fn submit(&self, transaction: Transaction) {
        // A committer that has ended has said why, and the caller hears it when it asks for the result.
        let _ = self.transactions.send(transaction);
    }

    /// Where results arrive.
    pub(crate) const fn results(&self) -> &Receiver<Result<Committed, PortError>> {
        &self.results
    }

    /// Waits for the thread to end.
    pub(crate) fn stop(mut self) {
        let thread = self.thread.take();
        drop(self);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}
