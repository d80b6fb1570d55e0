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
    (SNAPSHOT_SAVED, Kind::Gauge, "Unix time of the newest snapshot saved"),
    (SNAPSHOT_SECONDS, Kind::Histogram, "Time to save one snapshot"),
    (SNAPSHOT_NUMBERS, Kind::Counter, "Numbers written to the store"),
    (SNAPSHOT_FAILURES, Kind::Counter, "Snapshots that failed and are tried again"),
    (SNAPSHOT_ROLLBACKS, Kind::Counter, "Times the store was found emptied or rolled back"),
    (DIGEST_MISMATCHES, Kind::Counter, "Journal records whose digest a recovery did not reach again"),
    (LIVE, Kind::Gauge, "1 while the unit takes attempts"),
    (LAG, Kind::Gauge, "Records not yet taken, by topic"),
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
/// Set by the adapter that knows it, with the label `topic`.
pub const LAG: &str = "callwarden_consumer_lag_records";

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

/// Handles of a unit, all initialised.
pub(crate) struct Telemetry {
    attempts: Vec<Counter>,
    tally: Tally,
    pub(crate) commits: Counter,
    pub(crate) commit_seconds: Histogram,
    latency_seconds: Histogram,
    pub(crate) heartbeat: Gauge,
    pub(crate) sequence: Gauge,
    pub(crate) event_time: Gauge,
    pub(crate) numbers: Gauge,
    pub(crate) snapshot_saved: Gauge,
    pub(crate) snapshot_seconds: Histogram,
    pub(crate) snapshot_numbers: Counter,
    pub(crate) snapshot_failures: Counter,
    pub(crate) snapshot_rollbacks: Counter,
    pub(crate) digest_mismatches: Counter,
    pub(crate) live: Gauge,
}

impl Telemetry {
    /// Handles; every label set starts at 0.
    pub(crate) fn new() -> Self {
        for reason in UnreadableReason::ALL {
            counter!(UNREADABLE, "reason" => reason.name()).absolute(0);
        }
        for mode in [Mode::Observe, Mode::Enforce] {
            for (kind, reason) in [
                ("pause_number", "answer_rate_fell"),
                ("reduce_volume", "answer_rate_fell"),
                ("reduce_volume", "pace_over_cap"),
            ] {
                counter!(COMMANDS, "kind" => kind, "reason" => reason, "mode" => mode.name()).absolute(0);
            }
        }
        let attempts: Vec<Counter> = Tally::default()
            .entries()
            .iter()
            .map(|&(result, _)| counter!(ATTEMPTS, "result" => result))
            .collect();
        attempts.iter().for_each(|counter| counter.absolute(0));
        let telemetry = Self {
            attempts,
            tally: Tally::default(),
            commits: counter!(COMMITS),
            commit_seconds: histogram!(COMMIT_SECONDS),
            latency_seconds: histogram!(LATENCY_SECONDS),
            heartbeat: gauge!(HEARTBEAT),
            sequence: gauge!(SEQUENCE),
            event_time: gauge!(EVENT_TIME),
            numbers: gauge!(NUMBERS),
            snapshot_saved: gauge!(SNAPSHOT_SAVED),
            snapshot_seconds: histogram!(SNAPSHOT_SECONDS),
            snapshot_numbers: counter!(SNAPSHOT_NUMBERS),
            snapshot_failures: counter!(SNAPSHOT_FAILURES),
            snapshot_rollbacks: counter!(SNAPSHOT_ROLLBACKS),
            digest_mismatches: counter!(DIGEST_MISMATCHES),
            live: gauge!(LIVE),
        };
        for counter in [
            &telemetry.commits,
            &telemetry.snapshot_numbers,
            &telemetry.snapshot_failures,
            &telemetry.snapshot_rollbacks,
            &telemetry.digest_mismatches,
        ] {
            counter.absolute(0);
        }
        for gauge in [&telemetry.heartbeat, &telemetry.sequence, &telemetry.event_time, &telemetry.numbers] {
            gauge.set(0.0);
        }
        telemetry.snapshot_saved.set(0.0);
        telemetry.live.set(0.0);
        telemetry
    }

    /// From the log taking an attempt to the commit of the command it caused, where the log keeps time.
    pub(crate) fn latency(&self, logged_at_ms: Option<i64>, now_ms: i64) {
        if let Some(logged_at_ms) = logged_at_ms {
            self.latency_seconds.record(now_ms.saturating_sub(logged_at_ms).max(0) as f64 / 1e3);
        }
    }

    /// What the core had counted before this process counts.
    pub(crate) fn resume(&mut self, tally: Tally) {
        self.tally = tally;
    }

    /// Publishes what the core has counted since the last call.
    pub(crate) fn publish(&mut self, tally: Tally) {
        for ((counter, (_, now)), (_, before)) in
            self.attempts.iter().zip(tally.entries()).zip(self.tally.entries())
        {
            if now > before {
                counter.increment(now - before);
            }
        }
        self.tally = tally;
    }
}

/// One dead letter committed.
pub(crate) fn unreadable(reason: UnreadableReason) {
    counter!(UNREADABLE, "reason" => reason.name()).increment(1);
}

/// One command committed.
pub(crate) fn command(kind: CommandKind, reason: &'static str, mode: Mode) {
    counter!(COMMANDS, "kind" => kind.name(), "reason" => reason, "mode" => mode.name()).increment(1);
}
