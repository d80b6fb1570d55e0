//! The snapshot in Redis: one readable hash a number, one hash of all packed states, and a header that says which prefix of
//! the journal they are.
//!
//! | key | type | holds |
//! |---|---|---|
//! | `callwarden:{FLEET}:number:+1…` | hash | figures for people |
//! | `callwarden:{unit:0}:numbers` | hash | field `FLEET/+1…`: the packed state |
//! | `callwarden:{unit:0}:header` | string | JSON of the head |
//!
//! A save is one transaction on condition that the header stands there as this process left it, so the three never disagree.
//! When it does not, nothing is written: the states there may be of another moment, and a header over a mixture would be a lie.
//! The next save must then bring every number, and replaces the hash of states as a whole.
//!
//! Redis does nothing else while it executes a transaction. So the figures of a large save go ahead of it in chunks: they are
//! of committed attempts too, and nobody restarts from them.

use std::collections::{BTreeMap, HashSet};

use callwarden_core::{Caller, Fleet, Number};
use callwarden_engine::{ChangedNumber, Changes, PortError, Saved, Snapshot, SnapshotHead, Store};
use callwarden_wire::{readable, unpack_number};
use redis::{Connection, RedisResult, Value};

use super::link::{Link, RedisConfig};
use super::{check, header, resp};

/// Snapshots of one unit.
pub struct RedisStore {
    link: Link,
    key_prefix: String,
    numbers_key: String,
    header_key: String,
    /// The header as it stood when we last looked or wrote.
    known: Option<Vec<u8>>,
    /// The header of a save whose outcome we did not hear.
    unheard: Option<Vec<u8>>,
    /// Whether the states there must go: they are not of this process' past.
    replace: bool,
}

/// What [`RedisStore::read_number`] found.
#[derive(Debug)]
pub struct NumberFound {
    /// Its readable fields.
    pub fields: BTreeMap<String, String>,
    /// Its state, if it can be unpacked.
    pub state: Option<Number>,
}

/// Numbers written between two looks at the answers; bounds the buffer to a few hundred KiB.
const CHUNK: usize = 256;
/// Numbers whose figures go into the transaction; those of more go ahead of it.
const AT_ONCE_MAX: usize = 4_096;
/// Fields asked for at once.
const SCAN_COUNT: usize = 1_000;
/// How often a snapshot is read again because somebody wrote meanwhile.
const LOADS: usize = 5;

impl RedisStore {
    /// Connects, and checks that the server is fit for a snapshot.
    pub fn connect(config: &RedisConfig, unit: u32) -> Result<Self, PortError> {
        let mut store = Self {
            numbers_key: format!("{}:{{unit:{unit}}}:numbers", config.key_prefix),
            header_key: format!("{}:{{unit:{unit}}}:header", config.key_prefix),
            link: Link::new(config)?,
            key_prefix: config.key_prefix.clone(),
            known: None,
            unheard: None,
            replace: false,
        };
        let mut info = String::new();
        for section in ["server", "memory", "replication", "cluster"] {
            info += &store.link.ask::<String>(redis::cmd("INFO").arg(section))?;
        }
        check::judge(&info).map_err(|unfit| {
            PortError::new(format!("Redis at {} {}", store.link.address(), unfit.why)).hint(unfit.cure)
        })?;
        Ok(store)
    }

    /// What stands there of one number; `None`: nothing.
    pub fn read_number(&mut self, fleet: &str, caller: Caller) -> Result<Option<NumberFound>, PortError> {
        let fields: BTreeMap<String, String> =
            self.link.ask(redis::cmd("HGETALL").arg(self.number_key(fleet, caller)))?;
        let field = format!("{fleet}/{}", caller.clear());
        let packed: Option<Vec<u8>> = self.link.ask(redis::cmd("HGET").arg(&self.numbers_key).arg(field))?;
        if fields.is_empty() && packed.is_none() {
            return Ok(None);
        }
        Ok(Some(NumberFound { fields, state: packed.and_then(|packed| unpack_number(&packed).ok()) }))
    }

    fn number_key(&self, fleet: &str, caller: Caller) -> String {
        format!("{}:{{{fleet}}}:number:{}", self.key_prefix, caller.clear())
    }

