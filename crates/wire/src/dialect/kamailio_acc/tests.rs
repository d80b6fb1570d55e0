#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use callwarden_core::{Answer, Attempt, Core, Input, LogTime, NotAnAttempt, Outbox, Policy, Stamp};
use serde_json::{Value, json};

use super::{decimal_nanos, q850_cause};
use crate::{Decoder, Dialect, Unreadable, UnreadableReason as Reason};

fn decode(record: &Value) -> Result<Input, Unreadable> {
    Decoder::new(Dialect::KamailioAcc).decode(record.to_string().as_bytes())
}

fn attempt(record: &Value) -> Attempt {
    match decode(record) {
        Ok(Input::Attempt(attempt)) => attempt,
        other => panic!("{record}: {other:?}"),
    }
}

fn invite() -> Value {
    json!({
        "time": 1795519410.382014, "method": "INVITE", "from_tag": "17457c13", "to_tag": "17435u13",
        "callid": "13-17457@127.0.0.1", "sip_code": "200", "sip_reason": "OK", "caller": "+17025550120",
        "callee": "+12155550161", "campaign": "c-solar", "list": "l-102", "trunk": "trunk-a", "src_ip": "127.0.0.1",
        "t_invite": "1795519409.673733", "t_ring": "1795519409.876086", "reason_hdr": "", "hangup_by": ""
    })
}

fn cdr() -> Value {
    json!({
        "start_time": "1795519410.382", "end_time": "1795519412.172", "duration": "1.790",
        "call_id": "13-17457@127.0.0.1", "caller": "+17025550120", "callee": "+12155550161", "campaign": "c-solar",
        "list": "l-102", "trunk": "trunk-a", "src_ip": "127.0.0.1", "t_invite": "1795519409.673733",
        "t_ring": "1795519409.876086", "sip_code": "200", "sip_reason": "OK", "reason_hdr": "", "hangup_by": "callee"
    })
}

/// `base` with some fields replaced.
fn with(base: Value, changes: Value) -> Value {
    let (Value::Object(mut base), Value::Object(changes)) = (base, changes) else { panic!("objects") };
    base.extend(changes);
    Value::Object(base)
}

fn failed(code: &str, phrase: &str, reason: &str) -> Value {
    with(invite(), json!({ "sip_code": code, "sip_reason": phrase, "reason_hdr": reason }))
}

fn by_proxy(code: &str, t_ring: &str) -> Value {
    with(invite(), json!({ "sip_code": code, "sip_reason": "x", "to_tag": "", "t_ring": t_ring }))
}

const OTHER: Result<Input, Unreadable> = Ok(Input::NotAnAttempt(NotAnAttempt::OtherRecord));
const REFUSED: Result<Input, Unreadable> = Ok(Input::NotAnAttempt(NotAnAttempt::RefusedLocally));

/// Peculiarities 1 and 2: INVITE counts, the CDR amends, other lines don't; names of the call id differ.
#[test]
fn an_answered_call_is_an_attempt_and_its_amendment() {
    let first = attempt(&invite());
    assert_eq!(first.fleet.as_str(), "default");
    assert_eq!(first.caller.digits(), 17_025_550_120);
    assert_eq!(first.started_at.0, 1_795_519_409);
    assert_eq!((first.outcome.answer, first.outcome.talk_seconds), (Some(Answer::Unknown), 0));
    assert!(!first.outcome.short && !first.is_final && !first.amends_only);

    let then = attempt(&cdr());
    assert_eq!((then.id, then.started_at, then.caller), (first.id, first.started_at, first.caller));
    assert_eq!((then.outcome.answer, then.outcome.talk_seconds), (Some(Answer::Unknown), 2));
    assert!(then.outcome.short && then.is_final && then.amends_only);

    // The same call id after a restart is another call.
    let again = attempt(&with(invite(), json!({ "t_invite": "1795519999.673733" })));
    assert_ne!(again.id, first.id);
}

