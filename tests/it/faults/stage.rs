//! The stage of a fault: parts that may be broken, a program at work on a steady load, and witnesses.

use std::time::{Duration, Instant, SystemTime};

use callwarden_core::{Caps, DetectorPolicy, Mode, Policy};
use callwarden_sim::WorldConfig;

use super::clock::movable;
use super::load::{Load, PARTITIONS, Source};
use super::meter::{Meter, Totals};
use super::proof::prove;
use super::watch::Watch;
use crate::harness::{Broker, OwnRedis, Program, Proxy, Random, Rig, SOON, eventually, redis_server, unless};

/// How long a fault and its load last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Small, for every change.
    Quick,
    /// As large as what is promised, with the program's own timeouts.
    Whole,
}

impl Size {
    pub(super) fn pick<T>(self, quick: T, whole: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Whole => whole,
        }
    }

    /// Attempts a second.
    pub(super) fn rate(self) -> u32 {
        self.pick(3_000, 10_000)
    }
}

/// Commands come within this after any fault, or it has failed.
pub(super) const BACK_MAX: Duration = Duration::from_secs(60);
/// What was held back is taken within this.
pub(super) const DRAINED_MAX: Duration = Duration::from_secs(180);

/// Small transactions, and a snapshot after nearly each; caps that healthy numbers pass now and then, so that commands flow.
const SETTINGS: &[&str] = &[
    "mode=enforce",
    "commit.max_events=2000",
    "commit.interval=20ms",
    "commit.heartbeat=200ms",
    "snapshot.interval=100ms",
    "caps.per_minute=10",
    "caps.per_hour=15",
    "caps.per_day=200",
    "detector.baseline_min_attempts=100",
];
/// Timeouts that make a fault bite soon.
const IMPATIENT: &[&str] = &[
    "kafka.request_timeout=3s",
    "kafka.session.timeout.ms=1500",
    "kafka.heartbeat.interval.ms=300",
    "redis.connect_timeout=500ms",
    "redis.response_timeout=1s",
];
/// The program's own, in the place of those that the rig gives to all tests.
const PATIENT: &[&str] = &["kafka.session.timeout.ms=6000", "kafka.heartbeat.interval.ms=1500"];

fn policy() -> Policy {
    let policy = Policy::default();
    Policy {
        mode: Mode::Enforce,
        caps: Caps { per_minute: 10, per_hour: 15, per_day: 200 },
        detector: DetectorPolicy { baseline_min_attempts: 100, ..policy.detector },
        ..policy
    }
}

/// Everything that may happen to records, and no end within any test. No number makes 32 calls in the half hour that an
/// amendment may take, so that none finds its attempt forgotten.
pub(super) fn world(seed: u64, numbers: u32) -> WorldConfig {
    WorldConfig {
        seed,
        numbers,
        attempts_per_number: 50_000,
        labelled: numbers / 4,
        label_when: 0.003..=0.05,
        duplicates: 0.01,
        late: 0.01,
        amended: 0.05,
        ..WorldConfig::default()
    }
}

/// What became of it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) seed: u64,
    pub(super) events: u64,
    pub(super) commands: usize,
    /// How long the fault lasted.
    pub(super) lasted: Duration,
    /// The longest time without a command from its beginning until commands flowed again.
    pub(super) outage: Option<Duration>,
    /// From its end to the next command; none where only a person can help.
    pub(super) back_after: Option<Duration>,
    pub(super) totals: Totals,
    /// What else is worth a word.
    pub(super) note: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, seed, events, commands, lasted, outage, back_after, totals, note } = self;
        let seconds = |span: &Option<Duration>| span.map_or("-".to_owned(), |span| format!("{span:.2?}"));
        write!(f, "fault: {name} seed={seed} events={events} commands={commands} lasted={lasted:.1?} ")?;
        write!(f, "outage={} back_after={} ", seconds(outage), seconds(back_after))?;
        write!(f, "recoveries={} ", totals.recoveries)?;
        write!(
            f,
            "commit_failures={} snapshot_failures={} ",
            totals.commit_failures, totals.snapshot_failures
        )?;
        write!(f, "rollbacks={} snapshot_lag_max={:.1}s ", totals.rollbacks, totals.snapshot_lag_max)?;
        write!(f, "lag_max={} {note}", totals.lag_max)
    }
}

