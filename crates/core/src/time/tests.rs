use super::*;

#[test]
fn the_future_begins_beyond_the_tolerance() {
    let logged = LogTime(1_000_500);
    assert!(!logged.is_before(EventTime(1_300), Seconds(300)));
    assert!(logged.is_before(EventTime(1_301), Seconds(300)));
    assert!(!LogTime::UNKNOWN.is_before(EventTime(u32::MAX), Seconds(0)));
    assert!(LogTime(i64::MIN).is_before(EventTime(0), Seconds(u32::MAX)));
}

#[test]
fn spans_stop_at_the_end_of_time() {
    assert_eq!(EventTime(u32::MAX - 1).plus(Seconds::days(7)), EventTime(u32::MAX));
    assert_eq!(EventTime(86_399).plus(Seconds(1)).day(), 1);
    assert_eq!((EventTime(86_399).hour(), EventTime(86_399).minute()), (23, 1_439));
    assert_eq!((Seconds::hours(24), Seconds::days(1)), (Seconds(86_400), Seconds(86_400)));
}