    fn load_once(&mut self) -> Result<Option<Option<Snapshot>>, PortError> {
        let found: Option<Vec<u8>> = self.link.ask(redis::cmd("GET").arg(&self.header_key))?;
        let Some(bytes) = found else {
            let orphans: u64 = self.link.ask(redis::cmd("HLEN").arg(&self.numbers_key))?;
            if orphans > 0 {
                tracing::warn!(
                    key = self.numbers_key,
                    numbers = orphans,
                    "states without a header stand in Redis; they are of no known moment and will be replaced"
                );
            }
            (self.known, self.replace) = (None, orphans > 0);
            return Ok(Some(None));
        };
        let head = header::from_json(&bytes).map_err(|error| self.unreadable(&self.header_key, &error))?;
        let numbers = self.scan()?;
        let after: Option<Vec<u8>> = self.link.ask(redis::cmd("GET").arg(&self.header_key))?;
        if after.as_ref() != Some(&bytes) {
            // The predecessor has saved once more while we read.
            return Ok(None);
        }
        self.known = Some(bytes);
        self.replace = head.numbers != numbers.len() as u64;
        if self.replace {
            tracing::warn!(
                key = self.numbers_key,
                numbers = numbers.len(),
                wanted = head.numbers,
                "states are missing in Redis; what is left is no snapshot and will be replaced from the journal"
            );
            return Ok(Some(None));
        }
        Ok(Some(Some(Snapshot { head, numbers })))
    }

    fn scan(&mut self) -> Result<Vec<(Fleet, Caller, Number)>, PortError> {
        let total: usize = self.link.ask(redis::cmd("HLEN").arg(&self.numbers_key))?;
        let mut numbers = Vec::with_capacity(total);
        let mut fleets = BTreeMap::<String, Fleet>::new();
        // A scan may bring the same field twice.
        let mut seen = HashSet::with_capacity(total);
        let mut cursor = 0u64;
        loop {
            let scan = redis::cmd("HSCAN")
                .arg(&self.numbers_key)
                .arg(cursor)
                .arg("COUNT")
                .arg(SCAN_COUNT)
                .to_owned();
            let (next, fields): (u64, Vec<Vec<u8>>) = self.link.ask(&scan)?;
            for pair in fields.chunks_exact(2) {
                let [field, packed] = pair else { continue };
                let broken = |why: &str| self.unreadable(&self.numbers_key, why);
                let (fleet, caller) =
                    field_parts(field).ok_or_else(|| broken("a field is not FLEET/+NUMBER"))?;
                if !seen.insert((fleet.to_owned(), caller)) {
                    continue;
                }
                let number = unpack_number(packed)
                    .map_err(|error| broken(&format!("the state of {caller} in fleet {fleet}: {error}")))?;
                let fleet = fleets.entry(fleet.to_owned()).or_insert_with(|| Fleet::new(fleet)).clone();
                numbers.push((fleet, caller, number));
            }
            cursor = next;
            if cursor == 0 {
                return Ok(numbers);
            }
        }
    }

    fn unreadable(&self, key: &str, why: &str) -> PortError {
        PortError::new(format!(
            "the snapshot in Redis at {} cannot be read: {key}: {why}",
            self.link.address()
        ))
        .hint(format!(
            "written by another version? To rebuild it from Kafka: redis-cli UNLINK '{}' '{}'",
            self.header_key, self.numbers_key
        ))
    }

    /// One attempt; `None`: somebody wrote the header meanwhile.
    fn save_once(&mut self, changes: &Changes) -> Result<Option<Saved>, PortError> {
        let _: () = self.link.ask(redis::cmd("WATCH").arg(&self.header_key))?;
        let found: Option<Vec<u8>> = self.link.ask(redis::cmd("GET").arg(&self.header_key))?;
        let ours = found == self.known || (self.unheard.is_some() && found == self.unheard);
        if !ours {
            let _: () = self.link.ask(&redis::cmd("UNWATCH"))?;
            let there = found.as_deref().and_then(|bytes| header::from_json(bytes).ok());
            if there.is_some_and(|there| there.sequence > changes.head.sequence) {
                return Ok(Some(Saved::Superseded));
            }
            (self.known, self.unheard, self.replace) = (found, None, true);
            return Ok(Some(Saved::RolledBack));
        }
        let head = header::to_json(&changes.head);
        self.unheard = Some(head.clone());
        let written = self.write(changes, &head).map_err(|error| self.link.failed(&error))?;
        self.unheard = None;
        if !written {
            return Ok(None);
        }
        (self.known, self.replace) = (Some(head), false);
        Ok(Some(Saved::Done))
    }

