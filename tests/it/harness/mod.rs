//! What the tests have in common: the parts, the program, and looking at both from outside.

mod broker;
mod count;
mod http;
mod journal;
mod kafka;
mod parts;
mod program;
mod proxy;
mod redis;
mod rig;
mod traffic;

use std::time::{Duration, Instant};

pub(crate) use broker::{Broker, root};
pub(crate) use count::Counts;
pub(crate) use http::{Metrics, get};
pub(crate) use journal::check_journal;
pub(crate) use kafka::{
    Feed, Producer, Record, Tail, commands, create_partitions, create_topic, delete_topic, for_each, journal,
    journal_of, read, trim,
};
pub(crate) use parts::{
    kafka_sasl, kafka_sasl_ssl, kafka_ssl, redis_server, test_ca, test_certificate, valkey_server,
};
pub(crate) use program::{Output, Program, free_port};
pub(crate) use proxy::{Line, Proxy};
pub(crate) use redis::{OwnRedis, Redis};
pub(crate) use rig::Rig;
pub(crate) use traffic::{Dialer, Order, Sent, Spread, attempt, produce, reference, reference_of};

/// As long as anything may take that ought to take a moment, on a machine that is busy with other tests.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// Looks again and again until `look` is content, and gives what it found. `Err` says what is not yet as it should be.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, within: Duration, mut look: impl FnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(not_yet) if begun.elapsed() >= within => panic!("{what}: not within {within:?}: {not_yet}"),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// `Err(what it is instead)` unless `condition`.
pub(crate) fn unless(condition: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(what()) }
}

/// Random words for what must differ from run to run, and for moments: seeded, so that a failure can be repeated.
pub(crate) struct Random(u64);

impl Random {
    /// From `CALLWARDEN_TEST_SEED`, or another one each time. Printed, since it is what a repetition needs.
    pub(crate) fn of_run(test: &str) -> Self {
        let seed = std::env::var("CALLWARDEN_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            now.as_nanos() as u64 >> 10
        });
        println!("{test}: CALLWARDEN_TEST_SEED={seed}");
        Self(seed)
    }

    /// The seed, before the first word is drawn.
    pub(crate) const fn seed(&self) -> u64 {
        self.0
    }

    /// The next word (splitmix64).
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A span between two.
    pub(crate) fn span(&mut self, from: Duration, to: Duration) -> Duration {
        let micros = (to - from).as_micros() as u64;
        from + Duration::from_micros(self.word() % micros.max(1))
    }
}
