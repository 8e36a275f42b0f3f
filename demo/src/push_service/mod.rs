//! A push service and a user agent in one, for the desk: what a browser's or a phone's push service is
//! to a real phone (RFC 8030), with the phone's end of the encryption (RFC 8291) behind it.
//!
//! Serve [`PushService::router`] on loopback and hand what [`PushService::subscribe`] gives to the
//! phone. Messages are checked as strictly as the large push services check them.

mod decrypt;
mod vapid;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::random::{self, Random};
use countersign_protocol::time::Clock;
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

use decrypt::ReceiverKeys;
use vapid::VapidError;

/// The largest message that is taken, in bytes: RFC 8030, section 7.2.
const MAX_BODY: usize = 4096;
/// Wakes that wait for the phone. Wakes are hints, so that a full queue loses nothing but haste.
const QUEUE: usize = 32;

/// A push service on the desk.
#[derive(Clone)]
pub struct PushService {
    shared: Arc<Shared>,
}

struct Shared {
    random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
    subscriptions: Mutex<HashMap<String, Subscription>>,
}

#[derive(Clone)]
enum Subscription {
    Alive(Arc<Alive>),
    /// Ended: senders are told 410, so that they forget it.
    Gone,
}

struct Alive {
    /// The origin that senders address: what their token must name.
    origin: String,
    keys: ReceiverKeys,
    wakes: Sender<Vec<u8>>,
}

impl PushService {
    /// A service without subscriptions.
    #[must_use]
    pub fn new(random: Arc<dyn Random>, clock: Arc<dyn Clock>) -> Self {
        Self { shared: Arc::new(Shared { random, clock, subscriptions: Mutex::default() }) }
    }

    /// A new subscription with keys of its own: where wakes go, and what arrives there, decrypted.
    /// `base_url` is where [`Self::router`] is served: scheme, host and port. When the receiver is
    /// dropped the subscription is gone.
    #[must_use]
    pub fn subscribe(&self, base_url: &str) -> (PushEndpoint, Receiver<Vec<u8>>) {
        let origin = base_url.trim_end_matches('/').to_owned();
        let token = to_base64url(random::bytes::<16>(&*self.shared.random));
        self.insert(token, origin, ReceiverKeys::generate(&*self.shared.random))
    }

    /// Ends a subscription; its senders get 410 from now on.
    pub fn unsubscribe(&self, endpoint: &PushEndpoint) {
        let PushEndpoint::WebPush { endpoint, .. } = endpoint else { return };
        let token = endpoint.rsplit('/').next().unwrap_or_default();
        if let Some(subscription) = self.subscriptions().get_mut(token) {
            *subscription = Subscription::Gone;
        }
    }

    /// `POST /push/{token}`.
    pub fn router(&self) -> Router {
        Router::new().route("/push/{token}", post(receive)).with_state(self.clone())
    }

    fn insert(&self, token: String, origin: String, keys: ReceiverKeys) -> (PushEndpoint, Receiver<Vec<u8>>) {
        let endpoint = PushEndpoint::WebPush {
            endpoint: format!("{origin}/push/{token}"),
            p256dh: keys.p256dh(),
            auth: keys.auth(),
        };
        let (wakes, receiver) = mpsc::channel(QUEUE);
        let alive = Subscription::Alive(Arc::new(Alive { origin, keys, wakes }));
        self.subscriptions().insert(token, alive);
        (endpoint, receiver)
    }

    fn subscriptions(&self) -> MutexGuard<'_, HashMap<String, Subscription>> {
        self.shared.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, token: &str) -> Result<Arc<Alive>, Refusal> {
        match self.subscriptions().get(token) {
            None => Err(Refusal::Unknown),
            Some(Subscription::Gone) => Err(Refusal::Gone),
            Some(Subscription::Alive(alive)) if alive.wakes.is_closed() => Err(Refusal::Gone),
            Some(Subscription::Alive(alive)) => Ok(Arc::clone(alive)),
        }
    }
}

/// Why a message is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no such subscription")]
    Unknown,
    #[error("the subscription is gone")]
    Gone,
    #[error("TTL is missing or not a number of seconds")]
    Ttl,
    #[error("Urgency or Topic is not what RFC 8030 allows")]
    Hint,
    #[error("Content-Encoding is not aes128gcm")]
    Encoding,
    #[error("the message is longer than {MAX_BODY} bytes")]
    TooLarge,
    #[error(transparent)]
    Vapid(#[from] VapidError),
    #[error("too many messages wait already")]
    Busy,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Ttl | Self::Hint => StatusCode::BAD_REQUEST,
            Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Vapid(VapidError::Missing) => {
                let challenge = [(header::WWW_AUTHENTICATE, "vapid")];
                return (StatusCode::UNAUTHORIZED, challenge, self.to_string()).into_response();
            }
            Self::Vapid(_) => StatusCode::FORBIDDEN,
            Self::Busy => {
                let later = [(header::RETRY_AFTER, "5")];
                return (StatusCode::TOO_MANY_REQUESTS, later, self.to_string()).into_response();
            }
        };
        (status, self.to_string()).into_response()
    }
}

async fn receive(
    State(service): State<PushService>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let subscription = service.find(&token)?;
    let now = service.shared.clock.now();
    vapid::check(headers.get(header::AUTHORIZATION), &subscription.origin, now)?;
    let ttl = check_headers(&headers)?;
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| Refusal::TooLarge)?;
    deliver(&subscription, &body)?;

    let message = to_base64url(random::bytes::<16>(&*service.shared.random));
    let location = format!("{}/message/{message}", subscription.origin);
    Ok((StatusCode::CREATED, [(header::LOCATION, location), (TTL, ttl.to_string())]).into_response())
}

const TTL: header::HeaderName = header::HeaderName::from_static("ttl");

/// The headers of RFC 8030, section 5, and RFC 8291. Returns the TTL.
fn check_headers(headers: &HeaderMap) -> Result<u32, Refusal> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("\0"));
    let ttl = text("ttl").and_then(|ttl| ttl.parse().ok()).ok_or(Refusal::Ttl)?;
    if text("content-encoding") != Some("aes128gcm") {
        return Err(Refusal::Encoding);
    }
    let urgencies = ["very-low", "low", "normal", "high"];
    let topic_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let urgency_fits = text("urgency").is_none_or(|urgency| urgencies.contains(&urgency));
    let topic_fits = text("topic").is_none_or(|topic| topic.len() <= 32 && topic.bytes().all(topic_byte));
    if urgency_fits && topic_fits { Ok(ttl) } else { Err(Refusal::Hint) }
}

/// Hands the plaintext to the phone. What cannot be read is dropped and logged: a push service cannot
/// read messages, so that the sender is told nothing else.
fn deliver(subscription: &Alive, body: &[u8]) -> Result<(), Refusal> {
    match subscription.keys.decrypt(body) {
        Err(error) => tracing::warn!(%error, bytes = body.len(), "the phone drops a push message"),
        Ok(plain) => subscription.wakes.try_send(plain).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::Busy,
            TrySendError::Closed(_) => Refusal::Gone,
        })?,
    }
    Ok(())
}

#[cfg(test)]
mod tests;
