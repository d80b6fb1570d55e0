#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};

use callwarden_core::{Answer, EventTime, Input};
use callwarden_wire::{Decoder, Dialect, to_json};
use prost::Message as _;

use crate::{Fate, Report, SimAttempt, World, WorldConfig};

fn world(config: WorldConfig) -> World {
    World::new(config).unwrap()
}

/// 100 numbers of 1,000 attempts.
fn small() -> WorldConfig {
    WorldConfig { seed: 42, numbers: 100, attempts_per_number: 1_000, ..WorldConfig::default() }
}

/// Everything that can go wrong goes wrong now and then.
fn faulty() -> WorldConfig {
    WorldConfig { labelled: 5, hot: 2, duplicates: 0.02, late: 0.01, amended: 0.1, ..small() }
}

fn hash(world: World, attempts: usize) -> u64 {
    let mut bytes = Vec::new();
    for attempt in world.take(attempts) {
        attempt.to_proto().encode_length_delimited(&mut bytes).unwrap();
    }
    xxhash_rust::xxh3::xxh3_64(&bytes)
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_every_platform() {
    let config = WorldConfig { label_when: 0.0..=0.1, ..faulty() };
    assert_eq!(hash(world(config.clone()), 10_000), GOLDEN);
    assert_ne!(hash(world(WorldConfig { seed: 43, ..config }), 10_000), GOLDEN);
}

/// Changes when any attempt of a world does. Streams that benchmarks and closing notes speak of change with it.
const GOLDEN: u64 = 5_991_682_861_904_273_698;

#[test]
fn attempts_come_in_order_of_event_time_and_the_world_ends_as_announced() {
    let world = world(small());
    let (expected, start) = (world.expected_end(), world.config().start);
    let times: Vec<EventTime> = world.map(|attempt| attempt.started_at()).collect();
    assert_eq!(times.len(), 100_000);
    assert!(times.is_sorted());
    assert!(times[0] >= start);
    let end = *times.last().unwrap();
    assert!(end.0.abs_diff(expected.0) < 4 * 3_600, "{end} against {expected}");
}

#[test]
fn ids_and_numbers_are_unique() {
    for compact in [false, true] {
        let mut ids = HashSet::new();
        let mut numbers = HashSet::new();
        for attempt in world(WorldConfig { compact, ..small() }) {
            let message = attempt.to_proto();
            numbers.insert(message.caller_number);
            assert!(ids.insert(message.attempt_id));
        }
        assert_eq!((ids.len(), numbers.len()), (100_000, 100));
    }
}

#[test]
fn numbers_dial_from_nine_to_eight_and_less_at_week_ends() {
    let mut by_day = [0_u32; 7];
    for attempt in world(WorldConfig { attempts_per_number: 2_500, ..small() }) {
        let offset = attempt.to_proto().callee_utc_offset_minutes.unwrap();
        let local = i64::from(attempt.started_at().0) + i64::from(offset) * 60;
        let hour = local / 3_600 % 24;
        assert!((9..20).contains(&hour), "a call at {hour}:00");
        // The whole weeks after the first Monday morning.
        if (5..26).contains(&(local / 86_400 - 20_453)) {
            by_day[((local / 86_400 + 3) % 7) as usize] += 1;
        }
    }
    let working_day = f64::from(by_day[..5].iter().sum::<u32>()) / 5.0;
    for (day, share) in [(5, 0.35), (6, 0.2)] {
        let found = f64::from(by_day[day]) / working_day;
        assert!((found - share).abs() < 0.03, "day {day}: {found} of a working day instead of {share}");
    }
}

/// Shares of fates among attempts.
#[derive(Default)]
struct Shares {
    attempts: f64,
    seized: f64,
    evidence: f64,
    machine: f64,
    unknown: f64,
    blocked: f64,
}

impl Shares {
    fn count(&mut self, attempt: &SimAttempt) {
        let fate = attempt.fate();
        self.attempts += 1.0;
        self.seized += f64::from(u8::from(fate.is_seized()));
        self.evidence += f64::from(u8::from(fate.is_evidence()));
        self.machine += f64::from(u8::from(fate == Fate::Machine));
        self.unknown += f64::from(u8::from(fate == Fate::Unknown));
        self.blocked += f64::from(u8::from(fate == Fate::Blocked));
    }
}

/// `found` of `of` is `share` within four standard errors.
#[track_caller]
fn check_share(what: &str, found: f64, of: f64, share: f64) {
    let error = (share * (1.0 - share) / of).sqrt();
    let rate = found / of;
    assert!((rate - share).abs() < 4.0 * error, "{what}: {rate:.5} instead of {share:.5} +- {error:.5}");
}

#[test]
fn rates_are_what_was_asked_for() {
    let config = WorldConfig { numbers: 200, attempts_per_number: 2_000, number_sd: 0.0, ..small() };
    let mut all = Shares::default();
    let mut campaigns: HashMap<u32, Shares> = HashMap::new();
    for attempt in world(config.clone()) {
        all.count(&attempt);
        campaigns.entry(attempt.number() % config.campaigns).or_default().count(&attempt);
    }
    check_share("network failures", all.attempts - all.seized, all.attempts, 0.01);
    check_share("blocks", all.blocked, all.seized, 0.002);
    check_share("unknown", all.unknown, all.evidence, 0.05);
    check_share("machines", all.machine, all.seized - all.evidence - all.blocked, 0.2);
    for (campaign, shares) in campaigns {
        let rate = 0.085 + (0.17 - 0.085) * f64::from(campaign) / 9.0;
        check_share("answers of a campaign", shares.evidence, shares.seized, rate);
    }
}

#[test]
fn numbers_of_a_campaign_differ_as_asked() {
    let config = WorldConfig {
        campaigns: 1,
        hour_amplitude: 0.0,
        attempts_per_number: 2_000,
        numbers: 200,
        ..small()
    };
    let mut numbers: HashMap<u32, Shares> = HashMap::new();
    for attempt in world(config) {
        numbers.entry(attempt.number()).or_default().count(&attempt);
    }
    let logit = |shares: &Shares| (shares.evidence / (shares.seized - shares.evidence)).ln();
    let mean = numbers.values().map(logit).sum::<f64>() / 200.0;
    let variance = numbers.values().map(|shares| (logit(shares) - mean).powi(2)).sum::<f64>() / 199.0;
    // What 2,000 attempts at 8.5 % add to the spread.
    let noise = 1.0 / (2_000.0 * 0.085 * 0.915);
    let sd = (variance - noise).sqrt();
    assert!((sd - 0.15).abs() < 0.03, "sd {sd}");
}

#[test]
fn a_label_takes_its_factor_of_the_answers_and_touches_nothing_else() {
    let labelled = WorldConfig { labelled: 30, label_when: 0.3..=0.6, attempts_per_number: 2_000, ..small() };
    let with = world(labelled.clone());
    let truth = with.truth().clone();
    assert_eq!(truth.labelled().len(), 30);
    let at: HashMap<_, _> = truth.labelled().iter().map(|label| (label.caller, label.at)).collect();
    assert!(
        truth.labelled().first().unwrap().at < truth.labelled().last().unwrap().at,
        "each at its own moment"
    );

    let (mut before, mut after) = (0.0, Shares::default());
    for (with, without) in with.zip(world(WorldConfig { labelled: 0, ..labelled })) {
        assert_eq!((with.caller(), with.started_at()), (without.caller(), without.started_at()));
        let is_labelled = at.get(&with.caller()).is_some_and(|&at| with.started_at() >= at);
        assert_eq!(with.is_labelled(), is_labelled);
        if !is_labelled {
            assert_eq!(with.to_proto(), without.to_proto());
            continue;
        }
        assert!(!with.fate().is_evidence() || without.fate().is_evidence(), "a label adds no answer");
        before += f64::from(u8::from(without.fate().is_evidence()));
        after.count(&with);
    }
    check_share("answers left", after.evidence, before, 0.2);
    check_share("blocks", after.blocked, after.seized, 0.03);
}

#[test]
fn hot_numbers_dial_over_every_cap() {
    let world = world(WorldConfig { hot: 3, ..small() });
    let hot: HashSet<_> = world.truth().hot().iter().copied().collect();
    let mut hours: HashMap<_, u32> = HashMap::new();
    for attempt in world {
        assert_eq!(attempt.is_hot(), hot.contains(&attempt.caller()));
        *hours.entry((attempt.caller(), attempt.started_at().hour())).or_default() += 1;
    }
    for caller in hot {
        let busiest = hours.iter().filter(|((of, _), _)| *of == caller).map(|(_, &count)| count).max();
        assert!(busiest > Some(100), "{busiest:?} attempts in the busiest hour");
    }
}

#[test]
fn faults_come_in_their_shares_and_in_order_of_arrival() {
    let mut reports: HashMap<&str, u32> = HashMap::new();
    let (mut arrived, mut late, mut answered) = (0, 0, 0);
    let mut open = HashSet::new();
    for attempt in world(faulty()) {
        let delay = attempt.logged_at().0 - i64::from(attempt.started_at().0) * 1_000;
        assert!(attempt.logged_at().0 >= arrived && delay >= 0);
        arrived = attempt.logged_at().0;
        let message = attempt.to_proto();
        let kind = match attempt.report() {
            Report::Whole => "whole",
            Report::Preliminary => {
                assert_eq!((message.r#final, message.ended_at, message.answered_by), (Some(false), None, 0));
                assert!(open.insert(message.attempt_id));
                "preliminary"
            }
            Report::Amendment => {
                assert!(open.remove(&message.attempt_id) && message.ended_at.is_some());
                "amendment"
            }
            Report::Duplicate { .. } => "duplicate",
        };
        *reports.entry(kind).or_default() += 1;
        if attempt.report().is_first() {
            late += u32::from(delay >= 3_600_000);
            answered += u32::from(attempt.fate().is_answered());
        }
    }
    assert!(open.is_empty(), "every preliminary report is amended");
    let first = f64::from(reports["whole"] + reports["preliminary"]);
    assert_eq!(first, 100_000.0);
    assert_eq!(reports["preliminary"], reports["amendment"]);
    check_share("duplicates", reports["duplicate"].into(), first, 0.02);
    check_share("late", late.into(), first, 0.01);
    check_share("amended", reports["amendment"].into(), answered.into(), 0.1);
}

#[test]
fn compact_messages_have_about_120_bytes() {
    let bytes: usize =
        world(WorldConfig { compact: true, ..small() }).map(|attempt| attempt.to_proto().encoded_len()).sum();
    let mean = bytes / 100_000;
    assert!((110..=130).contains(&mean), "{mean} bytes");
}

#[test]
fn every_record_is_understood_for_what_it_is() {
    let acme = |compact| world(WorldConfig { fleet: "acme".into(), compact, ..faulty() });
    let mut decoder = Decoder::new(Dialect::Callwarden);
    for attempt in acme(false).chain(acme(true)).step_by(5) {
        let message = attempt.to_proto();
        let Ok(Input::Attempt(input)) = decoder.decode(&message.encode_to_vec()) else {
            panic!("refused: {message:?}");
        };
        assert_eq!((input.caller, input.started_at), (attempt.caller(), attempt.started_at()));
        assert_eq!(input.fleet.as_str(), "acme");
        let preliminary = attempt.report().is_preliminary();
        assert_eq!(input.is_final, !preliminary);
        assert_eq!(input.outcome.seized, attempt.fate().is_seized());
        assert_eq!(input.outcome.blocked, attempt.fate() == Fate::Blocked);
        let answer = match attempt.fate() {
            Fate::Human | Fate::Machine if preliminary => Some(Answer::Unknown),
            Fate::Human => Some(Answer::Human),
            Fate::Machine => Some(Answer::Machine),
            Fate::Unknown => Some(Answer::Unknown),
            _ => None,
        };
        assert_eq!(input.outcome.answer, answer);
        assert_eq!(decoder.decode(to_json(&message).as_bytes()).unwrap(), Input::Attempt(input));
    }
}

#[test]
fn a_message_is_written_over_whole() {
    let mut used = world(faulty()).next().unwrap().to_proto();
    for attempt in world(faulty()).chain(world(WorldConfig { compact: true, ..faulty() })).take(200_000) {
        attempt.write_into(&mut used);
        assert_eq!(used, attempt.to_proto());
    }
}

#[test]
fn an_impossible_world_is_refused_by_the_name_of_the_field() {
    let base = WorldConfig::default;
    #[rustfmt::skip]
    let cases = [
        (WorldConfig { fleet: "a b".into(), ..base() }, "fleet is a b: expected 1 to 64 of [A-Za-z0-9._-]"),
        (WorldConfig { numbers: 0, ..base() }, "numbers is 0: expected 1 to 1000000"),
        (WorldConfig { answer_rate: 0.2..=0.1, ..base() }, "answer_rate is 0.2 to 0.1: expected a range within 0.001 to 0.9"),
        (WorldConfig { number_sd: f64::NAN, ..base() }, "number_sd is NaN: expected 0 to 2"),
        (WorldConfig { labelled: 101, ..base() }, "labelled is 101: expected at most as many as there are numbers"),
        (WorldConfig { labelled: 99, hot: 2, ..base() }, "hot is 2: expected at most as many as there are numbers without a label"),
        (WorldConfig { late: 1.5, ..base() }, "late is 1.5: expected 0 to 1"),
        (WorldConfig { attempts_per_number: 10_000_000, ..base() }, "attempts_per_number is 10000000: expected a world that ends before 2100"),
    ];
    for (config, error) in cases {
        assert_eq!(World::new(config).err().unwrap().to_string(), error);
    }
}
