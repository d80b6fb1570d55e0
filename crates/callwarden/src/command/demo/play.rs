//! The simulated fleet, callwarden's core, and a dialer between them that obeys pauses.
//!
//! Each call goes the way it goes in production: message of the contract, decoder, core. What the core decides is handed
//! back as it falls, so that whoever shows it decides what to make of it.

use std::collections::{HashMap, VecDeque};

use callwarden_core::{
    Answer, Caller, Command, CommandKind, Core, EventTime, Fleet, Input, Mode, NumberView, Outbox, Outcome,
    Policy, Seconds, Stamp,
};
use callwarden_sim::{BadWorld, Label, Score, Scorer, World, WorldConfig};
use callwarden_wire::{Decoder, Dialect, v1};

use crate::cli::DemoArgs;

/// Attempts of a number on a working day; the simulator draws each number's own.
const PER_DAY: (f64, f64) = (80.0, 150.0);
/// How much of a working day's dialling each day brings, Monday first. The world begins on a Monday.
const WEEK: [f64; 7] = [1.0, 1.0, 1.0, 1.0, 1.0, 0.35, 0.2];
/// When labels come, in parts of the demo: late enough for numbers to have a past, early enough to be found.
const LABEL_WHEN: (f64, f64) = (0.4, 0.7);
const SECONDS_A_WEEK: u32 = 7 * 86_400;

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Event {
    /// A number was labelled.
    Labelled(Label),
    /// The core decided something.
    Decided(Command),
    /// So many weeks are over.
    WeekOver(u32),
}

/// The demo in motion.
pub(super) struct Play {
    world: World,
    decoder: Decoder,
    message: v1::CallAttempt,
    core: Core,
    outbox: Outbox,
    scorer: Scorer,
    fleet: Fleet,
    /// What the dialer was told: no call from this number before then.
    paused_until: HashMap<Caller, EventTime>,
    /// Newest command about a number.
    decided_at: HashMap<Caller, EventTime>,
    campaigns: HashMap<Caller, String>,
    now: EventTime,
    /// Labels that have come; they are the first ones of the truth.
    labels: usize,
    weeks: u32,
    /// Calls that the world wanted to make.
    wanted: u64,
    withheld: u64,
    answered: Answered,
    answered_24h: VecDeque<(u32, Answered)>,
    pauses: Vec<Command>,
    reductions: u64,
}

/// Answers by people, or what may be some, among calls that left the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    seizures: u64,
    answers: u64,
}

impl Answered {
    fn add(&mut self, outcome: &Outcome) {
        self.seizures += u64::from(outcome.seized);
        self.answers += u64::from(outcome.seized && outcome.answer.is_some_and(Answer::is_evidence));
    }

    /// `None` without calls.
    pub(super) fn rate(self) -> Option<f64> {
        (self.seizures > 0).then(|| self.answers as f64 / self.seizures as f64)
    }
}

/// A number worth looking at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) caller: Caller,
    pub(super) campaign: String,
    pub(super) labelled_at: Option<EventTime>,
    /// As the dialer was told.
    pub(super) paused_until: Option<EventTime>,
    pub(super) view: NumberView,
}

impl Play {
    /// Sets the stage.
    pub(super) fn new(args: &DemoArgs) -> Result<Self, BadWorld> {
        let world = World::new(WorldConfig {
            seed: args.seed,
            numbers: args.numbers,
            campaigns: args.numbers.min(10),
            attempts_per_number: attempts_per_number(args.days),
            attempts_per_day: PER_DAY.0..=PER_DAY.1,
            labelled: args.labelled,
            label_factor: args.factor,
            label_when: LABEL_WHEN.0..=LABEL_WHEN.1,
            ..WorldConfig::default()
        })?;
        let policy = Policy { mode: Mode::Enforce, ..Policy::default() };
        Ok(Self {
            decoder: Decoder::new(Dialect::Callwarden),
            message: v1::CallAttempt::default(),
            core: Core::new(policy).expect("the default policy is valid"),
            outbox: Outbox::default(),
            scorer: Scorer::new(world.truth()),
            fleet: Fleet::new(Fleet::DEFAULT),
            paused_until: HashMap::new(),
            decided_at: HashMap::new(),
            campaigns: HashMap::new(),
            now: world.config().start,
            labels: 0,
            weeks: 0,
            wanted: 0,
            withheld: 0,
            answered: Answered::default(),
            answered_24h: VecDeque::new(),
            pauses: Vec::new(),
            reductions: 0,
            world,
        })
    }

