//! `callwarden run` as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Site;
use crate::process::{terminate, until};
use crate::streams::PER_MINUTE;

/// A `callwarden` that is told where everything is.
pub(crate) struct Place {
    redis: String,
    /// What its topics and keys begin with.
    pub(crate) prefix: String,
    settings: Vec<String>,
}

impl Place {
    pub(crate) fn new(site: &Site, prefix: &str, attempts: &str) -> Self {
        let settings = vec![
            format!("kafka.bootstrap.servers={}", site.broker),
            format!("kafka.topic_prefix={prefix}"),
            format!("attempts.0.topic={attempts}"),
            format!("redis.url={}", site.redis),
            format!("redis.key_prefix={prefix}"),
            "mode=enforce".to_owned(),
            // The rule that the Kafka Streams program has, and no other cap; attempts may be of any age.
            format!("caps.per_minute={PER_MINUTE}"),
            "caps.per_hour=0".to_owned(),
            "caps.per_day=0".to_owned(),
            "act.max_age=36500d".to_owned(),
            // A million numbers, and room for those whose commands are timed.
            "numbers.max=2000000".to_owned(),
            "http.listen=127.0.0.1:0".to_owned(),
            "log.format=json".to_owned(),
        ];
        let place = Self { redis: site.redis.clone(), prefix: prefix.to_owned(), settings };
        assert!(place.program(&["topics", "create"]).stderr(Stdio::inherit()).status().unwrap().success());
        place
    }

    fn program(&self, subcommand: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callwarden"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLWARDEN_"))
        {
            command.env_remove(name);
        }
        command.args(subcommand).stderr(Stdio::piped()).stdout(Stdio::null());
        self.settings.iter().for_each(|setting| {
            command.args(["--set", setting]);
        });
        command
    }

    /// Starts the process.
    pub(crate) fn start(&self) -> Running {
        let begun = Instant::now();
        let mut child = self.program(&["run"]).spawn().unwrap();
        let (say, log) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let parsed: Value = serde_json::from_str(&line).unwrap_or_default();
                if parsed["level"] == "ERROR" || parsed.is_null() {
                    eprintln!("{line}");
                }
                let _ = say.send(parsed);
            }
        });
        let mut running = Running { begun, child, log, http: String::new() };
        running.http = running.logged("starting")["http"].as_str().unwrap().to_owned();
        running
    }

    /// Bytes of Redis in use, of everybody's keys.
    pub(crate) fn redis_memory(&self) -> f64 {
        let mut connection = redis::Client::open(&*self.redis).unwrap().get_connection().unwrap();
        let info: String = redis::cmd("INFO").arg("memory").query(&mut connection).unwrap();
        info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap()
    }
}

/// A process that runs.
pub(crate) struct Running {
    begun: Instant,
    child: Child,
    log: Receiver<Value>,
    http: String,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next line of the log that says `message`.
    pub(crate) fn logged(&self, message: &str) -> Value {
        self.log
            .iter()
            .find(|line| line["message"] == message)
            .unwrap_or_else(|| panic!("ended before {message:?}"))
    }

    /// Waits until it takes attempts: for how long after its start, in seconds.
    pub(crate) fn live(&self) -> f64 {
        self.ready("unit 0: live")
    }

    /// Waits until it stands in line behind another.
    pub(crate) fn standing_by(&self) {
        self.ready("standing by");
    }

    fn ready(&self, as_what: &str) -> f64 {
        until(as_what, Duration::from_millis(5), || {
            let answer = self.get("/readyz");
            (answer.starts_with("HTTP/1.0 200") && answer.contains(as_what)).then_some(())
        });
        self.begun.elapsed().as_secs_f64()
    }

    /// Attempts that it says it has committed since its start.
    pub(crate) fn taken(&self) -> f64 {
        self.metric("callwarden_attempts_total")
    }

    /// The sum of a metric's series.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        self.get("/metrics")
            .lines()
            .filter(|line| line.split(['{', ' ']).next() == Some(name))
            .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
            .sum()
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.http).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    /// SIGTERM; the last snapshot is written on the way out.
    pub(crate) fn terminate(self) {
        terminate(self.child);
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
