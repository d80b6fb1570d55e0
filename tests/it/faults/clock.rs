//! Faults of the clock of the machine that the program runs on. Its attempts are of now: age is what is at stake.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::stage::{BACK_MAX, Differs, Line, Setup, Stage};
use crate::harness::{SOON, root};

/// What is done to a process so that its clock can be moved while it runs. Intervals are measured as ever.
pub(super) fn movable(dir: &Path) -> Vec<(&'static str, String)> {
    std::fs::write(offset(dir), "+0").unwrap();
    vec![
        // In this order: the first calls what the second wraps.
        ("LD_PRELOAD", format!("{}:{}", deadlines(dir).display(), library().display())),
        ("FAKETIME_TIMESTAMP_FILE", offset(dir).display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

fn offset(dir: &Path) -> PathBuf {
    dir.join("clock")
}

/// Of Debian's package libfaketime, for programs with threads.
fn library() -> PathBuf {
    let places = std::fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let mut found =
        places.map(|place| place.join("faketime/libfaketimeMT.so.1")).filter(|path| path.exists());
    found.next().expect("libfaketimeMT.so.1 under /usr/lib: install faketime")
}

/// What `tests/parts/clock` makes of libfaketime.
fn deadlines(dir: &Path) -> PathBuf {
    let (source, built) = (root().join("tests/parts/clock/cnd_timedwait.c"), dir.join("cnd_timedwait.so"));
    let done =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&built).arg(source).status().unwrap();
    assert!(done.success(), "cc: {done}");
    built
}

fn set(stage: &Stage<'_>, by: &str) {
    // At once or not at all: it is read at any moment.
    let (new, place) = (stage.rig.dir.path().join("clock.new"), offset(stage.rig.dir.path()));
    std::fs::write(&new, by).unwrap();
    std::fs::rename(new, place).unwrap();
}

/// Acts on what is younger than half an hour, so that an hour is too much.
const CLOCKED: Differs<'_> =
    Differs { settings: &["act.max_age=30m"], clock: true, load: Some((600, 0, u64::MAX)), ..Differs::NONE };

/// An hour ahead: every attempt looks old, and nothing is sent for it; all are counted.
pub(super) fn clock_forward(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &CLOCKED);
    stage.begins();
    set(&stage, "+3600");
    // What was under way, and what its commands take to be read.
    stage.watch.taken_beyond(stage.load.sent() + 300, SOON);
    std::thread::sleep(Duration::from_millis(300));
    let (commands, taken) = (stage.watch.count(), stage.watch.inputs());
    stage.hold(3.0, 60.0);
    assert_eq!(stage.watch.count(), commands, "no command for what looks an hour old");
    assert!(stage.watch.inputs() > taken + 100, "it is counted all the same");
    set(&stage, "+0");
    stage.ends();
    stage.note = "no command while it was wrong, every attempt counted".to_owned();
    stage.prove()
}

/// An hour behind: every attempt looks as if it were yet to come, by this clock; the log's says otherwise.
pub(super) fn clock_back(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &CLOCKED);
    stage.begins();
    set(&stage, "-3600");
    std::thread::sleep(Duration::from_secs(1));
    stage.watch.command_after(Instant::now(), BACK_MAX);
    stage.hold(3.0, 60.0);
    stage.watch.command_after(Instant::now(), BACK_MAX);
    set(&stage, "+0");
    stage.ends();
    stage.note = "commands went on meanwhile".to_owned();
    stage.prove()
}
