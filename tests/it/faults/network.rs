//! Faults of the network between the program and its parts.

use std::time::{Duration, Instant};

use super::snapshots::away;
use super::stage::{BACK_MAX, Differs, Line, Setup, Stage};
use crate::harness::{Line as Network, Proxy};

/// One way.
const DELAY: Duration = Duration::from_millis(200);

const TO_KAFKA: Differs<'_> = Differs { proxied: true, ..Differs::NONE };
const TO_REDIS: Differs<'_> = Differs { redis_proxied: true, ..Differs::NONE };

/// Cuts every connection at random moments.
fn cuts(stage: &mut Stage<'_>, proxy: for<'s> fn(&'s Stage<'_>) -> &'s Proxy) {
    let count = stage.size.pick(5, 30);
    for _ in 0..count {
        std::thread::sleep(stage.random.span(Duration::ZERO, Duration::from_millis(600)));
        proxy(stage).cut();
    }
    stage.note = format!("{count} cuts");
}

/// All connections to Kafka are cut, again and again.
pub(super) fn kafka_cut(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &TO_KAFKA);
    stage.begins();
    cuts(&mut stage, |stage| &stage.broker.proxy);
    stage.ends();
    stage.prove()
}

/// Nothing passes to Kafka and from it, and no connection ends for it.
pub(super) fn kafka_unheard(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &TO_KAFKA);
    stage.begins();
    stage.broker.proxy.set(Network::Silent);
    stage.hold(5.0, 30.0);
    stage.broker.proxy.set(Network::Pass);
    stage.ends();
    let line = stage.prove();
    assert!(
        line.totals.recoveries + line.totals.commit_failures >= 1,
        "longer than a commit may take: {line}"
    );
    line
}

/// Kafka is far away.
pub(super) fn kafka_delayed(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &TO_KAFKA);
    stage.begins();
    stage.broker.proxy.delay(DELAY);
    let before = stage.watch.count();
    stage.hold(6.0, 30.0);
    let meanwhile = stage.watch.count() - before;
    stage.broker.proxy.delay(Duration::ZERO);
    stage.ends();
    assert!(meanwhile > 0, "no command while Kafka was {DELAY:?} away");
    stage.note = format!("{meanwhile} commands meanwhile");
    stage.prove()
}

/// All connections to Redis are cut, again and again.
pub(super) fn redis_cut(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &TO_REDIS);
    stage.begins();
    cuts(&mut stage, |stage| &stage.redis_proxy);
    away(stage, |_| {})
}

/// Nothing passes to Redis and from it, and no connection ends for it.
pub(super) fn redis_unheard(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &TO_REDIS);
    stage.begins();
    stage.redis_proxy.set(Network::Silent);
    stage.hold(3.0, 30.0);
    let line = away(stage, |stage| stage.redis_proxy.set(Network::Pass));
    assert!(line.totals.snapshot_failures >= 1, "{line}");
    line
}

/// Redis is far away.
pub(super) fn redis_delayed(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &TO_REDIS);
    stage.begins();
    stage.redis_proxy.delay(DELAY);
    stage.hold(3.0, 30.0);
    away(stage, |stage| stage.redis_proxy.delay(Duration::ZERO))
}

/// The machine is cut off: what stood is ended, and what is new is refused, on both sides.
pub(super) fn both_refused(setup: Setup<'_>) -> Line {
    let mut stage = Stage::set(setup, &Differs { proxied: true, redis_proxied: true, ..Differs::NONE });
    stage.begins();
    let proxies = |stage: &Stage<'_>, line| {
        for proxy in [&stage.broker.proxy, &stage.redis_proxy] {
            proxy.set(line);
            proxy.cut();
        }
    };
    proxies(&stage, Network::Refuse);
    stage.hold(4.0, 30.0);
    proxies(&stage, Network::Pass);
    stage.ends();
    stage.watch.command_after(Instant::now(), BACK_MAX);
    stage.prove()
}
