//! Scenario time: weeks of a calendar that begins on a Monday. `Mon 10:05`, `week 3 Tue 08:00:30`.

use callwarden_core::EventTime;

/// Monday, 2026-01-05 00:00 UTC: the beginning of week 1.
pub(crate) const BEGIN: u32 = 1_767_571_200;
/// 2099-01-01 00:00 UTC.
pub(crate) const IN_2099: u32 = 4_070_908_800;

const DAY: u32 = 86_400;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// From `week 3 Mon 10:05`, without a week: week 1.
pub(crate) fn moment(words: &[&str]) -> Result<u32, String> {
    let wrong = || format!("a time is `Mon 10:05` or `week 2 Mon 10:05`, not `{}`", words.join(" "));
    let (week, rest) = match words {
        ["week", week, rest @ ..] => {
            (week.parse::<u32>().ok().filter(|&week| week > 0).ok_or_else(wrong)?, rest)
        }
        rest => (1, rest),
    };
    let [day, clock] = rest else { return Err(wrong()) };
    let day = DAYS.iter().position(|name| name == day).ok_or_else(wrong)? as u32;
    Ok(BEGIN + ((week - 1) * 7 + day) * DAY + time_of_day(clock)?)
}

/// From `10:05` or `10:05:30` to seconds since midnight.
pub(crate) fn time_of_day(text: &str) -> Result<u32, String> {
    let parts: Option<Vec<u32>> = text.split(':').map(|part| part.parse().ok()).collect();
    match parts.as_deref() {
        Some(&[h, m]) if h <= 24 && m < 60 => Ok(h * 3_600 + m * 60),
        Some(&[h, m, s]) if h <= 24 && m < 60 && s < 60 => Ok(h * 3_600 + m * 60 + s),
        _ => Err(format!("a time of day is `10:05` or `10:05:30`, not `{text}`")),
    }
}

/// From `30s`, `5m`, `2h`, `10d` to seconds.
pub(crate) fn span(text: &str) -> Result<u32, String> {
    let wrong = || format!("a span is `30s`, `5m`, `2h` or `10d`, not `{text}`");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => DAY,
        _ => return Err(wrong()),
    };
    let count: u32 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(count * seconds)
}

/// As it is written in a scenario.
pub(crate) fn written(EventTime(at): EventTime) -> String {
    if at >= IN_2099 {
        return "2099".to_owned();
    }
    let Some(since) = at.checked_sub(BEGIN) else { return format!("{} d before week 1", (BEGIN - at) / DAY) };
    let (day, second) = (since / DAY, since % DAY);
    let week = if day < 7 { String::new() } else { format!("week {} ", day / 7 + 1) };
    let seconds = if second % 60 == 0 { String::new() } else { format!(":{:02}", second % 60) };
    let day = DAYS[(day % 7) as usize];
    format!("{week}{day} {:02}:{:02}{seconds}", second / 3_600, second / 60 % 60)
}
