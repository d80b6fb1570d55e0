//! From start to ready with many numbers: after SIGTERM, and after `kill -9` in the middle of attempts; and what a number takes.

use std::time::Duration;

use crate::kafka::{self, Filler};
use crate::load::now;
use crate::process::{memory, until};
use crate::program::{Place, Running};
use crate::{Args, Site, median, table};

/// A start, in seconds.
struct Start {
    whole: f64,
    /// The part of it in which the state was read and stepped.
    recovery: f64,
    /// Journal records stepped again.
    replayed: f64,
}

impl Start {
    fn of(program: &Running) -> Self {
        let whole = program.live();
        let recovered = program.logged("recovered");
        let field = |name: &str| recovered[name].as_f64().unwrap();
        Self { whole, recovery: field("took_ms") / 1e3, replayed: field("replayed") }
    }
}

/// Attempts that arrive while the process is killed.
const BURST: u32 = 400_000;

/// Prints the tables.
pub(crate) fn measure(site: &Site, args: &Args) {
    let numbers = args.many_numbers;
    let Many { place, topic, in_redis } = many(site, args, "restart");
    let without = empty_memory(site);
    let (mut after_term, mut after_kill, mut in_process) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..args.rounds {
        eprintln!("restart: round {}, after SIGTERM", round + 1);
        let program = place.start();
        after_term.push(Start::of(&program));
        in_process.push((resting_memory(&program) - without) / f64::from(numbers));
        program.terminate();

        eprintln!("restart: round {}, after kill -9", round + 1);
        let program = place.start();
        program.live();
        let burst = numbers.min(BURST);
        let mut filler = Filler::new(site, &topic, args.json);
        filler.one_each(burst, now() as i64);
        filler.finish();
        until("half of them", Duration::from_millis(5), || {
            (program.taken() >= f64::from(burst / 2)).then_some(())
        });
        program.kill();
        let program = place.start();
        after_kill.push(Start::of(&program));
        until("the rest", Duration::from_millis(20), || {
            (program.metric("callwarden_consumer_lag_records") == 0.0).then_some(())
        });
        program.terminate();
    }
    kafka::delete_topic(&site.broker, &topic);
    let row = |name: &str, starts: &[Start]| {
        let of = |figure: fn(&Start) -> f64| median(starts.iter().map(figure));
        vec![
            name.to_owned(),
            format!("{:.2}", of(|start| start.whole)),
            format!("{:.2}", of(|start| start.recovery)),
            format!("{:.0}", of(|start| start.replayed)),
        ]
    };
    table::print(
        &format!("Restart with {numbers} numbers, {} rounds", args.rounds),
        &["", "start to ready, s", "of which recovery, s", "journal records stepped again"],
        &[row("after SIGTERM", &after_term), row("after kill -9 under load", &after_kill)],
        &[
            "Ready: /readyz says that the unit is live. Recovery: took_ms of the line 'recovered' in the log.",
            "After kill -9 the group waits for the dead member first: kafka.session.timeout.ms, 6 s here.",
        ],
    );
    table::print(
        "Memory a number, bytes",
        &["", "in process", "in Redis"],
        &[vec![
            format!("{numbers} numbers, two attempts each"),
            format!("{:.0}", median(in_process)),
            format!("{in_redis:.0}"),
        ]],
        &[
            "In process: VmRSS of a process that has recovered, less that of one without numbers. In Redis: used_memory.",
        ],
    );
}

/// A callwarden that has taken two attempts of each of many numbers, and has left.
pub(crate) struct Many {
    pub(crate) place: Place,
    pub(crate) topic: String,
    /// Bytes of a number in Redis.
    in_redis: f64,
}

pub(crate) fn many(site: &Site, args: &Args, name: &str) -> Many {
    eprintln!("{name}: {} numbers", args.many_numbers);
    let topic = site.name(&format!("{name}-attempts"));
    kafka::create_topic(&site.broker, &topic, kafka::PARTITIONS);
    let mut filler = Filler::new(site, &topic, args.json);
    for minutes_ago in [120, 10] {
        filler.one_each(args.many_numbers, now() as i64 - minutes_ago * 60);
    }
    filler.finish();
    let place = site.place(name, &topic);
    let before = place.redis_memory();
    let program = place.start();
    let all = 2.0 * f64::from(args.many_numbers);
    until("all numbers", Duration::from_millis(20), || (program.taken() >= all).then_some(()));
    program.terminate();
    let in_redis = (place.redis_memory() - before) / f64::from(args.many_numbers);
    Many { place, topic, in_redis }
}

/// Memory of a process that is live and has nothing to do.
pub(crate) fn resting_memory(program: &Running) -> f64 {
    // What the recovery needed is given back meanwhile.
    std::thread::sleep(Duration::from_secs(1));
    memory(program.pid(), "VmRSS")
}

/// The same without a single number.
pub(crate) fn empty_memory(site: &Site) -> f64 {
    let topic = site.name("nothing");
    kafka::create_topic(&site.broker, &topic, kafka::PARTITIONS);
    let program = site.place("empty", &topic).start();
    program.live();
    let memory = resting_memory(&program);
    program.terminate();
    kafka::delete_topic(&site.broker, &topic);
    memory
}