    /// Goes on until the world has wanted so many calls since its beginning, or is over. Whether it is over.
    pub(super) fn advance<E>(
        &mut self,
        until: u64,
        tell: &mut impl FnMut(&Self, Event) -> Result<(), E>,
    ) -> Result<bool, E> {
        while self.wanted < until {
            let Some(attempt) = self.world.next() else { return Ok(true) };
            self.wanted += 1;
            self.now = self.now.max(attempt.started_at());
            self.tell_the_time(tell)?;
            if self.paused_until.get(&attempt.caller()).is_some_and(|&until| attempt.started_at() < until) {
                self.withheld += 1;
                continue;
            }
            attempt.write_into(&mut self.message);
            if !self.campaigns.contains_key(&attempt.caller()) {
                self.campaigns.insert(attempt.caller(), self.message.campaign_id.clone());
            }
            let input = self.decoder.attempt_to_input(&self.message).unwrap_or(Input::Unreadable);
            self.scorer.attempt(&attempt);
            if let Input::Attempt(attempt) = &input {
                self.count(&attempt.outcome);
            }
            self.core.step(Stamp { logged_at: attempt.logged_at() }, &input, &mut self.outbox);
            if !self.outbox.is_empty() {
                let decided: Vec<Command> = self.outbox.drain().collect();
                for command in decided {
                    self.obey(&command);
                    tell(self, Event::Decided(command))?;
                }
            }
        }
        Ok(self.wanted >= self.wanted_in_all())
    }

    fn tell_the_time<E>(&mut self, tell: &mut impl FnMut(&Self, Event) -> Result<(), E>) -> Result<(), E> {
        while let Some(&label) = self.world.truth().labelled().get(self.labels)
            && label.at <= self.now
        {
            self.labels += 1;
            tell(self, Event::Labelled(label))?;
        }
        while self.now.0 - self.start().0 >= (self.weeks + 1) * SECONDS_A_WEEK {
            self.weeks += 1;
            tell(self, Event::WeekOver(self.weeks))?;
        }
        Ok(())
    }

    fn count(&mut self, outcome: &Outcome) {
        self.answered.add(outcome);
        let hour = self.now.hour();
        if self.answered_24h.back().is_none_or(|&(newest, _)| newest != hour) {
            self.answered_24h.push_back((hour, Answered::default()));
            self.answered_24h.retain(|&(held, _)| held + 24 > hour);
        }
        if let Some((_, newest)) = self.answered_24h.back_mut() {
            newest.add(outcome);
        }
    }

    /// As a dialer does; but only pauses.
    fn obey(&mut self, command: &Command) {
        self.scorer.command(command);
        self.decided_at.insert(command.caller, command.issued_at);
        match command.kind {
            CommandKind::PauseNumber => {
                self.paused_until.insert(command.caller, command.expires_at);
                self.pauses.push(command.clone());
            }
            CommandKind::ReduceVolume(_) => self.reductions += 1,
        }
    }

