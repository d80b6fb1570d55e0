//! A Kafka of one test's own, which it may kill, freeze, cut off, or give too little room.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use super::program::{free_port, signal};
use super::{Proxy, SOON, eventually, parts};

/// What `scripts/parts` starts its broker with.
const PROPERTIES: &str = include_str!("../../parts/kafka/server.properties");
/// "callwarden-parts" in base64.
const CLUSTER: &str = "Y2FsbHdhcmRlbi1wYXJ0cw";

/// One node, broker and controller at once.
pub(crate) struct Broker {
    java: String,
    dir: PathBuf,
    plain: u16,
    /// The only way to its second listener.
    pub(crate) proxy: Proxy,
    child: Option<Child>,
}

impl Broker {
    /// Starts one that keeps its data in `kafka` within `dir`.
    pub(crate) fn start(dir: &Path) -> Self {
        let (plain, controller, proxied) = (free_port(), free_port(), free_port());
        let proxy = Proxy::to(proxied);
        let mut broker = Self { java: java(), dir: dir.to_owned(), plain, proxy, child: None };
        std::fs::write(broker.properties(), broker.settings(controller, proxied)).unwrap();
        let mut format = broker.java(&["-Xmx256m"]);
        format.args(["kafka.tools.StorageTool", "format", "--standalone", "-t", CLUSTER, "-c"]);
        let formatted = format.arg(broker.properties()).output().unwrap();
        assert!(formatted.status.success(), "{}", String::from_utf8_lossy(&formatted.stdout));
        broker.restart();
        broker
    }

    /// `host:port` of the listener that nothing stands before.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.plain)
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(self.child.as_ref().unwrap().id(), name);
    }

    /// `kill -9`. What it has written stays.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Waits for its end by itself.
    #[track_caller]
    pub(crate) fn end(&mut self, within: Duration) -> ExitStatus {
        let child = self.child.as_mut().unwrap();
        let status = eventually("the broker's end", within, || {
            child.try_wait().unwrap().ok_or_else(|| "it runs".to_owned())
        });
        self.child = None;
        status
    }

    /// Starts it on its ports and its data.
    #[track_caller]
    pub(crate) fn restart(&mut self) {
        self.begin();
        self.answers();
    }

    /// The same without waiting for anything.
    pub(crate) fn begin(&mut self) {
        self.kill();
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = self.java(&["-Xms256m", "-Xmx512m"]);
        command.arg("kafka.Kafka").arg(self.properties());
        command.stdin(Stdio::null()).stderr(log.try_clone().unwrap()).stdout(log);
        self.child = Some(command.spawn().unwrap());
    }

    /// Until it answers.
    #[track_caller]
    pub(crate) fn answers(&mut self) {
        let address = self.address();
        let log = self.log();
        let child = self.child.as_mut().unwrap();
        eventually("the broker's answer", SOON, || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the broker ended ({status}):\n{}", std::fs::read_to_string(&log).unwrap_or_default());
            }
            let client: BaseConsumer =
                ClientConfig::new().set("bootstrap.servers", &address).create().unwrap();
            client.fetch_metadata(None, Duration::from_secs(1)).map(drop).map_err(|error| error.to_string())
        });
    }

    /// What it said so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.dir.join("broker.log")
    }

    fn properties(&self) -> PathBuf {
        self.dir.join("server.properties")
    }

    fn java(&self, options: &[&str]) -> Command {
        let home = parts::kafka_home();
        let mut command = Command::new(&self.java);
        command.args(options).args(["-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"]);
        command.arg(format!("-Dlog4j2.configurationFile={}/tests/parts/kafka/log4j2.xml", root().display()));
        command.args(["-cp", &format!("{home}/lib/*")]);
        command
    }

    /// Those of the parts, without authentication, and with a listener that is reached by the proxy alone.
    fn settings(&self, controller: u16, proxied: u16) -> String {
        let ours = |line: &&str| {
            !["listener", "advertised.", "sasl.", "ssl."].iter().any(|other| line.starts_with(other))
        };
        let kept: Vec<&str> = PROPERTIES.lines().filter(ours).collect();
        let (plain, through) = (self.plain, self.proxy.port());
        let listeners = [
            format!(
                "listeners=PLAINTEXT://127.0.0.1:{plain},PROXIED://127.0.0.1:{proxied},CONTROLLER://127.0.0.1:{controller}"
            ),
            format!("advertised.listeners=PLAINTEXT://127.0.0.1:{plain},PROXIED://127.0.0.1:{through}"),
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT"
                .to_owned(),
            // The one that was killed is still registered when the next one comes, which has to wait for so long.
            "broker.session.timeout.ms=1000".to_owned(),
            "broker.heartbeat.interval.ms=200".to_owned(),
            String::new(),
        ];
        kept.join("\n")
            .replace("@CONTROLLER@", &controller.to_string())
            .replace("@DIR@", &self.dir.display().to_string())
            + "\n"
            + &listeners.join("\n")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let said = self.said();
            let lines: Vec<&str> = said.lines().collect();
            eprintln!("the broker said last:\n{}", lines[lines.len().saturating_sub(15)..].join("\n"));
        }
    }
}

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The Java that the scripts use.
fn java() -> String {
    let found = Command::new("bash")
        .args(["-c", ". scripts/packages.sh && java_program"])
        .current_dir(root())
        .output()
        .unwrap();
    let path = String::from_utf8(found.stdout).unwrap().trim().to_owned();
    assert!(!path.is_empty(), "there is no Java 17 or newer");
    path
}
