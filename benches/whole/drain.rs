//! A full topic, taken as fast as it goes: by a loop that only polls, by callwarden, and by Kafka Streams with either guarantee, in
//! turn. What each costs is laid beside the others of its round; figures are medians over the rounds.

use std::time::{Duration, Instant};

use rdkafka::Offset;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::kafka::{self, Filler, Group};
use crate::process::{cpu_seconds, memory, parts_cpu_seconds};
use crate::streams::Guarantee;
use crate::{Args, Site, median, table};

/// One drain, as seen from outside.
struct Drain {
    seconds: f64,
    /// CPU time for each attempt, in microseconds: of all of it, and of the second half only.
    cpu: f64,
    cpu_warm: f64,
    /// The same of the broker and Redis.
    cpu_parts: f64,
    peak: f64,
    commands: f64,
}

/// Progress of a drain at one moment.
#[derive(Clone, Copy)]
struct Sample {
    at: Instant,
    cpu: f64,
    taken: f64,
}

/// How often a drain is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Prints the table.
pub(crate) fn measure(site: &Site, args: &Args) {
    let topic = site.name("attempts");
    kafka::create_topic(&site.broker, &topic, kafka::PARTITIONS);
    let mut filler = Filler::new(site, &topic, args.json);
    filler.fleet(kafka::fleet(args.numbers, args.events), args.events);
    let bytes = filler.finish();

    let events = f64::from(args.events);
    let mut programs: Vec<(&str, Vec<Drain>)> = vec![("bare consumer", vec![]), ("callwarden", vec![])];
    if site.streams.is_some() {
        programs.push(("Kafka Streams, exactly once", vec![]));
        programs.push(("Kafka Streams, at least once", vec![]));
    }
    for round in 0..args.rounds {
        for (which, (name, drains)) in programs.iter_mut().enumerate() {
            eprintln!("drain: round {}, {name}", round + 1);
            let name = format!("drain-{round}-{which}");
            drains.push(match which {
                0 => bare(site, &topic, events),
                1 => callwarden(site, &topic, events, &name),
                2 => streams(site, &topic, events, &name, Guarantee::ExactlyOnce),
                _ => streams(site, &topic, events, &name, Guarantee::AtLeastOnce),
            });
        }
    }
    kafka::delete_topic(&site.broker, &topic);

    let shown = |figure: f64| if figure.is_nan() { "-".to_owned() } else { format!("{figure:.0}") };
    let ratio = |of: &[Drain], to: &[Drain], cost: fn(&Drain) -> f64| {
        format!("{:.2}", median(of.iter().zip(to).map(|(of, to)| cost(of) / cost(to))))
    };
    let rows: Vec<Vec<String>> = programs
        .iter()
        .map(|(name, drains)| {
            let of = |figure: fn(&Drain) -> f64| median(drains.iter().map(figure));
            vec![
                (*name).to_owned(),
                format!("{:.0}", events / of(|drain| drain.seconds)),
                format!("{:.2}", of(|drain| drain.cpu)),
                ratio(drains, &programs[0].1, |drain| drain.cpu),
                ratio(drains, &programs[1].1, |drain| drain.cpu),
                format!("{:.2}", of(|drain| drain.cpu_warm)),
                ratio(drains, &programs[1].1, |drain| drain.cpu_warm),
                format!("{:.2}", of(|drain| drain.cpu_parts)),
                shown(of(|drain| drain.peak) / 1e6),
                shown(of(|drain| drain.commands)),
            ]
        })
        .collect();
    let title = format!(
        "Drain: {} attempts of {} numbers, {bytes:.0} bytes each ({}), {} partitions, {} rounds",
        args.events,
        args.numbers,
        if args.json { "JSON" } else { "protobuf" },
        kafka::PARTITIONS,
        args.rounds
    );
    table::print(
        &title,
        &[
            "",
            "attempts/s",
            "CPU us/attempt",
            "to bare",
            "to callwarden",
            "2nd half",
            "to callwarden",
            "broker + Redis",
            "peak MB",
            "commands",
        ],
        &rows,
        &[
            "CPU: user and system time of the whole process. callwarden's from its start, recovery and snapshots included; Kafka \
             Streams' from RUNNING on, so without the start of the JVM. 2nd half: of the second half of the attempts, when the JVM \
             has compiled what it compiles.",
            "To bare, to callwarden: the ratio in the same round. Every figure is the median over the rounds.",
            "broker + Redis: what both spend for each attempt meanwhile.",
        ],
    );
}