/// Peculiarity 3: strings everywhere, `time` with noise digits, CDR times in milliseconds, absent is empty.
#[test]
fn times_are_strings() {
    assert_eq!(decimal_nanos("1795519409.673733"), Some(1_795_519_409_673_733_000));
    assert_eq!(decimal_nanos("1.790"), Some(1_790_000_000));
    assert_eq!(decimal_nanos("0"), Some(0));
    assert_eq!(decimal_nanos("6.0000000009"), Some(6_000_000_000));
    for text in ["", ".", "1.", ".5", "-1", "+1", "1e9", " 1", "1 ", "99999999999", "nan", "1.2.3", "\u{661}"]
    {
        assert_eq!(decimal_nanos(text), None, "{text}");
    }
    assert_eq!(decimal_nanos("9999999999.9"), None, "beyond 63 bits");
    let noise: Value = serde_json::from_str("1795519412.9730861").unwrap();
    attempt(&with(invite(), json!({ "time": noise, "t_ring": "" })));
    for (duration, talk, short) in
        [("6", 6, true), ("6.001", 6, false), ("6.5", 7, false), ("0.044", 0, true)]
    {
        let outcome = attempt(&with(cdr(), json!({ "duration": duration }))).outcome;
        assert_eq!((outcome.talk_seconds, outcome.short), (talk, short), "{duration}");
    }
}

/// Peculiarity 4: the CDR of a failed call says nothing that its accounting line doesn't.
#[test]
fn a_failed_call_is_its_invite_record() {
    let cdr = with(
        cdr(),
        json!({ "sip_code": "486", "sip_reason": "Busy Here", "duration": "0", "end_time": "1795519409.673" }),
    );
    assert_eq!(decode(&cdr), OTHER);
    assert_eq!(decode(&with(cdr, json!({ "sip_code": "", "t_invite": "", "call_id": "" }))), OTHER);
    let busy = attempt(&failed("486", "Busy Here", "Q.850;cause=17;text=\"User busy\""));
    assert!(busy.is_final && busy.outcome.seized && busy.outcome.answer.is_none() && !busy.outcome.blocked);
}

/// Peculiarity 5: nothing here depends on the order, but an amendment that comes first finds nothing.
#[test]
fn order_matters_to_nobody_else() {
    let lines = [
        failed("486", "Busy Here", ""),
        with(invite(), json!({ "callid": "14", "t_invite": "1795519409.672733" })),
    ];
    let count = |lines: &[&Value]| {
        let mut core = Core::new(Policy::default()).unwrap();
        for line in lines {
            core.step(Stamp { logged_at: LogTime::UNKNOWN }, &decode(line).unwrap(), &mut Outbox::default());
        }
        let (_, _, number) = core.numbers().next().unwrap();
        (number.hours.clone(), core.tally())
    };
    assert_eq!(count(&[&lines[0], &lines[1]]), count(&[&lines[1], &lines[0]]));
    assert_eq!(count(&[&lines[0], &cdr()]).1.amended, 1, "a failed call that turns out answered");
}

/// Peculiarity 6: what the proxy refuses itself is no attempt; what it gives up on for want of an answer is one.
#[test]
fn replies_of_the_proxy_itself() {
    let paused = json!({ "to_tag": "", "trunk": "", "sip_reason": "Forbidden", "sip_code": "403",
        "t_ring": "", "reason_hdr": "SIP;cause=403;text=\"Caller ID paused\"" });
    assert_eq!(decode(&with(invite(), paused)), REFUSED);
    for code in ["302", "401", "403", "404", "480", "483", "600", "603", "608"] {
        assert_eq!(decode(&by_proxy(code, "")), REFUSED, "{code}");
    }
    for code in ["408", "487", "500", "503", "504"] {
        let failure = attempt(&by_proxy(code, ""));
        assert!(!failure.outcome.seized && failure.is_final, "{code}");
    }
    for code in ["408", "487"] {
        let unanswered = attempt(&by_proxy(code, "1795519409.876086"));
        assert!(unanswered.outcome.seized && unanswered.outcome.answer.is_none(), "{code}: it rang");
    }
    // The carrier's own are attempts.
    assert!(attempt(&failed("403", "Forbidden", "")).outcome.seized);
    assert!(attempt(&failed("408", "Request Timeout", "")).outcome.seized);
    assert!(
        !attempt(&failed(
            "503",
            "Service Unavailable",
            "Q.850;cause=34;text=\"No circuit/channel available\""
        ))
        .outcome
        .seized
    );
}

