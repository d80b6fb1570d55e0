//! Processes as the kernel sees them.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// User and system time of a process and its threads, in seconds.
pub(crate) fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// A size from /proc/PID/status, in bytes: `VmRSS` now, `VmHWM` at its highest.
pub(crate) fn memory(pid: u32, field: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.split(':').next() == Some(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}

/// CPU time of the broker and Redis together, if `scripts/parts` has started them.
pub(crate) fn parts_cpu_seconds() -> f64 {
    let Ok(dir) = std::env::var("CALLWARDEN_PARTS_DIR") else { return f64::NAN };
    let pid = |part: &str| std::fs::read_to_string(format!("{dir}/{part}.pid")).ok()?.trim().parse().ok();
    ["kafka", "redis"].into_iter().map(|part| pid(part).map_or(f64::NAN, cpu_seconds)).sum()
}

/// SIGTERM, and the end that follows. A JVM says 143.
pub(crate) fn terminate(mut child: Child) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(0 | 143)), "exit after SIGTERM: {code:?}");
}

/// Looks again and again until `look` has found what it looks for. Gives up loudly after a long while.
pub(crate) fn until<T>(what: &str, every: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(300);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited 300 s for {what}");
        std::thread::sleep(every);
    }
}
