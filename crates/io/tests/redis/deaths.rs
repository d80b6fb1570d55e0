//! Death and trouble at every command of a save.

use callwarden_engine::{Changes, Saved, Store as _, Wanted};

use crate::proxy::Proxy;
use crate::server::Place;
use crate::unit::{Moment, Unit, loaded, shown};

/// Numbers, and which of them change in the save that is disturbed.
const SAVES: [(u64, u64); 4] = [(20, 2), (20, 7), (20, 11), (20, 20)];

/// A unit behind a wire, with a snapshot of one moment saved, and changes to another in hand.
struct Stage {
    place: Place,
    proxy: Proxy,
    unit: Unit,
    changes: Changes,
    old: Moment,
}

impl Stage {
    fn set((of, changed): (u64, u64)) -> Self {
        let place = Place::shared();
        let proxy = Proxy::to(&place.url);
        let mut config = place.config();
        config.url.clone_from(&proxy.url);
        let mut unit = Unit::start(&config);
        unit.step(0..of);
        assert_eq!(unit.save().unwrap(), Saved::Done);
        let old = unit.now.clone();
        unit.step((0..changed).map(|at| at * 7 % of).chain((changed > 8 && changed < of).then_some(of)));
        let changes = unit.changes();
        Self { place, proxy, unit, changes, old }
    }
}

/// Disturbs saves at the first command, the second, and so on until one comes to its end undisturbed.
fn at_every_command(saves: &[(u64, u64)], disturb: impl Fn(&mut Stage, usize)) {
    for &save in saves {
        let mut commands = 0;
        loop {
            let mut stage = Stage::set(save);
            stage.proxy.cut_after(commands);
            disturb(&mut stage, commands);
            if !stage.proxy.was_cut() {
                break;
            }
            commands += 1;
        }
        assert!(commands > 8, "{save:?}: {commands} commands");
    }
}

#[test]
fn whoever_starts_after_a_death_finds_one_whole_moment_and_heals_the_rest() {
    at_every_command(&SAVES, |Stage { place, unit, changes, old, .. }, commands| {
        let outcome = unit.store.save(changes);
        let new = (2, unit.now.clone());
        let found = loaded(&place.config()).unwrap();
        assert!(found == (1, old.clone()) || found == new, "after {commands} commands: {found:?}");
        assert!(outcome.is_err() || found == new, "after {commands} commands: done, and not there");
        // The next life has stepped the journal's tail, and goes on.
        let mut next = Unit::recover(&place.config(), 2, &unit.now);
        next.step([0, 5]);
        assert_eq!(next.save().unwrap(), Saved::Done);
        next.step([1]);
        assert_eq!(next.offer(), Saved::Done, "the second is a usual one");
        assert_eq!(place.leftovers(), 0, "nothing stays behind");
        for at in [0, 1, 5, 7, 14] {
            assert_eq!(shown(&place.config(), at), next.now.get(&at).copied());
        }
        assert_eq!(loaded(&place.config()), Some((4, next.now)));
    });
}

#[test]
fn the_same_changes_are_saved_again_after_trouble() {
    at_every_command(&SAVES, |Stage { place, proxy, unit, changes, .. }, commands| {
        let saved = unit.store.save(changes);
        proxy.open();
        if saved.is_err() {
            assert_eq!(unit.store.save(changes).unwrap(), Saved::Done, "after {commands} commands");
        }
        unit.step([3]);
        assert_eq!(unit.offer(), Saved::Done, "changes suffice");
        assert_eq!(loaded(&place.config()), Some((3, unit.now.clone())));
    });
}

#[test]
fn an_unfinished_save_is_loaded_whole_and_wants_every_number_next() {
    let mut seen = 0;
    let seen = std::cell::RefCell::new(&mut seen);
    at_every_command(&SAVES[2..3], |Stage { place, unit, changes, .. }, commands| {
        let _ = unit.store.save(changes);
        if place.ask::<u64>(&["EXISTS", &place.key("numbers:staged")]) == 0 {
            return;
        }
        let header: String = place.ask(&["GET", &place.key("header")]);
        if !header.contains("\"staged\"") {
            return;
        }
        **seen.borrow_mut() += 1;
        // People see the new figures and the new states before anybody has folded them.
        for at in [0, 7, 20] {
            assert_eq!(shown(&place.config(), at), unit.now.get(&at).copied(), "after {commands} commands");
        }
        let mut next = Unit::start(&place.config());
        assert_eq!((next.sequence, &next.now), (2, &unit.now));
        next.step([4]);
        let first = next.changes();
        assert_eq!(next.store.save(&first).unwrap(), Saved::AllWanted(Wanted::Unfinished));
        assert_eq!(place.ask::<String>(&["GET", &place.key("header")]), header, "nothing was written");
        // It dies too; the third life finds the same.
        let mut next = Unit::start(&place.config());
        assert_eq!((next.sequence, &next.now), (2, &unit.now));
        next.step([4]);
        assert_eq!(next.save().unwrap(), Saved::Done);
        assert_eq!(loaded(&place.config()), Some((3, next.now)));
    });
    assert!(*seen.into_inner() > 10, "an unfinished save was never seen");
}

#[test]
fn staged_states_that_were_lost_are_missed() {
    let found = std::cell::Cell::new(0);
    at_every_command(&SAVES[2..3], |Stage { place, unit, changes, .. }, _| {
        let _ = unit.store.save(changes);
        let header: String = place.ask(&["GET", &place.key("header")]);
        if !header.contains("\"staged\"") {
            return;
        }
        found.set(found.get() + 1);
        let staged = place.key("numbers:staged");
        if found.get() % 2 == 0 {
            place.ask::<()>(&["UNLINK", &staged]);
        } else {
            place.ask::<()>(&["HDEL", &staged, "default/+12025550014"]);
        }
        assert_eq!(loaded(&place.config()), None, "what is left is of no moment");
        let mut next = Unit::recover(&place.config(), 2, &unit.now);
        assert_eq!(next.save().unwrap(), Saved::Done);
        assert_eq!(loaded(&place.config()), Some((2, next.now)));
    });
    assert!(found.get() > 10, "an unfinished save was never seen");
}