    /// The transaction. False: the header was written by somebody else since it was watched.
    fn write(&mut self, changes: &Changes, head: &[u8]) -> RedisResult<bool> {
        let mut connection = self.link.take()?;
        let mut out = Vec::with_capacity(CHUNK * 2_048);
        let ahead = changes.numbers.len() > AT_ONCE_MAX;
        if ahead {
            for chunk in changes.numbers.chunks(CHUNK) {
                chunk.iter().for_each(|changed| self.put_figures(&mut out, changed));
                exchange(&mut connection, &mut out, chunk.len())?;
            }
        }
        resp::command(&mut out, &[b"MULTI"]);
        let mut answers = 1;
        if self.replace || self.is_of_another_core(changes) {
            resp::command(&mut out, &[b"UNLINK", self.numbers_key.as_bytes()]);
            answers += 1;
        }
        for chunk in changes.numbers.chunks(CHUNK) {
            if !ahead {
                chunk.iter().for_each(|changed| self.put_figures(&mut out, changed));
                answers += chunk.len();
            }
            self.put_states(&mut out, chunk);
            exchange(&mut connection, &mut out, answers + 1)?;
            answers = 0;
        }
        resp::command(&mut out, &[b"SET", self.header_key.as_bytes(), head]);
        exchange(&mut connection, &mut out, answers + 1)?;
        resp::command(&mut out, &[b"EXEC"]);
        connection.send_packed_command(&out)?;
        let written = match connection.recv_response()? {
            Value::Nil => false,
            Value::Array(answers) => {
                for answer in answers {
                    answer.extract_error()?;
                }
                true
            }
            other => {
                other.extract_error()?;
                true
            }
        };
        self.link.put_back(connection);
        Ok(written)
    }

    fn put_figures(&self, out: &mut Vec<u8>, changed: &ChangedNumber) {
        let (fleet, number) = (changed.fleet.as_str(), changed.caller.clear().to_string());
        let figures = readable(&changed.view);
        let fields = [("fleet", fleet), ("number", &number)];
        let fields = fields.into_iter().chain(figures.iter().map(|(name, value)| (*name, value.as_str())));
        resp::begin(out, 2 + 2 * (2 + figures.len()));
        resp::bulk(out, b"HSET");
        resp::bulk(out, self.number_key(fleet, changed.caller).as_bytes());
        for (name, value) in fields {
            resp::bulk(out, name.as_bytes());
            resp::bulk(out, value.as_bytes());
        }
    }

    fn put_states(&self, out: &mut Vec<u8>, chunk: &[ChangedNumber]) {
        resp::begin(out, 2 + 2 * chunk.len());
        resp::bulk(out, b"HSET");
        resp::bulk(out, self.numbers_key.as_bytes());
        for ChangedNumber { fleet, caller, packed, .. } in chunk {
            resp::bulk(out, format!("{fleet}/{}", caller.clear()).as_bytes());
            resp::bulk(out, packed);
        }
    }

    /// States that another version of the core left must not stay beside this one's.
    fn is_of_another_core(&self, changes: &Changes) -> bool {
        let known = self.known.as_deref().and_then(|bytes| header::from_json(bytes).ok());
        known.is_some_and(|known: SnapshotHead| known.core_version != changes.head.core_version)
    }
}

impl Store for RedisStore {
    fn load(&mut self) -> Result<Option<Snapshot>, PortError> {
        self.unheard = None;
        for _ in 0..LOADS {
            if let Some(snapshot) = self.load_once()? {
                return Ok(snapshot);
            }
        }
        Err(PortError::new(format!(
            "another process keeps writing to {} in Redis at {}",
            self.header_key,
            self.link.address()
        ))
        .hint("two installations on one Redis need two values of redis.key_prefix"))
    }

    /// After [`Saved::RolledBack`] nothing is written, and the next changes must hold every number.
    fn save(&mut self, changes: &Changes) -> Result<Saved, PortError> {
        for _ in 0..2 {
            if let Some(saved) = self.save_once(changes)? {
                return Ok(saved);
            }
        }
        Err(PortError::new(format!(
            "{} in Redis at {} was written by another process during the save, twice",
            self.header_key,
            self.link.address()
        ))
        .hint("two installations on one Redis need two values of redis.key_prefix"))
    }
}

/// Sends what is in `out`, empties it, and takes the answers, none of which may be an error.
fn exchange(connection: &mut Connection, out: &mut Vec<u8>, answers: usize) -> RedisResult<()> {
    connection.send_packed_command(out)?;
    out.clear();
    for _ in 0..answers {
        connection.recv_response()?.extract_error()?;
    }
    Ok(())
}

/// `FLEET/+12025550123`.
fn field_parts(field: &[u8]) -> Option<(&str, Caller)> {
    let (fleet, number) = std::str::from_utf8(field).ok()?.rsplit_once('/')?;
    Some((fleet, Caller::parse(number)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn fields_name_fleet_and_number() {
        let caller = Caller::parse("+12025550123").unwrap();
        assert_eq!(field_parts(b"default/+12025550123"), Some(("default", caller)));
        assert_eq!(field_parts(b"default/12025550123"), None);
        assert_eq!(field_parts(b"+12025550123"), None);
        assert_eq!(field_parts(&[0xff, b'/']), None);
    }
}
