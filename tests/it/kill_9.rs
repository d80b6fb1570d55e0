//! The program is killed in the middle of its work, again and again, and nobody outside can tell.

use std::collections::BTreeMap;
use std::time::Duration;

use callwarden_core::{Caps, Mode, Policy};
use callwarden_sim::{World, WorldConfig};
use callwarden_wire::v1;
use prost::Message as _;

use crate::harness::{
    Counts, Random, Rig, SOON, Sent, Spread, Tail, check_journal, commands, eventually, journal, produce,
    reference, unless,
};

const PARTITIONS: u32 = 6;
const LIVES: usize = 7;

/// Numbers, of 2,000 attempts each: `CALLWARDEN_TEST_KILL_NUMBERS=1000` takes two million attempts.
fn numbers() -> u32 {
    std::env::var("CALLWARDEN_TEST_KILL_NUMBERS").map_or(150, |text| text.parse().expect("a whole number"))
}

/// Everything that may happen to records. No number makes 32 calls in the half hour that an amendment may take, so that none
/// finds its attempt forgotten.
fn world() -> WorldConfig {
    WorldConfig {
        seed: 9,
        numbers: numbers(),
        attempts_per_number: 2_000,
        labelled: numbers() / 5,
        label_when: 0.3..=0.9,
        duplicates: 0.01,
        late: 0.01,
        amended: 0.05,
        ..WorldConfig::default()
    }
}

/// Small transactions and a snapshot after nearly each, so that there are many moments to be killed in; a cap that healthy
/// numbers pass now and then, so that there are many commands.
const SETTINGS: &[&str] = &[
    "mode=enforce",
    "commit.max_events=500",
    "commit.interval=5ms",
    "snapshot.interval=20ms",
    "caps.per_minute=10",
    "caps.per_hour=20",
    "caps.per_day=200",
];

fn policy() -> Policy {
    Policy {
        mode: Mode::Enforce,
        caps: Caps { per_minute: 10, per_hour: 20, per_day: 200 },
        ..Policy::default()
    }
}

#[test]
fn killed_at_random_moments_it_says_the_same_and_nothing_twice() {
    let mut random = Random::of_run("kill_9");
    let rig = Rig::new("kill9");
    rig.create_topics(PARTITIONS as usize);
    let producer = rig.producer();
    let mut world = World::new(world()).unwrap();
    let mut sent = Sent::nothing(&world);
    // Most of it lies there from the beginning, so that every life has more to do than it lives to.
    let most = world.config().attempts() as usize * 9 / 10;
    produce(&rig, &producer, &mut world, most, Spread::ByNumber(PARTITIONS), &mut sent);
    let tail = Tail::of(&rig.kafka, &rig.topic("journal"));

    let mut in_the_middle = 0;
    let mut newest = 0;
    for life in 0..LIVES {
        let mut program = rig.start(SETTINGS);
        let when = if life % 3 == 2 {
            // Before or while it recovers.
            let grace = random.span(Duration::ZERO, Duration::from_millis(2_000));
            std::thread::sleep(grace);
            format!("{grace:.1?} after its start")
        } else {
            // Some 140 are needed for what lies there with 150 numbers.
            let commits = 1 + random.word() % 12;
            await_sequence(&tail, newest + commits);
            let grace = random.span(Duration::ZERO, Duration::from_millis(6));
            std::thread::sleep(grace);
            format!("{grace:.1?} after its commit {commits}")
        };
        program.kill();
        let last = journal(&rig.kafka, &rig.topic("journal")).pop();
        let committed = last.as_ref().map_or(0, |record| record.inputs);
        newest = last.map_or(0, |record| record.sequence);
        println!("kill_9: life {life} ended {when}: {committed} of {} records committed", sent.records);
        in_the_middle += usize::from(committed > 0 && committed < sent.records);
    }
    assert!(in_the_middle >= 3, "only {in_the_middle} kills met it at work: each life needs more to do");

    let mut program = rig.start(SETTINGS);
    let recovered = program.live();
    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(PARTITIONS), &mut sent);
    program.taken(sent.records, Duration::from_secs(120));
    assert_eq!(program.metrics().sum("callwarden_digest_mismatches_total", &[]), Some(0.0), "{recovered}");

    let counts = Counts::of_topic(&rig);
    assert_eq!(counts.records, sent.records);
    rig.redis_shows(&counts, SOON);
    program.terminate();

    let commands = commands(&rig.kafka, &rig.topic("commands"));
    check_commands(&commands, world.config());
    check_journal(&journal(&rig.kafka, &rig.topic("journal")), &commands, sent.records);
}

/// Until a reader of the journal has seen a sequence.
fn await_sequence(tail: &Tail, sequence: u64) {
    eventually(&format!("journal sequence {sequence}"), SOON, || {
        let value = tail.next(Duration::from_millis(200)).ok_or("nothing came")?;
        let record = v1::JournalRecord::decode(value.as_slice()).unwrap();
        unless(record.sequence >= sequence, || format!("at {}", record.sequence))
    });
}

/// Against a run that nothing interrupts: the bare core over the same world.
fn check_commands(commands: &[v1::Command], world: &WorldConfig) {
    let mut by_target = BTreeMap::<String, Vec<(String, u32)>>::new();
    for (place, command) in commands.iter().enumerate() {
        assert_eq!(command.sequence, place as u64 + 1, "the commands are numbered without a gap");
        let target = format!("{}/{}", command.fleet, command.number);
        by_target.entry(target).or_default().push((command.id.clone(), command.target_version));
    }
    for (target, orders) in &by_target {
        let versions: Vec<u32> = orders.iter().map(|(_, version)| *version).collect();
        assert_eq!(versions, (1..=orders.len() as u32).collect::<Vec<_>>(), "versions of {target}");
    }
    let mut expected = BTreeMap::<String, Vec<(String, u32)>>::new();
    for (_, (target, id, version)) in reference(world, policy()) {
        expected.entry(target).or_default().push((id, version));
    }
    assert!(expected.len() >= 20, "a world in which something happens: {} targets", expected.len());
    assert_eq!(by_target, expected, "the same commands, in the same order for each target");
    let ids: std::collections::BTreeSet<&str> = commands.iter().map(|command| command.id.as_str()).collect();
    assert_eq!(ids.len(), commands.len(), "no id twice");
    println!("kill_9: {} commands to {} numbers, as without a kill", commands.len(), by_target.len());
}
