//! When a number dials: 9:00 to 20:00 of its own time, less at week-ends.
//!
//! A call is placed in *working time*, which runs only while dialling goes on and at the day's own speed, so that a gap is
//! one draw whatever nights lie in it. Whole numbers throughout: the clock is exact.

use callwarden_core::EventTime;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const OPENS_MS: i64 = 9 * HOUR_MS;

/// Hours of a dialling day.
pub(crate) const HOURS: usize = 11;
const OPEN_MS: i64 = HOURS as i64 * HOUR_MS;

/// Speed of each day, Monday first, in hundredths.
const SPEED: [i64; 7] = [100, 100, 100, 100, 100, 35, 20];
/// Working time of a working day.
pub(crate) const WORK_DAY: i64 = OPEN_MS * 100;
const WORK_WEEK: i64 = OPEN_MS * 555;

/// 1970-01-05, a Monday.
const FIRST_MONDAY_MS: i64 = 4 * DAY_MS;

/// Dialling hours at a place.
#[derive(Clone, Copy)]
pub(crate) struct DiallingClock {
    /// Local time is so far ahead of UTC.
    pub(crate) offset_minutes: i32,
}

impl DiallingClock {
    /// Working time from the first Monday of 1970 until `at` (milliseconds since 1970, UTC).
    pub(crate) fn work_until(self, at: i64) -> i64 {
        let local = at + self.offset_ms() - FIRST_MONDAY_MS;
        let (week, into_week) = (local.div_euclid(7 * DAY_MS), local.rem_euclid(7 * DAY_MS));
        let (day, into_day) = ((into_week / DAY_MS) as usize, into_week % DAY_MS);
        let before: i64 = SPEED[..day].iter().sum::<i64>() * OPEN_MS;
        week * WORK_WEEK + before + (into_day - OPENS_MS).clamp(0, OPEN_MS) * SPEED[day]
    }

    /// When so much working time is over, in milliseconds since 1970, UTC; and the hour of the dialling day, from 0.
    pub(crate) fn at(self, work: i64) -> (i64, usize) {
        let (week, mut into_week) = (work.div_euclid(WORK_WEEK), work.rem_euclid(WORK_WEEK));
        let mut day = 0;
        while into_week >= SPEED[day] * OPEN_MS {
            into_week -= SPEED[day] * OPEN_MS;
            day += 1;
        }
        let open_ms = into_week / SPEED[day];
        let local = week * 7 * DAY_MS + day as i64 * DAY_MS + OPENS_MS + open_ms;
        (local + FIRST_MONDAY_MS - self.offset_ms(), (open_ms / HOUR_MS) as usize)
    }

    const fn offset_ms(self) -> i64 {
        self.offset_minutes as i64 * 60_000
    }
}

/// The second that holds a millisecond.
pub(crate) fn event_time(ms: i64) -> EventTime {
    EventTime(u32::try_from(ms.div_euclid(1_000)).unwrap_or(u32::MAX))
}

/// The millisecond that begins a second.
pub(crate) fn millis(at: EventTime) -> i64 {
    i64::from(at.0) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHICAGO: DiallingClock = DiallingClock { offset_minutes: -360 };
    /// 2026-01-05T00:00:00 in Chicago, a Monday.
    const MONDAY_MS: i64 = 1_767_571_200_000 + 6 * HOUR_MS;

    #[test]
    fn a_week_works_as_much_as_its_days() {
        let week = CHICAGO.work_until(MONDAY_MS + 7 * DAY_MS) - CHICAGO.work_until(MONDAY_MS);
        assert_eq!(week, WORK_DAY * 555 / 100);
        let night =
            CHICAGO.work_until(MONDAY_MS + 20 * HOUR_MS)..CHICAGO.work_until(MONDAY_MS + 33 * HOUR_MS);
        assert!(night.is_empty(), "nobody dials from 20:00 to 9:00: {night:?}");
    }

    #[test]
    fn both_directions_agree() {
        for minute in 0..7 * 24 * 60 {
            let at = MONDAY_MS + minute * 60_000;
            let (back, hour) = CHICAGO.at(CHICAGO.work_until(at));
            let of_day = (at - MONDAY_MS) % DAY_MS;
            if (OPENS_MS..OPENS_MS + OPEN_MS).contains(&of_day) {
                assert_eq!(back, at);
                assert_eq!(hour as i64, (of_day - OPENS_MS) / HOUR_MS);
            } else {
                assert!(back > at, "the next call after closing time is in the morning");
            }
        }
    }
}
