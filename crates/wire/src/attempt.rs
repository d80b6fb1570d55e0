//! From a `CallAttempt` of the contract to an input of the core: every limit and requirement that the contract states.
//!
//! What is no outbound attempt is recognised first and nothing more of it is read: the caller of an inbound leg may be
//! anonymous, and that is nobody's mistake.

use callwarden_core::{
    Answer, Attempt, AttemptId, Caller, Disposition, Fleet, Input, NotAnAttempt, Outcome, Signals,
    is_analytics_block,
};
use xxhash_rust::xxh3::xxh3_64;

use crate::unreadable::{Found, Unreadable, UnreadableReason as Reason};
use crate::{Timestamp, v1};

/// An answered call of at most so many seconds is a short call. Telnyx draws the line here and surcharges beyond 15 % of
/// them. The exact talk time is compared, before it is rounded.
pub const SHORT_CALL_SECONDS: u32 = 6;

/// The last fleet seen, so that a repeated name costs no allocation.
#[derive(Debug)]
pub(crate) struct Fleets(Fleet);

impl Default for Fleets {
    fn default() -> Self {
        Self(Fleet::new(Fleet::DEFAULT))
    }
}

impl Fleets {
    /// The fleet of that name; the default one if it is empty.
    pub(crate) fn get(&mut self, name: &str) -> Fleet {
        let name = if name.is_empty() { Fleet::DEFAULT } else { name };
        if self.0.as_str() != name {
            self.0 = Fleet::new(name);
        }
        self.0.clone()
    }
}

/// Talk time, exact to the nanosecond until it has been judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Talk {
    nanos: i64,
}

impl Talk {
    /// `None` below zero: an end before the answer says that two clocks disagree, and not how long the call was.
    pub(crate) fn from_nanos(nanos: i64) -> Option<Self> {
        (nanos >= 0).then_some(Self { nanos })
    }

    /// Rounded half up, at most [`Outcome::TALK_MAX`].
    fn whole_seconds(self) -> u32 {
        let seconds = self.nanos / 1_000_000_000 + i64::from(self.nanos % 1_000_000_000 >= 500_000_000);
        u32::try_from(seconds).unwrap_or(u32::MAX).min(Outcome::TALK_MAX)
    }

    fn is_short(self) -> bool {
        self.nanos <= i64::from(SHORT_CALL_SECONDS) * 1_000_000_000
    }
}

/// Classifies with the exact talk time. `signals` brings everything else.
pub(crate) fn outcome(signals: Signals, talk: Option<Talk>) -> Option<Outcome> {
    let signals = Signals {
        talk_seconds: talk.map(Talk::whole_seconds),
        short_call_seconds: SHORT_CALL_SECONDS,
        ..signals
    };
    let outcome = Outcome::classify(&signals)?;
    let short = outcome.answer.is_some() && talk.is_some_and(Talk::is_short);
    Some(Outcome { short, ..outcome })
}

pub(crate) fn to_input(attempt: &v1::CallAttempt, fleets: &mut Fleets) -> Result<Input, Unreadable> {
    if v1::Direction::try_from(attempt.direction) == Ok(v1::Direction::Inbound) {
        return Ok(Input::NotAnAttempt(NotAnAttempt::Inbound));
    }
    let disposition = v1::Disposition::try_from(attempt.disposition).unwrap_or_default();
    if disposition == v1::Disposition::RefusedLocally {
        return Ok(Input::NotAnAttempt(NotAnAttempt::RefusedLocally));
    }

    limit("attempt_id", &attempt.attempt_id, 128)?;
    limit("fleet", &attempt.fleet, 64)?;
    limit("source", &attempt.source, 64)?;
    limit("callee_token", &attempt.callee_token, 64)?;
    limit("callee_region", &attempt.callee_region, 16)?;
    limit("callee_network", &attempt.callee_network, 64)?;
    limit("campaign_id", &attempt.campaign_id, 64)?;
    limit("list_id", &attempt.list_id, 64)?;
    limit("script_id", &attempt.script_id, 64)?;
    limit("carrier_id", &attempt.carrier_id, 64)?;
    limit("sip_reason", &attempt.sip_reason, 128)?;
    limit("reason_header", &attempt.reason_header, 1_024)?;
    if reads_as_phone_number(&attempt.callee_token) {
        return Err(Unreadable::new(
            Reason::CalleeTokenIsPhoneNumber,
            "callee_token: expected an opaque token such as a keyed hash, found a phone number (not shown)",
        ));
    }
    if !attempt.fleet.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')) {
        let found = Found(&attempt.fleet);
        return Err(Unreadable::new(
            Reason::BadValue,
            format!("fleet: expected [A-Za-z0-9._-], found {found}"),
        ));
    }
    let offset = attempt.callee_utc_offset_minutes.unwrap_or(0);
    if !(-840..=840).contains(&offset) {
        let detail = format!("callee_utc_offset_minutes: expected -840 to 840, found {offset}");
        return Err(Unreadable::new(Reason::BadValue, detail));
    }
    required("attempt_id", &attempt.attempt_id)?;
    let caller = caller("caller_number", &attempt.caller_number)?;
    let started_at = time("started_at", attempt.started_at)?.ok_or_else(|| missing("started_at"))?;
    time("ringing_at", attempt.ringing_at)?;
    let answered_at = time("answered_at", attempt.answered_at)?;
    let ended_at = time("ended_at", attempt.ended_at)?;
    let sip_status = code("sip_status", attempt.sip_status, 100, 699)?;
    let q850_cause = code("q850_cause", attempt.q850_cause, 1, 127)?;

    let signals = Signals {
        disposition: core_disposition(disposition),
        answered: answered_at.is_some(),
        answered_by: match v1::AnsweredBy::try_from(attempt.answered_by).unwrap_or_default() {
            v1::AnsweredBy::Unspecified => None,
            v1::AnsweredBy::Human => Some(Answer::Human),
            v1::AnsweredBy::Machine => Some(Answer::Machine),
            v1::AnsweredBy::Screening => Some(Answer::Unknown),
        },
        talk_seconds: None,
        sip_status,
        analytics_block: sip_status
            .is_some_and(|status| is_analytics_block(status, &attempt.sip_reason, &attempt.reason_header)),
        q850_cause: q850_cause.map(|cause| cause as u8),
        short_call_seconds: SHORT_CALL_SECONDS,
    };
    let talk = ended_at
        .zip(answered_at)
        .and_then(|(ended, answered)| ended.nanos_since(answered))
        .and_then(Talk::from_nanos);
    let outcome = outcome(signals, talk).ok_or_else(|| {
        let detail = "expected disposition, answered_at, sip_status or q850_cause, found none of them";
        Unreadable::new(Reason::NoOutcome, detail)
    })?;
    Ok(Input::Attempt(Attempt {
        fleet: fleets.get(&attempt.fleet),
        caller,
        id: AttemptId(xxh3_64(attempt.attempt_id.as_bytes())),
        started_at: started_at.event_time(),
        outcome,
        is_final: attempt.r#final.unwrap_or(true),
        amends_only: false,
    }))
}

