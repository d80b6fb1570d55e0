//! `callwarden run`.

use std::sync::Arc;

use callwarden_engine::{Ended, Phase, Ports, Status, Unit};
use callwarden_io::kafka::{KafkaAttempts, KafkaLedger};
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
    match config.log.format {
        LogFormat::Text => outcome,
        LogFormat::Json => outcome.map_err(Failure::logged),
    }
}

fn watch(config: &Config, args: &RunArgs, printer: &Printer) -> Outcome {
    let status = Status::new();
    let stop = stop_on_signals(Arc::clone(&status))?;
    if args.standalone {
        return standalone::run(config, args, status, &stop, printer);
    }
    let metrics = http::recorder()?;
    let listening = http::serve(config.http.listen, Arc::clone(&status), metrics)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), mode = %config.mode, http = %listening, "starting");

    let kafka = wiring::kafka(config);
    let store = RedisStore::connect(&wiring::redis(config), wiring::UNIT).map_err(Failure::new)?;
    let ledger = KafkaLedger::connect(&kafka, wiring::UNIT).map_err(Failure::new)?;
    let attempts = KafkaAttempts::connect(&kafka, &wiring::topics(config)).map_err(Failure::new)?;
    let ports = Ports { attempts: Box::new(attempts), ledger: Box::new(ledger), store: Box::new(store) };
    let (unit, ports) = Unit::recover(wiring::unit(config), ports, status).map_err(Failure::new)?;
    let (Ended { taken, sequence }, _) = unit.run(ports, &stop).map_err(Failure::new)?;
    tracing::info!(taken, sequence, "stopped as asked");
    Ok(())
}

/// A channel that speaks when SIGTERM or SIGINT has come. Before the unit is live there is nothing to finish, and what it waits
/// for (a broker, a journal to be read) may take its time: then the process ends at once.
fn stop_on_signals(status: Arc<Status>) -> Result<Receiver<()>, Failure> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let (say, stop) = bounded(1);
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            if matches!(status.phase(), Phase::Starting | Phase::Recovering) {
                tracing::info!(signal, "stopped before it was live");
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
