//! Redis is a snapshot: losing it loses nothing, and stops nothing.

use callwarden_sim::{World, WorldConfig};

use crate::harness::{
    Counts, OwnRedis, Rig, SOON, Sent, Spread, eventually, produce, redis_server, unless, valkey_server,
};

const PARTITIONS: u32 = 2;
const SETTINGS: &[&str] = &[
    "mode=enforce",
    "snapshot.interval=100ms",
    "commit.heartbeat=200ms",
    "redis.connect_timeout=500ms",
    "redis.response_timeout=1s",
];

fn world(seed: u64) -> World {
    let config = WorldConfig {
        seed,
        numbers: 100,
        attempts_per_number: 300,
        duplicates: 0.01,
        late: 0.01,
        amended: 0.05,
        ..WorldConfig::default()
    };
    World::new(config).unwrap()
}

/// Loses everything twice on the way.
fn survives(program: &str, name: &str) -> String {
    let mut server = OwnRedis::start(program, &[]);
    let mut rig = Rig::new(name);
    rig.redis_url = server.url();
    rig.create_topics(PARTITIONS as usize);
    let producer = rig.producer();
    let mut world = world(11);
    let mut sent = Sent::nothing(&world);
    let third = world.config().attempts() as usize / 3;
    let mut callwarden = rig.start(SETTINGS);
    callwarden.live();

    produce(&rig, &producer, &mut world, third, Spread::ByNumber(PARTITIONS), &mut sent);
    callwarden.taken(sent.records, SOON);
    let counts = Counts::of_topic(&rig);
    rig.redis_shows(&counts, SOON);

    // Emptied: seen at the next snapshot, and every number is written again, not only those that change.
    let rollbacks = |callwarden: &mut crate::harness::Program| {
        callwarden.metrics().sum("callwarden_snapshot_rollbacks_total", &[]).unwrap()
    };
    assert_eq!(rollbacks(&mut callwarden), 0.0);
    rig.redis().flush_all();
    eventually("the loss is seen", SOON, || {
        let seen = rollbacks(&mut callwarden);
        unless(seen >= 1.0, || format!("{seen} rollbacks"))
    });
    rig.redis_shows(&counts, SOON);

    // Gone: attempts are taken all the same, commands go out.
    server.kill();
    produce(&rig, &producer, &mut world, third, Spread::ByNumber(PARTITIONS), &mut sent);
    callwarden.taken(sent.records, SOON);
    eventually("a snapshot fails", SOON, || {
        let failures = callwarden.metrics().sum("callwarden_snapshot_failures_total", &[]).unwrap();
        unless(failures >= 1.0, || format!("{failures}"))
    });
    server.restart();
    assert_eq!(rig.redis().keys(), 0, "it starts empty");
    rig.redis_shows(&Counts::of_topic(&rig), SOON);

    // And what stands there now is whole: another life goes on from it, without the journal's past.
    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(PARTITIONS), &mut sent);
    callwarden.taken(sent.records, SOON);
    callwarden.terminate();
    let mut callwarden = rig.start(SETTINGS);
    let recovered = callwarden.live();
    assert_eq!((&recovered["replayed"], &recovered["numbers"]), (&0.into(), &100.into()), "{recovered}");
    assert_eq!(callwarden.metrics().sum("callwarden_digest_mismatches_total", &[]), Some(0.0));
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    let info = rig.redis().info();
    callwarden.terminate();
    info
}

#[test]
fn redis_7_may_lose_everything() {
    let info = survives(&redis_server(), "loss");
    let version = info.lines().find_map(|line| line.strip_prefix("redis_version:")).unwrap();
    println!("redis_loss: Redis {version}");
}

#[test]
fn valkey_9_may_lose_everything() {
    let info = survives(&valkey_server(), "valkey");
    let version = info.lines().find_map(|line| line.strip_prefix("valkey_version:"));
    println!("redis_loss: Valkey {version:?}");
    assert!(version.is_some_and(|version| version.starts_with("9.")), "{version:?}");
}

