//! The demo on a terminal: one picture, redrawn in place.
//!
//! A picture is one write, and each line clears what is left of the old one, so that nothing flickers.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use callwarden_core::Command;
use console::Term;

use super::play::{Event, Play};
use super::table::{Frame, Screen};
use crate::cli::DemoArgs;
use crate::printer::Failure;

const FRAME: Duration = Duration::from_millis(100);
/// Calls between two looks at the clock.
const CALLS_AT_ONCE: u64 = 2_000;
const CLEAR_TO_END_OF_LINE: &str = "\x1b[K";

/// How a demo went.
pub(super) struct Course {
    /// Whether it was stopped before its end.
    pub(super) stopped: bool,
    /// Real time spent in simulating and deciding.
    pub(super) busy: Duration,
}

/// Plays it, in the time that was asked for. Ctrl-C ends it early, with the cursor back.
pub(super) fn show(play: &mut Play, args: &DemoArgs) -> Result<Course, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let mut terminal = Terminal::new()?;
    let mut commands: Vec<Command> = Vec::new();
    let started = Instant::now();
    let mut next_frame = started;
    let mut busy = Duration::ZERO;
    loop {
        let target = wanted_by(started.elapsed(), args.seconds, play.wanted_in_all());
        let before = Instant::now();
        let over = play.advance(target.min(play.wanted() + CALLS_AT_ONCE), &mut |_, event| {
            if let Event::Decided(command) = event {
                commands.push(command);
            }
            Ok::<_, Failure>(())
        })?;
        busy += before.elapsed();
        let stopped = stop.load(Ordering::Relaxed);
        if over || stopped || Instant::now() >= next_frame {
            next_frame = Instant::now() + FRAME;
            let screen = terminal.screen();
            let per_second = play.made() as f64 / started.elapsed().as_secs_f64().max(0.1);
            terminal.draw(&Frame::of(play, args, per_second, screen), &commands, screen)?;
        }
        if over || stopped {
            return Ok(Course { stopped: !over, busy });
        }
        if play.wanted() >= target {
            std::thread::sleep(next_frame.saturating_duration_since(Instant::now()));
        }
    }
}

/// Calls that are due after `elapsed`.
fn wanted_by(elapsed: Duration, seconds: u32, in_all: u64) -> u64 {
    if seconds == 0 {
        return in_all;
    }
    let part = elapsed.as_secs_f64() / f64::from(seconds);
    (in_all as f64 * part.min(1.0)) as u64
}

/// A terminal without a cursor, as long as it lives.
struct Terminal {
    term: Term,
    unicode: bool,
    /// The picture that stands, and for which screen it was drawn.
    drawn: Option<(Screen, usize)>,
}

impl Terminal {
    fn new() -> io::Result<Self> {
        let term = Term::buffered_stdout();
        term.hide_cursor()?;
        term.flush()?;
        Ok(Self { term, unicode: shows_unicode(|name| std::env::var(name).ok()), drawn: None })
    }

    fn screen(&self) -> Screen {
        let (height, width) = self.term.size();
        Screen { width: width.into(), height: height.into(), unicode: self.unicode }
    }

    fn draw(&mut self, frame: &Frame, commands: &[Command], screen: Screen) -> io::Result<()> {
        match self.drawn {
            Some((same, lines)) if same == screen => self.term.move_cursor_up(lines)?,
            // The terminal has moved its lines about: begin anew.
            Some(_) => self.term.clear_screen()?,
            None => {}
        }
        let lines = frame.lines(commands, screen);
        for line in &lines {
            self.term.write_line(&format!("{}{CLEAR_TO_END_OF_LINE}", line.styled(screen.width)))?;
        }
        self.drawn = Some((screen, lines.len()));
        self.term.flush()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.term.show_cursor();
        let _ = self.term.flush();
    }
}

/// As the locale has it: the first of the three variables that is set decides.
fn shows_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &&str| variable(name).is_some_and(|value| !value.is_empty());
    let deciding = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(set);
    deciding.and_then(variable).is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calls_of_the_demo_are_spread_over_its_seconds() {
        let second = Duration::from_secs(1);
        assert_eq!(wanted_by(Duration::ZERO, 20, 1_000), 0);
        assert_eq!(wanted_by(second, 20, 1_000), 50);
        assert_eq!(wanted_by(100 * second, 20, 1_000), 1_000);
        assert_eq!(wanted_by(Duration::ZERO, 0, 1_000), 1_000);
    }

    #[test]
    fn the_locale_decides_on_bars() {
        let of = |pairs: &'static [(&str, &str)]| {
            shows_unicode(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
        };
        assert!(of(&[("LANG", "en_US.UTF-8")]));
        assert!(of(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!of(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!of(&[]));
    }
}
