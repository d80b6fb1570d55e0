//! Accounting records and CDRs of Kamailio's `acc_json`, one JSON object a record.
//!
//! What the proxy must add to them, and what each kind of record becomes, stands in `proto/README.md`. The callee is never read.
//!
//! Call ids repeat across restarts of a dialer, so an attempt's id is its call id and the time of its INVITE, both of which
//! stand in both kinds of record letter for letter.

use std::borrow::Cow;

use callwarden_core::{
    Attempt, AttemptId, Disposition, EventTime, Input, NotAnAttempt, Outcome, Signals, is_analytics_block,
};
use serde::Deserialize;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::attempt::{Fleets, Talk, caller, limit, outcome, required};
use crate::decode::{FieldKind as Kind, diagnose};
use crate::unreadable::{Found, Unreadable, UnreadableReason as Reason};
use crate::{SHORT_CALL_SECONDS, Timestamp};

/// Both kinds of record in one. Absent and empty are the same, as they are for Kamailio.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Record<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    start_time: Cow<'a, str>,
    #[serde(borrow)]
    callid: Cow<'a, str>,
    #[serde(borrow)]
    call_id: Cow<'a, str>,
    #[serde(borrow)]
    to_tag: Cow<'a, str>,
    #[serde(borrow)]
    sip_code: Cow<'a, str>,
    #[serde(borrow)]
    sip_reason: Cow<'a, str>,
    #[serde(borrow)]
    reason_hdr: Cow<'a, str>,
    #[serde(borrow)]
    caller: Cow<'a, str>,
    #[serde(borrow)]
    t_invite: Cow<'a, str>,
    #[serde(borrow)]
    t_ring: Cow<'a, str>,
    #[serde(borrow)]
    duration: Cow<'a, str>,
    #[serde(borrow)]
    campaign: Cow<'a, str>,
    #[serde(borrow)]
    list: Cow<'a, str>,
    #[serde(borrow)]
    trunk: Cow<'a, str>,
}

/// For the diagnosis of a wrong one.
const FIELDS: &[(&str, Kind)] = &[
    ("method", Kind::Text),
    ("start_time", Kind::Text),
    ("callid", Kind::Text),
    ("call_id", Kind::Text),
    ("to_tag", Kind::Text),
    ("sip_code", Kind::Text),
    ("sip_reason", Kind::Text),
    ("reason_hdr", Kind::Text),
    ("caller", Kind::Text),
    ("t_invite", Kind::Text),
    ("t_ring", Kind::Text),
    ("duration", Kind::Text),
    ("campaign", Kind::Text),
    ("list", Kind::Text),
    ("trunk", Kind::Text),
];

pub(crate) fn decode(payload: &[u8], fleets: &mut Fleets) -> Result<Input, Unreadable> {
    if payload[0] != b'{' {
        let detail = "expected one JSON object, with `{` as its first byte";
        return Err(Unreadable::new(Reason::MalformedJson, detail));
    }
    let record: Record<'_> =
        serde_json::from_slice(payload).map_err(|err| diagnose(payload, &err, FIELDS))?;
    let attempt = match (&*record.method, &*record.start_time) {
        ("INVITE", _) => invite(&record, fleets)?,
        ("", "") => {
            let detail =
                "expected an accounting record (with method) or a CDR (with start_time), found neither";
            return Err(Unreadable::new(Reason::UnknownRecord, detail));
        }
        ("", _) => cdr(&record, fleets)?,
        _ => Err(NotAnAttempt::OtherRecord),
    };
    Ok(attempt.map_or_else(Input::NotAnAttempt, Input::Attempt))
}

type MaybeAttempt = Result<Attempt, NotAnAttempt>;

fn invite(record: &Record<'_>, fleets: &mut Fleets) -> Result<MaybeAttempt, Unreadable> {
    let status = status(record)?;
    let answered = (200..300).contains(&status);
    let disposition = match status {
        _ if answered || !record.to_tag.is_empty() => None,
        // From here on the far end has given no final response.
        408 | 487 if record.t_ring.is_empty() => Some(Disposition::NetworkFailure),
        408 | 487 => Some(Disposition::NoAnswer),
        500..600 => Some(Disposition::NetworkFailure),
        _ => return Ok(Err(NotAnAttempt::RefusedLocally)),
    };
    let signals = Signals { disposition, ..signals(record, status) };
    attempt(record, "callid", &record.callid, outcome(signals, None), !answered, fleets).map(Ok)
}