#[test]
fn a_redis_rolled_back_to_an_older_copy_is_noticed_and_written_anew() {
    let server = OwnRedis::start(&redis_server(), &[]);
    let mut rig = Rig::new("rolled");
    rig.redis_url = server.url();
    rig.create_topics(PARTITIONS as usize);
    let producer = rig.producer();
    let mut world = world(13);
    let mut sent = Sent::nothing(&world);
    let half = world.config().attempts() as usize / 2;
    let mut program = rig.start(SETTINGS);
    program.live();
    produce(&rig, &producer, &mut world, half, Spread::ByNumber(PARTITIONS), &mut sent);
    program.taken(sent.records, SOON);
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    let older = rig.redis().backup();
    assert!(older.len() > 100, "a hash a number, the states and the header: {}", older.len());

    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(PARTITIONS), &mut sent);
    program.taken(sent.records, SOON);
    let counts = Counts::of_topic(&rig);
    rig.redis_shows(&counts, SOON);
    rig.redis().restore(&older);
    eventually("the older copy is noticed", SOON, || {
        let seen = program.metrics().sum("callwarden_snapshot_rollbacks_total", &[]);
        unless(seen >= Some(1.0), || format!("{seen:?} rollbacks"))
    });
    rig.redis_shows(&counts, SOON);
    program.terminate();

    // The states are those of the header again: another life goes on from them without the journal's past.
    let mut program = rig.start(SETTINGS);
    let recovered = program.live();
    assert_eq!(
        (&recovered["replayed"], &recovered["inputs"]),
        (&0.into(), &sent.records.into()),
        "{recovered}"
    );
    assert_eq!(program.metrics().sum("callwarden_digest_mismatches_total", &[]), Some(0.0));
    program.terminate();
}

/// As it stands after a death in the middle of a large save, before any of it was folded: with old states below the new ones.
#[test]
fn a_save_that_a_dead_process_left_unfinished_is_taken_over_whole() {
    let rig = Rig::new("unfinished");
    rig.create_topics(PARTITIONS as usize);
    let producer = rig.producer();
    let mut world = world(14);
    let mut sent = Sent::nothing(&world);
    let half = world.config().attempts() as usize / 2;
    let mut connection = redis::Client::open(rig.redis_url.as_str()).unwrap().get_connection().unwrap();
    let mut ask = |words: &[&str]| -> redis::Value {
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(*word);
        });
        command.query(&mut connection).unwrap()
    };
    let key = |name: &str| format!("{}:{{unit:0}}:{name}", rig.prefix);
    let (header, numbers, staged) = (key("header"), key("numbers"), key("numbers:staged"));

    let mut program = rig.start(SETTINGS);
    program.live();
    produce(&rig, &producer, &mut world, half, Spread::ByNumber(PARTITIONS), &mut sent);
    program.taken(sent.records, SOON);
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    ask(&["COPY", &numbers, &key("older")]);
    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(PARTITIONS), &mut sent);
    program.taken(sent.records, SOON);
    program.terminate();
    ask(&["RENAME", &numbers, &staged]);
    ask(&["RENAME", &key("older"), &numbers]);
    let text: String = redis::from_redis_value(ask(&["GET", &header])).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    (json["staged"], json["folded"]) = (100.into(), 0.into());
    ask(&["SET", &header, &json.to_string()]);

    let mut program = rig.start(SETTINGS);
    let recovered = program.live();
    assert_eq!(
        (&recovered["replayed"], &recovered["inputs"]),
        (&0.into(), &sent.records.into()),
        "{recovered}"
    );
    eventually("every number in one hash again", SOON, || {
        let left = ask(&["EXISTS", &staged]);
        unless(left == redis::Value::Int(0), || format!("{left:?} hashes of staged states"))
    });
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    let sum = |program: &mut crate::harness::Program, name| program.metrics().sum(name, &[]);
    assert_eq!(sum(&mut program, "callwarden_digest_mismatches_total"), Some(0.0));
    assert_eq!(sum(&mut program, "callwarden_snapshot_rollbacks_total"), Some(0.0), "Redis lost nothing");
    program.terminate();
}

#[test]
fn a_redis_lost_while_the_program_is_down_is_written_anew_from_the_log() {
    let server = OwnRedis::start(&redis_server(), &[]);
    let mut rig = Rig::new("rebuilt");
    rig.redis_url = server.url();
    rig.create_topics(PARTITIONS as usize);
    let producer = rig.producer();
    let mut world = world(12);
    let mut sent = Sent::nothing(&world);
    produce(&rig, &producer, &mut world, usize::MAX, Spread::ByNumber(PARTITIONS), &mut sent);
    let mut program = rig.start(SETTINGS);
    program.live();
    program.taken(sent.records, SOON);
    program.terminate();
    let before = crate::harness::commands(&rig.kafka, &rig.topic("commands"));

    rig.redis().flush_all();
    let mut program = rig.start(SETTINGS);
    let recovered = program.live();
    assert!(recovered["replayed"].as_u64().unwrap() > 0, "the whole journal: {recovered}");
    assert_eq!(recovered["inputs"], sent.records, "{recovered}");
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    program.terminate();
    assert_eq!(crate::harness::commands(&rig.kafka, &rig.topic("commands")), before, "nothing is said twice");
}
