//! One picture of the demo in motion: values in, lines out.

use callwarden_core::{Command, CommandKind, DetectorPolicy, EventTime, State};

use super::play::{Play, Row};
use super::text::{Line, Look};
use super::words::{date_time, grouped, percent, reason, verb, weekday_time};

/// Lines around the rows of numbers and commands: three of header, two blank, two of headings, one of legend.
const AROUND: usize = 8;
const COMMANDS_MAX: usize = 5;
const ROWS_MAX: usize = 20;
/// From this width on the table says when a number was labelled.
const WIDE: usize = 100;
/// Cells of a bar for each power of ten.
const BAR_SCALE: f64 = 2.0;
/// A bar ends where a number is paused, with the default policy.
const BAR_CELLS: usize = 12;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Screen {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Whether it shows more than ASCII.
    pub(super) unicode: bool,
}

impl Screen {
    /// Lines for commands and for numbers.
    fn shares(self) -> (usize, usize) {
        // The cursor stands on the line below the picture.
        let free = self.height.saturating_sub(AROUND + 1);
        let commands = COMMANDS_MAX.min(free / 3);
        (commands, (free - commands).min(ROWS_MAX))
    }

    fn bar(self, filled: usize, cells: usize) -> (String, String) {
        let filled = filled.min(cells);
        let (full, empty) = if self.unicode { ("█", "·") } else { ("#", ".") };
        (full.repeat(filled), empty.repeat(cells - filled))
    }
}

/// Everything that one picture shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) seed: u64,
    pub(super) numbers: u32,
    pub(super) labelled_in_all: u32,
    pub(super) days: u32,
    pub(super) start: EventTime,
    pub(super) now: EventTime,
    /// Of the demo, 0 to 1.
    pub(super) done: f64,
    pub(super) calls: u64,
    /// Calls in a second of real time.
    pub(super) calls_per_second: f64,
    pub(super) rate_24h: Option<f64>,
    pub(super) labelled: usize,
    pub(super) caught: usize,
    pub(super) accused: usize,
    pub(super) rows: Vec<Row>,
    pub(super) detector: DetectorPolicy,
}

impl Frame {
    /// As things stand.
    pub(super) fn of(
        play: &Play,
        args: &crate::cli::DemoArgs,
        calls_per_second: f64,
        screen: Screen,
    ) -> Self {
        let score = play.score();
        Self {
            seed: args.seed,
            numbers: args.numbers,
            labelled_in_all: args.labelled,
            days: args.days,
            start: play.start(),
            now: play.now(),
            done: play.wanted() as f64 / play.wanted_in_all() as f64,
            calls: play.made(),
            calls_per_second,
            rate_24h: play.answered_24h().rate(),
            labelled: play.labels().len(),
            caught: score.caught().count(),
            accused: score.accused.len(),
            rows: play.rows(screen.shares().1),
            detector: play.policy().detector,
        }
    }

    /// The lines, of the same number for the same screen. Of `commands` the last ones are shown.
    pub(super) fn lines(&self, commands: &[Command], screen: Screen) -> Vec<Line> {
        let (command_lines, row_lines) = screen.shares();
        let mut lines = self.header(screen);
        lines.push(Line::default());
        lines.push(table_heading(screen));
        lines.extend(self.rows.iter().take(row_lines).map(|row| table_row(row, &self.detector, screen)));
        lines.resize(AROUND - 3 + row_lines, Line::default());
        lines.push(Line::default());
        lines.push(Line::new(Look::Bold, "Last commands"));
        let newest = commands.iter().rev().take(command_lines).map(command_line);
        lines.extend(newest);
        lines.resize(AROUND - 1 + row_lines + command_lines, Line::default());
        lines.push(legend(&self.detector));
        lines.truncate(screen.height.saturating_sub(1));
        lines
    }