/// `None` where the contract's disposition says nothing.
fn core_disposition(disposition: v1::Disposition) -> Option<Disposition> {
    match disposition {
        v1::Disposition::Unspecified | v1::Disposition::RefusedLocally => None,
        v1::Disposition::Answered => Some(Disposition::Answered),
        v1::Disposition::Busy => Some(Disposition::Busy),
        v1::Disposition::NoAnswer => Some(Disposition::NoAnswer),
        v1::Disposition::Declined => Some(Disposition::Declined),
        v1::Disposition::Blocked => Some(Disposition::Blocked),
        v1::Disposition::InvalidNumber => Some(Disposition::InvalidNumber),
        v1::Disposition::Canceled => Some(Disposition::Canceled),
        v1::Disposition::NetworkFailure => Some(Disposition::NetworkFailure),
    }
}

/// The caller number in a field.
pub(crate) fn caller(field: &str, text: &str) -> Result<Caller, Unreadable> {
    required(field, text)?;
    Caller::parse(text).ok_or_else(|| {
        let detail = format!("{field}: expected E.164 such as +12025550123, found {}", Found(text));
        Unreadable::new(Reason::NotE164, detail)
    })
}

pub(crate) fn required(field: &str, text: &str) -> Result<(), Unreadable> {
    if text.is_empty() { Err(missing(field)) } else { Ok(()) }
}

pub(crate) fn missing(field: &str) -> Unreadable {
    Unreadable::new(Reason::MissingField, format!("{field}: expected a value, found none"))
}

/// Refuses more than `max` bytes.
pub(crate) fn limit(field: &str, text: &str, max: usize) -> Result<(), Unreadable> {
    if text.len() <= max {
        return Ok(());
    }
    let detail = format!("{field}: expected at most {max} bytes, found {}", text.len());
    Err(Unreadable::new(Reason::FieldTooLong, detail))
}

fn time(field: &str, time: Option<Timestamp>) -> Result<Option<Timestamp>, Unreadable> {
    match time {
        Some(time) if time.checked().is_none() => {
            let detail = format!("{field}: expected a time from 2000 to 2099, found {time}");
            Err(Unreadable::new(Reason::BadTime, detail))
        }
        time => Ok(time),
    }
}

/// 0 is absent.
fn code(field: &str, value: u32, min: u16, max: u16) -> Result<Option<u16>, Unreadable> {
    if value == 0 {
        return Ok(None);
    }
    match u16::try_from(value) {
        Ok(code) if (min..=max).contains(&code) => Ok(Some(code)),
        _ => {
            let detail = format!("{field}: expected {min} to {max}, or 0 for absent, found {value}");
            Err(Unreadable::new(Reason::BadValue, detail))
        }
    }
}

/// Whether a callee token is a phone number in clear: 7 to 15 digits and nothing else but punctuation and spaces, bare or as
/// the user part of a `tel:`, `sip:` or `sips:` URI.
pub fn reads_as_phone_number(token: &str) -> bool {
    let token = token.trim_start_matches(|c: char| c.is_whitespace() || c == '<' || c == '"');
    let token = match token.split_once(':') {
        Some((scheme, rest))
            if ["tel", "sip", "sips"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) =>
        {
            rest.split(['@', ';', '?', ':']).next().unwrap_or(rest)
        }
        _ => token,
    };
    let token = token.strip_prefix("%2B").or_else(|| token.strip_prefix("%2b")).unwrap_or(token);
    let mut digits = 0;
    for c in token.chars() {
        if c.is_ascii_digit() {
            digits += 1;
        } else if c.is_alphanumeric() {
            return false;
        }
    }
    (7..=15).contains(&digits)
}

#[cfg(test)]
mod tests;
