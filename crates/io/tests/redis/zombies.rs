//! A process that was stopped in the middle of a save and replaced meanwhile. When it wakes it changes nothing at all.

use std::sync::atomic::{AtomicBool, Ordering};

use callwarden_engine::{Saved, Store as _};

use crate::proxy::Proxy;
use crate::server::Place;
use crate::unit::{Moment, Unit, loaded};

const SAVES: [u64; 4] = [2, 7, 11, 20];

/// The old one is frozen before its command number `commands`, `replace` happens, and it wakes. False: its save needed no more
/// than that.
fn wakes(changed: u64, commands: usize, replace: impl FnOnce(&Place, &Moment) -> (u64, Moment)) -> bool {
    let mut place = Place::shared();
    let proxy = Proxy::to(&place.url);
    let mut config = place.config();
    config.url.clone_from(&proxy.url);
    let mut old = Unit::start(&config);
    old.step(0..20);
    assert_eq!(old.save().unwrap(), Saved::Done);
    old.step((0..changed).map(|at| at * 7 % 20));
    let (changes, now) = (old.changes(), old.now.clone());
    proxy.freeze_after(commands);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let saving = scope.spawn(|| {
            let saved = old.store.save(&changes);
            over.store(true, Ordering::Relaxed);
            saved
        });
        if !proxy.frozen(|| over.load(Ordering::Relaxed)) {
            proxy.open();
            assert_eq!(saving.join().unwrap().unwrap(), Saved::Done);
            return false;
        }
        let expected = replace(&place, &now);
        let before = place.backup();
        proxy.open();
        let said = saving.join().unwrap();
        assert!(matches!(said, Ok(Saved::Superseded)), "{changed} numbers, {commands} commands: {said:?}");
        assert_eq!(place.backup(), before, "{changed} numbers, {commands} commands: nothing may change");
        assert_eq!(loaded(&place.config()), Some(expected), "{changed} numbers, {commands} commands");
        true
    })
}

fn at_every_command(replace: impl Fn(&Place, &Moment) -> (u64, Moment)) {
    for changed in SAVES {
        let frozen = (0..).take_while(|commands| wakes(changed, *commands, &replace)).count();
        assert!(frozen > 8, "{changed} numbers: {frozen} commands");
    }
}

#[test]
fn after_the_new_one_has_only_loaded() {
    at_every_command(|place, _| {
        let new = Unit::start(&place.config());
        (new.sequence, new.now)
    });
}

#[test]
fn after_the_new_one_has_saved_a_little() {
    at_every_command(|place, now| {
        let mut new = Unit::recover(&place.config(), 2, now);
        new.step([1, 21]);
        assert_eq!(new.save().unwrap(), Saved::Done);
        (3, new.now)
    });
}

#[test]
fn after_the_new_one_has_saved_a_lot() {
    at_every_command(|place, now| {
        let mut new = Unit::recover(&place.config(), 2, now);
        new.step(3..23);
        assert_eq!(new.save().unwrap(), Saved::Done);
        new.step(0..10);
        assert_eq!(new.save().unwrap(), Saved::Done);
        (4, new.now)
    });
}

#[test]
fn after_the_new_one_has_died_in_the_middle_of_a_save() {
    for cut in (1..150).step_by(7) {
        at_every_third_command(|place, now| {
            let proxy = Proxy::to(&place.url);
            let mut config = place.config();
            config.url.clone_from(&proxy.url);
            let mut new = Unit::recover(&config, 2, now);
            new.step(4..22);
            proxy.cut_after(cut);
            let saved = new.save();
            let found = place_moment(place);
            assert!(saved.is_err() || found == (3, new.now.clone()));
            found
        });
    }
}

fn at_every_third_command(replace: impl Fn(&Place, &Moment) -> (u64, Moment)) {
    let _ = (0..).step_by(11).take_while(|commands| wakes(11, *commands, &replace)).count();
}

/// What a third process would find.
fn place_moment(place: &Place) -> (u64, Moment) {
    loaded(&place.config()).unwrap()
}

/// Both are in the middle of a save when the old one wakes, with the new one's still to be done.
#[test]
fn while_the_new_one_is_in_the_middle_of_a_save() {
    for new_commands in (0..120).step_by(5) {
        for changed in [7, 11] {
            for commands in (0..60).step_by(9) {
                let (old_over, new_over) = (AtomicBool::new(false), AtomicBool::new(false));
                let mut place = Place::shared();
                let (old_wire, new_wire) = (Proxy::to(&place.url), Proxy::to(&place.url));
                let (mut old_config, mut new_config) = (place.config(), place.config());
                old_config.url.clone_from(&old_wire.url);
                new_config.url.clone_from(&new_wire.url);
                let mut old = Unit::start(&old_config);
                old.step(0..20);
                assert_eq!(old.save().unwrap(), Saved::Done);
                old.step((0..changed).map(|at| at * 7 % 20));
                let changes = old.changes();
                old_wire.freeze_after(commands);
                std::thread::scope(|scope| {
                    let old_saving = scope.spawn(|| {
                        let saved = old.store.save(&changes);
                        old_over.store(true, Ordering::Relaxed);
                        saved
                    });
                    let was_frozen = old_wire.frozen(|| old_over.load(Ordering::Relaxed));
                    let mut new = Unit::recover(&new_config, 2, &old.now);
                    new.step(5..24);
                    new_wire.freeze_after(new_commands);
                    let new_over = &new_over;
                    let new_saving = scope.spawn(move || {
                        let saved = new.save();
                        new_over.store(true, Ordering::Relaxed);
                        saved
                    });
                    new_wire.frozen(|| new_over.load(Ordering::Relaxed));
                    let before = place.backup();
                    old_wire.open();
                    let said = old_saving.join().unwrap().unwrap();
                    assert_eq!(said, if was_frozen { Saved::Superseded } else { Saved::Done });
                    assert_eq!(place.backup(), before, "nothing may change");
                    new_wire.open();
                    assert_eq!(new_saving.join().unwrap().unwrap(), Saved::Done);
                });
                let (sequence, now) = loaded(&place.config()).unwrap();
                assert_eq!((sequence, now.len()), (3, 24));
                assert!((5..24).all(|at| now[&at] == 3), "{now:?}");
            }
        }
    }
}
