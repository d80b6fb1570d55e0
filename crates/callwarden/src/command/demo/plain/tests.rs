#![allow(clippy::unwrap_used)]

use super::*;
use crate::command::demo::tests::args;

#[test]
fn every_label_command_and_week_is_a_line() {
    let mut play = Play::new(&args()).unwrap();
    let mut lines = Vec::new();
    let course = show(&mut play, |line| {
        lines.push(line);
        Ok(())
    });
    assert!(!course.unwrap().stopped);
    let with = |what: &str| lines.iter().filter(|line| line[21..].starts_with(what)).collect::<Vec<_>>();
    assert_eq!(with("labelled").len(), 3);
    assert!(with("labelled").iter().all(|line| line.ends_with(" as spam") && line.contains(" +1")));
    assert_eq!(with("pause_number").len(), play.pauses().len());
    assert_eq!(with("reduce_volume").len() as u64, play.reductions());
    let pause = with("pause_number")[0];
    assert!(pause.contains(" calls answered since ") && pause.contains(" were to be expected"), "{pause}");
    assert!(with("week 1 over")[0].ends_with("; 0 labelled, 0 of them caught"));
    assert!(lines.is_sorted_by_key(|line| line[..20].to_owned()), "lines come in the order of their time");
}

#[test]
fn a_reader_who_has_gone_ends_it() {
    let mut play = Play::new(&args()).unwrap();
    assert!(show(&mut play, |_| Err(Failure::reader_gone())).is_err());
    assert!(play.wanted() < play.wanted_in_all());
}
