//! Which units a process runs. They come and go by an election in which every process stands in line; a unit that fails is taken
//! up again here, because what was committed is known by the journal alone and recovering is the only way to hear of it.
//!
//! | a unit ends with | then |
//! |---|---|
//! | what may be over next time: nobody answered, a commit of unknown outcome | it recovers, after a pause that grows |
//! | another process has taken over | the same: if the election agrees, it takes this unit away meanwhile |
//! | what needs a person: a poison storm, a hole in the offsets, a refused login | it stays stopped. With other units beside it, it is tried again now and then; the last one ends the process, so that another may try |

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, bounded, never, select, unbounded};

use crate::port::{PortError, Trouble};
use crate::status::{Phase, Roster, Status};
use crate::telemetry;
use crate::unit::{Ended, Ports, Unit, UnitConfig, UnitError};

/// What the election says.
pub enum Turn {
    /// Whether this process stands in line.
    Member(bool),
    /// This process runs the unit from now on.
    Begin(u32),
    /// It does no longer. The next one begins when the release is dropped.
    End(u32, Release),
    /// The election cannot go on.
    Failed(PortError),
}

/// Held while a unit that was taken away still finishes its batch.
pub struct Release(#[allow(dead_code, reason = "dropping it is what speaks")] Sender<()>);

impl Release {
    /// A release, and what hears of its end: its channel is closed then.
    pub fn new() -> (Self, Receiver<()>) {
        let (held, ended) = bounded(0);
        (Self(held), ended)
    }
}

/// How units are set up.
pub trait Outfit: Send + Sync + 'static {
    /// How a unit commits and saves.
    fn config(&self, unit: u32) -> UnitConfig;

    /// New ports for a unit.
    fn connect(&self, unit: u32) -> Result<Ports, PortError>;
}

/// First and longest pause before a unit is taken up again.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// The pause after another process has taken over: long enough for the election to say so.
const PAUSE_FENCED: Duration = Duration::from_secs(3);
/// A unit that lived so long has got over what it failed by before.
const SETTLED: Duration = Duration::from_secs(60);
/// How often a unit that waits for a person is tried again, where others run beside it.
const TRY_AGAIN: Duration = Duration::from_secs(60);
/// A leaving process waits so long for its units.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs what the election gives, until asked to stop (a message on `stop`, or its end) or nothing is left to run.
pub fn run<O: Outfit>(
    outfit: Arc<O>,
    roster: &Arc<Roster>,
    turns: &Receiver<Turn>,
    stop: &Receiver<()>,
) -> Result<(), UnitError> {
    let (over, overs) = unbounded();
    let mut duty = Duty { outfit, roster: Arc::clone(roster), units: BTreeMap::new(), over, lives: 0 };
    telemetry::duty(false, 0);
    loop {
        let again =
            duty.next_try().map_or_else(never, |at| after(at.saturating_duration_since(Instant::now())));
        select! {
            recv(turns) -> turn => match turn {
                Ok(Turn::Member(member)) => duty.member(member),
                Ok(Turn::Begin(unit)) => duty.begin(unit),
                Ok(Turn::End(unit, release)) => duty.end(unit, release),
                Ok(Turn::Failed(error)) => return duty.leave(&overs).and(Err(UnitError::Election(error))),
                Err(_) => {
                    let error = PortError::new("the election has ended without a word");
                    return duty.leave(&overs).and(Err(UnitError::Election(error)));
                }
            },
            recv(overs) -> over => if let Ok(over) = over { duty.over(over) },
            recv(again) -> _ => duty.try_again(),
            recv(stop) -> _ => return duty.leave(&overs),
        }
        if let Some(error) = duty.nothing_left() {
            return Err(error);
        }
        telemetry::duty(duty.roster.is_member(), duty.units.len());
    }
}

struct Duty<O> {
    outfit: Arc<O>,
    roster: Arc<Roster>,
    units: BTreeMap<u32, Held>,
    over: Sender<Over>,
    lives: u64,
}

