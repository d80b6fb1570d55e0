//! `callwarden run` as a whole process on a real broker and Redis, beside a bare consumer and a Kafka Streams program of the same
//! job, on the same topic and in the same run. `scripts/bench` starts what this needs and runs it.
//!
//! Needs Linux: CPU time and memory are read from /proc. Nothing here is asserted about time; the tables are the result.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod drain;
mod kafka;
mod latency;
mod load;
mod long;
mod process;
mod program;
mod restart;
mod streams;
mod table;
mod takeover;

use clap::{Parser, ValueEnum};

use program::Place;
use streams::Streams;

/// Measures callwarden on a real broker and Redis.
#[derive(Parser)]
#[command(bin_name = "scripts/bench")]
pub(crate) struct Args {
    /// What to measure; everything unless something is named
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Attempts in the topic that is drained
    #[arg(long, default_value_t = 2_000_000)]
    events: u32,
    /// Numbers that make them
    #[arg(long, default_value_t = 100_000)]
    numbers: u32,
    /// Rounds of drain, restart and takeover; figures are medians
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Write attempts as JSON instead of protobuf
    #[arg(long)]
    json: bool,
    /// Seconds that each rate of latency is measured
    #[arg(long, default_value_t = 25)]
    seconds: u64,
    /// Attempts a second that latency is measured at
    #[arg(long, value_delimiter = ',', default_value = "2000,20000")]
    rates: Vec<u32>,
    /// Numbers that restart and takeover carry
    #[arg(long, default_value_t = 1_000_000)]
    many_numbers: u32,
    /// Attempts of the long drain
    #[arg(long, default_value_t = 10_000_000)]
    long_events: u32,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// A full topic is taken as fast as it goes
    Drain,
    /// From an attempt to its command, at a given pace
    Latency,
    /// From start to ready after SIGTERM and after kill -9, and what a number takes
    Restart,
    /// From kill -9 of the active process to the first command of the one that stands by
    Takeover,
    /// Memory while ten million attempts are drained
    Long,
}

/// Where the broker and Redis are, and what names this run's topics and keys begin with.
pub(crate) struct Site {
    pub(crate) broker: String,
    pub(crate) redis: String,
    pub(crate) prefix: String,
    pub(crate) streams: Option<Streams>,
}

impl Site {
    /// A name of this run's own.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A callwarden without a past, that reads `attempts`.
    pub(crate) fn place(&self, name: &str, attempts: &str) -> Place {
        Place::new(self, &self.name(&format!("{name}.")), attempts)
    }
}

fn main() {
    let args = Args::parse();
    // Not a failure: `cargo bench` runs every benchmark, and this one needs a broker.
    let (Ok(broker), Ok(redis)) =
        (std::env::var("CALLWARDEN_TEST_KAFKA"), std::env::var("CALLWARDEN_TEST_REDIS"))
    else {
        println!("whole: there is no Kafka and Redis to run on; start it with scripts/bench");
        return;
    };
    let prefix = format!("bench-{}.", std::process::id());
    let site = Site { broker, redis, prefix, streams: Streams::from_env() };
    if site.streams.is_none() {
        println!("Kafka Streams is left out: scripts/bench builds it and says where it is");
    }
    let wanted = |part| args.parts.is_empty() || args.parts.contains(&part);
    for (part, measure) in [
        (Part::Drain, drain::measure as fn(&Site, &Args)),
        (Part::Latency, latency::measure),
        (Part::Restart, restart::measure),
        (Part::Takeover, takeover::measure),
        (Part::Long, long::measure),
    ] {
        if wanted(part) {
            measure(&site, &args);
        }
    }
}

/// The middle one of the sorted values.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value under which a share of them lies.
pub(crate) fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * share) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
