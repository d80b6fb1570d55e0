//! A fixed stream through the core, held against what the same version gave before: behaviour cannot change unnoticed.

use std::{env, fs};

use callwarden_core::{
    Answer, CORE_VERSION, Caps, Command, CommandKind, Core, Finding, Fleet, Input, NotAnAttempt, Number,
    Outbox, Outcome, Policy,
};

use crate::stream::{MONDAY, Random, attempt, logged};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/golden.txt");
const ATTEMPTS: u64 = 20_000;

/// FNV-1a over whole words.
struct Fold(u64);

impl Fold {
    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    }

    fn words(&mut self, words: impl IntoIterator<Item = u32>) {
        words.into_iter().for_each(|word| self.word(u64::from(word)));
    }

    fn command(&mut self, command: &Command) {
        let Command { caller, target_version, sequence, kind, issued_at, expires_at, finding, cause, .. } =
            command;
        self.word(caller.digits() ^ cause.0);
        self.word(*sequence);
        self.words([*target_version, issued_at.0, expires_at.0]);
        match kind {
            CommandKind::PauseNumber => self.word(1),
            CommandKind::ReduceVolume(caps) => self.words([2, caps.per_minute, caps.per_hour, caps.per_day]),
        }
        match finding {
            Finding::AnswerRateFell(fell) => {
                self.word(fell.statistic.to_bits());
                self.word(fell.expected_rate.to_bits());
                self.word(fell.baseline_attempts << 32 ^ fell.baseline_answers);
                self.words([fell.since.0, fell.attempts, fell.answers]);
            }
            Finding::PaceOverCap(over) => self.words([over.attempts, over.cap, over.window.0]),
        }
    }

    fn number(&mut self, number: &Number) {
        self.words(number.minutes.held().map(|(minute, count)| minute ^ u32::from(count) << 16));
        for bucket in number.hours.held().iter().chain(&number.days.held()) {
            let c = bucket.counts;
            self.words([
                bucket.index,
                c.attempts,
                c.seizures,
                c.answers,
                c.human,
                c.machine,
                c.short,
                c.blocked,
            ]);
            self.words([c.talk_seconds]);
        }
        self.words(number.recent.packed().flatten());
        self.word(number.settled.seizures << 32 ^ number.settled.answers);
        self.words(number.evidence.mixture.m.map(f32::to_bits));
        self.words([number.evidence.mixture.w.to_bits(), number.evidence.since.0, number.evidence.attempts]);
        self.words([number.orders.version, number.orders.pause_until.0, number.orders.reduce_until.0]);
    }
}

/// Ten numbers for three weeks, two of them labelled half-way; a little of everything that a log contains.
fn run() -> String {
    let mut random = Random::seeded(20_260_105);
    let caps = Caps { per_minute: 4, per_hour: 14, per_day: 240 };
    let mut core = Core::new(Policy { caps, ..Policy::default() }).unwrap();
    let mut said: Vec<(u64, u64)> = Vec::new();
    let mut out = Outbox::default();
    let mut fold = Fold(0xcbf2_9ce4_8422_2325);
    let mut commands = 0_u64;
    let mut clock = MONDAY;
    for n in 0..ATTEMPTS {
        clock += random.below(180) as u32;
        // Number 0 dials most, the last one seldom.
        let new = (random.below(10).min(random.below(12)), n);
        // Now and then what was said before, mostly a moment ago.
        let back = match random.below(400) {
            0..10 => 1 + random.below(100),
            10 => 1 + random.below(9_000),
            _ => 0,
        };
        let (number, id) = n.checked_sub(back).and_then(|at| said.get(at as usize)).copied().unwrap_or(new);
        said.push((number, id));
        let labelled = n > ATTEMPTS / 2 && number < 2;
        let behind =
            if random.below(40) == 0 { random.below(900_000) as u32 } else { random.below(300) as u32 };
        let mut attempt = attempt(number, id, clock - behind, outcome(&mut random, labelled));
        attempt.fleet = Fleet::new(if number == 9 { "other" } else { "default" });
        attempt.is_final = random.below(10) > 0;
        attempt.amends_only = random.below(100) == 0;
        let input = match random.below(400) {
            0 => Input::Unreadable,
            1 => Input::NotAnAttempt(NotAnAttempt::Inbound),
            _ => Input::Attempt(attempt),
        };
        core.step(logged(clock), &input, &mut out);
        for command in out.drain() {
            fold.command(&command);
            commands += 1;
        }
    }
    for (_, count) in core.tally().entries() {
        fold.word(count);
    }
    for (_, _, number) in core.numbers() {
        fold.number(number);
    }
    fold.word(core.header().digest);
    format!("core_version {CORE_VERSION}\ncommands {commands}\ndigest {:016x}\n", fold.0)
}

fn outcome(random: &mut Random, labelled: bool) -> Outcome {
    let unanswered = Outcome { seized: true, answer: None, short: false, blocked: false, talk_seconds: 0 };
    let rate = if labelled { 0.03 } else { 0.15 };
    match random.unit() {
        u if u < rate => {
            let talk_seconds = random.below(200) as u32;
            Outcome { answer: Some(Answer::Human), short: talk_seconds <= 6, talk_seconds, ..unanswered }
        }
        u if u < 0.20 => Outcome { answer: Some(Answer::Machine), talk_seconds: 9, ..unanswered },
        u if u < 0.22 => Outcome { blocked: true, ..unanswered },
        u if u < 0.25 => Outcome { seized: false, ..unanswered },
        u if u < 0.26 => Outcome { answer: Some(Answer::Unknown), talk_seconds: 30, ..unanswered },
        _ => unanswered,
    }
}

#[test]
fn behaviour_and_version_change_together() {
    let now = run();
    let before = fs::read_to_string(GOLDEN).unwrap_or_default();
    if before == now {
        return;
    }
    let version = format!("core_version {CORE_VERSION}\n");
    assert!(
        !before.starts_with(&version),
        "the core behaves differently, and is still version {CORE_VERSION}.\n\
         was:\n{before}is:\n{now}\
         Not meant: find what changed. Meant: raise CORE_VERSION in crates/core/src/lib.rs, so that an audit doesn't compare\n\
         the outputs of two behaviours, then REWRITE=1 cargo test -p callwarden-core golden, and say in CHANGELOG.md what\n\
         changes for an operator. If no version {CORE_VERSION} was ever released: remove {GOLDEN} and rewrite it."
    );
    assert!(
        env::var_os("REWRITE").is_some(),
        "{GOLDEN} is of another version.\nwas:\n{before}is:\n{now}Write it: REWRITE=1 cargo test -p callwarden-core golden"
    );
    fs::write(GOLDEN, now).unwrap();
}
