//! A server that forgets: emptied, gone back to an older copy, promoted without its last writes.

use std::sync::atomic::{AtomicBool, Ordering};

use callwarden_engine::{Saved, Store as _, Wanted};

use crate::proxy::Proxy;
use crate::server::{Dump, Place, Server, eventually};
use crate::unit::{Unit, loaded};

#[test]
fn emptied() {
    for changed in [1, 6, 15, 20] {
        let mut place = Place::shared();
        let mut unit = Unit::start(&place.config());
        unit.step(0..20);
        unit.save().unwrap();
        place.restore(&Dump::new());
        unit.step(0..changed);
        assert_eq!(unit.offer(), Saved::AllWanted(Wanted::RolledBack));
        assert!(place.backup().len() <= 1, "nothing was written but the claim");
        unit.step(0..20);
        assert_eq!(unit.offer(), Saved::Done);
        assert_eq!(loaded(&place.config()), Some((3, unit.now)));
    }
}

#[test]
fn rolled_back() {
    for changed in [1, 6, 15, 20] {
        let mut place = Place::shared();
        let mut unit = Unit::start(&place.config());
        unit.step(0..20);
        unit.save().unwrap();
        let older = place.backup();
        // A number that the copy lacks, and more.
        unit.step(3..23);
        unit.save().unwrap();
        place.restore(&older);
        unit.step(0..changed);
        assert_eq!(unit.offer(), Saved::AllWanted(Wanted::RolledBack));
        assert_eq!(place.backup(), older, "nothing was written");
        unit.step(0..22);
        assert_eq!(unit.offer(), Saved::AllWanted(Wanted::RolledBack), "not all");
        unit.step(0..23);
        assert_eq!(unit.offer(), Saved::Done);
        assert_eq!(loaded(&place.config()), Some((5, unit.now)));
    }
}

/// To a copy of another life, at every command of a save. Who held the claim then is none that may write now.
#[test]
fn rolled_back_in_the_middle_of_a_save() {
    for changed in [2, 7, 11, 20] {
        for same_life in [true, false] {
            for commands in 0.. {
                let mut place = Place::shared();
                let proxy = Proxy::to(&place.url);
                let mut config = place.config();
                config.url.clone_from(&proxy.url);
                let mut unit = Unit::start(&config);
                unit.step(0..20);
                unit.save().unwrap();
                let older = place.backup();
                if !same_life {
                    let (sequence, now) = (unit.sequence, unit.now.clone());
                    unit = Unit::recover(&config, sequence, &now);
                }
                unit.step(0..15);
                unit.save().unwrap();
                unit.step((0..changed).map(|at| at * 7 % 20));
                let changes = unit.changes();
                proxy.freeze_after(commands);
                let over = AtomicBool::new(false);
                let frozen = std::thread::scope(|scope| {
                    let saving = scope.spawn(|| {
                        let saved = unit.store.save(&changes);
                        over.store(true, Ordering::Relaxed);
                        saved
                    });
                    let frozen = proxy.frozen(|| over.load(Ordering::Relaxed));
                    if frozen {
                        place.restore(&older);
                    }
                    proxy.open();
                    let said = saving.join().unwrap().unwrap();
                    let expected = if frozen { Saved::AllWanted(Wanted::RolledBack) } else { Saved::Done };
                    assert_eq!(said, expected, "{changed} numbers, {commands} commands");
                    frozen
                });
                unit.step(0..if frozen { 20 } else { 1 });
                assert_eq!(unit.offer(), Saved::Done);
                assert_eq!(loaded(&place.config()), Some((4, unit.now)));
                if !frozen {
                    break;
                }
            }
        }
    }
}

/// A copy of the same save, some commands younger: what was staged or folded since is lost, the header may be the same.
#[test]
fn rolled_back_within_the_save_itself() {
    for (older_by, commands) in (0..90).flat_map(|commands| [(3, commands), (14, commands)]) {
        let mut place = Place::shared();
        let proxy = Proxy::to(&place.url);
        let mut config = place.config();
        config.url.clone_from(&proxy.url);
        let mut unit = Unit::start(&config);
        unit.step(0..20);
        unit.save().unwrap();
        unit.step(2..13);
        let changes = unit.changes();
        let over = AtomicBool::new(false);
        let mut wanted = false;
        proxy.freeze_after(commands);
        std::thread::scope(|scope| {
            let saving = scope.spawn(|| {
                let saved = unit.store.save(&changes);
                over.store(true, Ordering::Relaxed);
                saved
            });
            let over = || over.load(Ordering::Relaxed);
            proxy.frozen(over);
            let copy = place.backup();
            proxy.freeze_after(older_by);
            if proxy.frozen(over) {
                place.restore(&copy);
            }
            proxy.open();
            wanted = saving.join().unwrap().unwrap() != Saved::Done;
        });
        if wanted {
            unit.changed = unit.now.keys().copied().collect();
            assert_eq!(unit.offer(), Saved::Done);
        }
        assert_eq!(loaded(&place.config()), Some((2, unit.now)), "{commands} commands");
    }
}

#[test]
fn states_without_a_header_and_a_header_without_all_its_states() {
    for of in [2, 20] {
        let mut place = Place::shared();
        let mut unit = Unit::start(&place.config());
        unit.step(0..of);
        unit.save().unwrap();
        place.ask::<()>(&["DEL", &place.key("header")]);
        place.ask::<()>(&["HSET", &place.key("numbers:staged"), "default/+12025559999", "x"]);
        let mut next = Unit::start(&place.config());
        assert_eq!(next.sequence, 0, "no snapshot");
        next.sequence = 1;
        next.step(0..of);
        next.now.remove(&0);
        next.changed.remove(&0);
        assert_eq!(next.offer(), Saved::Done);
        assert_eq!(loaded(&place.config()), Some((2, next.now)), "without the old ones");

        place.ask::<()>(&["HDEL", &place.key("numbers"), "acme/2/+12025550001"]);
        let mut next = Unit::start(&place.config());
        assert_eq!(next.sequence, 0, "no snapshot");
        next.sequence = 2;
        next.step(0..of);
        assert_eq!(next.offer(), Saved::Done);
        assert_eq!(loaded(&place.config()), Some((3, next.now)));
    }
}

#[test]
fn a_replica_promoted_without_the_last_writes() {
    let (primary, replica) = (Server::start(), Server::start());
    let proxy = Proxy::to(&primary.url());
    let mut place = Place::of(&primary.url());
    let mut other = place.moved(&replica.url());
    let mut config = place.config();
    config.url.clone_from(&proxy.url);
    let mut unit = Unit::start(&config);
    unit.step(0..20);
    unit.save().unwrap();
    let header = place.key("header");
    let copied: Option<String> = place.ask(&["GET", &header]);
    other.ask::<()>(&["REPLICAOF", "127.0.0.1", &primary.port.to_string()]);
    eventually("the copy", || other.ask::<Option<String>>(&["GET", &header]) == copied);
    other.ask::<()>(&["REPLICAOF", "NO", "ONE"]);

    // The primary goes on alone for a while, and dies.
    unit.step(0..21);
    unit.save().unwrap();
    proxy.lead_to(&replica.url());
    drop(primary);
    unit.step([3]);
    let changes = unit.changes();
    assert!(unit.store.save(&changes).is_err(), "the connection is gone with the server");
    assert_eq!(unit.store.save(&changes).unwrap(), Saved::AllWanted(Wanted::RolledBack));
    unit.step(0..21);
    assert_eq!(unit.offer(), Saved::Done);
    assert_eq!(loaded(&config), Some((4, unit.now)));
}
