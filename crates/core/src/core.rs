//! The state machine: all numbers of all fleets of one unit.

use foldhash::quality::FixedState;
use indexmap::IndexMap;

use crate::decide::{self, Decision};
use crate::digest;
use crate::id::{Caller, Fleet};
use crate::input::{Attempt, Input, NotAnAttempt, Stamp};
use crate::number::{Number, Orders, Taken};
use crate::output::{Command, Outbox};
use crate::policy::{BadPolicy, Mode, Policy};
use crate::tally::Tally;
use crate::time::{EventTime, Seconds};

/// Place of a number in its core. Not stable between cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberIx(u32);

/// What a core knows of itself beside its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Inputs stepped since the first start.
    pub inputs: u64,
    /// Commands decided since the first start.
    pub outputs: u64,
    /// Newest event time taken.
    pub event_time: EventTime,
    /// Running digest.
    pub digest: u64,
    /// Numbers tracked from now on begin at this version: after a rebuild nobody knows which versions they have had.
    pub version_floor: u32,
    /// While history is learned, nothing is decided; not before this time. See [`Core::learn`].
    pub learning_until: Option<EventTime>,
}

/// An exported state that cannot have come from a core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadState {
    /// The policy contradicts itself.
    Policy(BadPolicy),
    /// The same number twice.
    Twice(Fleet, Caller),
    /// More numbers or fleets than the policy allows.
    TooMany,
    /// The tally does not sum to the inputs.
    Tally,
}

impl core::fmt::Display for BadState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Policy(bad) => write!(f, "policy: {bad}"),
            Self::Twice(fleet, caller) => write!(f, "number {caller} of fleet {fleet} stands twice"),
            Self::TooMany => {
                f.write_str("more numbers or fleets than numbers.max and numbers.fleets_max allow")
            }
            Self::Tally => f.write_str("the tally of inputs does not sum to their count"),
        }
    }
}

impl std::error::Error for BadState {}

#[derive(Debug)]
struct Tracked {
    number: Number,
    changed: bool,
}

/// The state machine. See the crate's head for the contract.
#[derive(Debug)]
pub struct Core {
    policy: Policy,
    header: Header,
    tally: Tally,
    /// Fleets, with their share of the digest.
    fleets: IndexMap<Fleet, u64, FixedState>,
    /// Numbers by fleet index and digits.
    numbers: IndexMap<u64, Tracked, FixedState>,
    changed: Vec<NumberIx>,
    /// The host's clock, as a value.
    clock: Option<EventTime>,
}

/// History is learned until an attempt came into the log within this: then nothing that matters is still to come.
const CAUGHT_UP: Seconds = Seconds(60);

impl Core {
    /// A core that has seen nothing.
    pub fn new(policy: Policy) -> Result<Self, BadPolicy> {
        policy.validate()?;
        Ok(Self {
            policy,
            header: Header::default(),
            tally: Tally::default(),
            fleets: IndexMap::default(),
            numbers: IndexMap::default(),
            changed: Vec::new(),
            clock: None,
        })
    }

    /// Tells what time it is. Attempts are old or young by it; without it (a file, a simulation) none is too old to act on.
    pub const fn set_clock(&mut self, clock: Option<EventTime>) {
        self.clock = clock;
    }

    /// Takes what comes as history: it is counted and weighed, and nothing is decided, until an attempt comes that is not before
    /// `until` and that the log took less than a minute before the clock. `None`: history is over.
    pub const fn learn(&mut self, until: Option<EventTime>) {
        self.header.learning_until = until;
    }

    /// A core as it was when `header`, `tally` and `numbers` were exported.
    pub fn restore(
        policy: Policy,
        header: Header,
        tally: Tally,
        numbers: impl IntoIterator<Item = (Fleet, Caller, Number)>,
    ) -> Result<Self, BadState> {
        let mut core = Self::new(policy).map_err(BadState::Policy)?;
        let inputs = tally.entries().iter().try_fold(0_u64, |sum, (_, count)| sum.checked_add(*count));
        if inputs != Some(header.inputs) {
            return Err(BadState::Tally);
        }
        for (fleet, caller, number) in numbers {
            let Some(ix) = core.track(&fleet, caller) else { return Err(BadState::TooMany) };
            let tracked = &mut core.numbers[ix.0 as usize];
            if tracked.number != Number::default() {
                return Err(BadState::Twice(fleet, caller));
            }
            tracked.number = number;
        }
        // Last: what is tracked above has a version of its own.
        core.header = header;
        core.tally = tally;
        Ok(core)
    }

