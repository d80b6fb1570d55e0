//! A real Redis, as `redis-cli` would see it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use callwarden_io::redis::RedisConfig;

/// Everything that stands under a prefix, as `DUMP` gives it.
pub(crate) type Dump = BTreeMap<Vec<u8>, Vec<u8>>;

/// Keys of one test's own in a server.
pub(crate) struct Place {
    pub(crate) url: String,
    pub(crate) prefix: String,
    connection: redis::Connection,
}

impl Place {
    /// In the server that many tests share.
    pub(crate) fn shared() -> Self {
        Self::of(&required("CALLWARDEN_TEST_REDIS"))
    }

    /// In a server of one's own.
    pub(crate) fn of(url: &str) -> Self {
        static PLACES: AtomicUsize = AtomicUsize::new(0);
        let place = PLACES.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("io-{}-{place}", std::process::id());
        Self { url: url.to_owned(), prefix, connection: connect(url) }
    }

    /// The same keys in another server.
    pub(crate) fn moved(&self, url: &str) -> Self {
        Self { url: url.to_owned(), prefix: self.prefix.clone(), connection: connect(url) }
    }

    pub(crate) fn config(&self) -> RedisConfig {
        RedisConfig {
            url: self.url.clone(),
            username: None,
            password: None,
            key_prefix: self.prefix.clone(),
            connect_timeout: Duration::from_secs(10),
            response_timeout: Duration::from_secs(20),
        }
    }

    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}:{{unit:0}}:{name}", self.prefix)
    }

    pub(crate) fn ask<T: redis::FromRedisValue>(&mut self, words: &[&str]) -> T {
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(word);
        });
        command.query(&mut self.connection).unwrap()
    }

    /// Hashes of staged states that stand there.
    pub(crate) fn leftovers(&mut self) -> u64 {
        self.ask(&["EXISTS", &self.key("numbers:staged"), &self.key("numbers:next")])
    }

    fn keys(&mut self) -> Vec<Vec<u8>> {
        let all = format!("{}:*", self.prefix);
        redis::cmd("KEYS").arg(all).query(&mut self.connection).unwrap()
    }

    pub(crate) fn backup(&mut self) -> Dump {
        let mut dump = Dump::new();
        for key in self.keys() {
            let value = redis::cmd("DUMP").arg(&key).query(&mut self.connection).unwrap();
            dump.insert(key, value);
        }
        dump
    }

    /// Puts a backup in the place of everything, at once. An empty one empties.
    pub(crate) fn restore(&mut self, backup: &Dump) {
        let mut all = redis::pipe();
        all.atomic();
        for key in self.keys() {
            all.cmd("UNLINK").arg(key).ignore();
        }
        for (key, value) in backup {
            all.cmd("RESTORE").arg(key).arg(0).arg(value).ignore();
        }
        all.exec(&mut self.connection).unwrap();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The server may be gone, on purpose.
        if let Ok(keys) =
            redis::cmd("KEYS").arg(format!("{}:*", self.prefix)).query::<Vec<Vec<u8>>>(&mut self.connection)
            && !keys.is_empty()
        {
            let _ = redis::cmd("UNLINK").arg(keys).exec(&mut self.connection);
        }
    }
}

/// A server of one test's own.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    /// Where a replica puts what it gets.
    _dir: tempfile::TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let program = required("CALLWARDEN_TEST_REDIS_SERVER");
        // Below the ports of outgoing connections, where nothing comes between finding and listening.
        let port = (15_000 + std::process::id() as u16 % 10_000..32_000)
            .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
            .unwrap();
        let mut command = Command::new(program);
        command.args([
            "--bind",
            "127.0.0.1",
            "--port",
            &port.to_string(),
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        let dir = tempfile::tempdir().unwrap();
        command.args(["--repl-diskless-sync-delay", "0", "--dir"]).arg(dir.path());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { child, port, _dir: dir };
        eventually("the server's answer", || {
            redis::Client::open(server.url()).unwrap().get_connection().is_ok()
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is() {
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn connect(url: &str) -> redis::Connection {
    let connection =
        redis::Client::open(url).unwrap().get_connection_with_timeout(Duration::from_secs(10)).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection
}

#[track_caller]
fn required(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!("{name} is not set: run scripts/test, or: eval \"$(scripts/parts up)\""),
    }
}
