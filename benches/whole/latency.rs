//! From an attempt to its command, while attempts come at a given pace.

use std::thread::sleep;
use std::time::Duration;

use crate::load::{Answer, Load, now};
use crate::process::cpu_seconds;
use crate::streams::Guarantee;
use crate::{Args, Site, kafka, quantile, table};

/// What comes in so many first seconds is left out: connections open, and a JVM compiles.
const WARM_UP: u64 = 5;
/// What comes in so many last seconds is left out: its commands may not be there yet.
const COOL_DOWN: f64 = 1.0;

/// Prints the table.
pub(crate) fn measure(site: &Site, args: &Args) {
    let mut rows = Vec::new();
    for &rate in &args.rates {
        let attempts = site.name(&format!("paced-{rate}"));
        kafka::create_topic(&site.broker, &attempts, kafka::PARTITIONS);
        eprintln!("latency: callwarden at {rate} attempts/s");
        let place = site.place(&format!("latency-{rate}"), &attempts);
        let program = place.start();
        program.live();
        let load = Load::start(site, &attempts, &format!("{}commands", place.prefix), rate);
        rows.push(row("callwarden", rate, program.pid(), load, args.seconds));
        program.terminate();
        kafka::delete_topic(&site.broker, &attempts);

        let Some(streams) = &site.streams else { continue };
        eprintln!("latency: Kafka Streams at {rate} attempts/s");
        let attempts = site.name(&format!("paced-{rate}-streams"));
        kafka::create_topic(&site.broker, &attempts, kafka::PARTITIONS);
        let program =
            streams.start(site, &format!("latency-{rate}-streams"), &attempts, Guarantee::ExactlyOnce);
        let load = Load::start(site, &attempts, &program.commands, rate);
        rows.push(row("Kafka Streams, exactly once", rate, program.pid(), load, args.seconds));
        program.terminate();
        kafka::delete_topic(&site.broker, &attempts);
    }
    table::print(
        "Latency: from attempt to command, ms",
        &["", "attempts/s", "sent", "p50", "p90", "p99", "highest", "commands", "missing", "CPU us/attempt"],
        &rows,
        &[
            "From the moment that the broker took the attempt (its log append time) to the moment that a consumer which reads \
             committed records only holds the command.",
        ],
    );
}

fn row(name: &str, rate: u32, pid: u32, load: Load, seconds: u64) -> Vec<String> {
    sleep(Duration::from_secs(WARM_UP));
    let (from, cpu, sent) = (now(), cpu_seconds(pid), load.sent());
    sleep(Duration::from_secs(seconds));
    let (to, cpu, sent) = (now(), cpu_seconds(pid) - cpu, load.sent() - sent);
    let (answers, missing) = load.finish();
    let within = |answer: &&Answer| answer.appended >= from && answer.appended < to - COOL_DOWN;
    let ms: Vec<f64> =
        answers.iter().filter(within).map(|answer| (answer.received - answer.appended) * 1e3).collect();
    let at = |share| format!("{:.1}", quantile(ms.iter().copied(), share));
    let per_attempt = cpu * 1e6 / sent;
    let mut row = vec![name.to_owned(), rate.to_string(), format!("{:.0}", sent / (to - from))];
    row.extend([at(0.5), at(0.9), at(0.99), at(1.0)]);
    row.extend([ms.len().to_string(), missing.to_string(), format!("{per_attempt:.1}")]);
    row
}
