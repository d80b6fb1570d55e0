//! `kill -9` of the active process, with another that stands by, while attempts come: until the first command of the other.

use std::time::Duration;

use crate::load::{Load, now};
use crate::process::until;
use crate::restart::{Many, many};
use crate::{Args, Site, kafka, median, table};

/// Attempts a second meanwhile.
const RATE: u32 = 2_000;

/// Prints the table.
pub(crate) fn measure(site: &Site, args: &Args) {
    let Many { place, topic, .. } = many(site, args, "takeover");
    let mut active = place.start();
    active.live();
    let load = Load::start(site, &topic, &format!("{}commands", place.prefix), RATE);
    let mut times = Vec::new();
    for round in 0..args.rounds {
        eprintln!("takeover: round {}", round + 1);
        let standby = place.start();
        standby.standing_by();
        // Commands flow again, so that there is something to interrupt.
        let from = now();
        until("a command", Duration::from_millis(20), || {
            load.answers().0.last().filter(|answer| answer.appended > from + 1.0).copied()
        });
        let killed = now();
        active.kill();
        // One whose attempt came after the kill can't be the killed one's.
        let first = until("a command of the standby", Duration::from_millis(20), || {
            load.answers().0.into_iter().find(|answer| answer.appended > killed)
        });
        times.push(first.received - killed);
        active = standby;
    }
    load.finish();
    active.terminate();
    kafka::delete_topic(&site.broker, &topic);
    let (most, least) =
        (times.iter().copied().fold(0.0, f64::max), times.iter().copied().fold(f64::MAX, f64::min));
    table::print(
        &format!(
            "Take-over with {} numbers at {RATE} attempts/s, {} rounds, s",
            args.many_numbers, args.rounds
        ),
        &["", "median", "least", "most"],
        &[vec![
            "kill -9 to the standby's first command".to_owned(),
            format!("{:.2}", median(times.iter().copied())),
            format!("{least:.2}"),
            format!("{most:.2}"),
        ]],
        &["The group notices a dead member after kafka.session.timeout.ms, 6 s here; the rest is recovery."],
    );
}
