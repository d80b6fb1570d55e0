//! Which units a process runs. They come and go by an election in which every process stands in line; a unit that fails is taken
//! up again here, because what was committed is known by the journal alone and recovering is the only way to hear of it.
//!
//! | a unit ends with | then |
//! |---|---|
//! | what may be over next time: nobody answered, a commit of unknown outcome | it recovers, after a pause that grows |
//! | another process has taken over | the same: if the election agrees, it takes this unit away meanwhile |
//! | what needs a person: a poison storm, a hole in the offsets, a refused login | it stays stopped. With other units beside it, it is tried again now and then; the last one ends the process, so that another may try |

use std::collections::BTreeMap;
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
    /// This process stands in line.
    Member,
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
                Ok(Turn::Member) => duty.roster.set_member(true),
                Ok(Turn::Begin(unit)) => duty.begin(unit),
                Ok(Turn::End(unit, release)) => duty.end(unit, release),
                Ok(Turn::Failed(error)) => return duty.leave(&overs).and(Err(UnitError::Election(error))),
                Err(_) => {
                    let error = PortError::new("the election has ended without a word");
                    return duty.leave(&overs).and(Err(UnitError::Election(error)));
                }
            },
            recv(overs) -> over => if let Ok(over) = over { duty.over(over)? },
            recv(again) -> _ => duty.try_again(),
            recv(stop) -> _ => return duty.leave(&overs),
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
    /// Dropped to ask the unit to leave; `None`: it is asked, or stopped.
    stop: Option<Sender<()>>,
    /// Who waits for its end.
    release: Option<Release>,
    /// When a stopped one is tried again.
    again: Option<Instant>,
}

/// A unit's thread has ended.
struct Over {
    unit: u32,
    life: u64,
    ended: Result<(), UnitError>,
}

impl<O: Outfit> Duty<O> {
    fn begin(&mut self, unit: u32) {
        let status = self.roster.hold(unit);
        status.set_leaving(false);
        status.telemetry().stopped.set(0.0);
        status.set_phase(Phase::Starting);
        let (stop, stopped) = bounded(0);
        self.lives += 1;
        let life = self.lives;
        let (outfit, over, told) = (Arc::clone(&self.outfit), self.over.clone(), Arc::clone(&status));
        let spawned = thread::Builder::new().name(format!("unit-{unit}")).spawn(move || {
            let ended = serve(&*outfit, unit, &told, &stopped);
            let _ = over.send(Over { unit, life, ended });
        });
        spawned.expect("the system has a thread to give");
        self.units.insert(unit, Held { life, status, stop: Some(stop), release: None, again: None });
    }

    fn end(&mut self, unit: u32, release: Release) {
        let Some(held) = self.units.get_mut(&unit) else { return };
        tracing::info!(unit, "the election takes this unit away; finishing its batch");
        held.status.set_leaving(true);
        let is_running = held.stop.take().is_some();
        held.release = Some(release);
        if !is_running {
            self.let_go(unit);
        }
    }

    /// Keeps what another may still want, and says whether that is the end of the process.
    fn over(&mut self, Over { unit, life, ended }: Over) -> Result<(), UnitError> {
        let Some(held) = self.units.get_mut(&unit).filter(|held| held.life == life) else { return Ok(()) };
        let Err(error) = ended else {
            self.let_go(unit);
            return Ok(());
        };
        if held.release.is_some() {
            tracing::warn!(unit, %error, "the unit had failed when it was taken away");
            self.let_go(unit);
            return Ok(());
        }
        held.status.telemetry().stopped.set(1.0);
        (held.stop, held.again) = (None, Some(Instant::now() + TRY_AGAIN));
        if self.units.values().all(|held| held.stop.is_none()) {
            return Err(error);
        }
        tracing::error!(unit, %error, try_again_s = TRY_AGAIN.as_secs(), "this unit has stopped and needs a person; the others go on");
        Ok(())
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
        self.units.values().filter_map(|held| held.again).min()
    }

    fn try_again(&mut self) {
        let due = |held: &Held| held.again.is_some_and(|at| at <= Instant::now());
        let units: Vec<u32> =
            self.units.iter().filter(|(_, held)| due(held)).map(|(&unit, _)| unit).collect();
        units.into_iter().for_each(|unit| self.begin(unit));
    }

    /// Asks all units to leave and waits for them. One in the middle of a recovery has nothing to finish.
    fn leave(&mut self, overs: &Receiver<Over>) -> Result<(), UnitError> {
        for held in self.units.values_mut() {
            held.status.set_leaving(true);
            held.stop = None;
        }
        let deadline = Instant::now() + PATIENCE;
        let mut result = Ok(());
        let unfinished = |held: &Held| matches!(held.status.phase(), Phase::Live | Phase::Draining);
        while self.units.values().any(unfinished) {
            let Ok(Over { unit, life, ended }) = overs.recv_deadline(deadline) else { break };
            if self.units.get(&unit).is_none_or(|held| held.life != life) {
                continue;
            }
            self.let_go(unit);
            if let Err(error) = ended
                && error.trouble() == Trouble::Lasting
            {
                result = Err(error);
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
            Err(_) if status.is_leaving() => return Ok(()),
            Err(error) => error,
        };
        status.set_phase(Phase::Recovering);
        if begun.elapsed() > SETTLED {
            pause = PAUSE.0;
        }
        let wait = match error.trouble() {
            Trouble::Lasting => {
                status.set_phase(Phase::Stopped);
                return Err(error);
            }
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
