//! Every key of the configuration, once. To add one, add its line here and use the field.
//!
//! Defaults are text, as in the file. Where two keys depend on one another, see [`check`](super::check).

use std::net::SocketAddr;
use std::time::Duration;

use super::kafka::{PREFIX_OF_TOPICS, Properties, TOPIC_NAME};
use super::redis::{KEY_PREFIX, URL};
use super::section::{Key, Rule, Secrecy, section};
use super::value::{Dialect, LogFormat, LogLevel, Mode, Secret, Start, Value, WhenMost};
use super::values::Values;

section! {
    /// What stands at the top of the file, before the first section.
    "" Root {
        /// What becomes of a decision: `observe` writes it to the journal only, `enforce` sends it as a command.
        mode: Mode = "observe";
    }
}

section! {
    /// Kafka.
    "kafka" Kafka {
        /// What the names of callwarden's own topics begin with: `<prefix>commands`, `<prefix>journal`, `<prefix>dead-letters`.
        topic_prefix: String = "callwarden." as PREFIX_OF_TOPICS;
        /// How long one request to the brokers may take.
        request_timeout: Duration = "10s" in "1s".."5m";
        +
        /// What goes to librdkafka as it is, `bootstrap.servers` always among it.
        properties: Properties;
    }
}

section! {
    /// One topic of attempts.
    "attempts" AttemptTopic {
        /// The topic to read attempts from; for the only entry it may be left out, and is `<prefix>attempts` then.
        topic: String = "callwarden.attempts" as TOPIC_NAME;
        /// The language of its records.
        dialect: Dialect = "callwarden";
        /// Where to begin when the journal holds no position in it. `learn:7d` learns the last seven days silently; commands
        /// begin when it has caught up to within a minute.
        start: Start = "earliest";
    }
}

section! {
    /// Redis, where the rates and the packed states stand.
    "redis" Redis {
        /// `redis://host:port/database`, or `rediss://` for TLS. A user name and password in it end up in the fields below.
        url: String = "redis://127.0.0.1:6379/0" as URL, Url;
        /// The user of the ACL; empty for the default user.
        username: Option<String> = "";
        /// The password; empty for none.
        password: Option<Secret> = "", Hidden;
        /// What all keys begin with.
        key_prefix: String = "callwarden" as KEY_PREFIX;
        /// How long a connection may take to stand.
        connect_timeout: Duration = "2s" in "10ms".."1m";
        /// How long an answer may take.
        response_timeout: Duration = "5s" in "10ms".."5m";
    }
}

section! {
    /// When what was decided is committed to Kafka.
    "commit" Commit {
        /// The longest that a batch without a command waits for its transaction.
        interval: Duration = "100ms" in "1ms".."10s";
        /// The most attempts in one transaction.
        max_events: u32 = "20000" in "1".."1000000";
        /// How often an idle instance writes to the journal that it lives.
        heartbeat: Duration = "5s" in "100ms".."1m";
    }
}

section! {
    /// When the state is written to Redis.
    "snapshot" Snapshot {
        /// The time from one snapshot to the next.
        interval: Duration = "1s" in "10ms".."1m";
        /// How far Redis may fall behind the journal, ten times the interval at least; beyond it, reading stops until Redis
        /// has caught up.
        max_lag: Duration = "10m" in "1s".."1d";
    }
}

section! {
    /// Records that cannot be read, which are put aside in `<prefix>dead-letters`.
    "dead_letters" DeadLetters {
        /// What to do when 950 of 1,000 records in a row cannot be read, so that the topic's dialect or its producer is wrong.
        when_most: WhenMost = "stop";
    }
}

section! {
    /// What may be acted on.
    "act" Act {
        /// Attempts older than this are counted and weighed, and bring about no command; a younger one decides.
        max_age: Duration = "1h" in "1m".."36500d";
    }
}

section! {
    /// Bounds on what is kept.
    "numbers" Numbers {
        /// The most caller numbers that are followed; attempts of further ones are counted only.
        max: u32 = "1000000" in "1".."50000000";
        /// The most fleets that are followed.
        fleets_max: u32 = "1000" in "1".."16384";
    }
}

