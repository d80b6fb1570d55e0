#![allow(clippy::unwrap_used)]

use callwarden_core::Input;
use proptest::prelude::*;
use prost::Message;

use super::{CALL_ATTEMPT, Kind, PAYLOAD_MAX};
use crate::v1::{self, CallAttempt};
use crate::{Decoder, Dialect, Timestamp, Unreadable, UnreadableReason as Reason, to_json};

fn decode(payload: impl AsRef<[u8]>) -> Result<Input, Unreadable> {
    Decoder::new(Dialect::Callwarden).decode(payload.as_ref())
}

fn good() -> CallAttempt {
    CallAttempt {
        attempt_id: "7f9c2a4e".into(),
        fleet: "acme".into(),
        caller_number: "+12025550123".into(),
        callee_token: "c7Jq1vXz0aWkE5tR".into(),
        callee_utc_offset_minutes: Some(-480),
        started_at: Some(Timestamp::from_millis(1_795_519_409_250)),
        answered_at: Some(Timestamp::from_millis(1_795_519_419_250)),
        ended_at: Some(Timestamp::from_millis(1_795_519_449_000)),
        answered_by: v1::AnsweredBy::Human.into(),
        sip_status: 200,
        ..CallAttempt::default()
    }
}

#[test]
fn every_form_gives_the_same_input() {
    let protobuf = good().encode_to_vec();
    let json = to_json(&good());
    assert!(json.contains("\"caller_number\":\"+12025550123\""), "{json}");
    let camel = json
        .replace("attempt_id", "attemptId")
        .replace("caller_number", "callerNumber")
        .replace("callee_token", "calleeToken")
        .replace("callee_utc_offset_minutes", "calleeUtcOffsetMinutes")
        .replace("started_at", "startedAt")
        .replace("answered_at", "answeredAt")
        .replace("ended_at", "endedAt")
        .replace("answered_by", "answeredBy")
        .replace("sip_status", "sipStatus");
    assert!(!camel.contains('_') || camel.contains("ANSWERED_BY_HUMAN"), "{camel}");
    let want = decode(&protobuf).unwrap();
    let frame = |index: &[u8], payload: &[u8]| [&[0, 0, 0, 1, 44], index, payload].concat();
    for (what, payload) in [
        ("snake case", json.clone().into_bytes()),
        ("camel case", camel.into_bytes()),
        ("trailing white space", format!("{json} \r\n").into_bytes()),
        ("framed JSON", frame(&[], json.as_bytes())),
        ("framed protobuf", frame(&[0], &protobuf)),
        ("framed protobuf, long message index", frame(&[2, 0], &protobuf)),
    ] {
        assert_eq!(decode(&payload), Ok(want.clone()), "{what}");
    }
}