/// What a stage is set up with.
pub(super) struct Setup<'a> {
    pub(super) name: &'static str,
    pub(super) size: Size,
    pub(super) broker: &'a mut Broker,
}

/// A program at work.
pub(super) struct Stage<'a> {
    pub(super) name: &'static str,
    pub(super) size: Size,
    pub(super) random: Random,
    pub(super) rig: Rig,
    pub(super) broker: &'a mut Broker,
    pub(super) redis: OwnRedis,
    pub(super) redis_proxy: Proxy,
    /// Of the service, beside those of the rig.
    pub(super) settings: Vec<String>,
    pub(super) program: Program,
    pub(super) watch: Watch,
    pub(super) meter: Meter,
    pub(super) load: Load,
    /// Of attempts that are not of now.
    config: Option<WorldConfig>,
    environment: Vec<(&'static str, String)>,
    seed: u64,
    /// Unreadable records that a fault has sent.
    pub(super) unreadable: u64,
    pub(super) note: String,
    began: Instant,
    ended: Instant,
}

/// How a stage differs from the usual one.
pub(super) struct Differs<'a> {
    /// Arguments of the Redis server.
    pub(super) redis: &'a [&'a str],
    /// Further settings of the program.
    pub(super) settings: &'a [&'a str],
    /// The program reaches Kafka by the broker's proxy.
    pub(super) proxied: bool,
    /// The program reaches Redis by a proxy.
    pub(super) redis_proxied: bool,
    /// Attempts a second, numbers and most records, in the place of the size's.
    pub(super) load: Option<(u32, u32, u64)>,
    /// The program's clock can be moved, and attempts are of now.
    pub(super) clock: bool,
}

impl Differs<'_> {
    /// In nothing.
    pub(super) const NONE: Self =
        Self { redis: &[], settings: &[], proxied: false, redis_proxied: false, load: None, clock: false };
}

impl<'a> Stage<'a> {
    /// Starts all of it, and waits until commands flow and a random moment has come.
    pub(super) fn set(setup: Setup<'a>, differs: &Differs<'_>) -> Self {
        let Setup { name, size, broker } = setup;
        let mut random = Random::of_run(&format!("fault {name}"));
        let seed = random.seed();
        let mut rig = Rig::new(&name.replace('_', "-"));
        rig.kafka = broker.address();
        let mut arguments = vec!["--dir".to_owned(), rig.dir.path().display().to_string()];
        arguments.extend(differs.redis.iter().map(|text| (*text).to_owned()));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let redis = OwnRedis::start(&redis_server(), &arguments);
        rig.redis_url = redis.url();
        rig.create_topics(PARTITIONS as usize);

        let mut settings: Vec<String> = [SETTINGS, size.pick(IMPATIENT, PATIENT), differs.settings]
            .concat()
            .iter()
            .map(|text| (*text).to_owned())
            .collect();
        if differs.proxied {
            settings.push(format!("kafka.bootstrap.servers={}", broker.proxy.address()));
        }
        let redis_proxy = Proxy::to(redis.port());
        if differs.redis_proxied {
            settings.push(format!("redis.url=redis://{}/0", redis_proxy.address()));
        }
        let watch = Watch::start(&rig);
        let meter = Meter::start();
        let environment = if differs.clock { movable(rig.dir.path()) } else { Vec::new() };
        let mut program = start(&rig, &settings, &environment);
        program.live();
        meter.follow(program.http());
        let (rate, numbers, most) = differs.load.unwrap_or((size.rate(), size.pick(60, 200), u64::MAX));
        let config = (!differs.clock).then(|| world(seed % 1_000_000, numbers));
        let source = config.clone().map_or(Source::Now, |config| Source::World(Box::new(config)));
        let load = Load::start(&rig, source, rate, most);
        watch.commands(20, SOON);
        std::thread::sleep(random.span(Duration::ZERO, Duration::from_secs(1)));
        let began = Instant::now();
        Self {
            name,
            size,
            random,
            rig,
            broker,
            redis,
            redis_proxy,
            settings,
            program,
            watch,
            meter,
            load,
            config,
            environment,
            seed,
            unreadable: 0,
            note: String::new(),
            began,
            ended: began,
        }
    }

