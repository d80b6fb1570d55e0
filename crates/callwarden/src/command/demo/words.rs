//! Figures and times as people read them.

use callwarden_core::{Command, CommandKind, EventTime, Finding};
use callwarden_wire::Timestamp;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// 1970-01-01 was a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// `1,234,567`.
pub(super) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 number`, `2 numbers`.
pub(super) fn counted(count: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `12.3 %`, or `-` if there is no rate.
pub(super) fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.1} %", rate * 100.0))
}

/// `Tue 20 Jan 14:05`, UTC.
pub(super) fn weekday_time(at: EventTime) -> String {
    format!("{} {}", WEEKDAYS[(at.day() % 7) as usize], date_time(at))
}

/// `20 Jan 14:05`, UTC.
pub(super) fn date_time(at: EventTime) -> String {
    let text = Timestamp::from(at).to_string();
    let month = text[5..7].parse().ok().and_then(|month: usize| MONTHS.get(month - 1)).unwrap_or(&"");
    format!("{} {month} {}", &text[8..10], &text[11..16])
}

/// `5 hours`, `3.2 days`.
pub(super) fn span(hours: f64) -> String {
    if hours < 48.0 { format!("{hours:.0} hours") } else { format!("{:.1} days", hours / 24.0) }
}

/// What a command asks for, in a word.
pub(super) fn verb(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::PauseNumber => "pause",
        CommandKind::ReduceVolume(_) => "reduce",
    }
}

/// Why, in half a line.
pub(super) fn reason(command: &Command) -> String {
    match command.finding {
        Finding::AnswerRateFell(fell) => answers_expected(fell.answers, fell.attempts, fell.expected_rate),
        Finding::PaceOverCap(over) => {
            format!("{} calls in {} minutes, {} allowed", over.attempts, over.window.0 / 60, over.cap)
        }
    }
}

/// `7 of 120 answered, 12 expected`.
pub(super) fn answers_expected(answers: u32, calls: u32, expected_rate: f64) -> String {
    let expected = expected_rate * f64::from(calls);
    format!("{answers} of {calls} answered, {expected:.0} expected")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([counted(1, "call"), counted(2_000, "call")], ["1 call", "2,000 calls"]);
        assert_eq!([percent(Some(0.1234)), percent(None)], ["12.3 %", "-"]);
        assert_eq!([span(5.4), span(60.0)], ["5 hours", "2.5 days"]);
    }

    #[test]
    fn times_are_utc() {
        // 2026-01-20T14:05:09Z
        let at = EventTime(1_768_917_909);
        assert_eq!(weekday_time(at), "Tue 20 Jan 14:05");
    }
}
