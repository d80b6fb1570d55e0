//! What is old when it is read: a first start on a week of history, and what piled up while callwarden was away.

use std::time::{SystemTime, UNIX_EPOCH};

use callwarden_wire::{Timestamp, v1};

use crate::harness::{Producer, Rig, SOON, commands, create_topic, eventually, journal, unless};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Attempts of one number from `from` until before `to`, one each `every` seconds; a quarter of those before `falls` are answered,
/// and none from then on.
fn dial(caller: u64, span: std::ops::Range<u64>, every: u64, falls: u64) -> Vec<(u64, String)> {
    let attempt = |at: u64| {
        let answered = at < falls && (at / every).is_multiple_of(4);
        let disposition = if answered { "ANSWERED" } else { "NO_ANSWER" };
        let started_at = Timestamp::from_millis(at as i64 * 1_000);
        let attempt = format!(
            r#"{{"attempt_id":"{caller}-{at}","caller_number":"+{caller}","started_at":"{started_at}","disposition":"DISPOSITION_{disposition}"}}"#
        );
        (at, attempt)
    };
    span.step_by(every as usize).map(attempt).collect()
}

/// Sends attempts in the order of their time, which is their log time too: the dialer has written all along.
fn send(rig: &Rig, producer: &Producer, attempts: impl IntoIterator<Item = Vec<(u64, String)>>) -> u64 {
    let mut attempts: Vec<_> = attempts.into_iter().flatten().collect();
    attempts.sort_by_key(|(at, _)| *at);
    for (at, attempt) in &attempts {
        producer.send_at(&rig.topic("attempts"), *at as i64 * 1_000, attempt.as_bytes());
    }
    producer.flush();
    attempts.len() as u64
}

fn rig(test: &str) -> Rig {
    let rig = Rig::new(test);
    create_topic(&rig.kafka, &rig.topic("attempts"), 1, &[("message.timestamp.type", "CreateTime")]);
    rig.create_topics(1);
    rig
}

fn pauses(rig: &Rig) -> Vec<v1::Command> {
    let commands = commands(&rig.kafka, &rig.topic("commands"));
    commands.into_iter().filter(|command| command.rule == "answer-rate/pause").collect()
}

fn taken(rig: &Rig) -> u64 {
    journal(&rig.kafka, &rig.topic("journal")).last().map_or(0, |record| record.inputs)
}

#[track_caller]
fn await_taken(rig: &Rig, inputs: u64) {
    eventually(&format!("{inputs} attempts journaled"), SOON, || {
        let taken = taken(rig);
        unless(taken >= inputs, || format!("{taken}"))
    });
    assert_eq!(taken(rig), inputs);
}

const SETTINGS: &[&str] = &[
    "mode=enforce",
    "act.max_age=1h",
    "commit.heartbeat=200ms",
    "caps.per_minute=0",
    "caps.per_hour=0",
    "caps.per_day=0",
];

#[test]
fn seven_days_of_history_are_learned_silently_and_the_present_is_acted_on() {
    let rig = rig("learn");
    let producer = rig.producer();
    let now = now();
    // Three numbers over ten days, 144 calls a day: one is well; one fell two days ago; one falls right now.
    let (well, fell, falls) = (12_025_550_001, 12_025_550_002, 12_025_550_003);
    let begins = now - 10 * DAY;
    let history = [(well, u64::MAX), (fell, now - 2 * DAY), (falls, u64::MAX)];
    send(&rig, &producer, history.map(|(caller, when)| dial(caller, begins..now - 120, 600, when)));
    let settings: Vec<&str> = SETTINGS.iter().copied().chain(["attempts.0.start=learn:7d"]).collect();
    let mut program = rig.start(&settings);
    program.live();
    // Of the ten days, seven: what lies before is not read.
    let learned = 3 * (7 * DAY / 600);
    eventually("the history is journaled", SOON, || {
        let taken = taken(&rig);
        unless(taken.abs_diff(learned) <= 3, || format!("{taken} of about {learned}"))
    });
    assert_eq!(commands(&rig.kafka, &rig.topic("commands")), [], "history brings about nothing");
    let metrics = program.metrics();
    assert_eq!(metrics.sum("callwarden_learning", &[]), Some(1.0));

    // The present: one attempt of the one that fell is enough, and the one that falls now is found as it would have been anyway.
    let now = self::now();
    let before = taken(&rig);
    let mut sent =
        send(&rig, &producer, [dial(fell, now..now + 1, 1, 0), dial(well, now..now + 1, 1, u64::MAX)]);
    await_taken(&rig, before + sent);
    let first = pauses(&rig);
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!(first[0].number, format!("+{fell}"));
    assert_eq!(program.metrics().sum("callwarden_learning", &[]), Some(0.0));
    // 150 calls of the last minutes, none answered.
    sent += send(&rig, &producer, [dial(falls, now - 149..now + 1, 1, 0)]);
    await_taken(&rig, before + sent);
    assert_eq!(pauses(&rig).len(), 2);
    assert_eq!(pauses(&rig)[1].number, format!("+{falls}"));
    program.terminate();
    rig.audit(&[]);
}

#[test]
fn what_an_outage_of_six_hours_left_is_weighed_and_only_its_last_hour_is_acted_on() {
    let rig = rig("outage");
    let producer = rig.producer();
    let now = now();
    let (early, late, well) = (12_025_550_001, 12_025_550_002, 12_025_550_003);
    // Ten days without a fall, up to six hours ago.
    let past = |caller| dial(caller, now - 10 * DAY..now - 6 * HOUR, 600, u64::MAX);
    let mut sent = send(&rig, &producer, [early, late, well].map(past));
    let mut program = rig.start(SETTINGS);
    program.live();
    await_taken(&rig, sent);
    program.kill();

    // While nobody watches: `early` falls and is then left alone by its dialer, `late` falls and goes on, `well` is well.
    let outage = [
        dial(early, now - 6 * HOUR..now - 4 * HOUR, 60, 0),
        dial(late, now - 6 * HOUR..now, 60, 0),
        dial(well, now - 6 * HOUR..now, 60, u64::MAX),
    ];
    sent += send(&rig, &producer, outage);
    let mut program = rig.start(SETTINGS);
    program.live();
    await_taken(&rig, sent);
    let pauses = pauses(&rig);
    assert_eq!(pauses.len(), 1, "{pauses:?}");
    assert_eq!(pauses[0].number, format!("+{late}"));
    let issued = pauses[0].issued_at.unwrap().event_time().0;
    assert!(u64::from(issued) > now - HOUR - 60, "the first of its last hour, not what lay before: {issued}");
    // Nothing of what was known of the other is lost: its next call decides.
    sent += send(&rig, &producer, [dial(early, now..now + 1, 1, 0)]);
    await_taken(&rig, sent);
    eventually("the pause of the other", SOON, || {
        let numbers: Vec<String> = self::pauses(&rig).into_iter().map(|command| command.number).collect();
        unless(numbers.contains(&format!("+{early}")), || format!("{numbers:?}"))
    });
    program.terminate();
    rig.audit(&[]);
}

#[test]
fn latest_takes_what_comes_from_now_on() {
    let rig = rig("latest");
    let producer = rig.producer();
    let now = now();
    send(&rig, &producer, [dial(12_025_550_001, now - DAY..now - HOUR, 60, 0)]);
    let mut program = rig.start(&["attempts.0.start=latest", "commit.heartbeat=200ms"]);
    program.live();
    let sent = send(&rig, &producer, [dial(12_025_550_001, now - 10..now, 1, 0)]);
    await_taken(&rig, sent);
    program.terminate();
}
