//! Whole process against a bare consumer, on a real broker: a preloaded topic of small protobuf attempts is drained once by a
//! loop that only polls, and once by `callwarden run`, in turn, and the medians are laid beside each other.
//!
//! `eval "$(scripts/parts up)"; cargo bench -p callwarden --bench drain`
//!
//! `DRAIN_ATTEMPTS`, `DRAIN_NUMBERS`, `DRAIN_ROUNDS` change the size. Needs Linux: CPU time and memory are read from /proc.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use callwarden_sim::{World, WorldConfig};
use prost::Message as _;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{Offset, TopicPartitionList};

const PARTITIONS: i32 = 6;

/// One drain, as seen from outside.
#[derive(Clone, Copy)]
struct Drain {
    seconds: f64,
    cpu_seconds: f64,
}

struct Size {
    attempts: u32,
    numbers: u32,
    rounds: usize,
}

fn main() {
    let Ok(broker) = std::env::var("CALLWARDEN_TEST_KAFKA") else { return absent("CALLWARDEN_TEST_KAFKA") };
    let Ok(redis) = std::env::var("CALLWARDEN_TEST_REDIS") else { return absent("CALLWARDEN_TEST_REDIS") };
    let size = Size {
        attempts: setting("DRAIN_ATTEMPTS", 2_000_000),
        numbers: setting("DRAIN_NUMBERS", 100_000),
        rounds: setting("DRAIN_ROUNDS", 3) as usize,
    };
    let prefix = format!("drain-{}.", std::process::id());
    let bytes = preload(&broker, &prefix, &size);
    println!(
        "{} attempts of {} numbers, {bytes:.0} bytes each, {PARTITIONS} partitions, {} rounds",
        size.attempts, size.numbers, size.rounds
    );
    let attempts = format!("{prefix}attempts");
    let nothing = Place::new(&broker, &redis, &format!("{prefix}nothing"), &format!("{prefix}nothing."));
    let (mut bare, mut whole, mut in_process, mut in_redis) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..size.rounds {
        bare.push(drain_bare(&broker, &attempts, &size));
        let place = Place::new(&broker, &redis, &attempts, &format!("{prefix}{round}."));
        let (drain, stored) = place.drain(&size);
        whole.push(drain);
        in_redis.push(stored);
        // What it takes beside the numbers is what a process without any takes.
        in_process.push((place.resting_memory() - nothing.resting_memory()) / f64::from(size.numbers));
    }
    let row = |name: &str, drains: &[Drain]| {
        let rate = median(drains.iter().map(|drain| f64::from(size.attempts) / drain.seconds));
        let cpu = median(drains.iter().map(|drain| drain.cpu_seconds * 1e6 / f64::from(size.attempts)));
        println!("{name:<12} {rate:>12.0} {cpu:>14.2}");
        cpu
    };
    println!("{:<12} {:>12} {:>14}", "", "attempts/s", "CPU us/attempt");
    let bare_cpu = row("bare poll", &bare);
    let whole_cpu = row("callwarden", &whole);
    println!("ratio of CPU {:.2}", whole_cpu / bare_cpu);
    println!(
        "memory a number: {:.0} B in process, {:.0} B in Redis",
        median(in_process.into_iter()),
        median(in_redis.into_iter())
    );
}

/// Not a failure: `cargo bench` runs every benchmark, and this one needs a broker.
fn absent(variable: &str) {
    println!("drain: {variable} is not set; start the parts with: eval \"$(scripts/parts up)\"");
}

fn setting(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn preload(broker: &str, prefix: &str, size: &Size) -> f64 {
    let topic = format!("{prefix}attempts");
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker);
    let admin: AdminClient<_> = config.create().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let new = NewTopic::new(&topic, PARTITIONS, TopicReplication::Fixed(1));
    for result in runtime.block_on(admin.create_topics([&new], &AdminOptions::new())).unwrap() {
        result.unwrap();
    }
    config
        .set("queue.buffering.max.messages", "500000")
        .set("linger.ms", "20")
        .set("compression.type", "none");
    let producer: BaseProducer = config.create().unwrap();
    let world = World::new(WorldConfig {
        numbers: size.numbers,
        attempts_per_number: size.attempts.div_ceil(size.numbers),
        compact: true,
        ..WorldConfig::default()
    })
    .unwrap();
    let (mut payload, mut bytes) = (Vec::new(), 0);
    let mut message = callwarden_wire::v1::CallAttempt::default();
    for (at, attempt) in world.take(size.attempts as usize).enumerate() {
        payload.clear();
        attempt.write_into(&mut message);
        message.encode(&mut payload).unwrap();
        bytes += payload.len();
        let mut record = BaseRecord::<(), _>::to(&topic).payload(&payload).partition(at as i32 % PARTITIONS);
        while let Err((_, back)) = producer.send(record) {
            producer.poll(Duration::from_millis(5));
            record = back;
        }
    }
    producer.flush(Duration::from_secs(60)).unwrap();
    bytes as f64 / f64::from(size.attempts)
}

