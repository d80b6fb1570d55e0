//! Every metric of the engine: its name, what it counts, and the label sets it may have.
//!
//! None carries a number, a campaign or anything else without a small bound. All label sets are initialised to 0, so that
//! a rate over them makes sense from the first scrape on.

use callwarden_core::{CommandKind, Mode, Tally};
use callwarden_wire::UnreadableReason;
use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};

/// Buckets of every duration, seconds.
pub const DURATION_BUCKETS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Kinds of metric, for the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Distribution.
    Histogram,
}

/// Name, kind and help of each metric.
pub const INVENTORY: &[(&str, Kind, &str)] = &[
    (ATTEMPTS, Kind::Counter, "Records of attempts taken, by what became of them"),
    (UNREADABLE, Kind::Counter, "Records put aside as dead letters, by reason"),
    (COMMANDS, Kind::Counter, "Commands decided and committed, by kind, reason and mode"),
    (COMMITS, Kind::Counter, "Transactions committed"),
    (COMMIT_FAILURES, Kind::Counter, "Attempts to commit that failed, by what followed"),
    (COMMIT_SECONDS, Kind::Histogram, "Time from sealing a transaction to its commit"),
    (
        LATENCY_SECONDS,
        Kind::Histogram,
        "Time from the log taking an attempt to the commit of the command it caused",
    ),
    (HEARTBEAT, Kind::Gauge, "Unix time of the newest committed journal record"),
    (SEQUENCE, Kind::Gauge, "Sequence of the newest committed journal record"),
    (EVENT_TIME, Kind::Gauge, "Newest event time taken, Unix time"),
    (NUMBERS, Kind::Gauge, "Numbers tracked"),
    (LEARNING, Kind::Gauge, "1 while history is learned and nothing is decided"),
    (SNAPSHOT_SAVED, Kind::Gauge, "Unix time of the newest snapshot saved"),
    (SNAPSHOT_LAG, Kind::Gauge, "Age of the oldest committed change that the store lacks; 0: none"),
    (SNAPSHOT_SECONDS, Kind::Histogram, "Time to save one snapshot"),
    (SNAPSHOT_NUMBERS, Kind::Counter, "Numbers written to the store"),
    (SNAPSHOT_FAILURES, Kind::Counter, "Snapshots that failed and are tried again"),
    (SNAPSHOT_ROLLBACKS, Kind::Counter, "Times the store was found emptied or rolled back"),
    (DIGEST_MISMATCHES, Kind::Counter, "Journal records whose digest a recovery did not reach again"),
    (OUTPUTS_RESENT, Kind::Counter, "Commands named by the journal that were missing and were sent again"),
    (RECOVERIES, Kind::Counter, "Times the unit was taken up in this process, by what for"),
    (LIVE, Kind::Gauge, "1 while the unit takes attempts"),
    (STOPPED, Kind::Gauge, "1 while the unit waits for a person"),
    (HOLES, Kind::Counter, "Holes in the offsets of attempts, by verdict"),
    (LAG, Kind::Gauge, "Records not yet taken, by topic"),
    (STANDBY, Kind::Gauge, "1 while this process stands by without a unit"),
    (UNITS_HELD, Kind::Gauge, "Units that this process runs"),
];

