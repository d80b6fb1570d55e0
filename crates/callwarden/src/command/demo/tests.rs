#![allow(clippy::unwrap_used)]

use super::*;

/// A small demo with something in it.
pub(super) fn args() -> DemoArgs {
    DemoArgs { seed: 1, numbers: 30, labelled: 3, factor: 0.2, days: 28, seconds: 0, json: false }
}

#[test]
fn more_labels_than_numbers_are_refused() {
    assert_eq!(check(&args()), Ok(()));
    let args = DemoArgs { numbers: 5, labelled: 6, ..args() };
    assert_eq!(check(&args), Err("--labelled 6: expected at most --numbers, which is 5".to_owned()));
}

#[test]
fn a_factor_is_between_none_and_all() {
    use clap::Parser as _;
    for (factor, allowed) in [("0.3", true), ("0", false), ("1", false), ("NaN", false), ("a third", false)] {
        let parsed = Cli::try_parse_from(["callwarden", "demo", "--factor", factor]);
        assert_eq!(parsed.is_ok(), allowed, "{factor}");
    }
}
