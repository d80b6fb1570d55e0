#![allow(clippy::unwrap_used)]

use super::Timestamp;

#[test]
fn reads_any_offset_and_writes_z() {
    for (read, written) in [
        ("2026-11-24T09:30:00Z", "2026-11-24T09:30:00Z"),
        ("2026-11-24T09:30:00.250Z", "2026-11-24T09:30:00.250Z"),
        ("2026-11-24T01:30:00.000001-08:00", "2026-11-24T09:30:00.000001Z"),
        ("2026-11-24T09:30:00+00:00", "2026-11-24T09:30:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
    ] {
        let time: Timestamp = serde_json::from_str(&format!("\"{read}\"")).unwrap();
        assert_eq!(time.to_string(), written);
        assert_eq!(serde_json::to_string(&time).unwrap(), format!("\"{written}\""));
    }
}

#[test]
fn refuses_what_is_no_time() {
    for text in
        ["", "now", "1795519409", "2026-11-24", "2026-11-24T09:30:00", "2026-13-24T09:30:00Z", "24/11/2026"]
    {
        assert_eq!(Timestamp::parse(text), None, "{text}");
    }
}

#[test]
fn the_range_is_the_years_2000_to_2099() {
    let ok = |seconds, nanos| Timestamp { seconds, nanos }.checked().is_some();
    assert!(ok(946_684_800, 0) && ok(4_102_444_799, 999_999_999));
    assert!(!ok(946_684_799, 999_999_999) && !ok(4_102_444_800, 0));
    assert!(!ok(1_795_519_409, -1) && !ok(1_795_519_409, 1_000_000_000));
    assert!(!ok(i64::MIN, i32::MIN) && !ok(i64::MAX, i32::MAX));
    assert_eq!(Timestamp::from_millis(-1), Timestamp { seconds: -1, nanos: 999_000_000 });
    assert_eq!(Timestamp { seconds: i64::MAX, nanos: 0 }.to_string(), "9223372036854775807s 0ns");
    assert_eq!(Timestamp { seconds: -5, nanos: 0 }.event_time().0, 0);
    assert_eq!(Timestamp { seconds: i64::MAX, nanos: 0 }.event_time().0, u32::MAX);
}
