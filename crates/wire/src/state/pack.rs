//! Values to bytes.

use callwarden_core::{
    Bucket, Buckets, Counts, EventTime, Evidence, Minutes, Mixture, Number, Orders, Recent, Settled,
};

use super::bytes::{put, put_signed};
use super::{HAS_EVIDENCE, HAS_ORDERS, HAS_SETTLED, MAGIC, VERSION};

/// Appends the packed state of a number to `out`.
pub fn pack_number(number: &Number, out: &mut Vec<u8>) {
    let Number { newest, minutes, hours, days, settled, recent, evidence, orders } = number;
    let flag = |present: bool, flag: u8| if present { flag } else { 0 };
    out.push(MAGIC);
    out.push(VERSION);
    out.push(
        flag(*settled != Settled::default(), HAS_SETTLED)
            | flag(*evidence != Evidence::default(), HAS_EVIDENCE)
            | flag(*orders != Orders::default(), HAS_ORDERS),
    );
    put(out, newest.0.into());
    pack_minutes(minutes, newest.minute(), out);
    pack_buckets(hours, newest.hour(), out);
    pack_buckets(days, newest.day(), out);
    if *settled != Settled::default() {
        let Settled { seizures, answers } = settled;
        put(out, *seizures);
        put(out, *answers);
    }
    pack_recent(recent, *newest, out);
    if *evidence != Evidence::default() {
        pack_evidence(evidence, *newest, out);
    }
    if *orders != Orders::default() {
        let Orders { version, pause_until, reduce_until, pace_until } = orders;
        put(out, (*version).into());
        for until in [pause_until, reduce_until, pace_until] {
            put(out, until.0.into());
        }
    }
}

fn pack_minutes(minutes: &Minutes, newest: u32, out: &mut Vec<u8>) {
    let mut held = [(0, 0); 60];
    let mut len = 0;
    for (cell, minute) in held.iter_mut().zip(minutes.held()) {
        *cell = minute;
        len += 1;
    }
    put(out, len as u64);
    let mut before = newest;
    for &(minute, count) in held[..len].iter().rev() {
        put(out, (before - minute).into());
        put(out, count.into());
        before = minute;
    }
}

fn pack_buckets<const N: u32>(buckets: &Buckets<N>, newest: u32, out: &mut Vec<u8>) {
    put(out, buckets.held().len() as u64);
    let mut before = newest;
    for Bucket { index, counts } in buckets.held().iter().rev() {
        put(out, (before - index).into());
        before = *index;
        let Counts { attempts, seizures, answers, human, machine, short, blocked, talk_seconds } = *counts;
        for count in [attempts, seizures, answers, human, machine, short, blocked, talk_seconds] {
            put(out, count.into());
        }
    }
}

fn pack_recent(recent: &Recent, newest: EventTime, out: &mut Vec<u8>) {
    let attempts = recent.packed();
    put(out, attempts.len() as u64);
    let mut before = newest.0;
    for [id_low, started_at, rest] in attempts {
        out.extend_from_slice(&id_low.to_le_bytes());
        out.push((rest >> 24) as u8);
        put_signed(out, i64::from(started_at) - i64::from(before));
        before = started_at;
        // Talk time (17 bits) last, so that a call nobody answered takes one byte.
        let facts = rest & 0x00ff_ffff;
        put(out, ((facts & 0x1_ffff) << 7 | facts >> 17).into());
    }
}

fn pack_evidence(evidence: &Evidence, newest: EventTime, out: &mut Vec<u8>) {
    let Evidence { mixture, since, attempts, answers } = evidence;
    let Mixture { m, w } = mixture;
    for float in m.iter().chain([w]) {
        out.extend_from_slice(&float.to_le_bytes());
    }
    put_signed(out, i64::from(newest.0) - i64::from(since.0));
    put(out, (*attempts).into());
    put(out, (*answers).into());
}
