//! What the program shows of itself: bounded, complete from the first scrape, true, and without a phone number.

use std::collections::BTreeSet;
use std::time::Duration;

use callwarden_core::Tally;
use callwarden_engine::telemetry::{INVENTORY, Kind};
use callwarden_sim::{World, WorldConfig};
use callwarden_wire::UnreadableReason;

use crate::harness::{
    Metrics, OwnRedis, Program, Rig, SOON, Sent, Spread, eventually, get, produce, redis_server, unless,
};

/// Series of one process with one topic: operators are promised under 2,000 in all.
const SERIES_MAX: usize = 200;

/// Name of the metric that a series belongs to, by the kinds of the inventory.
fn metric_of(series: &str) -> &str {
    let name = series.split('{').next().unwrap();
    for (known, kind, _) in INVENTORY {
        let is_part = |suffix: &str| name.strip_suffix(suffix) == Some(known);
        if name == *known
            || (*kind == Kind::Histogram && ["_bucket", "_sum", "_count"].iter().any(|s| is_part(s)))
        {
            return known;
        }
    }
    name
}

fn check_names(metrics: &Metrics) {
    let shown: BTreeSet<&str> = metrics.samples.iter().map(|(series, _)| metric_of(series)).collect();
    let known: BTreeSet<&str> =
        INVENTORY.iter().map(|(name, _, _)| *name).chain(["callwarden_build_info"]).collect();
    assert_eq!(shown, known, "what is shown and what the inventory lists");
    for (name, kind, _) in INVENTORY {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        for line in [format!("# TYPE {name} {kind}"), format!("# HELP {name} ")] {
            let lines = metrics.text.lines().filter(|text| text.starts_with(&line)).count();
            assert_eq!(lines, 1, "{line:?} in\n{}", metrics.text);
        }
    }
    let series: BTreeSet<&String> = metrics.samples.iter().map(|(series, _)| series).collect();
    assert_eq!(series.len(), metrics.samples.len(), "a series stands twice");
    assert!(series.len() < SERIES_MAX, "{} series", series.len());
    // As promtool's lint asks for it.
    for (name, kind, _) in INVENTORY {
        assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
        assert!(*kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
    }
}

/// Every label set is there, at 0, before anything has happened.
fn check_initialised(metrics: &Metrics) {
    let zero =
        |name: &str, labels: &[&str]| assert_eq!(metrics.sum(name, labels), Some(0.0), "{name} {labels:?}");
    for (result, _) in Tally::default().entries() {
        zero("callwarden_attempts_total", &[&format!("result=\"{result}\"")]);
    }
    for reason in UnreadableReason::ALL {
        zero("callwarden_unreadable_total", &[&format!("reason=\"{}\"", reason.name())]);
    }
    for mode in ["mode=\"observe\"", "mode=\"enforce\""] {
        for (kind, reason) in [
            ("kind=\"pause_number\"", "reason=\"answer_rate_fell\""),
            ("kind=\"reduce_volume\"", "reason=\"answer_rate_fell\""),
            ("kind=\"reduce_volume\"", "reason=\"pace_over_cap\""),
        ] {
            zero("callwarden_commands_total", &[mode, kind, reason]);
        }
    }
    for name in [
        "callwarden_snapshot_failures_total",
        "callwarden_snapshot_rollbacks_total",
        "callwarden_digest_mismatches_total",
        "callwarden_commit_failures_total",
        "callwarden_outputs_resent_total",
        "callwarden_offset_holes_total",
        "callwarden_unit_stopped",
        "callwarden_learning",
        "callwarden_standby",
    ] {
        zero(name, &[]);
    }
    zero("callwarden_attempt_to_command_seconds_count", &[]);
    assert_eq!(metrics.sum("callwarden_build_info", &["core_version=", "version="]), Some(1.0));
}

fn await_lag(program: &mut Program) {
    eventually("the lag is nothing", SOON, || {
        let lag = program.metrics().sum("callwarden_consumer_lag_records", &["topic="]);
        unless(lag == Some(0.0), || format!("{lag:?}"))
    });
}

#[test]
fn metrics_are_bounded_complete_and_true_and_nothing_names_a_number() {
    let rig = Rig::new("metrics");
    rig.create_topics(3);
    let mut program = rig.start(&["mode=enforce", "commit.heartbeat=200ms", "log.level=debug"]);
    program.live();
    check_initialised(&program.metrics());
    await_lag(&mut program);
    check_names(&program.metrics());
    let http = program.http();
    let (code, _) = get(&http, "/nothing").unwrap();
    assert_eq!(code, 404);
    assert_eq!(get(&http, "/livez").unwrap(), (200, "alive\n".to_owned()));

    // Idle, it shows that it lives.
    let heartbeat = program.metrics().sum("callwarden_heartbeat_timestamp_seconds", &[]).unwrap();
    eventually("the heartbeat of an idle unit", SOON, || {
        let now = program.metrics().sum("callwarden_heartbeat_timestamp_seconds", &[]).unwrap();
        unless(now > heartbeat + 0.4, || format!("{heartbeat} still"))
    });

    // Everything that can be logged of a number: commands of both kinds, records that cannot be read.
    let config = WorldConfig {
        seed: 5,
        numbers: 60,
        attempts_per_number: 2_500,
        labelled: 10,
        hot: 2,
        duplicates: 0.01,
        ..WorldConfig::default()
    };
    let mut world = World::new(config).unwrap();
    let mut sent = Sent::nothing(&world);
    let producer = rig.producer();
    let unreadable = br#"{"attempt_id":"x","caller_number":"+12025550123x","callee_token":"+14155550177"}"#;
    producer.send(&rig.topic("attempts"), Some(0), Some(b"+12025550199"), Some(unreadable));
    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(3), &mut sent);
    program.taken(sent.records + 1, SOON);
    await_lag(&mut program);
    let metrics = program.metrics();
    check_names(&metrics);
    for labels in [
        ["kind=\"pause_number\"", "reason=\"answer_rate_fell\"", "mode=\"enforce\""],
        ["kind=\"reduce_volume\"", "reason=\"pace_over_cap\"", "mode=\"enforce\""],
    ] {
        let commands = metrics.sum("callwarden_commands_total", &labels).unwrap();
        assert!(commands >= 5.0, "{labels:?}: {commands}");
    }
    assert_eq!(metrics.sum("callwarden_numbers", &[]), Some(60.0));
    assert_eq!(metrics.sum("callwarden_unit_live", &[]), Some(1.0));
    assert!(metrics.sum("callwarden_commits_total", &[]).unwrap() > 2.0);
    eventually("numbers written to Redis", SOON, || {
        let written = program.metrics().sum("callwarden_snapshot_numbers_total", &[]).unwrap();
        unless(written >= 60.0, || format!("{written}"))
    });

    let output = program.terminate();
    assert!(output.stderr.contains("\"decided\""), "decisions are in the log");
    let numbers: Vec<String> = (0..60)
        .map(|index| callwarden_sim::caller_of(index).digits().to_string())
        .chain(["12025550123", "12025550199", "14155550177"].map(str::to_owned))
        .collect();
    for number in numbers {
        for (place, text) in [("the log", &output.stderr), ("the metrics", &metrics.text)] {
            let line = text.lines().find(|line| line.contains(&number));
            assert_eq!(line, None, "a number in clear in {place}");
        }
    }
}

