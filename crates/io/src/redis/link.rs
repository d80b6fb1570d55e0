//! The connection to Redis: made when it is needed, with a limit on every wait, dropped when its state is in doubt.
//!
//! A frozen server still takes TCP connections, and the client has no limit of its own on looking up a name or on a TLS
//! handshake. So connecting goes on aside, one attempt at a time, and whoever waits for it can give up; an attempt whose peer died in
//! the middle is left to itself after a while, and another is made.

use std::fmt;
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use callwarden_engine::PortError;
use redis::{
    Client, Cmd, Connection, ConnectionLike, ErrorKind, FromRedisValue, IntoConnectionInfo, Pipeline,
    RedisError, RedisResult, ServerErrorKind,
};

/// How long one attempt to connect is waited for before another is made.
const ATTEMPT_MAX: Duration = Duration::from_secs(30);

/// Where Redis is and how it is spoken to.
#[derive(Clone)]
pub struct RedisConfig {
    /// `redis://host:port/database`, or `rediss://` for TLS. No password in it.
    pub url: String,
    /// User of the ACL; `None`: the default user.
    pub username: Option<String>,
    /// Password; `None`: none is sent.
    pub password: Option<String>,
    /// What every key begins with.
    pub key_prefix: String,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long an answer may take.
    pub response_timeout: Duration,
}

/// A connection that comes back by itself at the next call.
pub(super) struct Link {
    config: RedisConfig,
    client: Client,
    connection: Option<Connection>,
    /// A connection that is still being made.
    connecting: Option<(Instant, Receiver<RedisResult<Connection>>)>,
}

impl Link {
    /// Nothing is connected yet.
    pub(super) fn new(config: &RedisConfig) -> Result<Self, PortError> {
        let refused = |error: RedisError| {
            PortError::new(format!("redis.url '{}' cannot be used: {error}", config.url))
                .hint("redis://host:port/database, or rediss:// for TLS")
        };
        let info = config.url.as_str().into_connection_info().map_err(refused)?;
        let mut settings = info.redis_settings().clone().set_skip_set_lib_name();
        if let Some(username) = &config.username {
            settings = settings.set_username(username);
        }
        if let Some(password) = &config.password {
            settings = settings.set_password(password);
        }
        let client = Client::open(info.set_redis_settings(settings)).map_err(refused)?;
        Ok(Self { config: config.clone(), client, connection: None, connecting: None })
    }

    /// Host and port, for messages.
    pub(super) fn address(&self) -> String {
        self.client.get_connection_info().addr().to_string()
    }

    /// Sends a command and waits for its answer.
    pub(super) fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, PortError> {
        let answer = command.query(self.connection()?);
        answer.map_err(|error| self.failed(&error))
    }

    /// Sends commands together and waits for all of their answers.
    pub(super) fn ask_all<T: FromRedisValue>(&mut self, commands: &Pipeline) -> Result<T, PortError> {
        let answers = commands.query(self.connection()?);
        answers.map_err(|error| self.failed(&error))
    }