    /// A core whose past can no longer be stepped: it knows how many commands there were and which of them stand, and learns the
    /// rest from what is left of the log, silently, until `learning_until`.
    ///
    /// A number of which no command is left may have had some: its next one must be newer to whoever applied them. No target has
    /// had more than there were commands in all.
    pub fn rebuild(
        policy: Policy,
        outputs: u64,
        learning_until: EventTime,
        standing: impl IntoIterator<Item = (Fleet, Caller, Orders)>,
    ) -> Result<Self, BadState> {
        let mut core = Self::new(policy).map_err(BadState::Policy)?;
        let version_floor = u32::try_from(outputs).unwrap_or(u32::MAX / 2);
        core.header =
            Header { outputs, version_floor, learning_until: Some(learning_until), ..Header::default() };
        for (fleet, caller, orders) in standing {
            let Some(ix) = core.track(&fleet, caller) else { return Err(BadState::TooMany) };
            core.numbers[ix.0 as usize].number.orders = orders;
        }
        core.mark_all_changed();
        Ok(core)
    }

    /// Takes one record of the log. Commands that it brings about are appended to `out`.
    pub fn step(&mut self, at: Stamp, input: &Input, out: &mut Outbox) {
        self.header.inputs += 1;
        match input {
            Input::Attempt(attempt) => self.step_attempt(at, attempt, out),
            Input::NotAnAttempt(NotAnAttempt::Inbound) => self.tally.inbound += 1,
            Input::NotAnAttempt(NotAnAttempt::RefusedLocally) => self.tally.refused_locally += 1,
            Input::NotAnAttempt(NotAnAttempt::OtherRecord) => self.tally.other_record += 1,
            Input::Unreadable => self.tally.unreadable += 1,
        }
    }

    fn step_attempt(&mut self, stamp: Stamp, attempt: &Attempt, out: &mut Outbox) {
        let at = attempt.started_at;
        if stamp.logged_at.is_before(at, self.policy.future_tolerance) {
            self.tally.future += 1;
            return;
        }
        if attempt.amends_only && self.find(&attempt.fleet, attempt.caller).is_none() {
            self.tally.amendment_missed += 1;
            return;
        }
        let Some(ix) = self.track(&attempt.fleet, attempt.caller) else {
            self.tally.untracked += 1;
            return;
        };
        let Self { policy, header, tally, numbers, changed, fleets, clock } = self;
        let (&key, tracked) = numbers.get_index_mut(ix.0 as usize).expect("`track` gave the index");
        let number = &mut tracked.number;
        let taken = number.take(attempt);
        *match taken {
            Taken::Counted => &mut tally.counted,
            Taken::Late => &mut tally.late,
            Taken::TooLate => &mut tally.too_late,
            Taken::Duplicate => &mut tally.duplicate,
            Taken::Amended => &mut tally.amended,
            Taken::AmendmentMissed => &mut tally.amendment_missed,
        } += 1;
        if matches!(taken, Taken::Duplicate | Taken::AmendmentMissed) {
            return;
        }
        if !tracked.changed {
            tracked.changed = true;
            changed.push(ix);
        }
        header.event_time = header.event_time.max(at);
        let acts = acts_on(header, policy, *clock, stamp.logged_at.event_time().unwrap_or(at), at);

        if taken == Taken::Counted {
            // A counted attempt lies within the newest 60 minutes, so the settled past never contains it: no outcome is
            // held against a baseline that knows it.
            let expected_rate = number.settled.expected_rate(policy.detector.baseline_min_attempts);
            // Orders stand from the number's newest attempt: one that is counted behind it must not give an order that
            // is half over, or void, when it is given.
            let now = number.newest;
            let mut decisions = [None, None];
            if let (true, Some(rate)) = (policy.detector.enabled, expected_rate) {
                number.evidence.take(at, &attempt.outcome, rate);
                if acts {
                    decisions[0] = decide::on_answer_rate(number, policy, now, rate);
                }
            }
            if acts {
                decisions[1] = decide::on_pace(number, policy, now);
            }
            for Decision { kind, stands_for, finding } in decisions.into_iter().flatten() {
                number.orders.version += 1;
                header.outputs += 1;
                out.commands.push(Command {
                    fleet: attempt.fleet.clone(),
                    caller: attempt.caller,
                    target_version: number.orders.version,
                    sequence: header.outputs,
                    kind,
                    mode: policy.mode,
                    issued_at: now,
                    expires_at: now.plus(stands_for),
                    finding,
                    cause: attempt.id,
                });
            }
        }
        let fleet_share = fleets[(key >> Caller::BITS) as usize];
        header.digest =
            digest::take(header.digest, fleet_share, attempt.caller, at, number.evidence.statistic());
    }

