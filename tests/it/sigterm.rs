//! SIGTERM under load: what was taken is committed and saved, so that the next start has nothing to do again.

use std::sync::atomic::{AtomicBool, Ordering};

use callwarden_sim::{World, WorldConfig};

use crate::harness::{Counts, Rig, SOON, Sent, Spread, eventually, journal, produce, unless};

const PARTITIONS: u32 = 3;

#[test]
fn sigterm_commits_saves_and_leaves_nothing_to_step_again() {
    let rig = Rig::new("sigterm");
    rig.create_topics(PARTITIONS as usize);
    let settings = ["mode=enforce"];
    let mut program = rig.start(&settings);
    program.live();

    // Traffic that goes on while the program leaves.
    let config =
        WorldConfig { seed: 3, numbers: 100, attempts_per_number: 1_500, hot: 2, ..WorldConfig::default() };
    let stop = AtomicBool::new(false);
    let (records, output) = std::thread::scope(|scope| {
        let traffic = scope.spawn(|| {
            let producer = rig.producer();
            let mut world = World::new(config).unwrap();
            let mut sent = Sent::nothing(&world);
            while !stop.load(Ordering::Relaxed) && sent.records < 150_000 {
                produce(&rig, &producer, &mut world, 100, Spread::ByNumber(PARTITIONS), &mut sent);
            }
            sent.records
        });
        eventually("attempts taken", SOON, || {
            let taken = program.inputs();
            unless(taken > 2_000, || format!("{taken} so far"))
        });
        let output = program.terminate();
        stop.store(true, Ordering::Relaxed);
        (traffic.join().unwrap(), output)
    });
    assert!(output.words().is_empty(), "nothing to say beside the log: {:?}", output.words());
    assert!(output.stderr.contains("stopped as asked"), "{}", output.stderr);
    let committed = journal(&rig.kafka, &rig.topic("journal")).last().unwrap().clone();
    println!("sigterm: {} of {records} records committed at the end", committed.inputs);

    let mut program = rig.start(&settings);
    let recovered = program.live();
    assert_eq!(recovered["replayed"], 0, "{recovered}");
    assert_eq!(recovered["sequence"], committed.sequence, "{recovered}");
    assert_eq!(recovered["inputs"], committed.inputs, "{recovered}");
    program.taken(records, SOON);
    rig.redis_shows(&Counts::of_topic(&rig), SOON);
    program.terminate();
}

#[test]
fn sigterm_before_it_is_live_ends_it_at_once() {
    // Kafka that does not answer, and all the patience in the world.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut rig = Rig::new("sigearly");
    rig.kafka = silent.local_addr().unwrap().to_string();
    let mut program = rig.start(&["kafka.request_timeout=5m"]);
    program.logged("starting", SOON);
    let begun = std::time::Instant::now();
    let output = program.terminate();
    println!("sigterm: before it was live, gone after {:.1?}", begun.elapsed());
    assert!(output.stderr.contains("stopped before it stood in line"), "{}", output.stderr);
    assert!(output.words().is_empty(), "{:?}", output.words());
}

#[test]
fn sigint_while_idle_ends_it_at_once() {
    let rig = Rig::new("sigint");
    rig.create_topics(1);
    let mut program = rig.start(&[]);
    program.live();
    program.signal("INT");
    let output = program.end(std::time::Duration::from_secs(25));
    assert_eq!(output.code, Some(0), "{output:?}");
}