/// The least that a consumer can do: one thread, every record polled once and dropped.
fn drain_bare(broker: &str, topic: &str, size: &Size) -> Drain {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker)
        .set("group.id", "bare")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .set("queued.min.messages", "200000")
        .set("fetch.message.max.bytes", "4194304")
        .set("fetch.queue.backoff.ms", "5")
        .create()
        .unwrap();
    let mut list = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    }
    let (begun, cpu) = (Instant::now(), cpu_seconds("self"));
    consumer.assign(&list).unwrap();
    let mut taken = 0;
    while taken < size.attempts {
        if let Some(message) = consumer.poll(Duration::from_millis(100)) {
            message.unwrap();
            taken += 1;
        }
    }
    Drain { seconds: begun.elapsed().as_secs_f64(), cpu_seconds: cpu_seconds("self") - cpu }
}

/// A `callwarden` that is told where everything is.
struct Place<'a> {
    redis: &'a str,
    settings: Vec<String>,
}

impl<'a> Place<'a> {
    /// What it writes has a prefix of its own, so that it begins without a journal and a snapshot.
    fn new(broker: &str, redis: &'a str, attempts: &str, own: &str) -> Self {
        let settings = vec![
            format!("kafka.bootstrap.servers={broker}"),
            format!("kafka.topic_prefix={own}"),
            format!("attempts.0.topic={attempts}"),
            format!("redis.url={redis}"),
            format!("redis.key_prefix={own}"),
            "http.listen=127.0.0.1:0".to_owned(),
            "log.format=json".to_owned(),
        ];
        let place = Self { redis, settings };
        let created = place.program(&["topics", "create"]).stderr(Stdio::inherit()).status().unwrap();
        assert!(created.success());
        place
    }

    fn program(&self, subcommand: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callwarden"));
        command.args(subcommand).stderr(Stdio::piped()).stdout(Stdio::null());
        for setting in &self.settings {
            command.args(["--set", setting]);
        }
        command
    }

    /// From start to the last attempt committed; recovery, snapshots and the journal are in the price. Then what a number
    /// takes in Redis.
    fn drain(&self, size: &Size) -> (Drain, f64) {
        let used_before = redis_memory(self.redis);
        let begun = Instant::now();
        let mut child = self.program(&["run"]).spawn().unwrap();
        let pid = child.id().to_string();
        let address = http_address(&mut child);
        while counted(&address) < f64::from(size.attempts) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let drain = Drain { seconds: begun.elapsed().as_secs_f64(), cpu_seconds: cpu_seconds(&pid) };
        // The last snapshot is written on the way out.
        stop(child);
        (drain, (redis_memory(self.redis) - used_before) / f64::from(size.numbers))
    }

    /// Memory of a process that has recovered and waits for attempts.
    fn resting_memory(&self) -> f64 {
        let mut child = self.program(&["run"]).spawn().unwrap();
        let address = http_address(&mut child);
        while !get(&address, "/readyz").starts_with("HTTP/1.0 200") {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_secs(1));
        let memory = anonymous_memory(&child.id().to_string());
        stop(child);
        memory
    }
}

fn stop(mut child: Child) {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

fn http_address(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        serde_json::from_str::<serde_json::Value>(&line).ok()?.get("http")?.as_str().map(str::to_owned)
    });
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    address.unwrap()
}

/// Attempts that the program says it has committed.
fn counted(address: &str) -> f64 {
    get(address, "/metrics")
        .lines()
        .filter(|line| line.starts_with("callwarden_attempts_total{"))
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
        .sum()
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// User and system time of a process and its threads.
fn cpu_seconds(pid: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn anonymous_memory(pid: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

fn redis_memory(url: &str) -> f64 {
    let mut connection = redis::Client::open(url).unwrap().get_connection().unwrap();
    let info: String = redis::cmd("INFO").arg("memory").query(&mut connection).unwrap();
    info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