    /// The place of a number, new or known; `None` beyond the limits.
    fn track(&mut self, fleet: &Fleet, caller: Caller) -> Option<NumberIx> {
        let room = self.numbers.len() < self.policy.numbers_max as usize;
        let fleet_ix = match self.fleets.get_index_of(fleet) {
            Some(ix) => ix,
            // A fleet exists with its first number, never without one: a snapshot holds numbers only.
            None if room && self.fleets.len() < self.policy.fleets_max as usize => {
                self.fleets.insert_full(fleet.clone(), digest::fleet(fleet)).0
            }
            None => return None,
        };
        let key = (fleet_ix as u64) << Caller::BITS | caller.digits();
        let ix = match self.numbers.get_index_of(&key) {
            Some(ix) => ix,
            None if room => {
                let mut number = Number::default();
                number.orders.version = self.header.version_floor;
                let tracked = Tracked { number, changed: false };
                self.numbers.insert_full(key, tracked).0
            }
            None => return None,
        };
        Some(NumberIx(ix as u32))
    }

    /// Puts another policy in force, from the next input on.
    ///
    /// What was decided in mode `observe` has told nobody: when the mode becomes `enforce`, those orders are void, and are given
    /// anew when the evidence asks for it.
    pub fn set_policy(&mut self, policy: Policy) -> Result<(), BadPolicy> {
        policy.validate()?;
        if (self.policy.mode, policy.mode) == (Mode::Observe, Mode::Enforce) {
            for (ix, tracked) in self.numbers.values_mut().enumerate() {
                if tracked.number.orders.any() {
                    tracked.number.orders.void();
                    if !tracked.changed {
                        tracked.changed = true;
                        self.changed.push(NumberIx(ix as u32));
                    }
                }
            }
        }
        self.policy = policy;
        Ok(())
    }

    /// The policy in force.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What it knows of itself.
    pub const fn header(&self) -> Header {
        self.header
    }

    /// What became of the inputs.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Numbers tracked.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no number is tracked.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Numbers changed since the last call, in the order of their first change.
    pub fn take_changed(&mut self) -> Vec<NumberIx> {
        let changed = core::mem::take(&mut self.changed);
        for ix in &changed {
            self.numbers[ix.0 as usize].changed = false;
        }
        changed
    }

    /// Marks every number changed, for a store that lost them.
    pub fn mark_all_changed(&mut self) {
        for (ix, tracked) in self.numbers.values_mut().enumerate() {
            if !tracked.changed {
                tracked.changed = true;
                self.changed.push(NumberIx(ix as u32));
            }
        }
    }

    /// How many numbers have changed since [`Core::take_changed`].
    pub fn changed_len(&self) -> usize {
        self.changed.len()
    }

    /// A number at its place.
    pub fn number(&self, ix: NumberIx) -> Option<(&Fleet, Caller, &Number)> {
        let (&key, tracked) = self.numbers.get_index(ix.0 as usize)?;
        Some(self.entry(key, tracked))
    }

    /// A number by its name.
    pub fn find(&self, fleet: &Fleet, caller: Caller) -> Option<&Number> {
        let fleet_ix = self.fleets.get_index_of(fleet)? as u64;
        let tracked = self.numbers.get(&(fleet_ix << Caller::BITS | caller.digits()))?;
        Some(&tracked.number)
    }

    /// All numbers.
    pub fn numbers(&self) -> impl ExactSizeIterator<Item = (&Fleet, Caller, &Number)> + '_ {
        self.numbers.iter().map(|(&key, tracked)| self.entry(key, tracked))
    }

    fn entry<'a>(&'a self, key: u64, tracked: &'a Tracked) -> (&'a Fleet, Caller, &'a Number) {
        let fleet = self.fleets.get_index((key >> Caller::BITS) as usize).expect("fleets only grow").0;
        let caller = Caller::from_digits(key & ((1 << Caller::BITS) - 1)).expect("a key holds a caller");
        (fleet, caller, &tracked.number)
    }
}

/// Whether an attempt that was placed at `at` and came into the log at `logged` may bring about a command. Ends the learning when
/// it shows that history is over: by the log's time, since a call may be reported long after it was placed.
fn acts_on(
    header: &mut Header,
    policy: &Policy,
    clock: Option<EventTime>,
    logged: EventTime,
    at: EventTime,
) -> bool {
    let is_young = |time: EventTime, age: Seconds| clock.is_none_or(|clock| clock < time.plus(age));
    if header
        .learning_until
        .is_some_and(|until| at >= until && clock.is_some() && is_young(logged, CAUGHT_UP))
    {
        header.learning_until = None;
    }
    header.learning_until.is_none() && is_young(at, policy.act_max_age)
}
