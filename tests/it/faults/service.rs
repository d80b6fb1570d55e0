//! Faults of the program itself.

use std::time::{Duration, Instant};

use super::meter::Totals;
use super::stage::{BACK_MAX, DRAINED_MAX, Differs, Line, Setup, Stage};
use crate::harness::Program;

/// Nothing happens: what the machine by itself does to the figures.
pub(super) fn nothing(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.hold(3.0, 20.0);
    stage.ends();
    let line = stage.prove();
    let Totals { recoveries, commit_failures, snapshot_failures, rollbacks, .. } = line.totals;
    assert_eq!([recoveries, commit_failures, snapshot_failures, rollbacks], [0; 4], "{line}");
    line
}

/// `kill -9`, again and again, and another life at once: at a random moment of each part of the load, in its work as well as
/// in its recovery.
pub(super) fn killed(setup: Setup<'_>) -> Line {
    let lives = setup.size.pick(5, 30);
    let load = setup.size.pick((3_000, 60, 45_000), (25_000, 1_000, 2_000_000));
    // The dead are missed soon: or hardly a life would get as far as its work.
    let settings = &["kafka.session.timeout.ms=1500", "kafka.heartbeat.interval.ms=300"];
    let mut stage = Stage::set(setup, &Differs { load: Some(load), settings, ..Differs::NONE });
    let (first, most) = (stage.load.sent(), load.2);
    // Something is left for the last one.
    let part = (most - first) * 9 / 10 / lives;
    stage.begins();
    let mut at_work = 0;
    for life in 0..lives {
        let before = stage.watch.inputs();
        stage.load.await_sent(first + life * part + stage.random.word() % part, DRAINED_MAX);
        at_work += usize::from(stage.watch.inputs() > before);
        stage.program.kill();
        stage.ends();
        stage.start_again();
    }
    assert!(at_work >= 2, "only {at_work} of {lives} kills met it at work");
    stage.note = format!("{lives} kills, {at_work} of them at work");
    stage.watch.command_after(Instant::now(), BACK_MAX);
    stage.load.await_sent(most, DRAINED_MAX);
    stage.prove()
}

/// SIGTERM under load, and another life.
pub(super) fn terminated(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    let begun = Instant::now();
    stage.program.signal("TERM");
    let code = loop {
        if let Some(status) = stage.program.poll() {
            break status.code();
        }
        assert!(begun.elapsed() < Duration::from_secs(25), "it has not left after SIGTERM");
        std::thread::sleep(Duration::from_millis(5));
    };
    assert_eq!(code, Some(0), "{}", stage.program.stderr());
    stage.note = format!("left after {:.2?}", begun.elapsed());
    stage.ends();
    stage.start_again();
    let recovered = stage.program.live();
    assert_eq!(recovered["replayed"], 0, "it had saved before it left: {recovered}");
    stage.prove()
}

/// SIGSTOP for longer than the session of the group: it wakes as somebody who is in line no more.
pub(super) fn frozen(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.program.signal("STOP");
    stage.hold(3.0, 20.0);
    stage.ends();
    stage.program.signal("CONT");
    stage.prove()
}

/// The same, with another process in line.
pub(super) fn frozen_beside_a_standby(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    let mut standby = second(&stage);
    standby.standing_by();
    stage.begins();
    stage.program.signal("STOP");
    stage.hold(4.0, 20.0);
    // It was taken over, and is fenced when it wakes.
    stage.watch.taken_beyond(stage.watch.inputs(), BACK_MAX);
    stage.ends();
    stage.program.signal("CONT");
    stage.program.standing_by();
    stage.meter.follow(standby.http());
    std::mem::replace(&mut stage.program, standby).terminate();
    stage.prove()
}

fn second(stage: &Stage<'_>) -> Program {
    let settings: Vec<&str> = stage.settings.iter().map(String::as_str).collect();
    stage.rig.start(&settings)
}