/// Peculiarity 7: a decline and a block differ by phrase and Reason header only.
#[test]
fn a_block_is_no_decline() {
    let header = "Q.850;cause=21,SIP ;cause=603 ;text=\"v=analytics1;url=https://redress.example.net;tel=+18005550199\"";
    for (code, phrase, header, blocked) in [
        ("603", "Decline", "", false),
        ("603", "Network Blocked", "", true),
        ("603", "Network Blocked", header, true),
        ("603", "Decline", header, true),
        ("607", "Unwanted", "", false),
        ("608", "Rejected", "", true),
        ("486", "Network Blocked", header, false),
    ] {
        let outcome = attempt(&failed(code, phrase, header)).outcome;
        assert_eq!((outcome.blocked, outcome.seized), (blocked, true), "{code} {phrase} {header}");
    }
    for (header, cause) in [
        ("Q.850;cause=21,SIP;cause=603", Some(21)),
        ("SIP;cause=200;text=\"a, Q.850;cause=1\", q.850 ; text=\"x;cause=2\" ; Cause = 34", Some(34)),
        (r#"SIP;text="quote \", Q.850;cause=1", Q.850;cause=3"#, Some(3)),
        ("Q.850;text=\"cause=5\"", None),
        ("Q.850;cause=128", None),
        ("Q.850;cause=0", None),
        ("Q.850;cause=x", None),
        ("SIP;cause=34", None),
        ("\"", None),
        ("", None),
    ] {
        assert_eq!(q850_cause(header), cause, "{header}");
    }
    assert!(!attempt(&failed("480", "Temporarily Unavailable", "Q.850;cause=38")).outcome.seized);
}

/// Peculiarity 8: BYE lines, one or two, are no attempts.
#[test]
fn byes_are_other_records() {
    for method in ["BYE", "CANCEL", "ACK", "invite"] {
        assert_eq!(decode(&with(invite(), json!({ "method": method }))), OTHER);
    }
}

#[test]
fn what_cannot_be_read_says_why_and_never_the_callee() {
    let callee = "+12155550161";
    for (record, reason, detail) in [
        (
            json!({}),
            Reason::UnknownRecord,
            "expected an accounting record (with method) or a CDR (with start_time)",
        ),
        (
            with(invite(), json!({ "method": 7 })),
            Reason::WrongType,
            "method: expected a string, found a number",
        ),
        (
            with(invite(), json!({ "caller": [callee] })),
            Reason::WrongType,
            "caller: expected a string, found an array",
        ),
        (
            with(invite(), json!({ "caller": 12155550161_u64 })),
            Reason::WrongType,
            "caller: expected a string",
        ),
        (
            with(invite(), json!({ "caller": "12155550161" })),
            Reason::NotE164,
            "caller: expected E.164 such as +12025550123, found \"***",
        ),
        (with(invite(), json!({ "caller": "sip:+12155550161@h" })), Reason::NotE164, "caller: "),
        (with(invite(), json!({ "caller": "" })), Reason::MissingField, "caller: "),
        (with(invite(), json!({ "callid": "" })), Reason::MissingField, "callid: "),
        (with(cdr(), json!({ "call_id": "" })), Reason::MissingField, "call_id: "),
        (with(cdr(), json!({ "duration": "" })), Reason::MissingField, "duration: "),
        (
            with(cdr(), json!({ "duration": "-1" })),
            Reason::BadValue,
            "duration: expected seconds, found \"-1\"",
        ),
        (with(invite(), json!({ "t_invite": "" })), Reason::MissingField, "t_invite: "),
        (
            with(invite(), json!({ "t_invite": callee })),
            Reason::BadValue,
            "t_invite: expected seconds since 1970, found \"+****",
        ),
        (
            with(invite(), json!({ "t_invite": "12155550" })),
            Reason::BadTime,
            "t_invite: expected a time from 2000 to 2099, found 1970-05-21",
        ),
        (with(invite(), json!({ "sip_code": "" })), Reason::MissingField, "sip_code: "),
        (
            with(invite(), json!({ "sip_code": "999" })),
            Reason::BadValue,
            "sip_code: expected a SIP status from 100 to 699, found \"999\"",
        ),
        (with(invite(), json!({ "callid": "x".repeat(257) })), Reason::FieldTooLong, "callid: "),
        (with(invite(), json!({ "campaign": "x".repeat(65) })), Reason::FieldTooLong, "campaign: "),
        (with(invite(), json!({ "list": "x".repeat(65) })), Reason::FieldTooLong, "list: "),
        (with(invite(), json!({ "trunk": "x".repeat(65) })), Reason::FieldTooLong, "trunk: "),
        (with(invite(), json!({ "sip_reason": "x".repeat(129) })), Reason::FieldTooLong, "sip_reason: "),
        (with(invite(), json!({ "reason_hdr": "x".repeat(1_025) })), Reason::FieldTooLong, "reason_hdr: "),
    ] {
        let unreadable = decode(&record).expect_err(detail);
        assert_eq!(unreadable.reason, reason, "{unreadable}");
        assert!(unreadable.detail.starts_with(detail), "{unreadable}");
        assert!(!unreadable.to_string().contains("2155550161"), "{unreadable}");
    }
    let mut decoder = Decoder::new(Dialect::KamailioAcc);
    assert_eq!(decoder.decode(b"[]").unwrap_err().reason, Reason::MalformedJson);
    assert_eq!(decoder.decode(b"{\"callee\": \"+12155550161").unwrap_err().reason, Reason::MalformedJson);
    // Escapes cost a copy and nothing else.
    let escaped = invite().to_string().replace("+17025550120", "\\u002b17025550120");
    assert_eq!(decoder.decode(escaped.as_bytes()), decode(&invite()));
}

/// Figures of one caller number.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    attempts: u32,
    seizures: u32,
    answers: u32,
    short: u32,
    blocked: u32,
    talk_seconds: u32,
}