#[test]
fn json_is_read_as_proto3_json() {
    let base = r#""attempt_id":"a","caller_number":"+12025550123","started_at":"2026-11-24T09:30:00Z""#;
    for more in [
        r#""disposition":"DISPOSITION_BUSY""#,
        r#""disposition":2"#,
        r#""sip_status":486"#,
        r#""sipStatus":"486""#,
        r#""sip_status":486,"disposition":"DISPOSITION_OF_2031""#,
        r#""sip_status":486,"disposition":77,"direction":-3,"answered_by":9000000000,"attestation":"""#,
        r#""sip_status":486,"fleet":null,"callee_token":null,"answered_at":null,"final":null,"q850_cause":null,"disposition":null"#,
        &format!("\"sip_status\":486,\"x\":{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        r#""sip_status":486,"unknown":{"deep":[1,2,{"x":"+14155550199"}]},"final":true"#,
    ] {
        let input = decode(format!("{{{base},{more}}}")).unwrap();
        let Input::Attempt(attempt) = input else { panic!("{input:?}") };
        assert!(attempt.outcome.answer.is_none() && attempt.is_final && attempt.outcome.seized, "{more}");
    }
}

#[test]
fn unknown_protobuf_fields_are_ignored() {
    let mut bytes = good().encode_to_vec();
    let want = decode(&bytes);
    // Field 500: a varint and a string.
    bytes.extend_from_slice(&[0xa0, 0x1f, 0x07, 0xa2, 0x1f, 0x02, b'h', b'i']);
    assert_eq!(decode(&bytes), want);
    assert!(want.is_ok());
}

#[test]
fn what_cannot_be_read_says_why() {
    let base = r#""attempt_id":"a","caller_number":"+12025550123","started_at":"2026-11-24T09:30:00Z","sip_status":486"#;
    let truncated = &good().encode_to_vec()[..40];
    let json = |text: &str| format!("{{{text}}}").into_bytes();
    let with = |text: &str| json(&format!("{base},{text}"));
    let huge = vec![b'{'; PAYLOAD_MAX + 1];
    let deep = with(&format!("\"x\":{}{},\"fleet\":7", "[".repeat(100_000), "]".repeat(100_000)));
    for (payload, reason, detail) in [
        (vec![], Reason::Empty, "expected a call attempt, found no value"),
        (huge, Reason::TooLarge, "expected at most 1048576 bytes, found 1048577"),
        (b"{".to_vec(), Reason::MalformedJson, "EOF while parsing an object (line 1, column 1)"),
        (json(base)[..30].to_vec(), Reason::MalformedJson, "EOF while parsing a string (line 1, column 30)"),
        (b"{\"a\":1}{".to_vec(), Reason::MalformedJson, "trailing characters (line 1, column 8)"),
        (b"{\n\"a\" 1}".to_vec(), Reason::MalformedJson, "expected `:` (line 2, column 5)"),
        (b"{\"attempt_id\":\"\xff\"}".to_vec(), Reason::MalformedJson, "invalid unicode code point"),
        (
            deep,
            Reason::MalformedJson,
            "expected each field once and of its type, found otherwise (line 1, column ",
        ),
        (b" {}".to_vec(), Reason::MalformedJson, "white space before the opening brace"),
        (b"\n{\"attempt_id\":\"a\"}".to_vec(), Reason::MalformedJson, "white space before the opening brace"),
        (b"\xef\xbb\xbf{}".to_vec(), Reason::MalformedJson, "byte order mark"),
        (b"[{}]".to_vec(), Reason::MalformedJson, "JSON array"),
        (
            b"hello".to_vec(),
            Reason::MalformedProtobuf,
            "expected JSON (which begins with a brace) or a protobuf",
        ),
        (b"null".to_vec(), Reason::MalformedProtobuf, "expected JSON"),
        (
            truncated.to_vec(),
            Reason::MalformedProtobuf,
            "expected JSON (which begins with a brace) or a protobuf CallAttempt: ",
        ),
        (
            vec![0],
            Reason::BadFraming,
            "byte 0 and a schema id of 4 bytes: expected at least one byte after them, found none",
        ),
        (vec![0, 0, 0, 0, 1], Reason::BadFraming, "byte 0"),
        (vec![0, 0, 0, 0, 1, 4, 2, 0, 10, 1], Reason::BadFraming, "byte 0"),
        (b"{}".to_vec(), Reason::MissingField, "attempt_id: "),
        (vec![0, 0, 0, 0, 1, 0], Reason::MissingField, "attempt_id: "),
        (
            with(r#""fleet":7"#),
            Reason::WrongType,
            "fleet: expected a string, found a number (line 1, column ",
        ),
        (
            with(r#""callee_token":14155550199"#),
            Reason::WrongType,
            "callee_token: expected a string, found a number",
        ),
        (
            with(r#""calleeToken":["+14155550199"]"#),
            Reason::WrongType,
            "callee_token: expected a string, found an array",
        ),
        (
            with(r#""callee_token":"+14155550199""#),
            Reason::CalleeTokenIsPhoneNumber,
            "callee_token: expected an opaque token",
        ),
        (with(r#""ended_at":1795519409"#), Reason::WrongType, "ended_at: expected a time such as"),
        (
            with(r#""ended_at":"2026-13-24T09:30:00Z""#),
            Reason::BadTime,
            "ended_at: expected a time such as 2026-11-24T09:30:00Z, found \"2026-13-24T09:30:00Z\"",
        ),
        (
            with(r#""ended_at":"+14155550199""#),
            Reason::BadTime,
            "ended_at: expected a time such as 2026-11-24T09:30:00Z, found \"+***********\"",
        ),
        (
            with(r#""ended_at":"1999-12-31T23:59:59Z""#),
            Reason::BadTime,
            "ended_at: expected a time from 2000 to 2099",
        ),
        (
            with(r#""disposition":true"#),
            Reason::WrongType,
            "disposition: expected a name of the enum, found true or false",
        ),
        (with(r#""final":"yes""#), Reason::WrongType, "final: expected true or false, found a string"),
        (
            with(r#""q850_cause":-17"#),
            Reason::BadValue,
            "q850_cause: expected an integer from 0 to 4294967295, found \"-17\"",
        ),
        (with(r#""q850_cause":1.5"#), Reason::BadValue, "q850_cause: "),
        (
            with(r#""q850_cause":"+14155550199""#),
            Reason::BadValue,
            "q850_cause: expected an integer from 0 to 4294967295, found \"+***********\"",
        ),
        (with(r#""callee_utc_offset_minutes":9000000000"#), Reason::BadValue, "callee_utc_offset_minutes: "),
        (
            with(r#""fleet":"a","fleet":"b""#),
            Reason::MalformedJson,
            "expected each field once and of its type",
        ),
        (
            with(r#""callerNumber":"+14155550199""#),
            Reason::MalformedJson,
            "caller_number: expected once, found twice",
        ),
    ] {
        let shown = String::from_utf8_lossy(&payload[..payload.len().min(200)]).into_owned();
        let unreadable = decode(&payload).expect_err(&shown);
        assert_eq!(unreadable.reason, reason, "{shown}: {unreadable}");
        assert!(unreadable.detail.starts_with(detail), "{shown}: {unreadable}");
        assert!(!unreadable.detail.contains("0199") && unreadable.detail.len() < 300, "{unreadable}");
    }
}

#[test]
fn a_decoder_forgets_the_record_before() {
    let mut decoder = Decoder::new(Dialect::Callwarden);
    let first = good().encode_to_vec();
    let second = CallAttempt {
        answered_at: None,
        ended_at: None,
        answered_by: 0,
        callee_utc_offset_minutes: None,
        fleet: String::new(),
        r#final: Some(false),
        ..good()
    };
    let want = decode(second.encode_to_vec()).unwrap();
    decoder.decode(&first).unwrap();
    decoder.decode(&first[..50]).unwrap_err();
    assert_eq!(decoder.decode(&second.encode_to_vec()), Ok(want));
    assert_eq!(decoder.decode(&first), decode(&first));
    assert_eq!(decoder.attempt_to_input(&good()), decode(&first));
    // Amendments and attempts of one id meet, whatever form they come in.
    assert_eq!(decoder.decode(to_json(&good()).as_bytes()), decode(&first));
}

#[test]
fn the_table_for_diagnosis_is_the_contract() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");
    let descriptors = protox::compile(["callwarden/v1/attempt.proto"], [root]).unwrap();
    let file = descriptors.file.iter().find(|file| file.package() == "callwarden.v1").unwrap();
    let message = file.message_type.iter().find(|message| message.name() == "CallAttempt").unwrap();
    use protox::prost_reflect::prost_types::field_descriptor_proto::Type;
    let fields = message.field.iter().map(|field| {
        let kind = match field.r#type() {
            Type::String if field.name() == "callee_token" => Kind::Secret,
            Type::String => Kind::Text,
            Type::Enum => Kind::Enum,
            Type::Message => Kind::Time,
            Type::Sint32 => Kind::Integer,
            Type::Uint32 => Kind::Count,
            Type::Bool => Kind::Truth,
            other => panic!("{} has type {other:?}: give it a kind", field.name()),
        };
        (field.name(), kind)
    });
    assert_eq!(fields.collect::<Vec<_>>(), CALL_ATTEMPT);
}

#[test]
fn reasons_have_distinct_stable_names() {
    let names: std::collections::BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(names.len(), Reason::ALL.len());
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
    );
    assert_eq!("kamailio-acc".parse(), Ok(Dialect::KamailioAcc));
    assert!("sip".parse::<Dialect>().is_err());
}

fn any_time() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of(
        (946_000_000_i64..4_103_000_000, 0..1_000_000_000)
            .prop_map(|(seconds, nanos)| Timestamp { seconds, nanos }),
    )
}

prop_compose! {
    fn any_attempt()(
        (attempt_id, fleet, caller, token) in ("[a-z0-9]{0,8}", "[a-z._-]{0,5}", "\\+?[0-9]{6,16}", "[a-f0-9]{0,12}"),
        (started_at, ringing_at, answered_at, ended_at) in (any_time(), any_time(), any_time(), any_time()),
        (direction, disposition, answered_by, hangup_by, attestation) in (0..5_i32, 0..12_i32, 0..6_i32, 0..6_i32, 0..6_i32),
        (sip_status, q850_cause, offset, last) in (0..800_u32, 0..140_u32, prop::option::of(-900..900_i32), any::<Option<bool>>()),
        (sip_reason, reason_header) in ("[ -~]{0,12}|Network Blocked", "\\PC{0,20}"),
    ) -> CallAttempt {
        CallAttempt {
            attempt_id, fleet, caller_number: caller, callee_token: token, started_at, ringing_at, answered_at, ended_at,
            direction, disposition, answered_by, hangup_by, attestation, sip_status, q850_cause, sip_reason, reason_header,
            callee_utc_offset_minutes: offset, r#final: last, ..CallAttempt::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_panic(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        for &dialect in Dialect::ALL {
            let mut decoder = Decoder::new(dialect);
            let _ = decoder.decode(&payload);
            let framed = [b"{", &payload[..]].concat();
            let _ = decoder.decode(&framed);
        }
    }

    #[test]
    fn damaged_records_do_not_panic(attempt in any_attempt(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        for mut bytes in [attempt.encode_to_vec(), to_json(&attempt).into_bytes()] {
            if bytes.is_empty() { continue }
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn json_and_protobuf_say_the_same(attempt in any_attempt()) {
        let (a, b) = (decode(attempt.encode_to_vec()), decode(to_json(&attempt)));
        match (a, b) {
            (Err(a), Err(b)) if a.reason == Reason::Empty => prop_assert_eq!(b.reason, Reason::MissingField),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn a_reader_is_total_over_json(text in "\\{(\"(fleet|caller_number|callee_token|started_at|sip_status|final|disposition)\":(\"\\PC{0,12}\"|-?[0-9]{1,20}|true|null|\\[\\]|\\{\\}),?){0,5}\\}") {
        for &dialect in Dialect::ALL {
            let _ = Decoder::new(dialect).decode(text.as_bytes());
        }
    }
}
