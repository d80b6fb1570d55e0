#![allow(clippy::unwrap_used)]

use callwarden_core::{Answer, Attempt, Input, NotAnAttempt, Outcome};

use super::{Fleets, Talk, outcome, reads_as_phone_number, to_input};
use crate::v1::{AnsweredBy, CallAttempt, Direction, Disposition};
use crate::{Timestamp, UnreadableReason as Reason};

fn at(millis: i64) -> Option<Timestamp> {
    Some(Timestamp::from_millis(1_795_519_409_000 + millis))
}

fn minimal() -> CallAttempt {
    CallAttempt {
        attempt_id: "a-1".into(),
        caller_number: "+12025550123".into(),
        started_at: at(250),
        disposition: Disposition::NoAnswer.into(),
        ..CallAttempt::default()
    }
}

fn read(attempt: &CallAttempt) -> Attempt {
    match to_input(attempt, &mut Fleets::default()).unwrap() {
        Input::Attempt(attempt) => attempt,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_least_that_is_required() {
    let attempt = read(&minimal());
    assert_eq!(attempt.fleet.as_str(), "default");
    assert_eq!(attempt.caller.digits(), 12_025_550_123);
    assert_eq!(attempt.id.0, xxhash_rust::xxh3::xxh3_64(b"a-1"));
    assert_eq!(attempt.started_at.0, 1_795_519_409);
    let nobody = Outcome { seized: true, answer: None, short: false, blocked: false, talk_seconds: 0 };
    assert_eq!(attempt.outcome, nobody);
    assert!(attempt.is_final && !attempt.amends_only);
}

#[test]
fn what_is_no_outbound_attempt_needs_nothing_else() {
    let inbound = CallAttempt { direction: Direction::Inbound.into(), ..CallAttempt::default() };
    let refused = CallAttempt { disposition: Disposition::RefusedLocally.into(), ..CallAttempt::default() };
    for (attempt, why) in [(inbound, NotAnAttempt::Inbound), (refused, NotAnAttempt::RefusedLocally)] {
        assert_eq!(to_input(&attempt, &mut Fleets::default()), Ok(Input::NotAnAttempt(why)));
    }
}

#[test]
fn unknown_enum_values_are_unspecified() {
    let attempt = CallAttempt {
        direction: 99,
        disposition: 99,
        answered_by: -1,
        hangup_by: 99,
        attestation: i32::MAX,
        sip_status: 486,
        ..minimal()
    };
    assert_eq!(read(&attempt).outcome.answer, None);
}

/// A refusal's reason and the beginning of its detail, for each way to break a good attempt.
#[test]
fn every_limit_is_enforced() {
    type Break = fn(&mut CallAttempt);
    let table: &[(Break, Reason, &str)] = &[
        (|a| a.attempt_id.clear(), Reason::MissingField, "attempt_id: expected a value, found none"),
        (|a| a.caller_number.clear(), Reason::MissingField, "caller_number: expected a value, found none"),
        (|a| a.started_at = None, Reason::MissingField, "started_at: expected a value, found none"),
        (
            |a| a.disposition = 0,
            Reason::NoOutcome,
            "expected disposition, answered_at, sip_status or q850_cause",
        ),
        (
            |a| a.attempt_id = "x".repeat(129),
            Reason::FieldTooLong,
            "attempt_id: expected at most 128 bytes, found 129",
        ),
        (|a| a.fleet = "x".repeat(65), Reason::FieldTooLong, "fleet: expected at most 64 bytes, found 65"),
        (|a| a.source = "x".repeat(65), Reason::FieldTooLong, "source: "),
        (|a| a.callee_token = "x".repeat(65), Reason::FieldTooLong, "callee_token: "),
        (|a| a.callee_region = "x".repeat(17), Reason::FieldTooLong, "callee_region: "),
        (|a| a.callee_network = "x".repeat(65), Reason::FieldTooLong, "callee_network: "),
        (|a| a.campaign_id = "x".repeat(65), Reason::FieldTooLong, "campaign_id: "),
        (|a| a.list_id = "x".repeat(65), Reason::FieldTooLong, "list_id: "),
        (|a| a.script_id = "x".repeat(65), Reason::FieldTooLong, "script_id: "),
        (|a| a.carrier_id = "x".repeat(65), Reason::FieldTooLong, "carrier_id: "),
        (|a| a.sip_reason = "x".repeat(129), Reason::FieldTooLong, "sip_reason: "),
        (|a| a.reason_header = "x".repeat(1_025), Reason::FieldTooLong, "reason_header: "),
        (|a| a.fleet = "a b".into(), Reason::BadValue, "fleet: expected [A-Za-z0-9._-], found \"a b\""),
        (
            |a| a.fleet = "fl\u{e9}et\n".into(),
            Reason::BadValue,
            "fleet: expected [A-Za-z0-9._-], found \"fl\u{e9}et\\n\"",
        ),
        (|a| a.callee_utc_offset_minutes = Some(841), Reason::BadValue, "callee_utc_offset_minutes: "),
        (|a| a.callee_utc_offset_minutes = Some(i32::MIN), Reason::BadValue, "callee_utc_offset_minutes: "),
        (
            |a| a.sip_status = 99,
            Reason::BadValue,
            "sip_status: expected 100 to 699, or 0 for absent, found 99",
        ),
        (|a| a.sip_status = 65_536 + 486, Reason::BadValue, "sip_status: "),
        (|a| a.q850_cause = 128, Reason::BadValue, "q850_cause: "),
        (
            |a| a.caller_number = "2025550123".into(),
            Reason::NotE164,
            "caller_number: expected E.164 such as +12025550123, found \"**********\"",
        ),
        (
            |a| a.caller_number = "anonymous".into(),
            Reason::NotE164,
            "caller_number: expected E.164 such as +12025550123, found \"anonymous\"",
        ),
        (|a| a.caller_number = "+1202555012\u{663}".into(), Reason::NotE164, "caller_number: "),
        (
            |a| a.started_at = at(-900_000_000_000),
            Reason::BadTime,
            "started_at: expected a time from 2000 to 2099, found 1998-",
        ),
        (|a| a.ringing_at = at(i64::MAX / 4), Reason::BadTime, "ringing_at: "),
        (
            |a| a.answered_at = Some(Timestamp { seconds: i64::MAX, nanos: 0 }),
            Reason::BadTime,
            "answered_at: ",
        ),
        (
            |a| a.ended_at = Some(Timestamp { seconds: 1_795_519_409, nanos: -1 }),
            Reason::BadTime,
            "ended_at: ",
        ),
        (|a| a.callee_token = "+1 (415) 555-0199".into(), Reason::CalleeTokenIsPhoneNumber, "callee_token: "),
    ];
    for (i, (damage, reason, detail)) in table.iter().enumerate() {
        let mut attempt = minimal();
        damage(&mut attempt);
        let unreadable = to_input(&attempt, &mut Fleets::default()).expect_err(detail);
        assert_eq!(unreadable.reason, *reason, "row {i}: {unreadable}");
        assert!(unreadable.detail.starts_with(detail), "row {i}: {unreadable}");
        assert!(!unreadable.detail.contains("415") && !unreadable.detail.contains("0199"), "{unreadable}");
    }
}

#[test]
fn every_limit_can_be_reached() {
    let attempt = CallAttempt {
        attempt_id: "x".repeat(128),
        fleet: "Az0._-".repeat(10),
        source: "x".repeat(64),
        callee_token: "x".repeat(64),
        callee_region: "x".repeat(16),
        callee_utc_offset_minutes: Some(-840),
        sip_reason: "x".repeat(128),
        reason_header: "x".repeat(1_024),
        sip_status: 699,
        q850_cause: 127,
        ..minimal()
    };
    assert_eq!(read(&attempt).fleet.as_str(), "Az0._-".repeat(10));
}

#[test]
fn phone_numbers_in_clear() {
    for token in [
        "+14155550199",
        "14155550199",
        "4155550199",
        "5550199",
        "(415) 555-0199",
        "+1.415.555.0199",
        "415 555 0199",
        " +1 415 555 0199 ",
        "415\u{2011}555\u{2011}0199",
        "tel:+14155550199",
        "TEL:4155550199;phone-context=+1",
        "sip:+14155550199@carrier.example",
        "sips:14155550199:secret@carrier.example",
        "<sip:+14155550199@h>",
        "%2B14155550199",
        "tel:%2b14155550199",
        "sip:4155550199;user=phone",
        "00441632960123",
        "123456789012345",
        "415/555/0199",
        "\"+14155550199\"",
    ] {
        assert!(reads_as_phone_number(token), "{token}");
    }
    for token in [
        "",
        "c7Jq1vXz0aWkE5tR",
        "555019",
        "1234567890123456",
        "9f86d081884c7d65",
        "a14155550199",
        "sip:alice@carrier.example",
        "4155550199x",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "tel:",
        "callee:14155550199x",
        "+",
    ] {
        assert!(!reads_as_phone_number(token), "{token}");
    }
}

#[test]
fn talk_time_is_rounded_half_up_and_short_is_judged_exactly() {
    let answered = CallAttempt { disposition: 0, answered_at: at(10_000), ..minimal() };
    for (ended_after, talk, short) in [
        (Some(0), 0, true),
        (Some(499), 0, true),
        (Some(500), 1, true),
        (Some(5_999), 6, true),
        (Some(6_000), 6, true),
        (Some(6_001), 6, false),
        (Some(6_499), 6, false),
        (Some(6_500), 7, false),
        (Some(90_000_000), 86_400, false),
        // Two clocks disagree: how long the call was is unknown.
        (Some(-1), 0, false),
        (Some(-5_000), 0, false),
        (None, 0, false),
    ] {
        let ended_at = ended_after.and_then(|after| at(10_000 + after));
        let outcome = read(&CallAttempt { ended_at, ..answered.clone() }).outcome;
        let want = Outcome {
            seized: true,
            answer: Some(Answer::Unknown),
            short,
            blocked: false,
            talk_seconds: talk,
        };
        assert_eq!(outcome, want, "{ended_after:?}");
    }
    // An end without an answer is no talk.
    let unanswered = read(&CallAttempt { answered_at: at(0), ended_at: at(1_000), ..minimal() });
    assert_eq!((unanswered.outcome.short, unanswered.outcome.talk_seconds), (false, 0));
    assert_eq!(outcome(callwarden_core::Signals::default(), Talk::from_nanos(1)), None);
}

#[test]
fn who_answered() {
    for (by, answer) in [
        (AnsweredBy::Unspecified, Answer::Unknown),
        (AnsweredBy::Human, Answer::Human),
        (AnsweredBy::Machine, Answer::Machine),
        (AnsweredBy::Screening, Answer::Unknown),
    ] {
        let attempt =
            CallAttempt { disposition: Disposition::Answered.into(), answered_by: by.into(), ..minimal() };
        assert_eq!(read(&attempt).outcome.answer, Some(answer));
    }
}

#[test]
fn how_it_ended() {
    // disposition, SIP status, phrase, Reason header, Q.850 -> seized, blocked
    for (disposition, status, phrase, header, cause, seized, blocked) in [
        (Disposition::Busy, 0, "", "", 0, true, false),
        (Disposition::NetworkFailure, 0, "", "", 0, false, false),
        (Disposition::Blocked, 0, "", "", 0, true, true),
        (Disposition::Unspecified, 608, "Rejected", "", 0, true, true),
        (Disposition::Unspecified, 607, "Unwanted", "", 0, true, false),
        (Disposition::Unspecified, 603, "Decline", "", 21, true, false),
        (Disposition::Unspecified, 603, "network blocked", "", 0, true, true),
        (
            Disposition::Unspecified,
            603,
            "Decline",
            "Q.850;cause=21, SIP;cause=603;text=\"v=analytics1;url=u\"",
            0,
            true,
            true,
        ),
        (Disposition::Declined, 603, "Network Blocked", "", 0, true, true),
        (Disposition::Unspecified, 503, "", "", 0, false, false),
        (Disposition::Unspecified, 480, "", "", 34, false, false),
        (Disposition::Unspecified, 0, "", "", 17, true, false),
        (Disposition::NoAnswer, 503, "", "", 0, true, false),
    ] {
        let attempt = CallAttempt {
            disposition: disposition.into(),
            sip_status: status,
            sip_reason: phrase.into(),
            reason_header: header.into(),
            q850_cause: cause,
            ..minimal()
        };
        let outcome = read(&attempt).outcome;
        assert_eq!((outcome.seized, outcome.blocked, outcome.answer), (seized, blocked, None), "{attempt:?}");
    }
}

#[test]
fn final_is_true_unless_it_says_false() {
    for (said, is_final) in [(None, true), (Some(true), true), (Some(false), false)] {
        assert_eq!(read(&CallAttempt { r#final: said, ..minimal() }).is_final, is_final);
    }
}