#[test]
fn ready_while_redis_answers_and_alive_in_any_case() {
    let mut server = OwnRedis::start(&redis_server(), &[]);
    let mut rig = Rig::new("ready");
    rig.redis_url = server.url();
    rig.create_topics(1);
    let mut program = rig.start(&[
        "redis.connect_timeout=300ms",
        "redis.response_timeout=300ms",
        "commit.heartbeat=100ms",
        "snapshot.interval=100ms",
    ]);
    program.live();
    let http = program.http();
    let ready = |wanted: u16| {
        eventually(&format!("/readyz is {wanted}"), SOON, || {
            let (code, body) = get(&http, "/readyz")?;
            unless(code == wanted, || format!("{code} {body:?}"))
        });
        assert_eq!(get(&http, "/livez").unwrap().0, 200, "alive whatever Redis does");
    };
    server.signal("STOP");
    ready(503);
    let (_, body) = get(&http, "/readyz").unwrap();
    assert!(body.contains("redis: failing") && body.contains("unit 0: live"), "{body:?}");
    assert!(program.metrics().sum("callwarden_snapshot_failures_total", &[]).unwrap() >= 1.0);
    server.signal("CONT");
    ready(200);
    server.kill();
    ready(503);
    server.restart();
    ready(200);
    program.terminate();
}

#[test]
fn not_ready_before_it_takes_attempts() {
    // Kafka that does not answer: the server of health is there before the unit is.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut rig = Rig::new("starting");
    rig.kafka = silent.local_addr().unwrap().to_string();
    let mut program = rig.start(&["kafka.request_timeout=5s"]);
    let http = program.http();
    assert_eq!(get(&http, "/livez").unwrap().0, 200);
    let (code, body) = get(&http, "/readyz").unwrap();
    assert_eq!(code, 503, "{body:?}");
    assert_eq!(program.end(SOON + Duration::from_secs(5)).code, Some(1));
}
