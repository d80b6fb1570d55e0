//! What can be said on the command line. The help is written to be learnt from: each command says what it is for, what it
//! reads and writes, and shows an example.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Watches every outbound caller number of a dialer fleet, and acts on it before it is burnt.
///
/// callwarden reads one record per finished call attempt from Kafka, keeps the answer rate and the pace of every number in
/// Redis, notices when a number is answered less than its own past explains, and orders a pause or a lower volume, with its
/// evidence, on a Kafka topic.
#[derive(Debug, Parser)]
#[command(
    name = "callwarden",
    version,
    max_term_width = 110,
    after_help = "First steps:\n  \
        callwarden demo                    see it work, nothing else needed\n  \
        callwarden config show             every setting, its value and where it comes from\n  \
        callwarden topics create           make the topics\n  \
        callwarden run                     watch; in mode `observe` nothing is ordered\n  \
        callwarden audit                   prove that nothing was lost or doubled\n\n\
        Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where settings come from, for every command.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Read this configuration file [default: $CALLWARDEN_CONFIG, else ./callwarden.toml if it is there]
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Override one setting, e.g. `--set detector.pause=1e5`; may be repeated, and goes before file and environment
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(RunArgs),
    Demo(DemoArgs),
    Replay(ReplayArgs),
    Audit(AuditArgs),
    /// Look at numbers
    #[command(subcommand)]
    Numbers(NumbersCommand),
    /// Prepare Kafka
    #[command(subcommand)]
    Topics(TopicsCommand),
    /// Check and show the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// Watch: from Kafka to Redis and back to Kafka, until told to stop
///
/// Takes up where the last process ended, whatever became of it. SIGTERM and Ctrl-C finish the batch, commit it, save the
/// last snapshot and exit 0. `/livez`, `/readyz` and `/metrics` are served on http.listen.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    callwarden run --config /etc/callwarden.toml\n  \
    callwarden run --mode enforce --set kafka.bootstrap.servers=kafka-1:9092\n  \
    tail -F attempts.ndjson | callwarden run --standalone --mode enforce > commands.ndjson")]
pub(crate) struct RunArgs {
    /// `observe` writes decisions to the journal only, `enforce` sends them as commands
    #[arg(long, value_enum)]
    pub(crate) mode: Option<ModeArg>,
    /// Without Kafka and Redis: attempts as lines on standard input, commands as lines of JSON on standard output
    #[arg(long)]
    pub(crate) standalone: bool,
    /// Language of the lines on standard input
    #[arg(long, requires = "standalone", default_value = "callwarden", value_parser = ["callwarden", "kamailio-acc"])]
    pub(crate) dialect: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ModeArg {
    Observe,
    Enforce,
}

impl ModeArg {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Enforce => "enforce",
        }
    }
}

/// See it work: a simulated fleet in accelerated time, in which some numbers get labelled as spam
///
/// Everything runs in this process; nothing is read, sent or left behind. A terminal shows a live table (Ctrl-C ends it with
/// the summary so far), a pipe gets a line for each label, command and week. The simulated dialer obeys pauses and ignores
/// reductions. The same seed gives the same fleet, the same commands and the same summary; `--json` holds no real time.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    callwarden demo\n  \
    callwarden demo --seed 7 --numbers 500 --labelled 20 --factor 0.5\n  \
    callwarden demo --json | jq .caught")]
pub(crate) struct DemoArgs {
    /// Seed of the fleet and of all that happens to it
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Numbers in the fleet
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) numbers: u32,
    /// How many of them get labelled on the way
    #[arg(long, default_value_t = 10)]
    pub(crate) labelled: u32,
    /// What a label leaves of the answer rate: more than 0, less than 1
    #[arg(long, default_value_t = 0.3, value_parser = factor)]
    pub(crate) factor: f64,
    /// Days that pass
    #[arg(long, default_value_t = 28, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub(crate) days: u32,
    /// How long the demo takes on a terminal, seconds; 0: as fast as it can
    #[arg(long, default_value_t = 20)]
    pub(crate) seconds: u32,
    /// Print the summary as JSON, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse().ok().filter(|&factor| factor > 0.0 && factor < 1.0);
    factor.ok_or_else(|| "expected a number more than 0 and less than 1, e.g. 0.3".to_owned())
}

