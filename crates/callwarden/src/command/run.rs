//! `callwarden run`.

use std::sync::Arc;

use callwarden_engine::duty::{self, Outfit};
use callwarden_engine::{Phase, PortError, Ports, Roster, Status, UnitConfig};
use callwarden_io::kafka::{KafkaAttempts, KafkaLedger, Membership, Share, units};
use callwarden_io::redis::RedisStore;
use crossbeam_channel::{Receiver, bounded};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::cli::{RunArgs, Settings};
use crate::config::{Config, Flag, LogFormat};
use crate::printer::{Failure, Outcome, Printer};
use crate::{http, log, standalone, wiring};

/// Runs until told to stop.
pub(crate) fn run(settings: &Settings, args: &RunArgs, printer: &Printer) -> Outcome {
    let mode = args.mode.map(|mode| Flag::named("--mode", "mode", mode.name()));
    let config = wiring::load(settings, mode.into_iter().collect())?.config;
    log::start(&config.log, printer.shows_progress());
    let outcome = watch(&config, args, printer);
    let outcome = match config.log.format {
        LogFormat::Text => outcome,
        LogFormat::Json => outcome.map_err(Failure::logged),
    };
    // Threads of clients may still run: one that hangs, or that of a unit in the middle of its recovery.
    leave(outcome.map_or_else(|failure| printer.failure(&failure).into(), |()| 0))
}

fn watch(config: &Config, args: &RunArgs, printer: &Printer) -> Outcome {
    if args.standalone {
        let status = Status::of_unit(0);
        let watched = Arc::clone(&status);
        let stop = stop_on_signals(move || {
            matches!(watched.phase(), Phase::Starting | Phase::Recovering)
                .then_some("stopped before it was live")
        })?;
        return standalone::run(config, args, status, &stop, printer);
    }
    let roster = Roster::new();
    let watched = Arc::clone(&roster);
    let stop = stop_on_signals(move || (!watched.is_member()).then_some("stopped before it stood in line"))?;
    let metrics = http::recorder()?;
    let listening = http::serve(config.http.listen, Arc::clone(&roster), metrics)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), mode = %config.mode, http = %listening, "starting");

    // What a person has to cure is said now, not when it is this process' turn.
    let kafka = wiring::kafka(config);
    let units = units(&kafka).map_err(Failure::new)?;
    let outfit = Wired { config: config.clone(), units };
    drop(outfit.connect(0).map_err(Failure::new)?);

    let (membership, turns) = Membership::join(&kafka, units).map_err(Failure::new)?;
    let outcome = duty::run(Arc::new(outfit), &roster, &turns, &stop);
    drop(turns);
    membership.leave();
    outcome.map_err(Failure::new)?;
    tracing::info!("stopped as asked");
    Ok(())
}

/// Units on Kafka and Redis, as configured.
struct Wired {
    config: Config,
    units: u32,
}

impl Outfit for Wired {
    fn config(&self, unit: u32) -> UnitConfig {
        UnitConfig { unit, units: self.units, ..wiring::unit(&self.config) }
    }

    fn connect(&self, unit: u32) -> Result<Ports, PortError> {
        let kafka = wiring::kafka(&self.config);
        let share = Share { unit, of: self.units };
        let store = RedisStore::connect(&wiring::redis(&self.config), unit)?;
        let ledger = KafkaLedger::connect(&kafka, unit, self.units)?;
        let attempts = KafkaAttempts::connect(&kafka, &wiring::topics(&self.config), share)?;
        Ok(Ports { attempts: Box::new(attempts), ledger: Box::new(ledger), store: Box::new(store) })
    }
}

/// A channel that speaks when SIGTERM or SIGINT has come. While there is `nothing_to_finish`, and what is waited for (a broker, a
/// journal to be read) may take its time, the process ends at once.
fn stop_on_signals(
    nothing_to_finish: impl Fn() -> Option<&'static str> + Send + 'static,
) -> Result<Receiver<()>, Failure> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let (say, stop) = bounded(1);
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            if let Some(said) = nothing_to_finish() {
                tracing::info!(signal, "{said}");
                leave(0);
            }
            tracing::info!(signal, "finishing the batch");
            let _ = say.send(());
        }
        // A second one does not wait for the drain.
        if signals.forever().next().is_some() {
            leave(1);
        }
    })?;
    Ok(stop)
}

/// Ends the process without the handlers of C libraries, which would clear up under the feet of threads that still run.
fn leave(code: i32) -> ! {
    signal_hook::low_level::exit(code)
}
