//! Redis as `redis-cli` would see it, and servers that a test may break.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::Commands as _;

use super::program::{free_port, signal};
use super::{SOON, eventually};

/// A connection.
pub(crate) struct Redis {
    connection: redis::Connection,
    prefix: String,
}

impl Redis {
    pub(crate) fn connect(url: &str, prefix: &str) -> Self {
        let client = redis::Client::open(url).unwrap();
        let connection = client.get_connection_with_timeout(Duration::from_secs(10)).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { connection, prefix: prefix.to_owned() }
    }

    /// `HGETALL` of a number.
    pub(crate) fn number(&mut self, fleet: &str, caller: &str) -> BTreeMap<String, String> {
        self.connection.hgetall(format!("{}:{{{fleet}}}:number:{caller}", self.prefix)).unwrap()
    }

    /// `GET` of a key under the prefix.
    pub(crate) fn text(&mut self, key: &str) -> String {
        self.connection.get(format!("{}:{key}", self.prefix)).unwrap()
    }

    /// `HKEYS` of a key under the prefix.
    pub(crate) fn fields(&mut self, key: &str) -> Vec<String> {
        self.connection.hkeys(format!("{}:{key}", self.prefix)).unwrap()
    }

    /// Any other command that says `OK`.
    pub(crate) fn run(&mut self, words: &[&str]) {
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(*word);
        });
        command.exec(&mut self.connection).unwrap();
    }

    pub(crate) fn flush_all(&mut self) {
        redis::cmd("FLUSHALL").exec(&mut self.connection).unwrap();
    }

    pub(crate) fn keys(&mut self) -> usize {
        redis::cmd("DBSIZE").query(&mut self.connection).unwrap()
    }

    /// Everything that stands there, as a backup has it.
    pub(crate) fn backup(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let keys: Vec<Vec<u8>> = redis::cmd("KEYS").arg("*").query(&mut self.connection).unwrap();
        let dump = |key: Vec<u8>| {
            let value = redis::cmd("DUMP").arg(&key).query(&mut self.connection).unwrap();
            (key, value)
        };
        keys.into_iter().map(dump).collect()
    }

    /// Puts a backup in the place of everything, at once.
    pub(crate) fn restore(&mut self, backup: &[(Vec<u8>, Vec<u8>)]) {
        let mut all = redis::pipe();
        all.atomic().cmd("FLUSHALL").ignore();
        for (key, value) in backup {
            all.cmd("RESTORE").arg(key).arg(0).arg(value).ignore();
        }
        all.exec(&mut self.connection).unwrap();
    }

    /// A whole `INFO`.
    pub(crate) fn info(&mut self) -> String {
        redis::cmd("INFO").query(&mut self.connection).unwrap()
    }
}

/// A server of one test's own.
pub(crate) struct OwnRedis {
    program: String,
    port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
}

impl OwnRedis {
    /// Starts `program` with settings beside the usual ones, such as `--requirepass`.
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        let mut server = Self { program: program.to_owned(), port: free_port(), arguments, child: None };
        server.restart();
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://{}/0", self.address())
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(self.child.as_ref().unwrap().id(), name);
    }

    /// `kill -9`; what it held is gone.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Starts it, empty, on the port that it had.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let mut command = Command::new(&self.program);
        command.args(["--bind", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.program)));
        let client = redis::Client::open(self.url()).unwrap();
        eventually("the server's answer", SOON, || {
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                panic!("{} {:?} ended: {status}", self.program, self.arguments);
            }
            let answer = client
                .get_connection_with_timeout(Duration::from_secs(1))
                .and_then(|mut connection| redis::cmd("PING").query::<String>(&mut connection));
            match answer {
                Ok(_) => Ok(()),
                // It wants the password: so it is there.
                Err(error) if error.code() == Some("NOAUTH") => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        });
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
