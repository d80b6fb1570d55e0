//! Faults of Kafka.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::stage::{Differs, Line, Setup, Stage};
use crate::harness::{Broker, SOON};

/// `kill -9` of the broker, and another one on its data.
pub(super) fn broker_killed(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.broker.kill();
    stage.hold(1.0, 10.0);
    stage.broker.restart();
    stage.ends();
    stage.prove()
}

/// The broker is there, and answers nobody.
pub(super) fn broker_frozen(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.broker.signal("STOP");
    stage.hold(5.0, 20.0);
    stage.ends();
    stage.broker.signal("CONT");
    let line = stage.prove();
    assert!(
        line.totals.recoveries + line.totals.commit_failures >= 1,
        "longer than a commit may take: {line}"
    );
    line
}

/// The disk of the broker fills up, so that it ends; somebody makes room and starts it again.
pub(super) fn disk_full(setup: Setup<'_>) -> Line {
    let dir = tempfile::tempdir().unwrap();
    let disk = Disk::mount(&dir.path().join("kafka"), setup.size.pick(300, 1_000));
    let mut broker = Broker::start(dir.path());
    let mut stage = Stage::set(Setup { broker: &mut broker, ..setup }, &Differs::NONE);
    stage.begins();
    disk.fill();
    let status = stage.broker.end(SOON);
    println!("fault {}: the broker ended ({status}) after {:.1?}", stage.name, stage.since_begin());
    stage.hold(1.0, 10.0);
    disk.make_room();
    stage.broker.restart();
    stage.ends();
    stage.prove()
}

/// A small file system in memory.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, mebibytes: u32) -> Self {
        std::fs::create_dir(at).unwrap();
        let size = format!("size={mebibytes}m");
        as_root(&["mount", "-t", "tmpfs", "-o", &size, "tmpfs", at.to_str().unwrap()]);
        Self(at.to_owned())
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// To the last byte.
    fn fill(&self) {
        let mut file = File::create(self.ballast()).unwrap();
        for size in [1 << 20, 4_096, 1] {
            let chunk = vec![0; size];
            while file.write_all(&chunk).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A broker that still runs keeps it until it ends.
        as_root(&["umount", "--lazy", self.0.to_str().unwrap()]);
    }
}

/// As `scripts/packages.sh` does.
fn as_root(words: &[&str]) {
    let script = ". scripts/packages.sh && as_root \"$@\"";
    let done = Command::new("bash")
        .args(["-c", script, "bash"])
        .args(words)
        .current_dir(crate::harness::root())
        .status()
        .unwrap();
    assert!(done.success(), "{words:?}: {done}; only root can mount a file system, or who may use sudo");
}