    /// The fault begins.
    pub(super) fn begins(&mut self) {
        self.began = Instant::now();
    }

    /// The fault is over: from now on it counts how long it takes.
    pub(super) fn ends(&mut self) {
        self.ended = Instant::now();
    }

    /// Lets a fault last.
    pub(super) fn hold(&mut self, quick: f64, whole: f64) {
        std::thread::sleep(Duration::from_secs_f64(self.size.pick(quick, whole)));
    }

    /// Another life.
    pub(super) fn start_again(&mut self) {
        self.program = start(&self.rig, &self.settings, &self.environment);
        self.meter.follow(self.program.http());
    }

    /// Waits until everything that was committed when the fault ended is in Redis.
    #[track_caller]
    pub(super) fn saved_again(&mut self) {
        let ended = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
        let program = &mut self.program;
        eventually("a snapshot", BACK_MAX, || {
            let saved = program.metrics().sum("callwarden_snapshot_timestamp_seconds", &[]).unwrap();
            unless(saved > ended, || format!("the last one is {:.1} s older than the end", ended - saved))
        });
    }

    /// Since the fault began.
    pub(super) fn since_begin(&self) -> Duration {
        self.began.elapsed()
    }

    /// Waits until commands flow again, lets the rest of the load come, proves that nothing was lost and nothing doubled,
    /// and gives the line of the fault.
    pub(super) fn prove(mut self) -> Line {
        let back_after = self.watch.command_after(self.ended, BACK_MAX);
        std::thread::sleep(self.random.span(Duration::from_millis(300), Duration::from_millis(1_000)));
        let records = self.load.finish();
        self.watch.taken(records + self.unreadable, DRAINED_MAX);
        self.prove_now(records);
        let outage = self.watch.longest_gap(self.began, self.ended + back_after);
        self.line(records, Some((outage, back_after)))
    }

    /// Holds everything that stands in the parts against the first `records` of the load.
    #[track_caller]
    pub(super) fn prove_now(&self, records: u64) {
        prove(&self.rig, self.config.as_ref().map(|config| (config, policy())), records, self.unreadable);
    }

    /// What the program of now said, decisions apart.
    pub(super) fn tell(&self) {
        for line in self.program.log().iter().filter(|line| line["message"] != "decided") {
            println!("fault {}: {line}", self.name);
        }
    }

    /// Ends the program, if it has not ended, and gives the line of the fault: the longest time without a command and the time
    /// until they were back, if they were.
    pub(super) fn line(mut self, records: u64, back: Option<(Duration, Duration)>) -> Line {
        let totals = self.meter.totals();
        assert_eq!(totals.digest_mismatches, 0, "{totals:?}");
        self.tell();
        if self.program.poll().is_none() {
            self.program.terminate();
        }
        let line = Line {
            name: self.name,
            seed: self.seed,
            events: records + self.unreadable,
            commands: self.watch.count(),
            lasted: self.ended - self.began,
            outage: back.map(|(outage, _)| outage),
            back_after: back.map(|(_, after)| after),
            totals,
            note: self.note,
        };
        println!("{line}");
        line
    }
}

fn start(rig: &Rig, settings: &[String], environment: &[(&'static str, String)]) -> Program {
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    let mut command = rig.with(&["run"], &settings);
    Program::start(command.envs(environment.iter().map(|(name, value)| (name, value))))
}