section! {
    /// The detector of one degraded number, which holds its answer rate against its own past. A level is the number of
    /// attempts in which a healthy number reaches it by chance, about once.
    "detector" Detector {
        /// Whether degraded numbers are looked for.
        enabled: bool = "true";
        /// The level from which a number is watched; nothing is sent.
        watch: f64 = "1e4" in "1".."1e12";
        /// The level from which its volume is reduced.
        reduce: f64 = "1e5" in "1".."1e12";
        /// The level from which it is paused.
        pause: f64 = "1e6" in "1".."1e12";
        /// The attempts older than 24 h that a number needs before it is judged by its own mean.
        baseline_min_attempts: u32 = "500" in "1".."1000000";
        /// How long a pause lasts. `topics create` keeps commands for 30 days: with a longer pause, raise `retention.ms` of
        /// the topic of commands, or a controller that starts afresh will not find it.
        pause_for: Duration = "7d" in "1m".."365d";
        /// How long a reduction lasts.
        reduce_for: Duration = "24h" in "1m".."365d";
        /// The share of its mean daily volume that a reduced number keeps.
        reduce_to: f64 = "0.5" in "0.01".."1";
    }
}

section! {
    /// The most attempts that one number may make; 0 for no cap.
    "caps" Caps {
        /// Attempts a minute.
        per_minute: u32 = "10";
        /// Attempts an hour.
        per_hour: u32 = "100";
        /// Attempts a day.
        per_day: u32 = "200";
        /// How long the reduction lasts that follows a passed cap.
        reduce_for: Duration = "1h" in "1m".."365d";
    }
}

section! {
    /// The server of `/livez`, `/readyz` and `/metrics`.
    "http" Http {
        /// Where it listens; port 0 takes a free one.
        listen: SocketAddr = "127.0.0.1:9464";
    }
}

section! {
    /// The log on stderr.
    "log" Log {
        /// Lines for people or JSON for machines.
        format: LogFormat = "text";
        /// The least severe events that are logged.
        level: LogLevel = "info";
    }
}

section! {
    /// The unit of work that this instance carries.
    "unit" Unit {
        /// The name of this instance in the journal; empty for host name and process id.
        instance: Option<String> = "";
    }
}

/// `Config`, the list of its sections and the order they are read in, from one list.
macro_rules! config {
    ($($field:ident: $Section:ident in $name:literal),+ $(,)?) => {
        /// The configuration of the program, checked.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Config {
            /// What becomes of a decision.
            pub(crate) mode: Mode,
            /// The topics of attempts; at least one.
            pub(crate) attempts: Vec<AttemptTopic>,
            $(#[doc = concat!("The section `", $name, "`.")] pub(crate) $field: $Section,)+
        }

        /// The sections and their keys, as `config show` and the reference list them.
        pub(super) const SECTIONS: &[(&str, &[Key])] =
            &[("", Root::KEYS), ("attempts", AttemptTopic::KEYS), $(($name, $Section::KEYS)),+];

        impl Config {
            pub(super) fn read(values: &mut Values) -> Self {
                let mut config = Self {
                    mode: Root::read(values, "").mode,
                    attempts: Vec::new(),
                    $($field: $Section::read(values, $name)),+
                };
                config.kafka.settle(values);
                config.redis.settle(values);
                config.attempts = AttemptTopic::read_all(values, &config.kafka.topic_prefix);
                config
            }
        }
    };
}

config! {
    kafka: Kafka in "kafka",
    redis: Redis in "redis",
    commit: Commit in "commit",
    snapshot: Snapshot in "snapshot",
    dead_letters: DeadLetters in "dead_letters",
    act: Act in "act",
    numbers: Numbers in "numbers",
    detector: Detector in "detector",
    caps: Caps in "caps",
    http: Http in "http",
    log: Log in "log",
    unit: Unit in "unit",
}

/// Where the section of a key stands in the list.
pub(super) fn place(key: &str) -> usize {
    let section = key.split_once('.').map_or("", |(section, _)| section);
    SECTIONS.iter().position(|(name, _)| *name == section).unwrap_or(SECTIONS.len())
}
