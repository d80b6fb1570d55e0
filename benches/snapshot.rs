//! What a snapshot of a million numbers costs, and how long Redis lets others wait meanwhile: saves of all of them, of a part,
//! of a few, and the load of a restart, against a real server.
//!
//! `eval "$(scripts/parts up)"; cargo bench -p callwarden-io --bench snapshot`
//!
//! `SNAPSHOT_NUMBERS` changes the size, `SNAPSHOT_CALLS_PER_HOUR` how much there is in a state: by default that of ordinary
//! numbers, of busy ones, and of the largest there can be. Needs Linux: CPU time is read from /proc. Redis should be idle
//! otherwise.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use callwarden_core::{
    Bucket, Buckets, CORE_VERSION, Caller, Counts, EventTime, Evidence, Fleet, Minutes, Mixture, Number,
    NumberView, Orders, Policy, RECENT_MAX, Recent, Settled,
};
use callwarden_engine::{ChangedNumber, Changes, Saved, SnapshotHead, Store};
use callwarden_io::redis::{RedisConfig, RedisStore};
use callwarden_wire::pack_number;

/// How often the other client asks.
const EVERY: Duration = Duration::from_millis(1);

fn main() {
    let Ok(url) = std::env::var("CALLWARDEN_TEST_REDIS") else {
        // Not a failure: `cargo bench` runs every benchmark, and this one needs a server.
        return println!(
            "snapshot: CALLWARDEN_TEST_REDIS is not set; start the parts with: eval \"$(scripts/parts up)\""
        );
    };
    let numbers: usize = setting("SNAPSHOT_NUMBERS", "1000000").parse().unwrap();
    for per_hour in setting("SNAPSHOT_CALLS_PER_HOUR", "2,60,40000").split(',') {
        measure(&url, numbers, per_hour.parse().unwrap());
    }
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn measure(url: &str, numbers: usize, per_hour: u32) {
    let samples = samples(per_hour);
    let mean = samples.iter().map(|(_, packed)| packed.len()).sum::<usize>() / samples.len();
    let config = RedisConfig {
        url: url.to_owned(),
        username: None,
        password: None,
        key_prefix: format!("snapshot-{}-{mean}", std::process::id()),
        connect_timeout: Duration::from_secs(5),
        response_timeout: Duration::from_secs(30),
    };
    let mut server = Server::of(url);
    let memory = server.info("used_memory");
    let mut store = RedisStore::connect(&config, 0).unwrap();
    assert!(store.load().unwrap().is_none());
    println!("\n{numbers} numbers, {mean} bytes a state");
    println!(
        "{:<24} {:>9} {:>8} {:>12} {:>24} {:>10} {:>10}",
        "", "numbers", "seconds", "PING max ms", "longest command ms", "client us", "server us"
    );
    let mut sequence = 0;
    let mut save = |store: &mut RedisStore, server: &mut Server, name: &str, count: usize| {
        sequence += 1;
        // Spread over all, as the numbers that happen to dial are.
        let step = (numbers / count).max(1);
        let changes = Changes {
            head: head(sequence, numbers),
            numbers: (0..numbers).step_by(step).take(count).map(|at| changed(at, &samples)).collect(),
        };
        let saved = server.watch(url, name, count, || store.save(&changes).unwrap());
        assert_eq!(saved, Saved::Done);
    };
    save(&mut store, &mut server, "first save", numbers);
    let used = (server.info("used_memory") - memory) / numbers as f64;
    save(&mut store, &mut server, "all changed", numbers);
    for part in [10, 100, 1_000] {
        save(&mut store, &mut server, &format!("1 of {part} changed"), numbers / part);
    }
    let snapshot = server.watch(url, "load", numbers, || store.load().unwrap().unwrap());
    assert_eq!(snapshot.numbers.len(), numbers);
    let peak = (server.peak - memory) / numbers as f64;
    println!("memory a number in Redis: {used:.0} B, at the peak {peak:.0} B");
    server.drop_all(&config.key_prefix);
}

/// States of numbers whose every window is full: `per_hour` calls an hour decide how many bytes a count takes.
fn samples(per_hour: u32) -> Vec<(NumberView, Vec<u8>)> {
    let policy = Policy::default();
    let newest = EventTime(1_795_478_400 + 12 * 3_600);
    (0..50)
        .map(|salt| number(newest, per_hour, salt))
        .map(|number| {
            let mut packed = Vec::new();
            pack_number(&number, &mut packed);
            (number.view(&policy), packed)
        })
        .collect()
}

fn number(newest: EventTime, per_hour: u32, salt: u32) -> Number {
    let counts = |attempts: u32| Counts {
        attempts,
        seizures: attempts - attempts / 20,
        answers: attempts / 3,
        human: attempts / 5,
        machine: attempts / 9,
        short: attempts / 30,
        blocked: attempts / 50,
        talk_seconds: attempts * 12 + salt,
    };
    let held = |newest: u32, buckets: u32, attempts: u32| -> Vec<Bucket> {
        (0..buckets)
            .map(|at| Bucket { index: newest + 1 + at - buckets, counts: counts(attempts + salt) })
            .collect()
    };
    let (hour, day, minute) = (newest.0 / 3_600, newest.0 / 86_400, newest.0 / 60);
    let recent = (0..RECENT_MAX as u32).map(|at| {
        let id = (at + salt).wrapping_mul(0x9e37_79b9);
        [id, newest.0 - 30 * (RECENT_MAX as u32 - at), id << 24 | 3 << 17 | (40 + at * 9)]
    });
    // Rare calls leave most minutes empty, and the hours of the night.
    let step = (60 / per_hour).max(1) as usize;
    let calls = (per_hour / 60).max(1) as u16;
    let minutes = (0..60).step_by(step).map(|at| (minute - 59 + at, calls));
    Number {
        newest,
        minutes: Minutes::from_parts(minute, minutes).unwrap(),
        hours: Buckets::from_parts(hour, &held(hour, if per_hour < 60 { 12 } else { 24 }, per_hour)).unwrap(),
        days: Buckets::from_parts(day, &held(day, 7, per_hour * 24)).unwrap(),
        settled: Settled { seizures: 100_000, answers: 30_000 },
        recent: Recent::from_packed(recent.collect()).unwrap(),
        evidence: Evidence {
            mixture: Mixture { m: [1.5; 4], w: 0.5 },
            since: EventTime(newest.0 - 4_000),
            attempts: 40,
            answers: 10,
        },
        orders: Orders::default(),
    }
}

fn changed(at: usize, samples: &[(NumberView, Vec<u8>)]) -> ChangedNumber {
    let (view, packed) = &samples[at % samples.len()];
    ChangedNumber {
        fleet: Fleet::new(Fleet::DEFAULT),
        caller: Caller::from_digits(12_010_000_000 + at as u64).unwrap(),
        view: *view,
        packed: packed.clone(),
    }
}

fn head(sequence: u64, numbers: usize) -> SnapshotHead {
    SnapshotHead {
        sequence,
        journal_offset: sequence as i64,
        header: callwarden_core::Header::default(),
        tally: callwarden_core::Tally::default(),
        core_version: CORE_VERSION,
        policy_hash: "0123456789abcdef".into(),
        instance: "bench".into(),
        numbers: numbers as u64,
    }
}

/// The server, as another client sees it.
struct Server {
    connection: redis::Connection,
    /// Most memory that it was seen to use.
    peak: f64,
}

impl Server {
    fn of(url: &str) -> Self {
        Self { connection: redis::Client::open(url).unwrap().get_connection().unwrap(), peak: 0.0 }
    }

    fn info(&mut self, field: &str) -> f64 {
        let info: String = redis::cmd("INFO").query(&mut self.connection).unwrap();
        let value = info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
        value.trim().parse().unwrap()
    }

    fn cpu(&mut self) -> f64 {
        self.info("used_cpu_user") + self.info("used_cpu_sys")
    }

    /// Does it, and prints a line: time, how long others waited, CPU time a number of client and server.
    fn watch<T>(&mut self, url: &str, name: &str, numbers: usize, act: impl FnOnce() -> T) -> T {
        redis::cmd("CONFIG").arg("RESETSTAT").exec(&mut self.connection).unwrap();
        let over = AtomicBool::new(false);
        let (begun, server, client) = (Instant::now(), self.cpu(), client_cpu());
        let (done, (worst, peak)) = std::thread::scope(|scope| {
            let other = scope.spawn(|| longest_wait(url, &over));
            let done = act();
            over.store(true, Ordering::Relaxed);
            (done, other.join().unwrap())
        });
        self.peak = self.peak.max(peak);
        let took = begun.elapsed().as_secs_f64();
        let each = |seconds: f64| seconds * 1e6 / numbers as f64;
        let (client, server) = (each(client_cpu() - client), each(self.cpu() - server));
        println!(
            "{name:<24} {numbers:>9} {took:>8.2} {:>12.1} {:>24} {client:>10.2} {server:>10.2}",
            worst.as_secs_f64() * 1e3,
            self.longest_command()
        );
        done
    }

    /// From the server's own histograms, which count a transaction as one and round up to a power of two.
    fn longest_command(&mut self) -> String {
        type Histogram = (String, u64, String, BTreeMap<u64, u64>);
        let all: BTreeMap<String, Histogram> =
            redis::cmd("LATENCY").arg("HISTOGRAM").query(&mut self.connection).unwrap();
        let last = |histogram: &Histogram| histogram.3.last_key_value().map_or(0, |(us, _)| *us);
        let longest = all.iter().map(|(name, histogram)| (last(histogram), name)).max();
        longest.map_or_else(String::new, |(us, name)| format!("{name} {:.1}", us as f64 / 1e3))
    }

    fn drop_all(&mut self, prefix: &str) {
        let keys: Vec<Vec<u8>> =
            redis::cmd("KEYS").arg(format!("{prefix}:*")).query(&mut self.connection).unwrap();
        for keys in keys.chunks(1_000) {
            redis::cmd("UNLINK").arg(keys).exec(&mut self.connection).unwrap();
        }
    }
}

/// Longest wait for an answer, and the most memory in use, until it is over.
fn longest_wait(url: &str, over: &AtomicBool) -> (Duration, f64) {
    let mut server = Server::of(url);
    let (mut worst, mut peak) = (Duration::ZERO, 0.0_f64);
    for at in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let asked = Instant::now();
        redis::cmd("PING").exec(&mut server.connection).unwrap();
        worst = worst.max(asked.elapsed());
        if at % 100 == 0 {
            peak = peak.max(server.info("used_memory"));
        }
        std::thread::sleep(EVERY);
    }
    (worst, peak)
}

/// User and system time of this process.
fn client_cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}