const ATTEMPTS: &str = "callwarden_attempts_total";
const UNREADABLE: &str = "callwarden_unreadable_total";
const COMMANDS: &str = "callwarden_commands_total";
const COMMITS: &str = "callwarden_commits_total";
const COMMIT_SECONDS: &str = "callwarden_commit_duration_seconds";
const LATENCY_SECONDS: &str = "callwarden_attempt_to_command_seconds";
const HEARTBEAT: &str = "callwarden_heartbeat_timestamp_seconds";
const SEQUENCE: &str = "callwarden_journal_sequence";
const EVENT_TIME: &str = "callwarden_event_time_timestamp_seconds";
const NUMBERS: &str = "callwarden_numbers";
const SNAPSHOT_SAVED: &str = "callwarden_snapshot_timestamp_seconds";
const SNAPSHOT_SECONDS: &str = "callwarden_snapshot_duration_seconds";
const SNAPSHOT_NUMBERS: &str = "callwarden_snapshot_numbers_total";
const SNAPSHOT_FAILURES: &str = "callwarden_snapshot_failures_total";
const SNAPSHOT_ROLLBACKS: &str = "callwarden_snapshot_rollbacks_total";
const DIGEST_MISMATCHES: &str = "callwarden_digest_mismatches_total";
const LIVE: &str = "callwarden_unit_live";
const STOPPED: &str = "callwarden_unit_stopped";
const LEARNING: &str = "callwarden_learning";
const SNAPSHOT_LAG: &str = "callwarden_snapshot_lag_seconds";
const OUTPUTS_RESENT: &str = "callwarden_outputs_resent_total";
const RECOVERIES: &str = "callwarden_recoveries_total";
const STANDBY: &str = "callwarden_standby";
const UNITS_HELD: &str = "callwarden_units_held";
/// Set by the adapter that knows it, with the labels `unit` and `topic`.
pub const LAG: &str = "callwarden_consumer_lag_records";
/// Counted by the adapter that knows it, with the labels `unit` and `outcome`, one of [`COMMIT_OUTCOMES`].
pub const COMMIT_FAILURES: &str = "callwarden_commit_failures_total";
/// What follows a failed attempt to commit: it is aborted and tried again; aborted and given up, because trying again cannot
/// help; its outcome is unknown or the producer is of no more use, and the unit recovers; another process has taken over.
pub const COMMIT_OUTCOMES: &[&str] = &["retried", "rejected", "fatal", "fenced"];
/// Counted by the adapter that knows it, with the labels `unit` and `verdict`, one of [`HOLE_VERDICTS`].
pub const HOLES: &str = "callwarden_offset_holes_total";
/// The log has nothing there, as a second client found; nobody looked, since there were many; the log has records there.
pub const HOLE_VERDICTS: &[&str] = &["explained", "assumed", "refused"];
const RECOVERY_CAUSES: &[&str] =
    &["elected", "recovery_failed", "input_failed", "commit_failed", "fenced", "saver_failed"];

/// Tells the recorder the help of each metric. Once, before [`Telemetry::new`].
pub fn describe() {
    for &(name, kind, help) in INVENTORY {
        let unit = if name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count };
        match kind {
            Kind::Counter => describe_counter!(name, unit, help),
            Kind::Gauge => describe_gauge!(name, unit, help),
            Kind::Histogram => describe_histogram!(name, unit, help),
        }
    }
}

/// Handles of a unit, all initialised. Once in the life of a process: what a unit showed stays while another process runs it.
pub(crate) struct Telemetry {
    unit: String,
    attempts: Vec<Counter>,
    pub(crate) commits: Counter,
    pub(crate) commit_seconds: Histogram,
    latency_seconds: Histogram,
    pub(crate) heartbeat: Gauge,
    pub(crate) sequence: Gauge,
    pub(crate) event_time: Gauge,
    pub(crate) numbers: Gauge,
    pub(crate) learning: Gauge,
    pub(crate) snapshot_saved: Gauge,
    pub(crate) snapshot_lag: Gauge,
    pub(crate) snapshot_seconds: Histogram,
    pub(crate) snapshot_numbers: Counter,
    pub(crate) snapshot_failures: Counter,
    pub(crate) snapshot_rollbacks: Counter,
    pub(crate) digest_mismatches: Counter,
    pub(crate) outputs_resent: Counter,
    pub(crate) live: Gauge,
    pub(crate) stopped: Gauge,
}