/// A capture of real calls: what the core counts of it is what a plain count of its lines gives.
#[test]
fn a_capture_counts_as_it_is_counted_by_hand() {
    let capture = include_str!("../../../tests/data/kamailio-acc.ndjson");
    let mut core = Core::new(Policy::default()).unwrap();
    let mut decoder = Decoder::new(Dialect::KamailioAcc);
    let mut by_hand = BTreeMap::<String, Figures>::new();
    for line in capture.lines() {
        let input = decoder.decode(line.as_bytes()).unwrap();
        core.step(Stamp { logged_at: LogTime::UNKNOWN }, &input, &mut Outbox::default());

        let record: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| record[name].as_str().unwrap_or("");
        let figures = by_hand.entry(text("caller").to_owned()).or_default();
        if text("method") == "INVITE" && text("sip_code") != "403" {
            figures.attempts += 1;
            figures.seizures += u32::from(!["408", "503"].contains(&text("sip_code")));
            figures.answers += u32::from(text("sip_code") == "200");
            figures.blocked +=
                u32::from(text("sip_code") == "608" || text("sip_reason") == "Network Blocked");
        } else if !text("start_time").is_empty() && text("sip_code") == "200" {
            let seconds: f64 = text("duration").parse().unwrap();
            figures.short += u32::from(seconds <= 6.0);
            figures.talk_seconds += seconds.round() as u32;
        }
    }
    by_hand.retain(|_, figures| figures.attempts > 0);
    let counted: BTreeMap<String, Figures> = core
        .numbers()
        .map(|(_, caller, number)| {
            let day = number.hours.total();
            let figures = Figures {
                attempts: day.attempts,
                seizures: day.seizures,
                answers: day.answers,
                short: day.short,
                blocked: day.blocked,
                talk_seconds: day.talk_seconds,
            };
            (caller.clear().to_string(), figures)
        })
        .collect();
    assert_eq!(counted, by_hand);
    let tally = core.tally();
    assert_eq!((tally.duplicate, tally.amendment_missed, tally.unreadable), (0, 0, 0));
    assert!(tally.amended > 10 && tally.refused_locally > 0 && tally.counted > 50, "{tally:?}");
}
