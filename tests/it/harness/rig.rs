//! One test's own corner of the shared parts.

use std::process::Command;
use std::time::Duration;

use super::program::command;
use super::{Output, Producer, Program, Random, Redis, SOON, parts};

/// Prefixes that nobody else uses, and how the program is told of them.
pub(crate) struct Rig {
    /// `host:port`.
    pub(crate) kafka: String,
    /// Address of Redis; may be changed before anything is started.
    pub(crate) redis_url: String,
    /// Of topics with a dot, of keys without.
    pub(crate) prefix: String,
    pub(crate) dir: tempfile::TempDir,
}

impl Rig {
    pub(crate) fn new(test: &str) -> Self {
        let word = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), test);
        Self {
            kafka: parts::kafka(),
            redis_url: parts::redis(),
            prefix: format!("t-{test}-{:010x}", Random(word).word() >> 24),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Full name of one of the program's topics.
    pub(crate) fn topic(&self, name: &str) -> String {
        format!("{}.{name}", self.prefix)
    }

    /// `callwarden` with arguments and all that places it in this corner.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.dir.path());
        command.args(arguments);
        for setting in [
            format!("kafka.bootstrap.servers={}", self.kafka),
            format!("kafka.topic_prefix={}.", self.prefix),
            format!("redis.url={}", self.redis_url),
            format!("redis.key_prefix={}", self.prefix),
            "http.listen=127.0.0.1:0".to_owned(),
            "log.format=json".to_owned(),
            format!("kafka.session.timeout.ms={}", parts::session_ms()),
            "kafka.heartbeat.interval.ms=300".to_owned(),
            // Tests that are not about age may send attempts of any time.
            "act.max_age=36500d".to_owned(),
        ] {
            // Before the test's own, which win.
            command.args(["--set", &setting]);
        }
        command
    }

    /// The same with settings, `key=value`.
    pub(crate) fn with(&self, arguments: &[&str], settings: &[&str]) -> Command {
        let mut command = self.command(arguments);
        for setting in settings {
            command.args(["--set", setting]);
        }
        command
    }

    /// Starts `callwarden run` and does not wait for anything.
    pub(crate) fn start(&self, settings: &[&str]) -> Program {
        Program::start(&mut self.with(&["run"], settings))
    }

    /// Runs a command that ends by itself.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str], settings: &[&str]) -> Output {
        Program::start(&mut self.with(arguments, settings)).end(SOON)
    }

    /// `callwarden topics create`.
    #[track_caller]
    pub(crate) fn create_topics(&self, partitions: usize) {
        let output = self.run(&["topics", "create", "--partitions", &partitions.to_string()], &[]);
        assert_eq!(output.code, Some(0), "{output:?}");
    }

    /// `callwarden audit`, which must find that everything is there, once, and as decided when stepped again: the whole
    /// journal, and nothing that the topics no longer keep. Settings are those of `run` that say what is read. Gives the report.
    #[track_caller]
    pub(crate) fn audit(&self, settings: &[&str]) -> serde_json::Value {
        let output = self.audit_with(&[], settings);
        assert_eq!(output.code, Some(0), "audit:\n{}\n{}", output.stdout, output.stderr);
        let report: serde_json::Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("audit --json: {error}: {}", output.stdout));
        assert_eq!(report["verdict"], "proven", "audit: {report:#}");
        report
    }

    /// `callwarden audit --json` with further arguments, whatever it finds.
    #[track_caller]
    pub(crate) fn audit_with(&self, arguments: &[&str], settings: &[&str]) -> Output {
        self.run(&[&["audit", "--json"], arguments].concat(), settings)
    }

    pub(crate) fn producer(&self) -> Producer {
        Producer::new(&self.kafka)
    }

    pub(crate) fn redis(&self) -> Redis {
        Redis::connect(&self.redis_url, &self.prefix)
    }

    /// Waits until Redis shows for every number what `counts` says.
    #[track_caller]
    pub(crate) fn redis_shows(&self, counts: &super::Counts, within: Duration) {
        let mut redis = self.redis();
        super::eventually("the counts in Redis", within, || counts.compare(&mut redis));
    }
}
