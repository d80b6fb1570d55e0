#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;
use crate::command::demo::plain::silently;
use crate::command::demo::tests::args;

fn summary(args: &DemoArgs) -> Summary {
    let mut play = Play::new(args).unwrap();
    silently(&mut play).unwrap();
    Summary::of(&play, args)
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let json = |seed| callwarden_wire::to_json(&summary(&DemoArgs { seed, ..args() }));
    assert_eq!(json(7), json(7));
    assert_ne!(json(7), json(8));
}

#[test]
fn the_demo_that_everybody_sees_first_shows_what_it_should() {
    let defaults = DemoArgs { numbers: 200, labelled: 10, factor: 0.3, ..args() };
    let summary = summary(&defaults);
    assert_eq!((summary.labelled.len(), summary.caught.len(), summary.missed.len()), (10, 10, 0));
    assert_eq!(summary.accused_wrongly, []);
    assert!(summary.reductions_of_healthy_per_100k_attempts < 1.0);
    for line in summary.lines(Duration::from_millis(240), false) {
        assert!(line.chars().count() < 80, "wider than a terminal: {line}");
    }
}

#[test]
fn labels_that_have_not_come_yet_are_not_missed() {
    let mut play = Play::new(&args()).unwrap();
    play.advance(5_000, &mut |_, _| Ok::<_, ()>(())).unwrap();
    let summary = Summary::of(&play, &args());
    assert_eq!((summary.labelled.len(), summary.missed.len()), (0, 0));
    let lines = summary.lines(Duration::ZERO, true);
    assert_eq!(lines[0], "Stopped before the end; this is how things stood.");
    assert!(lines.contains(&"No number was labelled as spam.".to_owned()));
}

fn at(text: &str) -> Timestamp {
    serde_json::from_value(text.into()).unwrap()
}

fn made_up() -> Summary {
    let evidence = Evidence {
        statistic: 1_065_269.0,
        threshold: 1e6,
        since: at("2026-01-17T01:28:20Z"),
        attempts: 340,
        answers: 16,
        expected_rate: 0.1179,
    };
    Summary {
        seed: 1,
        numbers: 200,
        days: 28,
        factor: 0.3,
        began_at: at("2026-01-05T00:00:00Z"),
        ended_at: at("2026-02-02T00:12:03Z"),
        attempts: 504_790,
        attempts_withheld: 5_810,
        answer_rate: Some(0.1283),
        labelled: ["+12525550139", "+14355550141", "+12125550104"]
            .map(|number| Labelled { number: number.to_owned(), at: at("2026-01-17T04:41:42Z") })
            .into(),
        caught: vec![Caught {
            number: "+12525550139".to_owned(),
            labelled_at: at("2026-01-17T04:41:42Z"),
            paused_at: at("2026-01-21T02:08:06Z"),
            attempts: 316,
            hours: 93.4,
            reduced_after_attempts: Some(258),
            evidence: Some(evidence.clone()),
        }],
        missed: [("+14355550141", 51_234.0, true), ("+12125550104", 0.0, false)]
            .map(|(number, statistic, judged)| Missed {
                number: number.to_owned(),
                labelled_at: at("2026-01-25T04:41:42Z"),
                statistic,
                baseline_attempts: 400,
                judged,
            })
            .into(),
        accused_wrongly: vec![Accused {
            number: "+13365550181".to_owned(),
            paused_at: at("2026-01-14T12:00:00Z"),
            labelled_at: Some(at("2026-01-19T12:00:00Z")),
            evidence: Some(evidence),
        }],
        median_attempts_to_pause: Some(316),
        median_hours_to_pause: Some(93.4),
        reductions_of_healthy: 1,
        reductions_of_healthy_per_100k_attempts: 0.2,
        commands: Commands { pause_number: 2, reduce_volume: 15 },
    }
}

#[test]
fn it_reads_well() {
    let lines = made_up().lines(Duration::from_millis(240), false);
    assert_eq!(
        lines.join("\n"),
        "\
200 numbers made 504,790 calls in 28 simulated days; people answered 12.8 %.
3 numbers got labelled as spam on the way, which left 30 % of their answers.
callwarden, which sees only how calls end, paused 1 of them:

  number        labelled      paused after          answers
  +12525550139  17 Jan 04:41  316 calls, 3.9 days   16 of 340, 40 expected
  +14355550141  25 Jan 04:41  never paused          evidence came to 5e4
  +12125550104  25 Jan 04:41  never paused          too new to be judged
  median                      316 calls, 3.9 days

Accused wrongly, without a label at the time: 1
  +13365550181  paused 14 Jan 12:00, 16 of 340, 40 expected, labelled 19 Jan 12:00
Healthy numbers told to dial less: 1, or 0.2 per 100,000 of their calls.

Commands: 2 to pause, 15 to reduce. The dialer here obeys pauses (5,810 calls
not made), not reductions. Labels stay, so that a number may be paused again.
Simulating and judging took 0.24 s: 2,103,291 calls/s on one core.

Next: `callwarden run --standalone --mode enforce` judges your own calls, given
as lines of JSON on standard input; README.md shows how."
    );
}

#[test]
fn long_lists_are_cut_with_a_word() {
    let mut summary = made_up();
    summary.missed = vec![summary.missed[0].clone(); 1_030];
    let lines = summary.lines(Duration::ZERO, false);
    assert!(lines.len() < 60);
    assert!(lines.contains(&"  and 1,005 more: --json lists them all".to_owned()));
}

#[test]
fn scripts_find_what_they_look_for() {
    let json: serde_json::Value = serde_json::to_value(made_up()).unwrap();
    assert_eq!(json["caught"][0]["labelled_at"], "2026-01-17T04:41:42Z");
    assert_eq!(json["caught"][0]["evidence"]["answers"], 16);
    assert_eq!(json["missed"][1]["judged"], false);
    assert_eq!(json["accused_wrongly"][0]["number"], "+13365550181");
    assert_eq!(json["commands"]["pause_number"], 2);
}
