//! Attempts as the contract's messages.

use std::fmt::Write as _;

use callwarden_core::{Disposition, Fleet};
use callwarden_wire::{Timestamp, v1};

use crate::attempt::SimAttempt;
use crate::config::WorldConfig;
use crate::draw::mix;
use crate::fate::{Codes, Fate};
use crate::fleet::{CARRIERS, REGIONS};

/// Terminating networks, and how many of 100 calls go to each.
const NETWORKS: [(&str, u64); 4] = [("northern", 35), ("lakeside", 30), ("coastal", 25), ("others", 10)];
const SCRIPTS: [&str; 2] = ["opening-a", "opening-b"];
/// Dialer instances; a number's follows from its region.
const SOURCES: [&str; 2] = ["dialer-1", "dialer-2"];

/// The names that all attempts of a world share.
#[derive(Debug)]
pub(crate) struct Names {
    fleet: String,
    campaigns: Vec<String>,
    lists: Vec<String>,
    carriers: Vec<String>,
    /// Differs by seed.
    key: u64,
    compact: bool,
}

impl Names {
    pub(crate) fn new(config: &WorldConfig) -> Self {
        let named = |what: &str, count: u32| (1..=count).map(|n| format!("{what}-{n:02}")).collect();
        Self {
            fleet: if config.fleet == Fleet::DEFAULT { String::new() } else { config.fleet.clone() },
            campaigns: named("campaign", config.campaigns),
            lists: named("list", config.campaigns),
            carriers: named("trunk", CARRIERS),
            key: mix(config.seed.wrapping_add(0x9e37_79b9_7f4a_7c15)),
            compact: config.compact,
        }
    }
}

impl SimAttempt {
    /// The record as the contract's message.
    pub fn to_proto(&self) -> v1::CallAttempt {
        let mut message = v1::CallAttempt::default();
        self.write_into(&mut message);
        message
    }

    /// The same into a message that is at hand; every field is set, the memory of its strings is used again.
    pub fn write_into(&self, message: &mut v1::CallAttempt) {
        let names = &*self.names;
        let preliminary = self.report.is_preliminary();
        let course = self.course;

        message.attempt_id.clear();
        push_hex(&mut message.attempt_id, names.key >> 32, 8);
        message.attempt_id.push('-');
        push_hex(&mut message.attempt_id, self.identity(), 16);
        set(&mut message.fleet, &names.fleet);
        set(&mut message.source, SOURCES[usize::from(self.region) % SOURCES.len()]);
        message.caller_number.clear();
        // Writing to a string cannot fail.
        let _ = write!(message.caller_number, "{}", self.caller.clear());
        let (region, utc_offset) = REGIONS[usize::from(self.region)];
        set(&mut message.callee_region, region);
        set(&mut message.campaign_id, &names.campaigns[usize::from(self.campaign)]);
        set(&mut message.carrier_id, &names.carriers[usize::from(self.carrier)]);
        message.started_at = Some(Timestamp::from_millis(self.started));
        message.answered_at = self.after(course.answered_ms);
        message.ended_at = self.after(course.ended_ms).filter(|_| !preliminary);
        message.disposition = disposition(self.fate).into();
        message.answered_by = if preliminary { 0 } else { answered_by(self.fate).into() };
        message.r#final = preliminary.then_some(false);
        let codes = Codes::of(self.fate, self.variant);
        message.sip_status = codes.sip_status;

        if names.compact {
            self.leave_out(message);
        } else {
            self.write_rest(message, codes, utc_offset, preliminary);
        }
    }

    /// What callwarden can do without.
    fn write_rest(&self, message: &mut v1::CallAttempt, codes: Codes, utc_offset: i32, preliminary: bool) {
        let callee = mix(self.identity());
        message.direction = v1::Direction::Outbound.into();
        message.callee_token.clear();
        push_letters(&mut message.callee_token, callee);
        message.callee_utc_offset_minutes = Some(utc_offset);
        set(&mut message.callee_network, network(callee % 100));
        set(&mut message.list_id, &self.names.lists[usize::from(self.campaign)]);
        set(&mut message.script_id, SCRIPTS[usize::from(self.variant) % SCRIPTS.len()]);
        message.ringing_at = self.after(self.course.ringing_ms);
        set(&mut message.sip_reason, codes.sip_reason);
        set(&mut message.reason_header, codes.reason_header);
        message.q850_cause = codes.q850_cause;
        message.hangup_by = match self.fate {
            _ if preliminary => v1::HangupBy::Unspecified,
            Fate::Machine => v1::HangupBy::Caller,
            Fate::Human | Fate::Unknown if self.variant.is_multiple_of(3) => v1::HangupBy::Caller,
            Fate::Human | Fate::Unknown => v1::HangupBy::Callee,
            _ => v1::HangupBy::Unspecified,
        }
        .into();
        message.attestation = v1::Attestation::A.into();
    }

    fn leave_out(&self, message: &mut v1::CallAttempt) {
        message.direction = 0;
        message.callee_token.clear();
        message.callee_utc_offset_minutes = None;
        message.callee_network.clear();
        message.list_id.clear();
        message.script_id.clear();
        message.ringing_at = None;
        message.sip_reason.clear();
        message.reason_header.clear();
        message.q850_cause = 0;
        message.hangup_by = 0;
        message.attestation = 0;
    }

    /// Differs between any two attempts of a world.
    fn identity(&self) -> u64 {
        mix((u64::from(self.number) << 32 | u64::from(self.call)) ^ self.names.key)
    }

    fn after(&self, ms: u32) -> Option<Timestamp> {
        (ms > 0).then(|| Timestamp::from_millis(self.started + i64::from(ms)))
    }
}

fn set(field: &mut String, value: &str) {
    field.clear();
    field.push_str(value);
}

fn push_hex(out: &mut String, value: u64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = (value >> (4 * place) & 15) as u8;
        out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
    }
}

/// Sixteen letters: a token with digits might read as a phone number.
fn push_letters(out: &mut String, value: u64) {
    for place in 0..16 {
        out.push(char::from(b'a' + (value >> (4 * place) & 15) as u8));
    }
}

fn network(mut hundredth: u64) -> &'static str {
    for (name, share) in NETWORKS {
        if hundredth < share {
            return name;
        }
        hundredth -= share;
    }
    NETWORKS[NETWORKS.len() - 1].0
}

fn disposition(fate: Fate) -> v1::Disposition {
    match fate.disposition() {
        Disposition::Answered => v1::Disposition::Answered,
        Disposition::Busy => v1::Disposition::Busy,
        Disposition::NoAnswer => v1::Disposition::NoAnswer,
        Disposition::Declined => v1::Disposition::Declined,
        Disposition::Blocked => v1::Disposition::Blocked,
        Disposition::InvalidNumber => v1::Disposition::InvalidNumber,
        Disposition::Canceled => v1::Disposition::Canceled,
        Disposition::NetworkFailure => v1::Disposition::NetworkFailure,
    }
}

fn answered_by(fate: Fate) -> v1::AnsweredBy {
    match fate {
        Fate::Human => v1::AnsweredBy::Human,
        Fate::Machine => v1::AnsweredBy::Machine,
        _ => v1::AnsweredBy::Unspecified,
    }
}
