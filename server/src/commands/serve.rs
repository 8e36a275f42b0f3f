//! `countersign serve`.

use countersign_server::logging;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Home};

pub(super) async fn run(home: &Home) -> Result<(), Failure> {
    let settings = home.settings()?;
    logging::init(&settings.log)?;
    let listen = settings.http.listen;
    let service = home.service_of(settings).await?;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("http.listen: {listen} cannot be used: {error}; choose another port"))?;
    let origins = service.app.origins().await?;
    if origins.is_empty() {
        tracing::warn!("no tenant yet: add one with `countersign tenant add`");
    }
    for origin in origins {
        tracing::info!(%listen, %origin, "serving");
    }
    service.serve(listener, stopped()?).await;
    tracing::info!("stopped");
    Ok(())
}

/// Done when the process is asked to stop.
fn stopped() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}
