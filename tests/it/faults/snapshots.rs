//! Faults of Redis. It holds a snapshot: commands go on without it, and what it lost or forgot is written anew.

use std::time::{Duration, Instant};

use super::stage::{BACK_MAX, Differs, Line, Setup, Stage};

/// Redis keeps what it was told, as far as the system does.
const APPEND: &[&str] = &["--appendonly", "yes", "--appendfsync", "everysec"];

/// `kill -9`, and another one on the same append-only file.
pub(super) fn redis_killed(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs { redis: APPEND, ..Differs::NONE });
    stage.begins();
    stage.redis.kill();
    stage.hold(2.0, 20.0);
    let line = away(stage, |stage| stage.redis.restart());
    assert!(line.totals.snapshot_failures >= 1, "{line}");
    line
}

/// `kill -9`, and another one that knows nothing.
pub(super) fn redis_emptied(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.redis.kill();
    let line = away(stage, |stage| {
        stage.redis.restart();
        assert_eq!(stage.rig.redis().keys(), 0, "it starts empty");
    });
    assert!(line.totals.rollbacks >= 1, "{line}");
    line
}

/// `kill -9`, and another one on an RDB file of some time before.
pub(super) fn redis_rolled_back(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.rig.redis().run(&["SAVE"]);
    stage.hold(2.0, 30.0);
    stage.begins();
    stage.redis.kill();
    let line = away(stage, |stage| {
        stage.redis.restart();
        assert!(stage.rig.redis().keys() > 10, "it starts with what it had saved");
    });
    assert!(line.totals.rollbacks >= 1, "{line}");
    line
}

/// It is there, and answers nobody.
pub(super) fn redis_frozen(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.redis.signal("STOP");
    stage.hold(3.0, 20.0);
    let line = away(stage, |stage| stage.redis.signal("CONT"));
    assert!(line.totals.snapshot_failures >= 1, "{line}");
    line
}

/// It takes no writes: first for want of replicas, then because it has become one.
pub(super) fn redis_read_only(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.rig.redis().run(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    stage.hold(1.0, 10.0);
    stage.rig.redis().run(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
    // Of a primary that nobody can reach.
    stage.rig.redis().run(&["REPLICAOF", "127.0.0.1", "1"]);
    stage.hold(1.5, 10.0);
    let line = away(stage, |stage| stage.rig.redis().run(&["REPLICAOF", "NO", "ONE"]));
    assert!(line.totals.snapshot_failures >= 2, "{line}");
    line
}

/// It has no memory left.
pub(super) fn redis_out_of_memory(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.rig.redis().run(&["CONFIG", "SET", "maxmemory", "1mb"]);
    stage.hold(2.0, 20.0);
    let line = away(stage, |stage| stage.rig.redis().run(&["CONFIG", "SET", "maxmemory", "0"]));
    assert!(line.totals.snapshot_failures >= 1, "{line}");
    line
}

/// Kafka and Redis at once. Kafka is back first, so that the unit recovers while there is no Redis; and that comes back with
/// nothing.
pub(super) fn both_killed(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs::NONE);
    stage.begins();
    stage.broker.kill();
    stage.redis.kill();
    stage.hold(1.0, 10.0);
    stage.broker.restart();
    stage.hold(3.0, 10.0);
    stage.redis.restart();
    stage.ends();
    stage.prove()
}

/// Ends a fault of Redis, in which commands must not have stopped, and says how long Redis then took to have it all.
pub(super) fn away(mut stage: Stage<'_>, end: impl FnOnce(&mut Stage<'_>)) -> Line {
    // While it lasts, too.
    stage.watch.command_after(Instant::now(), BACK_MAX);
    end(&mut stage);
    stage.ends();
    let ended = Instant::now();
    stage.saved_again();
    stage.note = format!("Redis has it all {:.1?} after", ended.elapsed());
    let line = stage.prove();
    assert_eq!(line.totals.recoveries, 0, "Redis is not waited for: {line}");
    assert!(line.outage < Some(Duration::from_secs(5)), "Redis is not waited for: {line}");
    line
}
