//! The built program as a process: started with a clean environment, watched, signalled, and gone when the test is over.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::http::{Metrics, get};
use super::{eventually, unless};

/// A running `callwarden`.
pub(crate) struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
    ended: Option<ExitStatus>,
}

/// What a finished one has said.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// What stands on standard error beside the log, which is lines of JSON in all tests. The last words of `run` are a line
    /// of it; they are given here as they read where the log is text.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for line in self.stderr.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(line) if line["message"] == "failed" => {
                    words.extend(line["error"].as_str().map(|error| format!("callwarden: {error}")));
                    words.extend(line["hint"].as_str().map(|hint| format!("  hint: {hint}")));
                }
                Ok(_) => {}
                Err(_) => words.push(line.to_owned()),
            }
        }
        words
    }
}

/// The program, to be started in `dir` with no setting but its defaults.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callwarden"));
    command.current_dir(dir);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CALLWARDEN_") {
            command.env_remove(name);
        }
    }
    command
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (stdout, stderr) = (Arc::default(), Arc::default());
        let readers = vec![
            gather(child.stdout.take().unwrap(), Arc::clone(&stdout)),
            gather(child.stderr.take().unwrap(), Arc::clone(&stderr)),
        ];
        let stdin = child.stdin.take();
        Self { child, stdin, stdout, stderr, readers, ended: None }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes to its standard input; then, closes it.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let mut stdin = self.stdin.take().unwrap();
        stdin.write_all(bytes).unwrap();
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).and_then(|()| stdin.flush()).unwrap();
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout.lock().unwrap()).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr.lock().unwrap()).into_owned()
    }

    /// The log so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.stderr().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The line of the log that says `message`, once it is there.
    #[track_caller]
    pub(crate) fn logged(&mut self, message: &str, within: Duration) -> Value {
        eventually(&format!("log line {message:?}"), within, || {
            let log = self.log();
            if let Some(line) = log.into_iter().find(|line| line["message"] == message) {
                return Ok(line);
            }
            if let Some(status) = self.poll() {
                panic!("the program ended ({status}) before it logged {message:?}:\n{}", self.stderr());
            }
            Err(format!("stderr so far:\n{}", tail(&self.stderr(), 15)))
        })
    }

    /// `127.0.0.1:port` of its HTTP server.
    #[track_caller]
    pub(crate) fn http(&mut self) -> String {
        let line = self.logged("starting", super::SOON);
        line["http"].as_str().unwrap_or_else(|| panic!("no address: {line}")).to_owned()
    }

    /// Waits until it takes attempts, and gives the line that says how it recovered.
    #[track_caller]
    pub(crate) fn live(&mut self) -> Value {
        let http = self.http();
        let recovered = self.logged("recovered", super::SOON);
        eventually("/readyz", super::SOON, || {
            let (code, body) = get(&http, "/readyz")?;
            unless(code == 200, || format!("{code} {body:?}"))
        });
        recovered
    }

    /// Waits until it stands in line without a unit.
    #[track_caller]
    pub(crate) fn standing_by(&mut self) {
        let http = self.http();
        eventually("standing by", super::SOON, || {
            let (code, body) = get(&http, "/readyz")?;
            unless(code == 200 && body == "standing by\n", || format!("{code} {body:?}"))
        });
    }

    pub(crate) fn metrics(&mut self) -> Metrics {
        let http = self.http();
        let (code, text) = get(&http, "/metrics").unwrap();
        assert_eq!(code, 200);
        Metrics::parse(text)
    }

    /// Records stepped since the very first start, by the log and the counters.
    pub(crate) fn inputs(&mut self) -> u64 {
        let before = self.logged("recovered", super::SOON)["inputs"].as_u64().unwrap();
        before + self.metrics().sum("callwarden_attempts_total", &[]).unwrap_or(0.0) as u64
    }

    /// Waits until so many records have been stepped and committed, since the very first start.
    #[track_caller]
    pub(crate) fn taken(&mut self, inputs: u64, within: Duration) {
        eventually(&format!("{inputs} records taken"), within, || {
            if let Some(status) = self.poll() {
                panic!("the program ended ({status}):\n{}", tail(&self.stderr(), 15));
            }
            let taken = self.inputs();
            unless(taken >= inputs, || format!("{taken} so far"))
        });
        assert_eq!(self.inputs(), inputs, "no record is taken twice");
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.ended = Some(self.child.wait().unwrap());
    }

    pub(crate) fn poll(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().unwrap();
        }
        self.ended
    }

    /// Waits for its end by itself.
    #[track_caller]
    pub(crate) fn end(mut self, within: Duration) -> Output {
        self.stdin = None;
        let status = eventually("the program's end", within, || {
            self.poll().ok_or_else(|| format!("it runs; stderr ends with:\n{}", tail(&self.stderr(), 15)))
        });
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        Output { code: status.code(), stdout: self.stdout(), stderr: self.stderr() }
    }

    /// SIGTERM, and the end that has to follow.
    #[track_caller]
    pub(crate) fn terminate(self) -> Output {
        self.signal("TERM");
        // What operators are promised.
        let output = self.end(Duration::from_secs(25));
        assert_eq!(output.code, Some(0), "exit after SIGTERM; stderr:\n{}", output.stderr);
        output
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.poll().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if std::thread::panicking() {
            eprintln!("callwarden {} said last:\n{}", self.pid(), tail(&self.stderr(), 25));
        }
    }
}

fn gather(from: impl Read + Send + 'static, into: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            into.lock().unwrap().append(&mut line);
        }
    })
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Sends a signal to a process that this test has started.
pub(crate) fn signal(pid: u32, name: &str) {
    let done = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(done.success(), "kill -{name} {pid}: {done}");
}

/// A port of 127.0.0.1 on which nobody listens, below those that the system gives to outgoing connections.
pub(crate) fn free_port() -> u16 {
    let mut random = super::Random(u64::from(std::process::id()) ^ std::thread::current().id().hash());
    loop {
        let port = 15_000 + (random.word() % 17_000) as u16;
        if TcpStream::connect(("127.0.0.1", port)).is_err() && TcpListener::bind(("127.0.0.1", port)).is_ok()
        {
            return port;
        }
    }
}

trait Hashed {
    fn hash(self) -> u64;
}

impl Hashed for std::thread::ThreadId {
    /// With the time, so that two calls of one thread differ.
    fn hash(self) -> u64 {
        use std::hash::BuildHasher as _;
        std::hash::RandomState::new().hash_one((self, std::time::Instant::now()))
    }
}
