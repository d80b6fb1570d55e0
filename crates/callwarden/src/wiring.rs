//! From the configuration to the values that the other crates ask for.

use callwarden_core::{Caps, DetectorPolicy, Mode, Policy, Seconds};
use callwarden_engine::UnitConfig;
use callwarden_io::kafka::{KafkaConfig, Start, TopicSpec};
use callwarden_io::redis::RedisConfig;
use callwarden_wire::Dialect;

use crate::cli::Settings;
use crate::config::{self, Config, Flag, Loaded, Sources};
use crate::printer::Failure;

/// The configuration of this process, with what a subcommand's own flags say.
pub(crate) fn load(settings: &Settings, own: Vec<Flag>) -> Result<Loaded, Failure> {
    let mut flags: Vec<Flag> = settings.set.iter().map(|argument| Flag::set(argument)).collect();
    flags.extend(own);
    let sources = Sources::of_process(settings.config.clone(), flags);
    let loaded = Config::load(&sources).map_err(Failure::configuration)?;
    // What the file says in its own terms has been checked; this is the core's own look at the sum.
    policy(&loaded.config).validate().map_err(Failure::configuration)?;
    Ok(loaded)
}

/// The operator's rules.
pub(crate) fn policy(config: &Config) -> Policy {
    let config::Detector {
        enabled,
        watch,
        reduce,
        pause,
        baseline_min_attempts,
        pause_for,
        reduce_for,
        reduce_to,
    } = config.detector;
    let seconds = |span: std::time::Duration| Seconds(u32::try_from(span.as_secs()).unwrap_or(u32::MAX));
    Policy {
        mode: match config.mode {
            config::Mode::Observe => Mode::Observe,
            config::Mode::Enforce => Mode::Enforce,
        },
        detector: DetectorPolicy {
            enabled,
            watch,
            reduce,
            pause,
            baseline_min_attempts,
            pause_for: seconds(pause_for),
            reduce_for: seconds(reduce_for),
            reduce_to,
        },
        caps: Caps {
            per_minute: config.caps.per_minute,
            per_hour: config.caps.per_hour,
            per_day: config.caps.per_day,
        },
        caps_reduce_for: seconds(config.caps.reduce_for),
        numbers_max: config.numbers.max,
        fleets_max: config.numbers.fleets_max,
        act_max_age: seconds(config.act.max_age),
        ..Policy::default()
    }
}

/// How a unit commits and saves: the only one, unless said otherwise.
pub(crate) fn unit(config: &Config) -> UnitConfig {
    UnitConfig {
        unit: 0,
        units: 1,
        clocked: true,
        learns: config.attempts.iter().any(|topic| matches!(topic.start, config::Start::Learn(_))),
        instance: config.unit.instance.clone().unwrap_or_else(instance),
        policy: policy(config),
        commit_interval: config.commit.interval,
        commit_max_events: config.commit.max_events as usize,
        heartbeat: config.commit.heartbeat,
        snapshot_interval: config.snapshot.interval,
        snapshot_max_lag: config.snapshot.max_lag,
        drain_patience: std::time::Duration::from_secs(15),
        stop_when_poisoned: config.dead_letters.when_most == config::WhenMost::Stop,
    }
}

/// Kafka.
pub(crate) fn kafka(config: &Config) -> KafkaConfig {
    KafkaConfig {
        properties: config
            .kafka
            .properties
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        topic_prefix: config.kafka.topic_prefix.clone(),
        request_timeout: config.kafka.request_timeout,
    }
}

/// The topics of attempts.
pub(crate) fn topics(config: &Config) -> Vec<TopicSpec> {
    config
        .attempts
        .iter()
        .map(|topic| TopicSpec {
            topic: topic.topic.clone(),
            dialect: match topic.dialect {
                config::Dialect::Callwarden => Dialect::Callwarden,
                config::Dialect::KamailioAcc => Dialect::KamailioAcc,
            },
            start: match topic.start {
                config::Start::Earliest => Start::Earliest,
                config::Start::Latest => Start::Latest,
                config::Start::Learn(span) => Start::Learn(span),
            },
        })
        .collect()
}

/// Redis.
pub(crate) fn redis(config: &Config) -> RedisConfig {
    RedisConfig {
        url: config.redis.url.clone(),
        username: config.redis.username.clone(),
        password: config.redis.password.as_ref().map(|secret| secret.expose().to_owned()),
        key_prefix: config.redis.key_prefix.clone(),
        connect_timeout: config.redis.connect_timeout,
        response_timeout: config.redis.response_timeout,
    }
}

/// Host name and process id.
fn instance() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    format!("{}-{}", if host.is_empty() { "callwarden" } else { host }, std::process::id())
}
