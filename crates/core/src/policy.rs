//! The operator's rules, as immutable values.

use crate::time::Seconds;

/// Whether decisions are orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Mode {
    /// Decisions are reported, nothing is ordered.
    #[default]
    Observe,
    /// Decisions are orders.
    Enforce,
}

impl Mode {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Enforce => "enforce",
        }
    }
}

/// Attempts allowed from one number; 0: no limit of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Caps {
    /// In a clock minute.
    pub per_minute: u32,
    /// In 60 minutes.
    pub per_hour: u32,
    /// In 24 hours.
    pub per_day: u32,
}

/// How a fall of the answer rate is found and answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectorPolicy {
    /// Off: rates and pace only.
    pub enabled: bool,
    /// Thresholds of the Shiryaev-Roberts statistic: one false alarm in about so many attempts.
    pub watch: f64,
    /// From here the number's volume is reduced.
    pub reduce: f64,
    /// From here the number is paused.
    pub pause: f64,
    /// Attempts older than 24 h that a number must have before it is judged.
    pub baseline_min_attempts: u32,
    /// How long a pause stands.
    pub pause_for: Seconds,
    /// How long a reduction stands.
    pub reduce_for: Seconds,
    /// Share of the number's mean daily volume that a reduction leaves, in (0, 1].
    pub reduce_to: f64,
}

/// Everything that the operator decides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// Report or order.
    pub mode: Mode,
    /// Falls of the answer rate.
    pub detector: DetectorPolicy,
    /// Pace.
    pub caps: Caps,
    /// How long a reduction for pace stands.
    pub caps_reduce_for: Seconds,
    /// Numbers kept in memory; attempts of further ones are counted and not tracked.
    pub numbers_max: u32,
    /// Fleets kept in memory, at most 16,384; likewise.
    pub fleets_max: u32,
    /// How far an event time may be ahead of its record's log time.
    pub future_tolerance: Seconds,
    /// An attempt that is older than this by the host's clock is counted and weighed, and brings about no command: what is done
    /// about a number must be about what it is now. Evidence is kept; a younger attempt decides.
    pub act_max_age: Seconds,
}

impl Default for Policy {
    /// Levels: `A = 1e4 / 1e5 / 1e6` attempts between false alarms. Caps: what vendors offer as daily caps (200) and
    /// what is said of minutes; a starting point for an operator, no truth.
    fn default() -> Self {
        Self {
            mode: Mode::Observe,
            detector: DetectorPolicy {
                enabled: true,
                watch: 1e4,
                reduce: 1e5,
                pause: 1e6,
                baseline_min_attempts: 500,
                pause_for: Seconds::days(7),
                reduce_for: Seconds::hours(24),
                reduce_to: 0.5,
            },
            caps: Caps { per_minute: 10, per_hour: 100, per_day: 200 },
            caps_reduce_for: Seconds::hours(1),
            numbers_max: 1_000_000,
            fleets_max: 1_000,
            future_tolerance: Seconds(300),
            act_max_age: Seconds::hours(1),
        }
    }
}

/// A rule that contradicts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPolicy {
    /// Thresholds must satisfy `1 <= watch < reduce < pause <= 1e12`.
    Thresholds,
    /// `reduce_to` must be in (0, 1].
    ReduceTo,
    /// At least one number and one fleet, at most 16,384 fleets.
    Limits,
    /// An order must stand for at least a second.
    Expiry,
    /// Attempts must be acted on for at least a minute.
    ActMaxAge,
}

impl core::fmt::Display for BadPolicy {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Thresholds => "detector thresholds must satisfy 1 <= watch < reduce < pause <= 1e12",
            Self::ReduceTo => "detector.reduce_to must be above 0 and at most 1",
            Self::Limits => "numbers.max and numbers.fleets_max must be at least 1, fleets_max at most 16384",
            Self::ActMaxAge => "act.max_age must be at least 1m",
            Self::Expiry => "detector.pause_for, detector.reduce_for and caps.reduce_for must be at least 1s",
        })
    }
}

impl std::error::Error for BadPolicy {}

impl Policy {
    /// The first contradiction, if any.
    pub fn validate(&self) -> Result<(), BadPolicy> {
        let DetectorPolicy { watch, reduce, pause, reduce_to, pause_for, reduce_for, .. } = self.detector;
        if !(1.0 <= watch && watch < reduce && reduce < pause && pause <= 1e12) {
            return Err(BadPolicy::Thresholds);
        }
        if !(0.0 < reduce_to && reduce_to <= 1.0) {
            return Err(BadPolicy::ReduceTo);
        }
        if self.numbers_max == 0 || !(1..=16_384).contains(&self.fleets_max) {
            return Err(BadPolicy::Limits);
        }
        if pause_for.0 == 0 || reduce_for.0 == 0 || self.caps_reduce_for.0 == 0 {
            return Err(BadPolicy::Expiry);
        }
        if self.act_max_age < Seconds(60) {
            return Err(BadPolicy::ActMaxAge);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
