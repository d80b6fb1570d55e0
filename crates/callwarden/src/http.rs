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
use callwarden_engine::{Phase, Status, telemetry};
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
    status: Arc<Status>,
    metrics: PrometheusHandle,
}

/// Serves on `listen` from a thread of its own, until the process ends. Returns the address taken.
pub(crate) fn serve(
    listen: SocketAddr,
    status: Arc<Status>,
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
    let shared = Shared { status, metrics };
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
    let status = &shared.status;
    readiness(status.phase(), status.store_ok(), status.paused())
}

/// Ready is what takes attempts and can save what came of them.
fn readiness(phase: Phase, store_ok: bool, paused: bool) -> (StatusCode, String) {
    let ready = phase == Phase::Live && store_ok && !paused;
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let redis = if store_ok { "ok" } else { "failing" };
    let reading = match (phase, paused) {
        (Phase::Live, true) => "paused (snapshot lag)",
        (Phase::Live, false) => "ok",
        _ => "no",
    };
    (code, format!("unit: {}\nredis: {redis}\nreading: {reading}\n", phase.name()))
}

async fn metrics_text(State(shared): State<Shared>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], shared.metrics.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_live_with_a_store_and_reading() {
        let (code, text) = readiness(Phase::Live, true, false);
        assert_eq!((code, text.as_str()), (StatusCode::OK, "unit: live\nredis: ok\nreading: ok\n"));
        let (code, text) = readiness(Phase::Live, false, true);
        let expected = "unit: live\nredis: failing\nreading: paused (snapshot lag)\n";
        assert_eq!((code, text.as_str()), (StatusCode::SERVICE_UNAVAILABLE, expected));
        for (phase, store_ok, paused) in [
            (Phase::Live, true, true),
            (Phase::Live, false, false),
            (Phase::Starting, true, false),
            (Phase::Recovering, true, false),
            (Phase::Draining, true, false),
            (Phase::Stopped, true, false),
        ] {
            assert_eq!(readiness(phase, store_ok, paused).0, StatusCode::SERVICE_UNAVAILABLE, "{phase:?}");
        }
    }
}