fn cdr(record: &Record<'_>, fleets: &mut Fleets) -> Result<MaybeAttempt, Unreadable> {
    if !record.sip_code.starts_with('2') {
        return Ok(Err(NotAnAttempt::OtherRecord));
    }
    let status = status(record)?;
    required("duration", &record.duration)?;
    let nanos =
        decimal_nanos(&record.duration).ok_or_else(|| bad("duration", "seconds", &record.duration))?;
    let outcome = outcome(signals(record, status), Talk::from_nanos(nanos));
    let attempt = attempt(record, "call_id", &record.call_id, outcome, true, fleets)?;
    Ok(Ok(Attempt { amends_only: true, ..attempt }))
}

fn attempt(
    record: &Record<'_>,
    id_field: &str,
    id: &str,
    outcome: Option<Outcome>,
    is_final: bool,
    fleets: &mut Fleets,
) -> Result<Attempt, Unreadable> {
    required(id_field, id)?;
    limit(id_field, id, 256)?;
    limit("campaign", &record.campaign, 64)?;
    limit("list", &record.list, 64)?;
    limit("trunk", &record.trunk, 64)?;
    limit("sip_reason", &record.sip_reason, 128)?;
    limit("reason_hdr", &record.reason_hdr, 1_024)?;
    Ok(Attempt {
        fleet: fleets.get(""),
        caller: caller("caller", &record.caller)?,
        id: AttemptId(xxh3_64_with_seed(id.as_bytes(), xxh3_64(record.t_invite.as_bytes()))),
        started_at: placed_at(&record.t_invite)?,
        outcome: outcome.ok_or_else(|| {
            Unreadable::new(
                Reason::NoOutcome,
                "sip_code: expected a status that says how the call ended, found none",
            )
        })?,
        is_final,
        amends_only: false,
    })
}

fn signals(record: &Record<'_>, status: u16) -> Signals {
    Signals {
        sip_status: Some(status),
        analytics_block: is_analytics_block(status, &record.sip_reason, &record.reason_hdr),
        q850_cause: q850_cause(&record.reason_hdr),
        short_call_seconds: SHORT_CALL_SECONDS,
        ..Signals::default()
    }
}

fn status(record: &Record<'_>) -> Result<u16, Unreadable> {
    required("sip_code", &record.sip_code)?;
    let status = record.sip_code.parse().ok().filter(|status| (100..700).contains(status));
    status.ok_or_else(|| bad("sip_code", "a SIP status from 100 to 699", &record.sip_code))
}

fn placed_at(t_invite: &str) -> Result<EventTime, Unreadable> {
    required("t_invite", t_invite)?;
    let nanos = decimal_nanos(t_invite).ok_or_else(|| bad("t_invite", "seconds since 1970", t_invite))?;
    let time = Timestamp { seconds: nanos / 1_000_000_000, nanos: (nanos % 1_000_000_000) as i32 };
    time.checked().map(Timestamp::event_time).ok_or_else(|| {
        let detail = format!("t_invite: expected a time from 2000 to 2099, found {time}");
        Unreadable::new(Reason::BadTime, detail)
    })
}

fn bad(field: &str, expected: &str, found: &str) -> Unreadable {
    Unreadable::new(Reason::BadValue, format!("{field}: expected {expected}, found {}", Found(found)))
}

/// `1795519409.673733` in nanoseconds; digits beyond the ninth are dropped.
fn decimal_nanos(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let all_digits =
        |text: &str, max: usize| (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    // Nine digits of seconds and one more reach beyond 2100 and stay within 63 bits of nanoseconds below 9e9 seconds.
    if !all_digits(whole, 10) || !all_digits(fraction, 18) {
        return None;
    }
    let seconds: i64 = whole.parse().ok()?;
    let fraction = fraction.bytes().chain(core::iter::repeat(b'0')).take(9);
    let nanos = fraction.fold(0_i64, |nanos, digit| nanos * 10 + i64::from(digit - b'0'));
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// The cause of the first `Q.850` value among `Reason` values joined by commas; quoted text may hold either separator.
fn q850_cause(reason_header: &str) -> Option<u8> {
    for value in reason_header.split(unquoted(',')) {
        let mut parts = value.split(unquoted(';')).map(str::trim);
        if !parts.next().is_some_and(|protocol| protocol.eq_ignore_ascii_case("Q.850")) {
            continue;
        }
        let cause = parts.find_map(|part| {
            let (name, cause) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("cause").then(|| cause.trim().parse().ok())?
        });
        return cause.filter(|cause| (1..=127).contains(cause));
    }
    None
}

/// Finds a separator outside quotes.
fn unquoted(separator: char) -> impl FnMut(char) -> bool {
    let mut quoted = false;
    let mut escaped = false;
    move |c| {
        let splits = !quoted && c == separator;
        (quoted, escaped) = match c {
            _ if escaped => (quoted, false),
            '\\' if quoted => (quoted, true),
            '"' => (!quoted, false),
            _ => (quoted, false),
        };
        splits
    }
}

#[cfg(test)]
mod tests;
