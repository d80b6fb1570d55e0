//! `/livez`, `/readyz` and `/metrics`.
//!
//! `/livez` says that the process answers, and depends on nothing else: restarting it would not cure Kafka. `/readyz` says
//! whether the unit is doing its work.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use callwarden_engine::{Phase, Roster, Status, telemetry};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::printer::Failure;

/// Installs the recorder of this process's metrics, which everything that records needs before it begins.
pub(crate) fn recorder() -> Result<PrometheusHandle, Failure> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), telemetry::DURATION_BUCKETS)
        .and_then(|builder| builder.install_recorder())
        .map_err(Failure::new)?;
    telemetry::describe();
    metrics::describe_gauge!("callwarden_build_info", "1, with the version of the program and of its core");
    gauge!(
        "callwarden_build_info",
        "version" => env!("CARGO_PKG_VERSION"),
        "core_version" => callwarden_core::CORE_VERSION.to_string()
    )
    .set(1.0);
    Ok(handle)
}

#[derive(Clone)]
struct Shared {
    roster: Arc<Roster>,
    metrics: PrometheusHandle,
}

/// Serves on `listen` from a thread of its own, until the process ends. Returns the address taken.
pub(crate) fn serve(
    listen: SocketAddr,
    roster: Arc<Roster>,
    metrics: PrometheusHandle,
) -> Result<SocketAddr, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(format!(
            "cannot listen on {listen}: {error}\n  hint: another process has it; set http.listen to a free port, or to port 0"
        ))
    };
    let listener = TcpListener::bind(listen).map_err(cannot)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let shared = Shared { roster, metrics };
    std::thread::Builder::new().name("http".into()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(answer(listener, shared)),
            Err(error) => tracing::error!(%error, "no HTTP: the runtime did not start"),
        }
    })?;
    Ok(address)
}

async fn answer(listener: TcpListener, shared: Shared) {
    let upkeep = shared.metrics.clone();
    // Samples of histograms pile up between scrapes unless they are sorted into their buckets.
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    let router = Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .with_state(shared);
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "no HTTP: the listener failed"),
    };
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "HTTP has ended");
    }
}

async fn readyz(State(shared): State<Shared>) -> impl IntoResponse {
    let roster = &shared.roster;
    let units: Vec<_> = roster.held().into_iter().map(|(unit, status)| (unit, Seen::of(&status))).collect();
    readiness(roster.is_member(), &units)
}

/// What a unit shows of itself.
struct Seen {
    phase: Phase,
    store_ok: bool,
    paused: bool,
}

impl Seen {
    fn of(status: &Status) -> Self {
        Self { phase: status.phase(), store_ok: status.store_ok(), paused: status.paused() }
    }
}

/// Ready is who stands by, or whose units all take attempts and can save what comes of them.
fn readiness(member: bool, units: &[(u32, Seen)]) -> (StatusCode, String) {
    let is_ready = |seen: &Seen| seen.phase == Phase::Live && seen.store_ok && !seen.paused;
    let ready = if units.is_empty() { member } else { units.iter().all(|(_, seen)| is_ready(seen)) };
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if units.is_empty() {
        let standing = if member { "standing by" } else { "starting" };
        return (code, format!("{standing}\n"));
    }
    let lines = units.iter().map(|(unit, seen)| {
        let redis = if seen.store_ok { "ok" } else { "failing" };
        let reading = match (seen.phase, seen.paused) {
            (Phase::Live, true) => "paused (snapshot lag)",
            (Phase::Live, false) => "ok",
            _ => "no",
        };
        format!("unit {unit}: {}, redis: {redis}, reading: {reading}\n", seen.phase.name())
    });
    (code, lines.collect())
}

async fn metrics_text(State(shared): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], shared.metrics.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(phase: Phase, store_ok: bool, paused: bool) -> Seen {
        Seen { phase, store_ok, paused }
    }

    #[test]
    fn ready_is_live_with_a_store_and_reading() {
        let (code, text) = readiness(true, &[(0, seen(Phase::Live, true, false))]);
        assert_eq!((code, text.as_str()), (StatusCode::OK, "unit 0: live, redis: ok, reading: ok\n"));
        let (code, text) = readiness(true, &[(0, seen(Phase::Live, false, true))]);
        let expected = "unit 0: live, redis: failing, reading: paused (snapshot lag)\n";
        assert_eq!((code, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, expected));
        for (phase, store_ok, paused) in [
            (Phase::Live, true, true),
            (Phase::Live, false, false),
            (Phase::Starting, true, false),
            (Phase::Recovering, true, false),
            (Phase::Draining, true, false),
            (Phase::Stopped, true, false),
        ] {
            let units = [(0, seen(Phase::Live, true, false)), (3, seen(phase, store_ok, paused))];
            assert_eq!(readiness(true, &units).0, StatusCode::SERVICE_UNAVAILABLE, "{phase:?}");
        }
    }

    #[test]
    fn ready_is_also_who_stands_by() {
        assert_eq!(readiness(true, &[]), (StatusCode::OK, "standing by\n".to_owned()));
        assert_eq!(readiness(false, &[]), (StatusCode::SERVICE_UNAVAILABLE, "starting\n".to_owned()));
    }
}