/// Put history through the same rules, without Kafka or Redis
///
/// Reads attempts, one JSON object a line, from files (gzip and zstd are recognised by their content) or from `-`, standard
/// input. Writes every decision as a line of JSON. The same input gives the same output, byte for byte.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    callwarden replay attempts-2026-11.ndjson.zst > decisions.ndjson\n  \
    callwarden replay --dialect kamailio-acc acc.ndjson.gz --set detector.pause=1e5\n  \
    zcat attempts.gz | callwarden replay -")]
pub(crate) struct ReplayArgs {
    /// Files in the order of time, or `-`
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Language of the lines
    #[arg(long, default_value = "callwarden", value_parser = ["callwarden", "kamailio-acc"])]
    pub(crate) dialect: String,
    /// Attempts placed after this moment are ignored as future, e.g. 2026-11-24T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<String>,
}

/// Prove delivery: is every output there, once, and as it is decided again?
///
/// Reads the journal, takes its slices of attempts again, steps the same rules over them, and compares counts, digests and
/// decisions with the journal, and commands and dead letters with their topics. May run beside `run`, here or elsewhere: it
/// writes nothing, joins no group and needs no Redis. Exit code 0: nothing is wrong. 1: something is, or could not be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    callwarden audit\n  \
    callwarden audit --since 24h --metrics-file /var/lib/node_exporter/callwarden_audit.prom\n  \
    callwarden audit --json | jq '.findings[]'")]
pub(crate) struct AuditArgs {
    /// Report from this moment on, e.g. 2026-11-24T12:00:00Z or 24h; what lies before is stepped all the same
    #[arg(long, value_name = "TIME|SPAN")]
    pub(crate) since: Option<String>,
    /// Only the journal of this unit, and outputs of its partitions [default: all]
    #[arg(long, value_name = "UNIT")]
    pub(crate) unit: Option<u32>,
    /// Print the report as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Write time and number of findings to this file, for the node exporter's textfile collector
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NumbersCommand {
    Show(ShowArgs),
}

/// What is known of numbers: rates, pace, state and evidence, from Redis
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    callwarden numbers show +12025550123\n  \
    callwarden numbers show --fleet acme --json +12025550123 +12025550124")]
pub(crate) struct ShowArgs {
    /// Numbers in E.164
    #[arg(required = true, value_name = "+NUMBER")]
    pub(crate) numbers: Vec<String>,
    /// Fleet of the numbers
    #[arg(long, default_value = "default")]
    pub(crate) fleet: String,
    /// One JSON object a number
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TopicsCommand {
    Create(CreateArgs),
}

/// Create the topics that are missing; those that exist are compared and left as they are
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  callwarden topics create --partitions 6 --replication-factor 3")]
pub(crate) struct CreateArgs {
    /// Partitions of each topic of attempts
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) partitions: u32,
    /// Units: state machines that share the fleets of a platform; one is enough for a million numbers, and it stays as it is
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) units: u32,
    /// Copies of each partition [default: the broker's]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) replication_factor: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say everything that is wrong with the configuration, or that nothing is
    #[command(after_help = "Example:\n  callwarden config check --config /etc/callwarden.toml")]
    Check,
    Show(ConfigShowArgs),
}

/// Every setting with its value and where it comes from; secrets are redacted
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    callwarden config show\n  \
    callwarden config show --reference > callwarden.toml")]
pub(crate) struct ConfigShowArgs {
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Instead: every key with its meaning, bounds and default, as a file to start from
    #[arg(long, conflicts_with = "json")]
    pub(crate) reference: bool,
}
