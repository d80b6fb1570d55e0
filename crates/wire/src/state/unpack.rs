//! Bytes to values, and nothing that the core could stumble over.

use callwarden_core::{
    Bucket, Buckets, Counts, EventTime, Evidence, Minutes, Mixture, Number, Orders, RECENT_MAX, Recent,
    Settled,
};

use super::bytes::Reader;
use super::{BadState, HAS_EVIDENCE, HAS_ORDERS, HAS_SETTLED, MAGIC, VERSION};

/// The number that [`pack_number`](crate::pack_number) wrote.
pub fn unpack_number(bytes: &[u8]) -> Result<Number, BadState> {
    let mut reader = Reader(bytes);
    if reader.byte()? != MAGIC {
        return Err(BadState::Magic);
    }
    let version = reader.byte()?;
    if version != VERSION {
        return Err(BadState::Version(version));
    }
    let flags = reader.byte()?;
    if flags & !(HAS_SETTLED | HAS_EVIDENCE | HAS_ORDERS) != 0 {
        return Err(BadState::Value("unknown flags"));
    }
    let newest = EventTime(reader.u32()?);
    let number = Number {
        newest,
        minutes: minutes(&mut reader, newest.minute())?,
        hours: buckets(&mut reader, newest.hour())?,
        days: buckets(&mut reader, newest.day())?,
        settled: if flags & HAS_SETTLED != 0 { settled(&mut reader)? } else { Settled::default() },
        recent: recent(&mut reader, newest)?,
        evidence: if flags & HAS_EVIDENCE != 0 {
            evidence(&mut reader, newest)?
        } else {
            Evidence::default()
        },
        orders: if flags & HAS_ORDERS != 0 { orders(&mut reader)? } else { Orders::default() },
    };
    match reader.0.len() {
        0 => Ok(number),
        left => Err(BadState::Trailing(left)),
    }
}

fn minutes(reader: &mut Reader<'_>, newest: u32) -> Result<Minutes, BadState> {
    const WHAT: BadState = BadState::Value("minutes");
    let mut held = [(0, 0); 60];
    let len = reader.len(60, "minutes")?;
    let mut before = newest;
    for (place, cell) in held[..len].iter_mut().enumerate() {
        let back = reader.u32()?;
        let count = reader.u32()?.try_into().map_err(|_| WHAT)?;
        if count == 0 || (place > 0 && back == 0) {
            return Err(WHAT);
        }
        before = before.checked_sub(back).ok_or(WHAT)?;
        *cell = (before, count);
    }
    Minutes::from_parts(newest, held[..len].iter().copied()).ok_or(WHAT)
}

fn buckets<const N: u32>(reader: &mut Reader<'_>, newest: u32) -> Result<Buckets<N>, BadState> {
    const WHAT: BadState = BadState::Value("hours or days");
    let len = reader.len(N, "hours or days")?;
    let mut held = Vec::with_capacity(len);
    let mut before = newest;
    for _ in 0..len {
        before = before.checked_sub(reader.u32()?).ok_or(WHAT)?;
        held.push(Bucket { index: before, counts: counts(reader)? });
    }
    held.reverse();
    Buckets::from_parts(newest, &held).ok_or(WHAT)
}

fn counts(reader: &mut Reader<'_>) -> Result<Counts, BadState> {
    let counts = Counts {
        attempts: reader.u32()?,
        seizures: reader.u32()?,
        answers: reader.u32()?,
        human: reader.u32()?,
        machine: reader.u32()?,
        short: reader.u32()?,
        blocked: reader.u32()?,
        talk_seconds: reader.u32()?,
    };
    // The core takes one from the other.
    if counts.machine > counts.answers {
        return Err(BadState::Value("more machines than answers"));
    }
    Ok(counts)
}

/// Counts that grow by one with each attempt stop far below their type's end.
const TOTAL_MAX: u64 = 1 << 53;

fn settled(reader: &mut Reader<'_>) -> Result<Settled, BadState> {
    let settled = Settled { seizures: reader.u64()?, answers: reader.u64()? };
    if settled.seizures.max(settled.answers) > TOTAL_MAX {
        return Err(BadState::Value("settled attempts"));
    }
    Ok(settled)
}

fn recent(reader: &mut Reader<'_>, newest: EventTime) -> Result<Recent, BadState> {
    const WHAT: BadState = BadState::Value("recent attempts");
    let len = reader.len(RECENT_MAX as u32, "recent attempts")?;
    let mut ring = Vec::with_capacity(len);
    let mut before = newest.0;
    for _ in 0..len {
        let id_low = u32::from_le_bytes(reader.array()?);
        let id_high = u32::from(reader.byte()?);
        before = later(before, reader.i64()?).ok_or(WHAT)?;
        let facts = reader.u32()?;
        if facts > 0x00ff_ffff {
            return Err(WHAT);
        }
        ring.push([id_low, before, id_high << 24 | (facts & 0x7f) << 17 | facts >> 7]);
    }
    Recent::from_packed(ring).ok_or(WHAT)
}

fn evidence(reader: &mut Reader<'_>, newest: EventTime) -> Result<Evidence, BadState> {
    let mut floats = [0.0; 5];
    for float in &mut floats {
        *float = f32::from_le_bytes(reader.array()?);
        if !(*float >= 0.0 && float.is_finite()) {
            return Err(BadState::Value("evidence below zero or not finite"));
        }
    }
    let [m @ .., w] = floats;
    let back = reader.i64()?.checked_neg().ok_or(BadState::Value("start of the evidence"))?;
    let since = later(newest.0, back).ok_or(BadState::Value("start of the evidence"))?;
    Ok(Evidence {
        mixture: Mixture { m, w },
        since: EventTime(since),
        attempts: reader.u32()?,
        answers: reader.u32()?,
    })
}

fn orders(reader: &mut Reader<'_>) -> Result<Orders, BadState> {
    let version = reader.u32()?;
    if version > u32::MAX / 2 {
        return Err(BadState::Value("version of the orders"));
    }
    Ok(Orders {
        version,
        pause_until: EventTime(reader.u32()?),
        reduce_until: EventTime(reader.u32()?),
        pace_until: EventTime(reader.u32()?),
    })
}

fn later(time: u32, seconds: i64) -> Option<u32> {
    i64::from(time).checked_add(seconds)?.try_into().ok()
}
