//! Faults of the program itself.

use std::time::{Duration, Instant};

use super::stage::{BACK_MAX, DRAINED_MAX, Differs, Line, Setup, Stage};
use crate::harness::Program;

/// `kill -9`, again and again, and another life at once: in its work as well as in its recovery.
pub(super) fn killed(setup: Setup<'_>) -> Line {
    let lives = setup.size.pick(5, 30);
    let (rate, numbers, most) = setup.size.pick((3_000, 60, u64::MAX), (25_000, 1_000, 2_000_000));
    let mut stage = Stage::set(setup, &Differs { load: Some((rate, numbers, most)), ..Differs::NONE });
    stage.begins();
    let mut at_work = 0;
    let mut longest = Duration::ZERO;
    for life in 0..lives {
        let before = stage.watch.inputs();
        // A recovery takes about two seconds, most of it the time in which the group misses the dead.
        let upper = if life % 3 == 2 { Duration::from_millis(1_500) } else { Duration::from_millis(4_000) };
        std::thread::sleep(stage.random.span(Duration::ZERO, upper));
        at_work += usize::from(stage.watch.inputs() > before);
        let killed = Instant::now();
        stage.program.kill();
        stage.start_again();
        if life % 3 == 0 {
            longest = longest.max(stage.watch.command_after(killed, BACK_MAX));
        }
    }
    stage.ends();
    assert!(at_work * 3 >= lives, "only {at_work} of {lives} kills met it at work");
    stage.note =
        format!("{lives} kills, {at_work} of them at work; longest from a kill to a command {longest:.1?}");
    if most < u64::MAX {
        stage.load.all_sent(DRAINED_MAX);
    }
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
