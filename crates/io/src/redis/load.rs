//! The way back: all states of a snapshot, for a restart that people wait for.
//!
//! A scan is a chain of calls, each with the cursor of the one before. One thread keeps the connection busy with it, while
//! another unpacks what came.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use callwarden_core::{Caller, Fleet, Number};
use callwarden_engine::PortError;
use callwarden_wire::unpack_number;

use super::keys::field_parts;
use super::link::Link;

/// Fields asked for at once.
const SCAN_COUNT: usize = 1_000;
/// Answers that may wait to be unpacked.
const WAITING: usize = 4;

/// A number as a core takes it.
pub(super) type Loaded = (Fleet, Caller, Number);

/// The states of some hashes; where a number stands in more than one, that of the first. The inner error says what is wrong
/// with a state.
pub(super) fn scan(link: &mut Link, keys: &[&str]) -> Result<Result<Vec<Loaded>, String>, PortError> {
    let mut total = 0;
    for key in keys {
        total += link.ask::<usize>(redis::cmd("HLEN").arg(key))?;
    }
    thread::scope(|scope| {
        let (answers, unpacked) = sync_channel(WAITING);
        let scanning = thread::Builder::new()
            .name("redis-scan".into())
            .spawn_scoped(scope, move || keys.iter().try_for_each(|key| ask(link, key, &answers)))
            .map_err(|error| PortError::new(format!("no thread to read Redis with: {error}")))?;
        // What stays is allocated by the thread that stays.
        let unpacked = unpack(unpacked, total);
        scanning.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(unpacked)
    })
}

fn ask(link: &mut Link, key: &str, answers: &SyncSender<Vec<Vec<u8>>>) -> Result<(), PortError> {
    let mut cursor = 0_u64;
    loop {
        let scan = redis::cmd("HSCAN").arg(key).arg(cursor).arg("COUNT").arg(SCAN_COUNT).to_owned();
        let (next, fields): (u64, Vec<Vec<u8>>) = link.ask(&scan)?;
        // Nobody takes them any more once something wrong was found among them.
        if answers.send(fields).is_err() || next == 0 {
            return Ok(());
        }
        cursor = next;
    }
}

fn unpack(answers: Receiver<Vec<Vec<u8>>>, total: usize) -> Result<Vec<Loaded>, String> {
    let mut numbers = Vec::with_capacity(total);
    let mut fleets = HashMap::<String, (usize, Fleet)>::new();
    // A scan may bring the same field twice.
    let mut seen = HashSet::<(usize, Caller)>::with_capacity(total);
    for fields in answers {
        for pair in fields.chunks_exact(2) {
            let [field, packed] = pair else { continue };
            let (name, caller) = field_parts(field).ok_or("a field is not FLEET/+NUMBER")?;
            if !fleets.contains_key(name) {
                fleets.insert(name.to_owned(), (fleets.len(), Fleet::new(name)));
            }
            let (index, fleet) = &fleets[name];
            if !seen.insert((*index, caller)) {
                continue;
            }
            let number = unpack_number(packed)
                .map_err(|error| format!("the state of {caller} in fleet {fleet}: {error}"))?;
            numbers.push((fleet.clone(), caller, number));
        }
    }
    Ok(numbers)
}
