//! Faults of what stands in Kafka: records that nobody can read, topics that are gone.

use std::time::{Duration, Instant};

use super::load::PARTITIONS;
use super::proof::audit;
use super::stage::{BACK_MAX, DRAINED_MAX, Differs, Line, Setup, Stage};
use super::watch::Watch;
use crate::harness::{SOON, commands, create_topic, delete_topic, eventually, journal};

/// Sends so many unreadable records, one after the other, to one partition.
fn poison(stage: &mut Stage<'_>, count: u64) {
    let producer = stage.rig.producer();
    let topic = stage.rig.topic("attempts");
    let partition = (stage.random.word() % u64::from(PARTITIONS)) as i32;
    for n in 0..count {
        let value = format!("{{\"attempt_id\": nonsense {n}}}");
        producer.send(&topic, Some(partition), None, Some(value.as_bytes()));
    }
    producer.flush();
    stage.unreadable += count;
}

/// Storms of unreadable records, which are put aside as configured.
pub(super) fn poison_put_aside(setup: Setup<'_>) -> Line {
    let mut stage =
        Stage::set(setup, &Differs { settings: &["dead_letters.when_most=put_aside"], ..Differs::NONE });
    stage.begins();
    let storms = stage.size.pick(3, 10);
    for _ in 0..storms {
        let count = stage.size.pick(2_000, 20_000) + stage.random.word() % 1_000;
        poison(&mut stage, count);
        std::thread::sleep(stage.random.span(Duration::ZERO, Duration::from_millis(800)));
    }
    stage.ends();
    stage.note = format!("{storms} storms, {} records put aside", stage.unreadable);
    stage.prove()
}

/// A storm of unreadable records, at which it stops: a person says that they are to be put aside.
pub(super) fn poison_stops(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    poison(&mut stage, 6_000);
    stage.gives_up(&["could not be read", "hint: ", "when_most"]);
    // Nothing changes by itself: another life ends like this one.
    stage.start_again();
    stage.gives_up(&["could not be read"]);
    stage.settings.push("dead_letters.when_most=put_aside".to_owned());
    stage.ends();
    stage.start_again();
    stage.note = "stops with exit code 1, and again when started again, until dead_letters.when_most is set"
        .to_owned();
    stage.prove()
}

/// The topic of attempts is deleted, and made anew: what was decided stays, and it does not go on as if nothing had been.
pub(super) fn attempts_deleted(setup: Setup<'_>) -> Line {
    // librdkafka takes a topic that is gone for one that the brokers have not yet told one another of, for 30 s by default.
    let impatient =
        &["kafka.topic.metadata.propagation.max.ms=1000", "kafka.topic.metadata.refresh.interval.ms=1000"];
    let settings: &[&str] = setup.size.pick(impatient, &[]);
    let mut stage = Stage::set(setup, &Differs { settings, ..Differs::NONE });
    stage.watch.commands(80, SOON);
    let records = stage.all_taken();
    stage.prove_now(records);
    let (topic, kafka) = (stage.rig.topic("attempts"), stage.rig.kafka.clone());
    let all = |stage: &Stage<'_>| {
        let last = journal(&kafka, &stage.rig.topic("journal")).pop().unwrap();
        (last.inputs, commands(&kafka, &stage.rig.topic("commands")))
    };
    let before = all(&stage);
    stage.begins();
    delete_topic(&kafka, &topic);
    stage.gives_up(&["hint: "]);
    let noticed = stage.since_begin();
    stage.start_again();
    stage.gives_up(&["does not exist", "callwarden topics create"]);
    create_topic(&kafka, &topic, PARTITIONS as i32, &[]);
    stage.start_again();
    stage.gives_up(&["recreated or has lost records", "hint: "]);
    stage.ends();
    assert!(all(&stage) == before, "what was decided is as it was");
    stage.note = format!("needs a person: exit code 1 after {noticed:.1?}, and whenever it is started again");
    stage.line(records, None)
}

/// The topic of commands is deleted: it stops, and goes on when the topic is there again.
pub(super) fn commands_deleted(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    let before = stage.watch.count();
    delete_topic(&stage.rig.kafka, &stage.rig.topic("commands"));
    stage.gives_up(&["hint: "]);
    let noticed = stage.since_begin();
    stage.rig.create_topics(PARTITIONS as usize);
    stage.ends();
    let created = Instant::now();
    stage.watch = Watch::start(&stage.rig);
    stage.start_again();
    let back = stage.watch.command_after(created, BACK_MAX);
    // The reader is one of the new topic, and knows of nothing before.
    let outage = stage.since_begin();
    let records = stage.all_taken();

    let journal = journal(&stage.rig.kafka, &stage.rig.topic("journal"));
    let named: Vec<&String> = journal.iter().flat_map(|record| &record.command_ids).collect();
    let commands = commands(&stage.rig.kafka, &stage.rig.topic("commands"));
    let on_topic: Vec<&String> = commands.iter().map(|command| &command.id).collect();
    assert!(named.ends_with(&on_topic), "everything since, in its order, once");
    let gone = named.len() - on_topic.len();
    println!("fault {}: {before} commands were seen before, {gone} are gone with the topic", stage.name);
    // What the topic took with it cannot be proven, and is not called so.
    let verdict = audit(&stage.rig, 1);
    assert_eq!(verdict, "findings");
    stage.note = format!(
        "exit code 1 after {noticed:.1?}; {gone} commands are gone with the topic, as the audit finds"
    );
    stage.line(records, Some((outage, back)))
}

impl Stage<'_> {
    /// The program must end with exit code 1 and these words.
    #[track_caller]
    fn gives_up(&mut self, words: &[&str]) {
        // Its last words may be read a little after its end.
        let (status, last) = eventually("the program's last words", SOON, || {
            let status = self.program.poll().ok_or_else(|| "it runs".to_owned())?;
            let last = self.program.log().pop().filter(|last| last["message"] == "failed");
            last.map(|last| (status, last)).ok_or_else(|| self.program.stderr())
        });
        println!("fault {}: gave up: {last}", self.name);
        assert_eq!(status.code(), Some(1), "{last}");
        let last = format!(
            "{} hint: {}",
            last["error"].as_str().unwrap(),
            last["hint"].as_str().unwrap_or_default()
        );
        for word in words {
            assert!(last.contains(word), "{word:?} is not in {last}");
        }
    }

    /// Ends the load, and waits until all of it is taken.
    #[track_caller]
    fn all_taken(&mut self) -> u64 {
        let records = self.load.finish();
        self.watch.taken(records + self.unreadable, DRAINED_MAX);
        records
    }
}