    fn header(&self, screen: Screen) -> Vec<Line> {
        let Self { seed, numbers, labelled_in_all, days, .. } = self;
        let day = ((self.now.0 - self.start.0) / 86_400 + 1).min(*days);
        let (filled, empty) = screen.bar((self.done * 20.0).round() as usize, 20);
        let accused = if self.accused == 0 { Look::Plain } else { Look::Alarm };
        vec![
            Line::new(Look::Bold, "callwarden demo")
                .and(
                    Look::Plain,
                    format!(
                        "   {} numbers, of which {labelled_in_all} get labelled as spam   ",
                        grouped((*numbers).into())
                    ),
                )
                .and(Look::Dim, format!("seed {seed}")),
            Line::new(Look::Bold, weekday_time(self.now))
                .and(Look::Plain, format!(" UTC   day {day:>2} of {days}   "))
                .and(Look::Notice, filled)
                .and(Look::Dim, empty)
                .and(Look::Plain, format!(" {:>3.0} %", self.done * 100.0)),
            Line::new(
                Look::Plain,
                format!(
                    "{} calls ({}/s), {} answered   ",
                    grouped(self.calls),
                    grouped(self.calls_per_second as u64),
                    percent(self.rate_24h)
                ),
            )
            .and(Look::Bold, self.labelled.to_string())
            .and(Look::Plain, " labelled, ")
            .and(Look::Bold, self.caught.to_string())
            .and(Look::Plain, " caught, ")
            .and(accused, format!("{} wrongly", self.accused)),
        ]
    }
}

fn table_heading(screen: Screen) -> Line {
    let labelled = if screen.width >= WIDE { "  labelled" } else { "" };
    Line::new(
        Look::Bold,
        format!(
            "{:<13} {:<11} {:>3} {:>4} {:>8} {:>8} {:<18} {:<7}{labelled}",
            "number", "campaign", "1h", "24h", "answered", "expected", "evidence", "state"
        ),
    )
}

fn table_row(row: &Row, detector: &DetectorPolicy, screen: Screen) -> Line {
    let Row { caller, campaign, labelled_at, paused_until, view } = row;
    let marker = if labelled_at.is_some() { "*" } else { "" };
    let number = format!("{:<13} ", format!("{}{marker}", caller.clear()));
    let (filled, empty) = screen.bar((view.statistic.max(1.0).log10() * BAR_SCALE) as usize, BAR_CELLS);
    let evidence = if view.statistic >= detector.reduce {
        Look::Alarm
    } else if view.statistic >= detector.watch {
        Look::Warning
    } else {
        Look::Dim
    };
    let state = match view.state {
        State::Active => Look::Good,
        State::Watched => Look::Notice,
        State::Reduced => Look::Warning,
        State::Paused => Look::Alarm,
    };
    let figures = format!(
        "{campaign:<11.11} {:>3} {:>4} {:>8} {:>8} ",
        view.attempts_1h,
        view.last_24h.attempts,
        percent(view.last_24h.answer_rate()),
        percent(view.expected_rate)
    );
    let line = Line::new(if labelled_at.is_some() { Look::Bold } else { Look::Plain }, number)
        .and(Look::Plain, figures);
    let line = match paused_until {
        Some(until) => line.and(Look::Dim, format!("until {} ", date_time(*until))),
        None => line
            .and(evidence, filled)
            .and(Look::Dim, empty)
            .and(evidence, format!(" {:>5.1e} ", view.statistic)),
    };
    let line = line.and(state, format!("{:<7}", view.state.name()));
    match labelled_at {
        Some(at) if screen.width >= WIDE => line.and(Look::Dim, format!("  {}", date_time(*at))),
        _ => line,
    }
}

fn command_line(command: &Command) -> Line {
    let look = match command.kind {
        CommandKind::PauseNumber => Look::Alarm,
        CommandKind::ReduceVolume(_) => Look::Warning,
    };
    Line::new(Look::Dim, date_time(command.issued_at))
        .and(look, format!("  {:<6}", verb(command.kind)))
        .and(Look::Plain, format!("  {}  {}", command.caller.clear(), reason(command)))
}

fn legend(detector: &DetectorPolicy) -> Line {
    let DetectorPolicy { watch, reduce, pause, .. } = detector;
    Line::new(
        Look::Dim,
        format!(
            "* labelled, unknown to callwarden   evidence {watch:.0e}: watch, {reduce:.0e}: reduce, {pause:.0e}: pause"
        ),
    )
}

#[cfg(test)]
mod tests;
