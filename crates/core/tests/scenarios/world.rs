//! Carries a scenario out, on a core that is restored from its own export before every step.

use std::collections::BTreeMap;

use callwarden_core::{
    Attempt, AttemptId, Caller, Command, Core, EventTime, Fleet, Header, Input, LogTime, Number, Outbox,
    Policy, Stamp, Tally,
};

use crate::calendar::{BEGIN, written};
use crate::parse::{Dial, Directive, Said, Started};
use crate::render;

/// Attempts of one `dial` at most: a scenario that needs more is a benchmark.
const DIAL_MAX: u32 = 100_000;

type Parts = (Header, Tally, BTreeMap<(Fleet, Caller), Number>);

pub(crate) struct World {
    policy: Policy,
    core: Option<Core>,
    /// The log's clock.
    clock: u32,
    /// What attempts are called, by their id.
    names: BTreeMap<u64, String>,
    unnamed: u64,
    dials: u32,
}

impl Default for World {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            core: None,
            clock: BEGIN,
            names: BTreeMap::new(),
            unnamed: 0,
            dials: 0,
        }
    }
}

impl World {
    /// What there is to be seen of it, a line each.
    pub(crate) fn carry_out(&mut self, directive: Directive) -> Result<Vec<String>, String> {
        let before = self.core.as_ref().map(Core::tally).unwrap_or_default();
        let mut said = Vec::new();
        match directive {
            Directive::Policy(change) => {
                if self.core.is_some() {
                    return Err("policy comes before the first record".to_owned());
                }
                change(&mut self.policy);
            }
            Directive::Clock(at) => {
                if at < self.clock {
                    return Err(format!("it is {} already", written(EventTime(self.clock))));
                }
                self.clock = at;
            }
            Directive::Attempt(attempt) => said = self.attempt(*attempt)?,
            Directive::Dial(dial) => said = self.dial(&dial)?,
            Directive::Record(other) => {
                said = self.step(other.map_or(Input::Unreadable, Input::NotAnAttempt))?
            }
            Directive::Show { fleet, caller } => {
                return Ok(match self.core.as_ref().and_then(|core| core.find(&fleet, caller)) {
                    Some(number) => render::number(number, &self.policy),
                    None => vec!["not tracked".to_owned()],
                });
            }
        }
        if let Some(core) = &self.core {
            said.extend(render::tally(before, core.tally()));
        }
        Ok(said)
    }

    fn attempt(&mut self, said: Said) -> Result<Vec<String>, String> {
        let id = said.id.unwrap_or_else(|| {
            self.unnamed += 1;
            format!("unnamed {}", self.unnamed)
        });
        let started_at = match said.started {
            Started::Ago(span) => self.clock - span,
            Started::Ahead(span) => self.clock + span,
            Started::At(at) => at,
        };
        let attempt = Attempt {
            fleet: said.fleet,
            caller: said.caller,
            id: self.id(id),
            started_at: EventTime(started_at),
            outcome: said.outcome,
            is_final: said.is_final,
            amends_only: said.amends_only,
        };
        self.step(Input::Attempt(attempt))
    }

    /// One attempt every so often, the answers spread evenly: the k-th is answered if it brings the answers up to their share.
    fn dial(&mut self, dial: &Dial) -> Result<Vec<String>, String> {
        if dial.span / dial.every > DIAL_MAX {
            return Err(format!("more than {DIAL_MAX} attempts"));
        }
        self.dials += 1;
        let end = self.clock + dial.span;
        let mut said = Vec::new();
        let mut k = 0;
        while self.clock < end {
            let second = self.clock % 86_400;
            if (dial.hours.0..dial.hours.1).contains(&second) {
                k += 1;
                let answered = k * dial.answered / 10_000 > (k - 1) * dial.answered / 10_000;
                let attempt = Attempt {
                    fleet: dial.fleet.clone(),
                    caller: dial.caller,
                    id: self.id(format!("{k} of dial {}", self.dials)),
                    started_at: EventTime(self.clock),
                    outcome: if answered { dial.answer } else { dial.otherwise },
                    is_final: true,
                    amends_only: false,
                };
                said.extend(self.step(Input::Attempt(attempt))?);
            }
            self.clock += dial.every;
        }
        self.clock = end;
        Ok(said)
    }

    fn id(&mut self, name: String) -> AttemptId {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let hash = hash ^ hash >> 29;
        self.names.insert(hash, name);
        AttemptId(hash)
    }

    fn step(&mut self, input: Input) -> Result<Vec<String>, String> {
        let stamp = Stamp { logged_at: LogTime(i64::from(self.clock) * 1_000) };
        let mut core = match self.core.take() {
            Some(core) => core,
            None => Core::new(self.policy).map_err(|bad| bad.to_string())?,
        };
        let mut restored = restored(self.policy, &core)?;
        let commands = stepped(&mut core, stamp, &input);
        let again = stepped(&mut restored, stamp, &input);
        if again != commands || parts(&restored) != parts(&core) {
            return Err(format!(
                "after {input:?} the restored core went another way:\n{again:?}\nnot\n{commands:?}"
            ));
        }
        self.core = Some(core);
        Ok(commands.iter().flat_map(|command| render::command(command, &self.names)).collect())
    }
}

fn stepped(core: &mut Core, stamp: Stamp, input: &Input) -> Vec<Command> {
    let mut out = Outbox::default();
    core.step(stamp, input, &mut out);
    out.drain().collect()
}

fn parts(core: &Core) -> Parts {
    let numbers = core.numbers().map(|(fleet, caller, number)| ((fleet.clone(), caller), number.clone()));
    (core.header(), core.tally(), numbers.collect())
}

fn restored(policy: Policy, core: &Core) -> Result<Core, String> {
    let (header, tally, numbers) = parts(core);
    let numbers = numbers.into_iter().map(|((fleet, caller), number)| (fleet, caller, number));
    let restored = Core::restore(policy, header, tally, numbers).map_err(|bad| bad.to_string())?;
    if parts(&restored) == parts(core) {
        Ok(restored)
    } else {
        Err("a restored core is another one".to_owned())
    }
}