/// A unit that this process holds.
struct Held {
    /// Tells one holding of a unit from the next.
    life: u64,
    status: Arc<Status>,
    state: State,
}

/// What a held unit is about.
enum State {
    /// It runs until the sender is dropped.
    Running(#[allow(dead_code, reason = "dropping it is what speaks")] Sender<()>),
    /// It was asked to leave. `again`: the election has given it back meanwhile.
    Ending {
        #[allow(dead_code, reason = "dropping it is what speaks")]
        release: Option<Release>,
        again: bool,
    },
    /// It waits for a person, and is tried again.
    Stopped { at: Instant, error: UnitError },
}

/// A unit's thread has ended.
struct Over {
    unit: u32,
    life: u64,
    ended: Result<(), UnitError>,
}

impl<O: Outfit> Duty<O> {
    fn member(&self, member: bool) {
        if member != self.roster.is_member() {
            self.roster.set_member(member);
            tracing::info!(
                "{}",
                if member { "standing in line" } else { "no longer in line: the group has no word of us" }
            );
        }
    }

    fn begin(&mut self, unit: u32) {
        if let Some(Held { state: State::Ending { again, .. }, .. }) = self.units.get_mut(&unit) {
            // Its last life has not ended yet; two of them would fence each other.
            *again = true;
            return;
        }
        tracing::info!(unit, "taking up the unit");
        let status = self.roster.hold(unit);
        status.set_leaving(false);
        status.telemetry().stopped.set(0.0);
        status.set_phase(Phase::Starting);
        let (stop, stopped) = bounded(0);
        self.lives += 1;
        let life = self.lives;
        let (outfit, over, told) = (Arc::clone(&self.outfit), self.over.clone(), Arc::clone(&status));
        let spawned = thread::Builder::new().name(format!("unit-{unit}")).spawn(move || {
            // A defect must not keep the unit: the process ends, and another one may try.
            let served = AssertUnwindSafe(|| serve(&*outfit, unit, &told, &stopped));
            let ended = std::panic::catch_unwind(served).unwrap_or(Err(UnitError::Panicked));
            told.set_phase(Phase::Stopped);
            let _ = over.send(Over { unit, life, ended });
        });
        spawned.expect("the system has a thread to give");
        self.units.insert(unit, Held { life, status, state: State::Running(stop) });
    }

    fn end(&mut self, unit: u32, release: Release) {
        let Some(held) = self.units.get_mut(&unit) else { return };
        if matches!(held.state, State::Stopped { .. }) {
            return self.let_go(unit);
        }
        tracing::info!(unit, "the election takes this unit away; finishing its batch");
        held.status.set_leaving(true);
        held.state = State::Ending { release: Some(release), again: false };
    }

    fn over(&mut self, Over { unit, life, ended }: Over) {
        let Some(held) = self.units.get_mut(&unit).filter(|held| held.life == life) else { return };
        match (&held.state, ended) {
            (State::Ending { again, .. }, ended) => {
                let again = *again;
                if let Err(error) = ended {
                    tracing::warn!(unit, %error, "the unit failed when it was taken away; whoever has it now recovers");
                }
                self.let_go(unit);
                if again {
                    self.begin(unit);
                }
            }
            (_, Ok(())) => self.let_go(unit),
            (_, Err(error)) => {
                held.status.telemetry().stopped.set(1.0);
                tracing::error!(unit, %error, "this unit has stopped and needs a person");
                held.state = State::Stopped { at: Instant::now() + TRY_AGAIN, error };
            }
        }
    }

    /// What ended the last unit, if each that is left waits for a person.
    fn nothing_left(&mut self) -> Option<UnitError> {
        let all = self.units.values().all(|held| matches!(held.state, State::Stopped { .. }));
        let (_, held) = if all { self.units.pop_first()? } else { return None };
        match held.state {
            State::Stopped { error, .. } => Some(error),
            State::Running(_) | State::Ending { .. } => None,
        }
    }

