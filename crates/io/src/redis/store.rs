//! The snapshot in Redis: one readable hash a number, one hash of all packed states, and a header that says which prefix of
//! the journal they are.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `callwarden:{FLEET}:number:+1…` | hash | figures for people |
//! | `callwarden:{unit:0}:numbers` | hash | field `FLEET/+1…`: the packed state |
//! | `callwarden:{unit:0}:numbers:staged`, `…:next` | hash | the same, while a large save is under way |
//! | `callwarden:{unit:0}:header` | string | JSON of the head |
//! | `callwarden:{unit:0}:epoch` | string | which process may write: the one that claimed it last |
//!
//! Loading claims the store: from then on no earlier process writes anything, wherever in a save it was. A save goes on only
//! while the header stands as this process left it. When it does not, nothing is written: the states there may be of another
//! moment, and a header over a mixture would be a lie. The next save must then bring every number, and replaces the rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use callwarden_core::{Caller, Number};
use callwarden_engine::{Changes, PortError, Saved, Snapshot, Store, Wanted};
use callwarden_wire::unpack_number;
use redis::RedisResult;

use super::guard::{Batch, Guard, Standing};
use super::header::{self, Parsed};
use super::keys::{Keys, field};
use super::link::{Link, RedisConfig};
use super::save::{Sizes, Writer};
use super::{check, load};

/// Snapshots of one unit.
pub struct RedisStore {
    link: Link,
    keys: Arc<Keys>,
    sizes: Sizes,
    /// What this process claimed; 0 before it has.
    epoch: u64,
    /// The header as it stood when we last looked or wrote.
    known: Option<Vec<u8>>,
    /// Why the states there must go, if they must.
    replace: Option<Wanted>,
}

/// What [`RedisStore::read_number`] found.
#[derive(Debug)]
pub struct NumberFound {
    /// Its readable fields.
    pub fields: BTreeMap<String, String>,
    /// Its state, if it can be unpacked.
    pub state: Option<Number>,
}

/// How often a snapshot is read again, or a save begun again, because somebody wrote meanwhile.
const ATTEMPTS: usize = 5;

/// What is to be done about changes.
#[derive(PartialEq)]
enum Verdict {
    /// To be written.
    Write,
    /// They are in and the header names them; the fold goes on from there.
    Fold(u64),
    /// Nothing.
    Settled(Saved),
}

impl RedisStore {
    /// Connects, and checks that the server is fit for a snapshot.
    pub fn connect(config: &RedisConfig, unit: u32) -> Result<Self, PortError> {
        let mut store = Self {
            link: Link::new(config)?,
            keys: Arc::new(Keys::new(&config.key_prefix, unit)),
            sizes: Sizes::default(),
            epoch: 0,
            known: None,
            replace: None,
        };
        let mut info = String::new();
        for section in ["server", "memory", "replication", "cluster"] {
            info += &store.link.ask::<String>(redis::cmd("INFO").arg(section))?;
        }
        check::judge(&info).map_err(|unfit| {
            let error =
                PortError::new(format!("Redis at {} {}", store.link.address(), unfit.why)).hint(unfit.cure);
            if unfit.passes { error.passing() } else { error }
        })?;
        Ok(store)
    }

