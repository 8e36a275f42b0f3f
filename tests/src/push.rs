//! The push service of a world: the desk's, with a tap on it, and faults when a test wants them.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use countersign_demo::push_service::PushService;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random::Random;
use countersign_protocol::time::Clock;
use tokio::net::TcpListener;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use crate::wait::within;

/// One message as it came over the wire.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where it was sent.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, encrypted.
    pub body: Bytes,
}

/// A push service on a port of its own.
pub struct PushDesk {
    service: PushService,
    origin: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    fault: Mutex<Option<(StatusCode, Option<u32>)>>,
    deliveries: watch::Sender<Vec<Delivery>>,
}

impl PushDesk {
    /// Starts it.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(random: Arc<dyn Random>, clock: Arc<dyn Clock>) -> Self {
        let service = PushService::new(random, clock);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let router = service.router().layer(from_fn_with_state(Arc::clone(&shared), tap));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { service, origin, shared }
    }

    /// Where it is.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A new subscription, and what arrives there in plain text.
    #[must_use]
    pub fn subscribe(&self) -> (PushEndpoint, Receiver<Vec<u8>>) {
        self.service.subscribe(&self.origin)
    }

    /// Ends a subscription: senders are told 410.
    pub fn unsubscribe(&self, endpoint: &PushEndpoint) {
        self.service.unsubscribe(endpoint);
    }

    /// From now on, every message is refused with this status.
    ///
    /// # Panics
    /// When it is no status.
    pub fn fail_with(&self, status: u16, retry_after: Option<u32>) {
        *self.shared.fault.lock().unwrap() = Some((StatusCode::from_u16(status).unwrap(), retry_after));
    }

    /// From now on, messages are taken again.
    pub fn recover(&self) {
        *self.shared.fault.lock().unwrap() = None;
    }

    /// How many messages came so far, taken or not.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.shared.deliveries.borrow().len()
    }

    /// All messages, once there are `count` of them.
    pub async fn deliveries(&self, count: usize) -> Vec<Delivery> {
        let mut deliveries = self.shared.deliveries.subscribe();
        let what = format!("{count} messages reach the push service");
        within(&what, deliveries.wait_for(|all| all.len() >= count)).await.unwrap().clone()
    }
}

async fn tap(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let delivery =
        Delivery { path: parts.uri.path().to_owned(), headers: parts.headers.clone(), body: body.clone() };
    shared.deliveries.send_modify(|all| all.push(delivery));
    let fault = *shared.fault.lock().unwrap();
    match fault {
        Some((status, Some(after))) => (status, [(header::RETRY_AFTER, after.to_string())]).into_response(),
        Some((status, None)) => status.into_response(),
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
    }
}
