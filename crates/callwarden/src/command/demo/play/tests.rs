#![allow(clippy::unwrap_used)]

use std::convert::Infallible;

use super::*;
use crate::command::demo::tests::args;

fn played(args: &DemoArgs) -> (Play, Vec<Event>) {
    let mut play = Play::new(args).unwrap();
    let mut events = Vec::new();
    let over = play.advance(u64::MAX, &mut |_, event| {
        events.push(event);
        Ok::<_, Infallible>(())
    });
    assert!(over.unwrap());
    (play, events)
}

#[test]
fn a_paused_number_makes_no_call_until_its_pause_expires() {
    let (play, events) = played(&args());
    assert!(play.withheld() > 0);
    assert_eq!(play.made() + play.withheld(), play.wanted());
    assert_eq!(play.core.tally().counted, play.made(), "every call reaches the core, once");
    for event in events {
        if let Event::Decided(Command {
            kind: CommandKind::PauseNumber, caller, issued_at, expires_at, ..
        }) = event
        {
            let number = play.core.find(&play.fleet, caller).unwrap();
            let newest = number.newest;
            assert!(newest <= issued_at || newest >= expires_at, "{caller} dialled during its pause");
        }
    }
}

#[test]
fn labels_and_weeks_are_told_once_and_in_order() {
    let (play, events) = played(&args());
    let labels: Vec<_> =
        events.iter().filter_map(|e| if let Event::Labelled(l) = e { Some(*l) } else { None }).collect();
    assert_eq!(labels, play.labels());
    assert_eq!(labels.len(), 3);
    let weeks: Vec<_> =
        events.iter().filter_map(|e| if let Event::WeekOver(w) = e { Some(*w) } else { None }).collect();
    assert!(weeks == [1, 2, 3] || weeks == [1, 2, 3, 4], "{weeks:?}");
}

#[test]
fn rows_show_what_happened_and_keep_two_places_for_what_may() {
    let (play, _) = played(&args());
    let rows = play.rows(4);
    let labelled: Vec<bool> = rows.iter().map(|row| row.labelled_at.is_some()).collect();
    assert_eq!(labelled, [true, true, false, false]);
    assert!(rows[2].view.statistic >= rows[3].view.statistic);
    assert!(rows.iter().all(|row| row.campaign.starts_with("campaign-")));
    assert_eq!(play.rows(100).len(), 30, "every number, once");
    assert_eq!(play.rows(1).len(), 1);
    assert!(play.rows(0).is_empty());
}

#[test]
fn slices_do_not_matter() {
    let (whole, events) = played(&args());
    let mut play = Play::new(&args()).unwrap();
    let mut told = Vec::new();
    while !play
        .advance(play.wanted() + 777, &mut |_, event| {
            told.push(event);
            Ok::<_, Infallible>(())
        })
        .unwrap()
    {}
    assert_eq!(told, events);
    assert_eq!(play.rows(30), whole.rows(30));
}

#[test]
fn days_count_by_their_dialling() {
    assert_eq!(attempts_per_number(1), 115);
    assert_eq!(attempts_per_number(7), 638);
    assert_eq!(attempts_per_number(28), 2_553);
}
