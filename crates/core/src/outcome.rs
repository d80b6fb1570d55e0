//! How an attempt ended: from what dialers and SIP say to the few facts that the statistics use.
//!
//! Sources: RFC 3398 (Q.850 and SIP), RFC 8197 (607), RFC 8688 (608), ATIS-1000099 (603+), and the line that OpenSIPS
//! draws between ASR and CCR: what failed in our own network says nothing about the number.

/// Disposition as the dialer gives it. A call that our own platform refused is no attempt and has none; see
/// [`NotAnAttempt::RefusedLocally`](crate::NotAnAttempt).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its name says; the contract explains them")]
pub enum Disposition {
    Answered,
    Busy,
    NoAnswer,
    Declined,
    Blocked,
    InvalidNumber,
    Canceled,
    NetworkFailure,
}

/// Who or what answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A person.
    Human,
    /// Voicemail, an answering machine, fax.
    Machine,
    /// Somebody or something: the source cannot tell, or a screening assistant spoke.
    Unknown,
}

impl Answer {
    /// Whether the detector takes it for an answer: everything but a machine. Where a source tells people from machines
    /// that is the people; where it does not, it is whoever picked up.
    pub const fn is_evidence(self) -> bool {
        !matches!(self, Self::Machine)
    }
}

/// What is known of the end of an attempt, in the field's own terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// The dialer's own verdict; goes before everything else.
    pub disposition: Option<Disposition>,
    /// The dialer reports a time of answer.
    pub answered: bool,
    /// Who answered, if known.
    pub answered_by: Option<Answer>,
    /// Whole seconds from answer to end, if both are known.
    pub talk_seconds: Option<u32>,
    /// Final SIP status of the INVITE.
    pub sip_status: Option<u16>,
    /// Whether the answer was a block by an analytics engine; see [`is_analytics_block`].
    pub analytics_block: bool,
    /// Q.850 cause.
    pub q850_cause: Option<u8>,
    /// An answered call of at most so many seconds is short.
    pub short_call_seconds: u32,
}

/// The facts that the windows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The call left our network and met the far end's: it belongs in the denominator of every rate.
    pub seized: bool,
    /// Who answered; `None` if nobody did.
    pub answer: Option<Answer>,
    /// Answered and over within [`Signals::short_call_seconds`].
    pub short: bool,
    /// Blocked by an analytics engine or the terminating network.
    pub blocked: bool,
    /// Whole seconds of talk, at most [`Outcome::TALK_MAX`].
    pub talk_seconds: u32,
}

impl Outcome {
    /// A day: a longer call is a stuck record.
    pub const TALK_MAX: u32 = 86_400;

    /// `None` when the signals say nothing at all about the end.
    pub fn classify(signals: &Signals) -> Option<Self> {
        let end = End::of(signals)?;
        let answer = match end {
            End::Answered => Some(signals.answered_by.unwrap_or(Answer::Unknown)),
            End::Unanswered | End::Blocked | End::NetworkFailure => None,
        };
        let talk = signals.talk_seconds.filter(|_| answer.is_some());
        Some(Self {
            seized: !matches!(end, End::NetworkFailure),
            answer,
            short: talk.is_some_and(|seconds| seconds <= signals.short_call_seconds),
            blocked: matches!(end, End::Blocked),
            talk_seconds: talk.unwrap_or(0).min(Self::TALK_MAX),
        })
    }
}

/// The ends that differ for the statistics.
enum End {
    Answered,
    Unanswered,
    Blocked,
    NetworkFailure,
}

impl End {
    fn of(signals: &Signals) -> Option<Self> {
        if let Some(disposition) = signals.disposition {
            return Some(match disposition {
                Disposition::Answered => Self::Answered,
                Disposition::Blocked => Self::Blocked,
                // A dialer that only knows "declined" may still have passed on the code that tells a block.
                Disposition::Declined if signals.analytics_block => Self::Blocked,
                Disposition::Busy
                | Disposition::NoAnswer
                | Disposition::Declined
                | Disposition::InvalidNumber
                | Disposition::Canceled => Self::Unanswered,
                Disposition::NetworkFailure => Self::NetworkFailure,
            });
        }
        if signals.answered {
            return Some(Self::Answered);
        }
        if signals.analytics_block {
            return Some(Self::Blocked);
        }
        // Either code may tell that the call failed in our own network; else the wire's own is nearer to the truth than a
        // switch's translation into Q.850.
        match (signals.sip_status, signals.q850_cause) {
            (Some(200..=299), _) => Some(Self::Answered),
            (Some(500..=599), _) | (_, Some(34 | 38 | 41 | 42)) => Some(Self::NetworkFailure),
            (Some(_), _) | (None, Some(_)) => Some(Self::Unanswered),
            (None, None) => None,
        }
    }
}

/// Whether a final response is a block by an analytics engine: 608 (RFC 8688), or 603 in the form of ATIS-1000099
/// ("603+"): the phrase `Network Blocked`, or a `Reason` header whose text begins `v=analytics`. A 603 without either
/// is a person's decline, and so is 607.
pub fn is_analytics_block(sip_status: u16, sip_reason: &str, reason_header: &str) -> bool {
    match sip_status {
        608 => true,
        603 => sip_reason.eq_ignore_ascii_case("Network Blocked") || names_analytics(reason_header),
        _ => false,
    }
}

fn names_analytics(reason_header: &str) -> bool {
    const MARK: &[u8] = b"v=analytics";
    reason_header.as_bytes().windows(MARK.len()).any(|window| window.eq_ignore_ascii_case(MARK))
}

#[cfg(test)]
mod tests;
