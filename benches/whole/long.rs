//! Memory while ten million attempts are drained: it follows the numbers, not the attempts.

use std::time::Duration;

use crate::kafka::{self, Filler};
use crate::process::memory;
use crate::restart::{empty_memory, resting_memory};
use crate::{Args, Site, table};

/// Looks at memory at so many places of the drain.
const LOOKS: u32 = 5;

/// Prints the tables.
pub(crate) fn measure(site: &Site, args: &Args) {
    eprintln!("long: {} attempts", args.long_events);
    let topic = site.name("long-attempts");
    kafka::create_topic(&site.broker, &topic, kafka::PARTITIONS);
    let mut filler = Filler::new(site, &topic, args.json);
    filler.fleet(kafka::fleet(args.numbers, args.long_events), args.long_events);
    filler.finish();
    let place = site.place("long", &topic);
    let in_redis = place.redis_memory();
    let program = place.start();
    let mut rows = Vec::new();
    for look in 1..=LOOKS {
        let attempts = f64::from(args.long_events) * f64::from(look) / f64::from(LOOKS);
        while program.taken() < attempts {
            std::thread::sleep(Duration::from_millis(20));
        }
        let mb = |field| format!("{:.0}", memory(program.pid(), field) / 1e6);
        rows.push(vec![format!("{attempts:.0}"), mb("VmRSS"), mb("VmHWM")]);
    }
    program.terminate();
    let in_redis = place.redis_memory() - in_redis;
    let program = place.start();
    program.live();
    let in_process = resting_memory(&program) - empty_memory(site);
    program.terminate();
    kafka::delete_topic(&site.broker, &topic);
    let numbers = f64::from(args.numbers);
    table::print(
        &format!("Memory while {} attempts of {} numbers are drained, MB", args.long_events, args.numbers),
        &["attempts taken", "now", "highest so far"],
        &rows,
        &[&format!(
            "A number with {} attempts behind it then takes {:.0} bytes in process and {:.0} in Redis.",
            args.long_events / args.numbers,
            in_process / numbers,
            in_redis / numbers
        )],
    );
}
