//! What becomes of a call.
//!
//! Whether a person answers is drawn first, on its own word, so that a label changes the rate of answers by exactly its
//! factor; everything else is a share of what is left. The shares of busy, declined and the like are plausible, no more.

use callwarden_core::Disposition;

use crate::config::WorldConfig;
use crate::draw::{between, exponential, unit};

/// How a simulated attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A person answered.
    Human,
    /// Somebody or something answered, the dialer could not tell.
    Unknown,
    /// A machine answered.
    Machine,
    /// Busy.
    Busy,
    /// It rang out.
    NoAnswer,
    /// The person called declined.
    Declined,
    /// An analytics engine or the terminating network blocked it.
    Blocked,
    /// The number called doesn't exist.
    InvalidNumber,
    /// The dialer gave up.
    Canceled,
    /// It failed in our own network.
    NetworkFailure,
}

impl Fate {
    /// Whether anything answered.
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Human | Self::Unknown | Self::Machine)
    }

    /// Whether it counts as an answer to a detector: a person, or what may be one.
    pub const fn is_evidence(self) -> bool {
        matches!(self, Self::Human | Self::Unknown)
    }

    /// Whether it left our own network.
    pub const fn is_seized(self) -> bool {
        !matches!(self, Self::NetworkFailure)
    }

    /// The dialer's word for it.
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::Human | Self::Unknown | Self::Machine => Disposition::Answered,
            Self::Busy => Disposition::Busy,
            Self::NoAnswer => Disposition::NoAnswer,
            Self::Declined => Disposition::Declined,
            Self::Blocked => Disposition::Blocked,
            Self::InvalidNumber => Disposition::InvalidNumber,
            Self::Canceled => Disposition::Canceled,
            Self::NetworkFailure => Disposition::NetworkFailure,
        }
    }
}

/// Of the calls that nobody and nothing answered and nobody blocked: how they end, and in what share. The rest rings out.
const UNANSWERED: [(Fate, f64); 4] =
    [(Fate::Busy, 0.08), (Fate::Declined, 0.07), (Fate::Canceled, 0.05), (Fate::InvalidNumber, 0.02)];

/// The words that decide one call. Always drawn together, so that what becomes of one call moves no other.
pub(crate) struct CallWords {
    pub(crate) failure: u32,
    pub(crate) answer: u32,
    pub(crate) kind: u32,
    pub(crate) rest: u32,
}

/// Shares that don't depend on the number.
pub(crate) struct Shares {
    network_failure: f64,
    unknown: f64,
    machine: f64,
    blocked: [f64; 2],
}

impl Shares {
    pub(crate) fn new(config: &WorldConfig) -> Self {
        Self {
            network_failure: config.network_failure,
            unknown: config.unknown,
            machine: config.machine,
            blocked: [config.blocked, config.blocked_labelled],
        }
    }

    /// The fate of a call that a person answers with probability `answer` if it leaves our network.
    pub(crate) fn fate(&self, words: &CallWords, answer: f64, labelled: bool) -> Fate {
        if unit(words.failure) < self.network_failure {
            return Fate::NetworkFailure;
        }
        if unit(words.answer) < answer {
            return if unit(words.kind) < self.unknown { Fate::Unknown } else { Fate::Human };
        }
        // A share of all calls that left our network, drawn among those without an answer.
        if unit(words.kind) * (1.0 - answer) < self.blocked[usize::from(labelled)] {
            return Fate::Blocked;
        }
        let mut rest = unit(words.rest);
        if rest < self.machine {
            return Fate::Machine;
        }
        rest = (rest - self.machine) / (1.0 - self.machine);
        for (fate, share) in UNANSWERED {
            if rest < share {
                return fate;
            }
            rest -= share;
        }
        Fate::NoAnswer
    }
}

/// Milliseconds after the start; 0: it never came to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    pub(crate) ringing_ms: u32,
    pub(crate) answered_ms: u32,
    pub(crate) ended_ms: u32,
}

impl Course {
    pub(crate) fn of(fate: Fate, delay: u32, ring: u32, talk: u32) -> Self {
        let delay_ms = between(delay, 400, 4_000);
        let (ring_from, ring_to) = match fate {
            Fate::Human | Fate::Unknown => (2_000, 20_000),
            Fate::Machine => (18_000, 30_000),
            Fate::NoAnswer => (20_000, 45_000),
            Fate::Declined => (1_500, 9_000),
            Fate::Canceled => (5_000, 20_000),
            Fate::Busy | Fate::Blocked | Fate::InvalidNumber | Fate::NetworkFailure => {
                return Self { ringing_ms: 0, answered_ms: 0, ended_ms: delay_ms };
            }
        };
        let rung_ms = delay_ms + between(ring, ring_from, ring_to);
        if !fate.is_answered() {
            return Self { ringing_ms: delay_ms, answered_ms: 0, ended_ms: rung_ms };
        }
        let talk_ms = match fate {
            Fate::Machine => between(talk, 4_000, 30_000),
            // One in five hangs up within six seconds; the others talk for 82 seconds on average.
            _ if talk < u32::MAX / 5 => between(talk.wrapping_mul(5), 1_000, 6_000),
            _ => 7_000 + (exponential((talk - u32::MAX / 5) / 4 * 5) * 75_000.0) as u32,
        };
        Self { ringing_ms: delay_ms, answered_ms: rung_ms, ended_ms: rung_ms + talk_ms }
    }
}

/// How the network says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Codes {
    pub(crate) sip_status: u32,
    pub(crate) sip_reason: &'static str,
    pub(crate) reason_header: &'static str,
    pub(crate) q850_cause: u32,
}

/// Reason header of a block in the form of ATIS-1000099.
const BLOCKED_REASON: &str =
    r#"Q.850;cause=21, SIP;cause=603;text="v=analytics1;url=https://redress.example""#;

impl Codes {
    /// `variant` chooses between codes that say the same.
    pub(crate) const fn of(fate: Fate, variant: u8) -> Self {
        let (sip_status, sip_reason, q850_cause, reason_header) = match fate {
            Fate::Human | Fate::Unknown | Fate::Machine => (200, "OK", 16, ""),
            Fate::Busy => (486, "Busy Here", 17, ""),
            Fate::NoAnswer => (480, "Temporarily Unavailable", 19, ""),
            Fate::Declined if variant.is_multiple_of(16) => (607, "Unwanted", 21, ""),
            Fate::Declined => (603, "Decline", 21, ""),
            Fate::Blocked if variant.is_multiple_of(4) => (608, "Rejected", 21, ""),
            Fate::Blocked => (603, "Network Blocked", 21, BLOCKED_REASON),
            Fate::InvalidNumber => (404, "Not Found", 1, "Q.850;cause=1"),
            Fate::Canceled => (487, "Request Terminated", 0, ""),
            Fate::NetworkFailure => match variant % 3 {
                0 => (503, "Service Unavailable", 34, "Q.850;cause=34"),
                1 => (500, "Server Internal Error", 41, ""),
                _ => (503, "Service Unavailable", 42, "Q.850;cause=42"),
            },
        };
        Self { sip_status, sip_reason, reason_header, q850_cause }
    }
}