    /// The connection of the last answer, for more than one command at a time. It stays away unless it is put back.
    pub(super) fn take(&mut self) -> RedisResult<Connection> {
        self.connection.take().ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected).into())
    }

    /// Puts it back, once every answer has been taken.
    pub(super) fn put_back(&mut self, connection: Connection) {
        self.connection = Some(connection);
    }

    fn connection(&mut self) -> Result<&mut Connection, PortError> {
        if self.connection.as_ref().is_some_and(ConnectionLike::is_open) {
            // Borrowed again below, which the borrow checker cannot see through otherwise.
        } else {
            self.connection = Some(self.reconnect()?);
        }
        Ok(self.connection.as_mut().expect("it was just made"))
    }

    /// Looking up a name and shaking hands over TLS have no time limit of their own: they go on aside, one at a time.
    fn connect_aside(&self) -> Result<Receiver<RedisResult<Connection>>, PortError> {
        let (outcome, connecting) = channel();
        let (client, timeout) = (self.client.clone(), self.config.connect_timeout);
        std::thread::Builder::new()
            .name("redis-connect".into())
            .spawn(move || outcome.send(client.get_connection_with_timeout(timeout)))
            .map_err(|error| PortError::new(format!("no thread to connect to Redis with: {error}")))?;
        Ok(connecting)
    }

    fn reconnect(&mut self) -> Result<Connection, PortError> {
        let timeout = self.config.connect_timeout;
        let alive = |(since, _): &(Instant, _)| since.elapsed() < ATTEMPT_MAX;
        let (since, connecting) = match self.connecting.take().filter(alive) {
            Some(connecting) => connecting,
            None => (Instant::now(), self.connect_aside()?),
        };
        let outcome = match connecting.recv_timeout(timeout + Duration::from_millis(100)) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => {
                self.connecting = Some((since, connecting));
                return Err(self.unreachable(&format!("no connection within {timeout:?}")));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(self.unreachable("the attempt was given up")),
        };
        let response = Some(self.config.response_timeout);
        let prepared = outcome.and_then(|connection| {
            connection.set_read_timeout(response)?;
            connection.set_write_timeout(response)?;
            Ok(connection)
        });
        prepared.map_err(|error| match error.kind() {
            _ if error.is_timeout() => self.unreachable(&format!("no answer within {timeout:?}")),
            ErrorKind::Io => match error.detail().and_then(refused_certificate) {
                Some(why) => self.untrusted(why),
                None => self.unreachable(&error.to_string()),
            },
            _ => self.failed(&error),
        })
    }

    fn untrusted(&self, why: &str) -> PortError {
        PortError::new(format!("the certificate of Redis at {} is not trusted: {why}", self.address())).hint(
            "to trust a private CA, set SSL_CERT_FILE to its PEM file in callwarden's environment; the certificate must \
             be valid now, and for the host in redis.url",
        )
    }

    fn unreachable(&self, why: &str) -> PortError {
        PortError::new(format!("Redis at {} cannot be reached: {why}", self.address()))
            .passing()
            .hint("check that it runs, and redis.url (rediss:// for TLS)")
    }

    /// Explains an error, and drops the connection, whose state nobody knows now.
    pub(super) fn failed(&mut self, error: &RedisError) -> PortError {
        self.connection = None;
        let at = self.address();
        let user = self.config.username.as_deref().unwrap_or("default");
        let code = error.code().unwrap_or_default();
        if error.is_timeout() {
            return PortError::new(format!(
                "Redis at {at} does not answer within {:?}",
                self.config.response_timeout
            ))
            .passing()
            .hint("is it frozen, or busy with a slow command? redis.response_timeout can be raised");
        }
        match (error.kind(), code) {
            (ErrorKind::AuthenticationFailed, _) | (_, "WRONGPASS" | "NOAUTH") => {
                PortError::new(format!("authentication failed at Redis {at} (user '{user}')"))
                    .hint("check redis.username and redis.password or redis.password_file")
            }
            (ErrorKind::Server(ServerErrorKind::NoPerm), _) => {
                let said = error.detail().unwrap_or_default();
                PortError::new(format!("user '{user}' may not do that at Redis {at}: {said}")).hint(format!(
                    "ACL: ~{}:* +info +hset +hget +hgetall +hscan +hlen +get +set +unlink +rename +watch +unwatch +multi +exec +select",
                    self.config.key_prefix
                ))
            }
            (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => {
                PortError::new(format!("Redis at {at} is still loading its data"))
                    .passing()
                    .hint("try again in a moment")
            }
            (_, "OOM" | "EXECABORT") => PortError::new(format!("Redis at {at} has no memory left: {error}"))
                .passing()
                .hint("raise maxmemory; callwarden needs about 2 KiB a number, and as much again for a moment while it saves"),
            (ErrorKind::Io, _) => PortError::new(format!("the connection to Redis at {at} broke: {error}"))
                .passing()
                .hint("check that it runs, and redis.url (rediss:// for TLS)"),
            // In the middle of a failover, or short of disk or replicas.
            (_, "READONLY" | "MASTERDOWN" | "MISCONF" | "NOREPLICAS" | "TRYAGAIN") => {
                PortError::new(format!("Redis at {at} takes no writes: {error}"))
                    .passing()
                    .hint("is redis.url the primary, and has it the disk and the replicas that it wants?")
            }
            _ => PortError::new(format!("Redis at {at} refused: {error}")),
        }
    }
}

/// Why OpenSSL refuses a certificate, out of `error:0A000086:SSL routines:…:certificate verify failed:…: (why)`.
fn refused_certificate(said: &str) -> Option<&str> {
    let (_, after) = said.split_once("certificate verify failed")?;
    Some(after.rsplit_once(" (").map_or("certificate verify failed", |(_, why)| why.trim_end_matches(')')))
}

impl fmt::Debug for RedisConfig {
    /// Without the password, and without the address, which may hold one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisConfig")
            .field("username", &self.username)
            .field("key_prefix", &self.key_prefix)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn nothing_secret_is_debugged() {
        let config = RedisConfig {
            url: "redis://:hunter2@h/0".into(),
            username: None,
            password: Some("hunter2".into()),
            key_prefix: "callwarden".into(),
            connect_timeout: Duration::from_secs(2),
            response_timeout: Duration::from_secs(5),
        };
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_refused_certificate_is_told_from_other_trouble() {
        let said = "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:\
                    ../ssl/statem/statem_clnt.c:1889: (certificate has expired)";
        assert_eq!(refused_certificate(said), Some("certificate has expired"));
        assert_eq!(refused_certificate("certificate verify failed"), Some("certificate verify failed"));
        assert_eq!(
            refused_certificate("error:0A00010B:SSL routines:ssl3_get_record:wrong version number"),
            None
        );
    }

    #[test]
    fn an_absent_server_is_named_with_its_cure_and_no_password() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = RedisConfig {
            url: format!("redis://127.0.0.1:{port}/0"),
            username: Some("u".into()),
            password: Some("hunter2".into()),
            key_prefix: "callwarden".into(),
            connect_timeout: Duration::from_secs(2),
            response_timeout: Duration::from_secs(5),
        };
        let error = Link::new(&config).unwrap().ask::<()>(&redis::cmd("PING")).err().unwrap();
        assert!(error.what.starts_with(&format!("Redis at 127.0.0.1:{port} cannot be reached: ")), "{error}");
        assert!(error.hint.is_some() && !error.to_string().contains("hunter2"), "{error}");
    }
}