impl Telemetry {
    /// Handles of unit `unit`; every label set starts at 0.
    pub(crate) fn new(unit: u32) -> Self {
        let unit = unit.to_string();
        let counted = |name: &'static str| {
            let counter = counter!(name, "unit" => unit.clone());
            counter.absolute(0);
            counter
        };
        let shown = |name: &'static str| {
            let gauge = gauge!(name, "unit" => unit.clone());
            gauge.set(0.0);
            gauge
        };
        for (name, label, values) in [
            (COMMIT_FAILURES, "outcome", COMMIT_OUTCOMES),
            (HOLES, "verdict", HOLE_VERDICTS),
            (RECOVERIES, "cause", RECOVERY_CAUSES),
        ] {
            for &value in values {
                counter!(name, "unit" => unit.clone(), label => value).absolute(0);
            }
        }
        for reason in UnreadableReason::ALL {
            counter!(UNREADABLE, "unit" => unit.clone(), "reason" => reason.name()).absolute(0);
        }
        for mode in [Mode::Observe, Mode::Enforce] {
            for (kind, reason) in [
                ("pause_number", "answer_rate_fell"),
                ("reduce_volume", "answer_rate_fell"),
                ("reduce_volume", "pace_over_cap"),
            ] {
                let unit = unit.clone();
                counter!(COMMANDS, "unit" => unit, "kind" => kind, "reason" => reason, "mode" => mode.name())
                    .absolute(0);
            }
        }
        let attempts = Tally::default().entries().into_iter().map(|(result, _)| {
            let counter = counter!(ATTEMPTS, "unit" => unit.clone(), "result" => result);
            counter.absolute(0);
            counter
        });
        Self {
            attempts: attempts.collect(),
            commits: counted(COMMITS),
            commit_seconds: histogram!(COMMIT_SECONDS, "unit" => unit.clone()),
            latency_seconds: histogram!(LATENCY_SECONDS, "unit" => unit.clone()),
            heartbeat: shown(HEARTBEAT),
            sequence: shown(SEQUENCE),
            event_time: shown(EVENT_TIME),
            numbers: shown(NUMBERS),
            learning: shown(LEARNING),
            snapshot_saved: shown(SNAPSHOT_SAVED),
            snapshot_lag: shown(SNAPSHOT_LAG),
            snapshot_seconds: histogram!(SNAPSHOT_SECONDS, "unit" => unit.clone()),
            snapshot_numbers: counted(SNAPSHOT_NUMBERS),
            snapshot_failures: counted(SNAPSHOT_FAILURES),
            snapshot_rollbacks: counted(SNAPSHOT_ROLLBACKS),
            digest_mismatches: counted(DIGEST_MISMATCHES),
            outputs_resent: counted(OUTPUTS_RESENT),
            live: shown(LIVE),
            stopped: shown(STOPPED),
            unit,
        }
    }

    /// From the log taking an attempt to the commit of the command it caused, where the log keeps time.
    pub(crate) fn latency(&self, logged_at_ms: Option<i64>, now_ms: i64) {
        if let Some(logged_at_ms) = logged_at_ms {
            self.latency_seconds.record(now_ms.saturating_sub(logged_at_ms).max(0) as f64 / 1e3);
        }
    }

    /// Publishes what the core has counted since `before`.
    pub(crate) fn attempts(&self, before: Tally, now: Tally) {
        for ((counter, (_, now)), (_, before)) in
            self.attempts.iter().zip(now.entries()).zip(before.entries())
        {
            if now > before {
                counter.increment(now - before);
            }
        }
    }

    /// One dead letter committed.
    pub(crate) fn unreadable(&self, reason: UnreadableReason) {
        counter!(UNREADABLE, "unit" => self.unit.clone(), "reason" => reason.name()).increment(1);
    }

    /// One command committed.
    pub(crate) fn command(&self, kind: CommandKind, reason: &'static str, mode: Mode) {
        let (unit, kind, mode) = (self.unit.clone(), kind.name(), mode.name());
        counter!(COMMANDS, "unit" => unit, "kind" => kind, "reason" => reason, "mode" => mode).increment(1);
    }

    /// The unit is taken up.
    pub(crate) fn recovery(&self, cause: &'static str) {
        counter!(RECOVERIES, "unit" => self.unit.clone(), "cause" => cause).increment(1);
    }
}

/// How many units this process holds, and whether it stands in line.
pub(crate) fn duty(member: bool, held: usize) {
    gauge!(STANDBY).set(if member && held == 0 { 1.0 } else { 0.0 });
    gauge!(UNITS_HELD).set(held as f64);
}
