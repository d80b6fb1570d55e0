//! Each way of saving, alone and undisturbed.

use callwarden_engine::{Saved, Wanted};

use crate::server::Place;
use crate::unit::{Unit, loaded, shown};

/// Many, then so many of them; each is loaded again as it was.
fn saves(of: u64, changed: u64) {
    let mut place = Place::shared();
    let mut unit = Unit::start(&place.config());
    unit.step(0..of);
    assert_eq!(unit.save().unwrap(), Saved::Done);
    assert_eq!(loaded(&place.config()), Some((1, unit.now.clone())));

    let mut unit = Unit::start(&place.config());
    for _ in 0..2 {
        unit.step((0..changed).map(|at| at * 3 % of));
        assert_eq!(unit.offer(), Saved::Done, "changes suffice");
    }
    assert_eq!(place.leftovers(), 0, "nothing stays behind");
    for at in [0, 1, of - 1] {
        assert_eq!(shown(&place.config(), at), unit.now.get(&at).copied());
    }
    assert_eq!(shown(&place.config(), of), None);
    assert_eq!(loaded(&place.config()), Some((3, unit.now.clone())));
}

#[test]
fn a_few() {
    saves(20, 3);
    saves(2, 1);
    saves(1, 1);
}

#[test]
fn more_with_their_figures_ahead() {
    saves(20, 8);
    saves(8, 8);
}

#[test]
fn too_many_for_one_transaction() {
    saves(20, 10);
    saves(20, 19);
}

#[test]
fn all_there_are() {
    saves(20, 20);
    saves(9, 9);
}

#[test]
fn nothing_but_a_later_header() {
    let place = Place::shared();
    let mut unit = Unit::start(&place.config());
    for _ in 0..3 {
        unit.step([]);
        assert_eq!(unit.save().unwrap(), Saved::Done);
    }
    assert_eq!(loaded(&place.config()), Some((3, unit.now)));
}

#[test]
fn another_core_replaces_every_state() {
    for of in [2, 6, 20] {
        let place = Place::shared();
        let mut unit = Unit::start(&place.config());
        unit.step(0..of);
        unit.save().unwrap();
        let mut unit = Unit::start(&place.config());
        unit.core_version += 1;
        unit.step([0]);
        assert_eq!(unit.offer(), Saved::AllWanted(Wanted::NoSnapshot));
        unit.step(0..of);
        assert_eq!(unit.offer(), Saved::Done);
        unit.step([1]);
        assert_eq!(unit.offer(), Saved::Done, "the second is a usual one");
        assert_eq!(loaded(&place.config()), Some((4, unit.now)));
    }
}
