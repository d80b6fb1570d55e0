//! The one way in which anything is written: transactions on condition that epoch and header stand as they are known.
//!
//! A process that was frozen, and replaced meanwhile, wakes with whatever it was about to send. So no command goes out by
//! itself: each chunk of a save is `WATCH epoch header`, a look at both, and `MULTI` … `EXEC`, and nothing of it is executed
//! once another process has claimed the store (its epoch) or the store has gone back to an older copy (its header).
//!
//! The look of the next chunk goes out with the chunk before it, and the next chunk is made while the server works.

use redis::{Connection, RedisResult, Value};

use super::keys::Keys;
use super::resp;

/// Epoch and header, as they stand in Redis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Of the process that may write; later ones have higher epochs.
    pub(super) epoch: Option<u64>,
    pub(super) header: Option<Vec<u8>>,
}

impl Standing {
    /// From what `GET` says of both. An epoch that is no number is nobody's.
    pub(super) fn new(epoch: Option<&[u8]>, header: Option<Vec<u8>>) -> Self {
        let epoch = epoch.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
        Self { epoch, header }
    }
}

/// The commands of one transaction.
pub(super) struct Batch {
    bytes: Vec<u8>,
    commands: usize,
    /// Epoch and header that it leaves, where it changes them.
    epoch: Option<u64>,
    header: Option<Vec<u8>>,
    /// A hash, and how many states must be in it for the transaction to be executed.
    needs: Option<(String, u64)>,
}

impl Batch {
    /// An empty one, with room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut batch =
            Self { bytes: Vec::with_capacity(bytes), commands: 0, epoch: None, header: None, needs: None };
        resp::command(&mut batch.bytes, &[b"MULTI"]);
        batch
    }

    /// Adds a command.
    pub(super) fn command(&mut self, words: &[&[u8]]) {
        self.commands += 1;
        resp::command(&mut self.bytes, words);
    }

    /// Begins a command of so many words, to be appended with [`resp::bulk`].
    pub(super) fn begin(&mut self, words: usize) -> &mut Vec<u8> {
        self.commands += 1;
        resp::begin(&mut self.bytes, words);
        &mut self.bytes
    }

    /// Sets the header.
    pub(super) fn set_header(&mut self, keys: &Keys, header: Vec<u8>) {
        self.command(&[b"SET", keys.header.as_bytes(), &header]);
        self.header = Some(header);
    }

    /// Sets the epoch.
    pub(super) fn set_epoch(&mut self, keys: &Keys, epoch: u64) {
        self.command(&[b"SET", keys.epoch.as_bytes(), epoch.to_string().as_bytes()]);
        self.epoch = Some(epoch);
    }

    /// On condition that a hash has so many fields: a server that went back a little may have lost some, and no header with them.
    pub(super) fn needs(&mut self, key: &str, fields: usize) {
        self.needs = Some((key.to_owned(), fields as u64));
    }
}

/// A connection for as long as what stands there is what this process knows.
pub(super) struct Guard<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) keys: &'a Keys,
    /// What must stand there; what the last transaction left.
    pub(super) standing: &'a mut Standing,
}

impl Guard<'_> {
    /// Executes transactions one after the other, each all or nothing. False: what stands there is not as it was left by the
    /// one before, and nothing of this one or a later one was executed. An error: nobody knows of the last one.
    pub(super) fn run(&mut self, mut batches: impl Iterator<Item = Batch>) -> RedisResult<bool> {
        let mut next = batches.next();
        if let Some(batch) = &next {
            self.ask(batch)?;
        }
        while let Some(mut batch) = next {
            if !self.answer(&batch)? {
                self.forget()?;
                return Ok(false);
            }
            resp::command(&mut batch.bytes, &[b"EXEC"]);
            self.connection.send_packed_command(&batch.bytes)?;
            next = batches.next();
            if let Some(next) = &next {
                self.ask(next)?;
            }
            if !self.executed(&batch)? {
                if let Some(next) = &next {
                    self.answer(next)?;
                    self.forget()?;
                }
                return Ok(false);
            }
            if batch.epoch.is_some() {
                self.standing.epoch = batch.epoch;
            }
            if batch.header.is_some() {
                self.standing.header = batch.header;
            }
        }
        Ok(true)
    }

    /// Sends the look before a transaction.
    fn ask(&mut self, batch: &Batch) -> RedisResult<()> {
        let (epoch, header) = (self.keys.epoch.as_bytes(), self.keys.header.as_bytes());
        let mut out = Vec::with_capacity(512);
        if let Some((key, _)) = &batch.needs {
            resp::command(&mut out, &[b"WATCH", epoch, header, key.as_bytes()]);
            resp::command(&mut out, &[b"HLEN", key.as_bytes()]);
        } else {
            resp::command(&mut out, &[b"WATCH", epoch, header]);
        }
        resp::command(&mut out, &[b"GET", epoch]);
        resp::command(&mut out, &[b"GET", header]);
        self.connection.send_packed_command(&out)
    }

    /// What the look has seen: whether the transaction may go on.
    fn answer(&mut self, batch: &Batch) -> RedisResult<bool> {
        self.receive()?;
        let whole = match batch.needs {
            Some((_, wanted)) => redis::from_redis_value::<u64>(self.receive()?)? == wanted,
            None => true,
        };
        let epoch: Option<Vec<u8>> = redis::from_redis_value(self.receive()?)?;
        let header: Option<Vec<u8>> = redis::from_redis_value(self.receive()?)?;
        Ok(whole && Standing::new(epoch.as_deref(), header) == *self.standing)
    }

    /// Takes the answers of a transaction. False: somebody has written since the look.
    fn executed(&mut self, batch: &Batch) -> RedisResult<bool> {
        // `MULTI`, and a `QUEUED` for each command.
        for _ in 0..=batch.commands {
            self.receive()?;
        }
        match self.receive()? {
            Value::Nil => Ok(false),
            Value::Array(answers) => {
                for answer in answers {
                    answer.extract_error()?;
                }
                Ok(true)
            }
            _ => Ok(true),
        }
    }

    fn forget(&mut self) -> RedisResult<()> {
        let mut out = Vec::new();
        resp::command(&mut out, &[b"UNWATCH"]);
        self.connection.send_packed_command(&out)?;
        self.receive().map(drop)
    }

    fn receive(&mut self) -> RedisResult<Value> {
        self.connection.recv_response()?.extract_error()
    }
}