    /// With other sizes than the usual ones, for tests.
    pub fn sized(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// What stands there of one number; `None`: nothing.
    pub fn read_number(&mut self, fleet: &str, caller: Caller) -> Result<Option<NumberFound>, PortError> {
        let fields: BTreeMap<String, String> =
            self.link.ask(redis::cmd("HGETALL").arg(self.keys.figures(fleet, caller)))?;
        let field = field(&callwarden_core::Fleet::new(fleet), caller);
        let mut state = redis::pipe();
        state.atomic().cmd("GET").arg(&self.keys.header);
        state.cmd("HGET").arg(&self.keys.staged).arg(&field);
        state.cmd("HGET").arg(&self.keys.numbers).arg(&field);
        let [header, staged, packed]: [Option<Vec<u8>>; 3] = self.link.ask_all(&state)?;
        let packed = if names_staged(header.as_deref()) { staged.or(packed) } else { packed };
        if fields.is_empty() && packed.is_none() {
            return Ok(None);
        }
        Ok(Some(NumberFound { fields, state: packed.and_then(|packed| unpack_number(&packed).ok()) }))
    }

    fn look(&mut self) -> Result<Standing, PortError> {
        let mut both = redis::pipe();
        both.cmd("GET").arg(&self.keys.epoch).cmd("GET").arg(&self.keys.header);
        let (epoch, header): (Option<Vec<u8>>, Option<Vec<u8>>) = self.link.ask_all(&both)?;
        Ok(Standing::new(epoch.as_deref(), header))
    }

    /// Writes as long as what stands there is `standing`, which it keeps up to date.
    fn guarded<T>(
        &mut self,
        standing: &mut Standing,
        write: impl FnOnce(&mut Guard<'_>) -> RedisResult<T>,
    ) -> Result<T, PortError> {
        let mut connection = self.link.take().map_err(|error| self.link.failed(&error))?;
        let mut guard = Guard { connection: &mut connection, keys: &self.keys, standing };
        let written = write(&mut guard).map_err(|error| self.link.failed(&error))?;
        self.link.put_back(connection);
        Ok(written)
    }

    /// Makes this process the one that may write: with a higher epoch than any before, also than those that a server has
    /// forgotten when it went back to an older copy; hence the clock.
    fn claim(&mut self) -> Result<(), PortError> {
        for _ in 0..ATTEMPTS {
            let mut standing = self.look()?;
            let now =
                SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as u64);
            self.epoch = now.max(standing.epoch.map_or(0, |epoch| epoch.saturating_add(1)));
            if self.write_epoch(&mut standing, true)? {
                return Ok(());
            }
        }
        Err(self.contended())
    }

    /// Sets the epoch. At a start, also drops what an earlier process had staged and no header names.
    fn write_epoch(&mut self, standing: &mut Standing, at_start: bool) -> Result<bool, PortError> {
        let mut batch = Batch::with_capacity(256);
        batch.set_epoch(&self.keys, self.epoch);
        if at_start {
            batch.command(&[b"UNLINK", self.keys.next.as_bytes()]);
            if !names_staged(standing.header.as_deref()) {
                batch.command(&[b"UNLINK", self.keys.staged.as_bytes()]);
            }
        }
        self.guarded(standing, |guard| guard.run(std::iter::once(batch)))
    }

    /// `None`: somebody wrote meanwhile.
    fn load_once(&mut self) -> Result<Option<Option<Snapshot>>, PortError> {
        let found = self.look()?.header;
        let Some(bytes) = found else {
            let orphans: u64 = self.link.ask(redis::cmd("HLEN").arg(&self.keys.numbers))?;
            if orphans > 0 {
                tracing::warn!(
                    key = self.keys.numbers,
                    numbers = orphans,
                    "states without a header stand in Redis; they are of no known moment and will be replaced"
                );
            }
            (self.known, self.replace) = (None, Some(Wanted::NoSnapshot));
            return Ok(Some(None));
        };
        let Parsed { head, fold } =
            header::from_json(&bytes).map_err(|error| self.unreadable(&self.keys.header, &error))?;
        let (staged, numbers) = (self.keys.staged.clone(), self.keys.numbers.clone());
        let staged_there = match fold {
            Some(_) => self.link.ask(redis::cmd("HLEN").arg(&staged))?,
            None => 0_u64,
        };
        let hashes = if fold.is_some() { vec![&*staged, &*numbers] } else { vec![&*numbers] };
        let scanned = load::scan(&mut self.link, &hashes)?;
        if self.look()?.header.as_ref() != Some(&bytes) {
            return Ok(None);
        }
        let loaded = scanned.map_err(|why| self.unreadable(&self.keys.numbers, &why))?;
        self.known = Some(bytes);
        if head.numbers != loaded.len() as u64 || staged_there != fold.map_or(0, |fold| fold.staged) {
            tracing::warn!(
                key = self.keys.numbers,
                numbers = loaded.len(),
                wanted = head.numbers,
                "states are missing in Redis; what is left is no snapshot and will be replaced from the journal"
            );
            self.replace = Some(Wanted::NoSnapshot);
            return Ok(Some(None));
        }
        self.replace = fold.map(|_| Wanted::Unfinished);
        Ok(Some(Some(Snapshot { head, numbers: loaded })))
    }

    fn judge(&mut self, found: &Standing, changes: &Changes) -> Verdict {
        let Changes { head, numbers } = changes;
        if found.epoch > Some(self.epoch) {
            return Verdict::Settled(Saved::Superseded);
        }
        let there = parsed(found.header.as_deref());
        let unheard = found.header != self.known;
        // Written by this process for these changes, in a save that failed before it had heard of it.
        match there.as_ref().filter(|there| there.head == *head).map(|there| there.fold) {
            Some(None) if unheard => {
                (self.known, self.replace) = (found.header.clone(), None);
                return Verdict::Settled(Saved::Done);
            }
            Some(Some(fold)) if self.replace.is_none() => return Verdict::Fold(fold.folded),
            _ => {}
        }
        let core_version = there.as_ref().map(|there| there.head.core_version);
        if unheard {
            if there.is_some_and(|there| there.head.sequence > head.sequence) {
                return Verdict::Settled(Saved::Superseded);
            }
            (self.known, self.replace) = (found.header.clone(), Some(Wanted::RolledBack));
            return Verdict::Settled(Saved::AllWanted(Wanted::RolledBack));
        }
        if core_version.is_some_and(|version| version != head.core_version) {
            // States of two versions must not stand side by side.
            self.replace = self.replace.or(Some(Wanted::NoSnapshot));
        }
        match self.replace {
            Some(why) if head.numbers != numbers.len() as u64 => Verdict::Settled(Saved::AllWanted(why)),
            _ => Verdict::Write,
        }
    }

    /// One attempt; `None`: somebody wrote meanwhile.
    fn save_once(&mut self, changes: &Changes) -> Result<Option<Saved>, PortError> {
        let mut found = self.look()?;
        let verdict = self.judge(&found, changes);
        if verdict == Verdict::Settled(Saved::Superseded) {
            return Ok(Some(Saved::Superseded));
        }
        // A server that has gone back may have forgotten who may write.
        if found.epoch < Some(self.epoch) && !self.write_epoch(&mut found, false)? {
            return Ok(None);
        }
        let (keys, sizes) = (Arc::clone(&self.keys), self.sizes);
        let writer = Writer { keys: &keys, sizes, changes, replace: self.replace.is_some() };
        let written = match verdict {
            Verdict::Settled(saved) => return Ok(Some(saved)),
            Verdict::Write => self.guarded(&mut found, |guard| writer.write(guard)),
            Verdict::Fold(folded) => self.guarded(&mut found, |guard| writer.fold(guard, folded)),
        };
        self.known = found.header;
        if !written? {
            return Ok(None);
        }
        self.replace = None;
        Ok(Some(Saved::Done))
    }

    fn contended(&self) -> PortError {
        PortError::new(format!(
            "another process keeps writing to {} in Redis at {}",
            self.keys.header,
            self.link.address()
        ))
        .passing()
        .hint("two installations on one Redis need two values of redis.key_prefix")
    }

    fn unreadable(&self, key: &str, why: &str) -> PortError {
        let Keys { header, numbers, staged, .. } = &*self.keys;
        PortError::new(format!(
            "the snapshot in Redis at {} cannot be read: {key}: {why}",
            self.link.address()
        ))
        .hint(format!(
            "written by another version? To rebuild it from Kafka: redis-cli UNLINK '{header}' '{numbers}' '{staged}'"
        ))
    }
}

impl Store for RedisStore {
    /// Claims the store: earlier processes write nothing any more.
    fn load(&mut self) -> Result<Option<Snapshot>, PortError> {
        self.claim()?;
        for _ in 0..ATTEMPTS {
            if let Some(snapshot) = self.load_once()? {
                return Ok(snapshot);
            }
        }
        Err(self.contended())
    }

    fn discard(&mut self) {
        self.replace = Some(Wanted::NoSnapshot);
    }

    /// After [`Saved::AllWanted`] nothing is written, and the next changes must hold every number.
    fn save(&mut self, changes: &Changes) -> Result<Saved, PortError> {
        for _ in 0..ATTEMPTS {
            if let Some(saved) = self.save_once(changes)? {
                return Ok(saved);
            }
        }
        Err(self.contended())
    }
}

fn parsed(header: Option<&[u8]>) -> Option<Parsed> {
    header::from_json(header?).ok()
}

/// Whether staged states belong to the snapshot. A header that cannot be read may say so.
fn names_staged(header: Option<&[u8]>) -> bool {
    header.is_some() && parsed(header).is_none_or(|there| there.fold.is_some())
}