    /// The most interesting numbers, at most so many: first those labelled or under orders, the latest change first; then
    /// those with the highest evidence, for which two places are kept.
    pub(super) fn rows(&self, count: usize) -> Vec<Row> {
        let labelled: HashMap<Caller, EventTime> =
            self.labels().iter().map(|label| (label.caller, label.at)).collect();
        let mut eventful = Vec::new();
        let mut others = Vec::new();
        for (_, caller, number) in self.core.numbers() {
            let orders = &number.orders;
            let ordered = orders.paused(self.now) || orders.reduced(self.now);
            let label = labelled.get(&caller);
            if ordered || label.is_some() {
                let changed_at = self.decided_at.get(&caller).max(label).copied().unwrap_or_default();
                eventful.push((changed_at, caller));
            } else {
                others.push((number.evidence.statistic(), caller));
            }
        }
        eventful.sort_unstable_by_key(|&(changed_at, caller)| (std::cmp::Reverse(changed_at), caller));
        others.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        eventful.truncate(count.saturating_sub(others.len().min(2)));
        let callers = eventful.into_iter().map(|(_, caller)| caller);
        let callers = callers.chain(others.into_iter().map(|(_, caller)| caller)).take(count);
        callers.filter_map(|caller| self.row(caller, labelled.get(&caller).copied())).collect()
    }

    fn row(&self, caller: Caller, labelled_at: Option<EventTime>) -> Option<Row> {
        let mut view = self.view(caller)?;
        // Its figures are as of its newest attempt; a number that has rested since has none.
        let rested = Seconds(self.now.0.saturating_sub(view.as_of.0));
        if rested >= Seconds::hours(1) {
            view.attempts_1h = 0;
        }
        if rested >= Seconds::days(1) {
            view.last_24h = Default::default();
        }
        let campaign = self.campaigns.get(&caller).cloned().unwrap_or_default();
        let paused_until = self.paused_until.get(&caller).copied().filter(|&until| self.now < until);
        Some(Row { caller, campaign, labelled_at, paused_until, view })
    }

    /// How a number stands; `None` before its first call.
    pub(super) fn view(&self, caller: Caller) -> Option<NumberView> {
        Some(self.core.find(&self.fleet, caller)?.view(self.core.policy()))
    }

    /// The operator's rules.
    pub(super) fn policy(&self) -> &Policy {
        self.core.policy()
    }

    /// Labels that have come, in order of time.
    pub(super) fn labels(&self) -> &[Label] {
        &self.world.truth().labelled()[..self.labels]
    }

    /// Every pause so far.
    pub(super) fn pauses(&self) -> &[Command] {
        &self.pauses
    }

    /// Reductions so far.
    pub(super) fn reductions(&self) -> u64 {
        self.reductions
    }

    /// What was decided, against what was true. Labels yet to come are in it.
    pub(super) fn score(&self) -> Score {
        self.scorer.score()
    }

    /// When the world began.
    pub(super) fn start(&self) -> EventTime {
        self.world.config().start
    }

    /// Event time of the newest call.
    pub(super) fn now(&self) -> EventTime {
        self.now
    }

    /// Calls wanted so far, made or not.
    pub(super) fn wanted(&self) -> u64 {
        self.wanted
    }

    /// Calls wanted in all.
    pub(super) fn wanted_in_all(&self) -> u64 {
        self.world.config().attempts()
    }

    /// Calls made so far.
    pub(super) fn made(&self) -> u64 {
        self.wanted - self.withheld
    }

    /// Calls that pauses prevented.
    pub(super) fn withheld(&self) -> u64 {
        self.withheld
    }

    /// Answers since the beginning.
    pub(super) fn answered(&self) -> Answered {
        self.answered
    }

    /// Answers in 24 hours.
    pub(super) fn answered_24h(&self) -> Answered {
        self.answered_24h.iter().fold(Answered::default(), |sum, (_, hour)| Answered {
            seizures: sum.seizures + hour.seizures,
            answers: sum.answers + hour.answers,
        })
    }
}

/// What fills so many days, on average.
fn attempts_per_number(days: u32) -> u32 {
    let working_days: f64 = (0..days as usize).map(|day| WEEK[day % WEEK.len()]).sum();
    ((PER_DAY.0 + PER_DAY.1) / 2.0 * working_days).round() as u32
}

#[cfg(test)]
mod tests;
