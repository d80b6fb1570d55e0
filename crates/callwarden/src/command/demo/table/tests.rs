#![allow(clippy::unwrap_used)]

use callwarden_core::{
    AnswerRateFell, AttemptId, Caller, Caps, Counts, Finding, Fleet, Mode, NumberView, Policy,
};

use super::*;

const SMALL: Screen = Screen { width: 80, height: 24, unicode: false };
/// 2026-01-21T15:41:00Z
const NOW: EventTime = EventTime(1_769_010_060);
const LABELLED: EventTime = EventTime(NOW.0 - 345_600);

fn row(number: &str, statistic: f64, state: State, labelled: bool) -> Row {
    let view = NumberView {
        as_of: NOW,
        state,
        attempts_1m: 1,
        attempts_1h: 12,
        last_24h: Counts { attempts: 129, seizures: 128, answers: 5, human: 5, ..Counts::default() },
        last_7d: Counts::default(),
        expected_rate: Some(0.1179),
        baseline_attempts: 900,
        statistic,
    };
    Row {
        caller: Caller::parse(number).unwrap(),
        campaign: "campaign-08".to_owned(),
        labelled_at: labelled.then_some(LABELLED),
        paused_until: (state == State::Paused).then_some(EventTime(NOW.0 + 600_000)),
        view,
    }
}

fn command(kind: CommandKind) -> Command {
    Command {
        fleet: Fleet::new(Fleet::DEFAULT),
        caller: Caller::parse("+12525550139").unwrap(),
        target_version: 1,
        sequence: 1,
        kind,
        mode: Mode::Enforce,
        issued_at: NOW,
        expires_at: NOW,
        finding: Finding::AnswerRateFell(AnswerRateFell {
            statistic: 1.1e6,
            threshold: 1e6,
            since: LABELLED,
            attempts: 340,
            answers: 16,
            expected_rate: 0.1179,
            baseline_attempts: 900,
            baseline_answers: 100,
        }),
        cause: AttemptId(1),
    }
}

fn commands() -> Vec<Command> {
    let caps = Caps { per_minute: 10, per_hour: 50, per_day: 50 };
    vec![command(CommandKind::ReduceVolume(caps)), command(CommandKind::PauseNumber)]
}

fn frame() -> Frame {
    Frame {
        seed: 1,
        numbers: 200,
        labelled_in_all: 10,
        days: 28,
        start: EventTime(1_767_571_200),
        now: NOW,
        done: 0.59,
        calls: 303_437,
        calls_per_second: 25_466.2,
        rate_24h: Some(0.1234),
        labelled: 10,
        caught: 10,
        accused: 0,
        rows: vec![
            row("+12525550139", 0.0, State::Paused, true),
            row("+14355550141", 2.5e5, State::Reduced, true),
            row("+14235550134", 2.5e4, State::Watched, false),
            row("+13165550115", 31.0, State::Active, false),
        ],
        detector: Policy::default().detector,
    }
}

fn plain(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.plain().trim_end().to_owned()).collect()
}

#[test]
fn it_looks_well_on_a_small_terminal() {
    let lines = frame().lines(&commands(), SMALL);
    assert_eq!(
        plain(&lines).join("\n"),
        "\
callwarden demo   200 numbers, of which 10 get labelled as spam   seed 1
Wed 21 Jan 15:41 UTC   day 17 of 28   ############........  59 %
303,437 calls (25,466/s), 12.3 % answered   10 labelled, 10 caught, 0 wrongly

number        campaign     1h  24h answered expected evidence           state
+12525550139* campaign-08  12  129    3.9 %   11.8 % until 28 Jan 14:21 paused
+14355550141* campaign-08  12  129    3.9 %   11.8 % ##########.. 2.5e5 reduced
+14235550134  campaign-08  12  129    3.9 %   11.8 % ########.... 2.5e4 watched
+13165550115  campaign-08  12  129    3.9 %   11.8 % ##.......... 3.1e1 active







Last commands
21 Jan 15:41  pause   +12525550139  16 of 340 answered, 40 expected
21 Jan 15:41  reduce  +12525550139  16 of 340 answered, 40 expected



* labelled, unknown to callwarden   evidence 1e4: watch, 1e5: reduce, 1e6: pause"
    );
}

#[test]
fn no_picture_is_larger_than_its_screen_and_none_changes_its_size() {
    for width in [20, 79, 80, 120] {
        for height in [3, 8, 10, 16, 24, 40, 100] {
            let screen = Screen { width, height, unicode: true };
            let full = frame().lines(&commands(), screen);
            assert!(full.len() < height, "{} lines on {height}", full.len());
            let empty = Frame { rows: Vec::new(), ..frame() }.lines(&[], screen);
            assert_eq!(full.len(), empty.len());
            for line in full {
                let shown = line.styled(width);
                // Styles are invisible: count what lies between them.
                let mut visible = 0;
                let mut escaped = false;
                for c in shown.chars() {
                    match (c, escaped) {
                        ('\x1b', _) => escaped = true,
                        ('m', true) => escaped = false,
                        (_, true) => {}
                        (_, false) => visible += 1,
                    }
                }
                assert!(visible <= width, "{shown}");
            }
        }
    }
}

#[test]
fn everything_fits_into_eighty_columns() {
    let frame = Frame { labelled: 10, caught: 10, calls: 504_790, ..frame() };
    for line in plain(&frame.lines(&commands(), SMALL)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_wide_terminal_also_says_since_when() {
    let lines = plain(&frame().lines(&[], Screen { width: 120, ..SMALL }));
    assert!(lines[4].ends_with("state    labelled"), "{}", lines[4]);
    assert!(lines[6].ends_with("reduced  17 Jan 15:41"), "{}", lines[6]);
}
