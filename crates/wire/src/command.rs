//! Decisions of the core as messages.
//!
//! An id is derived from what the decision is and what caused it, so that the same log gives the same id in every life of
//! the program, and a controller that drops ids it has seen acts once.

use core::fmt::Write;

use callwarden_core::{
    AnswerRateFell, CORE_VERSION, Caps, Command, CommandKind, Finding, Mode, PaceOverCap, Seconds,
};
use uuid::Uuid;

use crate::{Timestamp, v1};

/// Namespace of the ids of commands.
const NAMESPACE: Uuid = Uuid::from_u128(0x5b1f_3c3e_8a57_4d0c_9a63_c4f0_2e7d_91b6);

/// The message for a decision: `policy_hash` of the policy in force, and where the attempt that completed the evidence
/// stands in the log.
pub fn command(decision: &Command, policy_hash: &str, cause: v1::Position) -> v1::Command {
    let Command {
        fleet,
        caller,
        target_version,
        sequence,
        kind,
        mode,
        issued_at,
        expires_at,
        finding,
        cause: _,
    } = decision;
    let (v1_kind, caps) = match kind {
        CommandKind::PauseNumber => (v1::CommandKind::PauseNumber, None),
        CommandKind::ReduceVolume(caps) => (v1::CommandKind::ReduceVolume, Some(v1_caps(*caps))),
    };
    let (reason, evidence) = match finding {
        Finding::AnswerRateFell(fell) => {
            (v1::Reason::AnswerRateFell, v1::evidence::Kind::AnswerRate(answer_rate_evidence(fell)))
        }
        Finding::PaceOverCap(over) => {
            (v1::Reason::PaceOverCap, v1::evidence::Kind::Pace(pace_evidence(over)))
        }
    };
    v1::Command {
        id: command_id(decision).to_string(),
        sequence: *sequence,
        fleet: fleet.as_str().to_owned(),
        number: caller.clear().to_string(),
        target_version: *target_version,
        kind: v1_kind.into(),
        mode: match mode {
            Mode::Observe => v1::Mode::Observe,
            Mode::Enforce => v1::Mode::Enforce,
        }
        .into(),
        caps,
        keep_inbound: matches!(kind, CommandKind::PauseNumber),
        issued_at: Some((*issued_at).into()),
        expires_at: Some((*expires_at).into()),
        reason: reason.into(),
        summary: summary(finding),
        evidence: Some(v1::Evidence { kind: Some(evidence) }),
        rule: rule(*kind, finding).to_owned(),
        policy_hash: policy_hash.to_owned(),
        core_version: CORE_VERSION,
        cause: Some(cause),
    }
}

/// The id of a decision: UUIDv5 over target, kind, reason, version, cause and time.
pub fn command_id(decision: &Command) -> Uuid {
    let Command { fleet, caller, target_version, kind, issued_at, finding, cause, .. } = decision;
    let name = format!(
        "{fleet}\n{caller}\n{kind}\n{reason}\n{target_version}\n{cause:016x}\n{issued_at}",
        caller = caller.digits(),
        kind = kind.name(),
        reason = finding.reason(),
        cause = cause.0,
        issued_at = issued_at.0,
    );
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// The key of its Kafka record, by which a compacted topic keeps the newest command to each target: `fleet/+12025550123`.
pub fn command_key(decision: &Command) -> String {
    format!("{}/{}", decision.fleet, decision.caller.clear())
}

fn v1_caps(caps: Caps) -> v1::Caps {
    let Caps { per_minute, per_hour, per_day } = caps;
    v1::Caps { per_minute, per_hour, per_day }
}

fn answer_rate_evidence(fell: &AnswerRateFell) -> v1::AnswerRateEvidence {
    let AnswerRateFell {
        statistic,
        threshold,
        since,
        attempts,
        answers,
        expected_rate,
        baseline_attempts,
        baseline_answers,
    } = *fell;
    v1::AnswerRateEvidence {
        statistic,
        threshold,
        since: Some(since.into()),
        attempts,
        answers,
        expected_rate,
        baseline_attempts,
        baseline_answers,
    }
}

fn pace_evidence(over: &PaceOverCap) -> v1::PaceEvidence {
    let PaceOverCap { attempts, cap, window } = *over;
    v1::PaceEvidence { attempts, cap, window_seconds: window.0 }
}

fn rule(kind: CommandKind, finding: &Finding) -> &'static str {
    match (finding, kind) {
        (Finding::AnswerRateFell(_), CommandKind::PauseNumber) => "answer-rate/pause",
        (Finding::AnswerRateFell(_), CommandKind::ReduceVolume(_)) => "answer-rate/reduce",
        (Finding::PaceOverCap(over), _) => match over.window {
            MINUTE => "pace/per-minute",
            HOUR => "pace/per-hour",
            _ => "pace/per-day",
        },
    }
}

const MINUTE: Seconds = Seconds(60);
const HOUR: Seconds = Seconds::hours(1);
const DAY: Seconds = Seconds::days(1);

fn summary(finding: &Finding) -> String {
    match finding {
        Finding::AnswerRateFell(fell) => format!(
            "{} of {} calls answered since {} where {:.1} % were to be expected (statistic {:.1e} over {:.1e})",
            fell.answers,
            fell.attempts,
            Timestamp::from(fell.since),
            fell.expected_rate * 100.0,
            fell.statistic,
            fell.threshold,
        ),
        Finding::PaceOverCap(over) => {
            let mut summary = format!("{} calls placed in ", over.attempts);
            match over.window {
                MINUTE => summary.push_str("one minute"),
                HOUR => summary.push_str("60 minutes"),
                DAY => summary.push_str("24 hours"),
                Seconds(other) => write!(summary, "{other} seconds").expect("a String takes all text"),
            }
            write!(summary, " where {} are allowed", over.cap).expect("a String takes all text");
            summary
        }
    }
}

#[cfg(test)]
mod tests;