/// The least that a consumer can do: one thread, every record polled once and dropped.
fn bare(site: &Site, topic: &str, events: f64) -> Drain {
    let parts = parts_cpu_seconds();
    let own = std::process::id();
    let sample = |taken: f64| Sample { at: Instant::now(), cpu: cpu_seconds(own), taken };
    let begun = sample(0.0);
    let consumer = kafka::reader(&site.broker, topic, kafka::PARTITIONS, Offset::Beginning);
    let (mut taken, mut half) = (0.0, begun);
    while taken < events {
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(_)) => taken += 1.0,
            None | Some(Err(KafkaError::PartitionEOF(_))) => {}
            Some(Err(error)) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::PartitionEOF) => {}
            Some(Err(error)) => panic!("{topic}: {error}"),
        }
        if taken == (events / 2.0).floor() {
            half = sample(taken);
        }
    }
    // The peak of this process says nothing: it has filled the topic.
    drain(begun, half, sample(taken), parts_cpu_seconds() - parts, f64::NAN, f64::NAN)
}

/// From start to the last attempt committed; recovery, snapshots and the journal are in the price.
fn callwarden(site: &Site, topic: &str, events: f64, name: &str) -> Drain {
    let place = site.place(name, topic);
    let parts = parts_cpu_seconds();
    let begun = Sample { at: Instant::now(), cpu: 0.0, taken: 0.0 };
    let program = place.start();
    let (half, end) = follow(program.pid(), events, || program.taken());
    let peak = memory(program.pid(), "VmHWM");
    let parts = parts_cpu_seconds() - parts;
    program.terminate();
    drain(begun, half, end, parts, peak, kafka::count(&site.broker, &format!("{}commands", place.prefix)))
}

/// From RUNNING to the last offset committed.
fn streams(site: &Site, topic: &str, events: f64, name: &str, guarantee: Guarantee) -> Drain {
    let parts = parts_cpu_seconds();
    let program = site.streams.as_ref().unwrap().start(site, name, topic, guarantee);
    let begun = Sample { at: Instant::now(), cpu: cpu_seconds(program.pid()), taken: 0.0 };
    let group = Group::new(&site.broker, &program.application, topic);
    let (half, end) = follow(program.pid(), events, || group.committed());
    let peak = memory(program.pid(), "VmHWM");
    let parts = parts_cpu_seconds() - parts;
    let commands = program.commands.clone();
    program.terminate();
    drain(begun, half, end, parts, peak, kafka::count(&site.broker, &commands))
}

/// Half-way and at the end.
fn follow(pid: u32, events: f64, taken: impl Fn() -> f64) -> (Sample, Sample) {
    let mut half = None;
    loop {
        let sample = Sample { taken: taken(), at: Instant::now(), cpu: cpu_seconds(pid) };
        if sample.taken >= events {
            return (half.unwrap_or(sample), sample);
        }
        if sample.taken >= events / 2.0 {
            half.get_or_insert(sample);
        }
        std::thread::sleep(LOOK);
    }
}

fn drain(begun: Sample, half: Sample, end: Sample, parts: f64, peak: f64, commands: f64) -> Drain {
    let cost = |from: Sample| (end.cpu - from.cpu) * 1e6 / (end.taken - from.taken);
    Drain {
        seconds: (end.at - begun.at).as_secs_f64(),
        cpu: cost(begun),
        cpu_warm: cost(half),
        cpu_parts: parts * 1e6 / end.taken,
        peak,
        commands,
    }
}
