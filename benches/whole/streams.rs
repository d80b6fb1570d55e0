//! The Kafka Streams program of `benches/streams` as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::process::terminate;
use crate::{Site, kafka};

/// Attempts a number may make in a minute before it is ordered to slow down, here and there.
pub(crate) const PER_MINUTE: u32 = 10;

/// Threads of the program: one for each core.
const THREADS: &str = "2";

/// What the program promises.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guarantee {
    ExactlyOnce,
    AtLeastOnce,
}

impl Guarantee {
    const fn name(self) -> &'static str {
        match self {
            Self::ExactlyOnce => "exactly_once_v2",
            Self::AtLeastOnce => "at_least_once",
        }
    }
}

/// Where Java and the built program are.
pub(crate) struct Streams {
    java: String,
    home: String,
}

/// A program that has its partitions.
pub(crate) struct Running {
    child: Child,
    /// Its consumer group.
    pub(crate) application: String,
    pub(crate) commands: String,
    _state: TempDir,
}

impl Streams {
    pub(crate) fn from_env() -> Option<Self> {
        let set = |name: &str| std::env::var(name).ok();
        Some(Self { java: set("CALLWARDEN_BENCH_JAVA")?, home: set("CALLWARDEN_BENCH_STREAMS")? })
    }

    /// Starts the program without a past and waits until it says that it runs.
    pub(crate) fn start(&self, site: &Site, name: &str, attempts: &str, guarantee: Guarantee) -> Running {
        let application = site.name(name);
        let commands = format!("{application}-commands");
        kafka::create_topic(&site.broker, &commands, 1);
        let state = tempfile::tempdir().unwrap();
        let mut child = Command::new(&self.java)
            // No more heap than it needs, and the collector that costs least on two cores.
            .args(["-Xms512m", "-Xmx512m", "-XX:+UseParallelGC", "-cp"])
            .arg(format!("{0}/classes:{0}/lib/*", self.home))
            .arg("callwarden.streams.Main")
            .args([&site.broker, &application, attempts, &commands, guarantee.name(), THREADS])
            .arg(state.path())
            .arg(PER_MINUTE.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut states = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        states.find(|state| state == "RUNNING").expect("the Kafka Streams program runs; its words are above");
        std::thread::spawn(move || states.for_each(drop));
        Running { child, application, commands, _state: state }
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn terminate(self) {
        terminate(self.child);
    }
}
