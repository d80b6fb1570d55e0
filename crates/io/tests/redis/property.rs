//! Any order of saves, deaths, troubles, replacements and losses, against the journal as a model: what stands in Redis is at
//! every moment exactly what the journal says of the sequence in its header.

use std::collections::BTreeMap;

use callwarden_engine::{Changes, Saved, Store as _};
use callwarden_io::redis::RedisConfig;
use callwarden_wire::unpack_number;
use proptest::prelude::*;

use crate::proxy::Proxy;
use crate::server::{Dump, Place};
use crate::unit::{Moment, Unit};

#[derive(Clone, Debug)]
enum Event {
    /// A save of these numbers.
    Save(Vec<u64>),
    /// The same, and the connection breaks after so many commands.
    Trouble(Vec<u64>, usize),
    /// The process dies after so many commands, and another starts.
    Death(Vec<u64>, usize),
    /// The process is stopped before its save, and another starts.
    Replacement(Vec<u64>),
    /// One that was stopped wakes.
    Wake,
    Backup,
    Restore,
    Empty,
}

fn event() -> impl Strategy<Value = Event> {
    let numbers = || {
        prop_oneof![
            prop::collection::vec(0_u64..24, 0..4),
            prop::collection::vec(0_u64..24, 4..40),
            Just((0..24).collect()),
        ]
    };
    let commands = || 0_usize..110;
    prop_oneof![
        4 => numbers().prop_map(Event::Save),
        2 => (numbers(), commands()).prop_map(|(numbers, commands)| Event::Trouble(numbers, commands)),
        3 => (numbers(), commands()).prop_map(|(numbers, commands)| Event::Death(numbers, commands)),
        2 => numbers().prop_map(Event::Replacement),
        2 => Just(Event::Wake),
        1 => Just(Event::Backup),
        1 => Just(Event::Restore),
        1 => Just(Event::Empty),
    ]
}

struct Play {
    place: Place,
    proxy: Proxy,
    config: RedisConfig,
    live: Unit,
    /// Stopped ones, each with a save that it was about to make.
    stopped: Vec<(Unit, Changes)>,
    /// The moment at each sequence.
    journal: Vec<Moment>,
    backup: Dump,
    /// The server has forgotten something since the live one last saved.
    forgot: bool,
}

impl Play {
    fn begin() -> Self {
        let place = Place::shared();
        let proxy = Proxy::to(&place.url);
        let mut config = place.config();
        config.url.clone_from(&proxy.url);
        let live = Unit::start(&config);
        let journal = vec![Moment::new()];
        let (stopped, backup) = (Vec::new(), Dump::new());
        Self { place, proxy, config, live, stopped, journal, backup, forgot: false }
    }

    fn step(&mut self, numbers: &[u64]) {
        self.live.step(numbers.iter().copied());
        self.journal.push(self.live.now.clone());
    }

    /// As the saver and the loop do it, until it is done.
    fn save(&mut self) {
        let mut changes = self.live.changes();
        for _ in 0..10 {
            match self.live.store.save(&changes) {
                Ok(Saved::Done) => {
                    self.forgot = false;
                    return;
                }
                Ok(Saved::AllWanted(_)) => {
                    self.live.changed = self.live.now.keys().copied().collect();
                    changes = self.live.changes();
                }
                Ok(Saved::Superseded) => panic!("nobody has replaced it"),
                Err(_) => {}
            }
        }
        panic!("a save does not come to an end");
    }

    fn restart(&mut self) {
        let sequence = self.journal.len() - 1;
        let next = Unit::recover(&self.config, sequence as u64, &self.journal[sequence]);
        self.live = next;
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Save(numbers) => {
                self.step(numbers);
                self.save();
            }
            Event::Trouble(numbers, commands) => {
                self.step(numbers);
                self.proxy.cut_after(*commands);
                self.save();
                self.proxy.open();
            }
            Event::Death(numbers, commands) => {
                self.step(numbers);
                self.proxy.cut_after(*commands);
                let _ = self.live.save();
                self.proxy.open();
                self.restart();
            }
            Event::Replacement(numbers) => {
                self.step(numbers);
                let changes = self.live.changes();
                let sequence = self.journal.len() - 1;
                let next = Unit::recover(&self.config, sequence as u64, &self.journal[sequence]);
                self.stopped.push((std::mem::replace(&mut self.live, next), changes));
            }
            Event::Wake => {
                let Some((mut unit, changes)) = self.stopped.pop() else { return };
                let before = self.place.backup();
                let said = unit.store.save(&changes).unwrap();
                if !self.forgot {
                    assert_eq!(said, Saved::Superseded);
                    assert_eq!(self.place.backup(), before, "one that was replaced changes nothing");
                }
            }
            Event::Backup => self.backup = self.place.backup(),
            Event::Restore => {
                self.place.restore(&self.backup);
                self.forgot = true;
            }
            Event::Empty => {
                self.place.restore(&Dump::new());
                self.forgot = true;
            }
        }
    }

    /// What stands there, read without the store under test.
    fn found(&mut self) -> Option<(u64, Moment)> {
        let header: Option<String> = self.place.ask(&["GET", &self.place.key("header")]);
        let header: serde_json::Value = serde_json::from_str(&header?).unwrap();
        let mut states: BTreeMap<Vec<u8>, Vec<u8>> = self.place.ask(&["HGETALL", &self.place.key("numbers")]);
        if let Some(count) = header.get("staged") {
            let staged: BTreeMap<Vec<u8>, Vec<u8>> =
                self.place.ask(&["HGETALL", &self.place.key("numbers:staged")]);
            assert_eq!(count, staged.len());
            states.extend(staged);
        }
        assert_eq!(header["numbers"], states.len());
        let moment = states.iter().map(|(field, packed)| {
            let field = std::str::from_utf8(field).unwrap();
            let digits: u64 = field.rsplit_once("/+").unwrap().1.parse().unwrap();
            (digits - 12_025_550_000, unpack_number(packed).unwrap().settled.seizures)
        });
        Some((header["sequence"].as_u64().unwrap(), moment.collect()))
    }

    fn check(&mut self, after: &Event) {
        if let Some((sequence, moment)) = self.found() {
            assert_eq!(moment, self.journal[sequence as usize], "sequence {sequence}, after {after:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn redis_holds_a_moment_of_the_journal(events in prop::collection::vec(event(), 1..16)) {
        let mut play = Play::begin();
        for event in &events {
            play.take(event);
            play.check(event);
        }
        play.take(&Event::Save(vec![1]));
        let last = play.journal.len() - 1;
        prop_assert_eq!(play.found(), Some((last as u64, play.journal[last].clone())));
        prop_assert_eq!(play.place.leftovers(), 0);
    }
}