    fn let_go(&mut self, unit: u32) {
        self.roster.let_go(unit);
        if let Some(held) = self.units.remove(&unit) {
            // What is another's now must not be alarmed about here.
            let telemetry = held.status.telemetry();
            for gauge in [&telemetry.stopped, &telemetry.learning, &telemetry.snapshot_lag, &telemetry.live] {
                gauge.set(0.0);
            }
        }
    }

    fn next_try(&self) -> Option<Instant> {
        let at = |held: &Held| match held.state {
            State::Stopped { at, .. } => Some(at),
            State::Running(_) | State::Ending { .. } => None,
        };
        self.units.values().filter_map(at).min()
    }

    fn try_again(&mut self) {
        let due = |held: &Held| matches!(held.state, State::Stopped { at, .. } if at <= Instant::now());
        let units: Vec<u32> =
            self.units.iter().filter(|(_, held)| due(held)).map(|(&unit, _)| unit).collect();
        units.into_iter().for_each(|unit| self.begin(unit));
    }

    /// Asks all units to leave and waits for those that have something to finish: one in the middle of a recovery has not.
    fn leave(&mut self, overs: &Receiver<Over>) -> Result<(), UnitError> {
        let mut awaited = BTreeSet::new();
        for (&unit, held) in &mut self.units {
            if matches!(held.status.phase(), Phase::Live | Phase::Draining) {
                awaited.insert((unit, held.life));
            }
            held.status.set_leaving(true);
            if matches!(held.state, State::Running(_)) {
                held.state = State::Ending { release: None, again: false };
            }
        }
        let deadline = Instant::now() + PATIENCE;
        let mut result = Ok(());
        while let Some(&(unit, _)) = awaited.first() {
            let Ok(Over { unit, life, ended }) = overs.recv_deadline(deadline) else {
                return Err(UnitError::LeftBehind { unit, waited: PATIENCE });
            };
            if awaited.remove(&(unit, life)) {
                self.let_go(unit);
                result = result.and(ended);
            }
        }
        result
    }
}

/// Runs a unit until it is taken away, or fails in a way that needs a person.
fn serve(outfit: &dyn Outfit, unit: u32, status: &Arc<Status>, stop: &Receiver<()>) -> Result<(), UnitError> {
    let mut pause = PAUSE.0;
    let mut cause = "elected";
    loop {
        let begun = Instant::now();
        status.telemetry().recovery(cause);
        let error = match once(outfit, unit, status, stop) {
            Ok(Ended { taken, sequence }) => {
                tracing::info!(unit, taken, sequence, "the unit has left");
                return Ok(());
            }
            // Nothing was begun, so nothing is unfinished.
            Err(UnitError::Recover(_) | UnitError::Connect(_)) if status.is_leaving() => return Ok(()),
            Err(error) if status.is_leaving() => return Err(error),
            Err(error) => error,
        };
        status.set_phase(Phase::Recovering);
        if begun.elapsed() > SETTLED {
            pause = PAUSE.0;
        }
        let wait = match error.trouble() {
            Trouble::Lasting => return Err(error),
            Trouble::Passing => pause,
            Trouble::Fenced => PAUSE_FENCED,
        };
        cause = error.cause();
        tracing::warn!(unit, %error, wait_ms = wait.as_millis() as u64, "the unit has failed; it is taken up again");
        pause = (pause * 2).min(PAUSE.1);
        // Nothing is ever sent: the channel's end is what asks to leave.
        if stop.recv_timeout(wait).is_err_and(|error| error.is_disconnected()) {
            return Ok(());
        }
    }
}

fn once(
    outfit: &dyn Outfit,
    unit: u32,
    status: &Arc<Status>,
    stop: &Receiver<()>,
) -> Result<Ended, UnitError> {
    let ports = outfit.connect(unit).map_err(UnitError::Connect)?;
    let (unit, ports) = Unit::recover(outfit.config(unit), ports, Arc::clone(status))?;
    unit.run(ports, stop).map(|(ended, _)| ended)
}
