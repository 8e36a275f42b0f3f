//! Access tokens for Google: asked for with a service account (RFC 7523), and used until shortly before
//! their end.
//!
//! However many sends need a new one, one task asks for it, and all wait for its answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_protocol::time::{Clock, Timestamp};
use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::sender::{Answer, SendOutcome};
use super::service_account::ServiceAccount;
use super::wire;

/// With less than this left, another token is asked for.
const RENEW_BEFORE: Duration = Duration::from_mins(5);
/// How long no further token is asked for because one was not taken: then it is not the token.
const BETWEEN: Duration = Duration::from_mins(1);
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Asks for tokens and keeps the last.
#[derive(Clone)]
pub(super) struct GoogleToken(Arc<Inner>);

struct Inner {
    account: ServiceAccount,
    client: Client,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Bearer>,
    /// The question that is under way.
    asking: Option<Asking>,
    got: u64,
    /// When a token that was not taken was last thrown away.
    dropped_at: Option<Timestamp>,
}

type Asking = Shared<BoxFuture<'static, Result<Bearer, Answer>>>;

/// An access token, as it is sent.
#[derive(Clone)]
pub(super) struct Bearer {
    /// The `authorization` header, not to be shown.
    pub(super) header: HeaderValue,
    number: u64,
    renew_at: Timestamp,
    expires_at: Timestamp,
}

/// RFC 6749, section 5.1.
#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: u64,
}

/// RFC 6749, section 5.2.
#[derive(Default, Deserialize)]
struct Denied {
    #[serde(default)]
    error: String,
}

impl GoogleToken {
    /// `timeout` is the longest that one question may take.
    pub(super) fn new(
        account: ServiceAccount,
        client: Client,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self(Arc::new(Inner { account, client, timeout, clock, state: Mutex::default() }))
    }

    /// The token to send with. `Err` is what becomes of the wake for want of one.
    pub(super) async fn current(&self) -> Result<Bearer, Answer> {
        let now = self.0.clock.now();
        let (asking, old) = {
            let mut state = self.0.state();
            let old = state.current.clone();
            if let Some(token) = old.as_ref().filter(|token| now < token.renew_at) {
                return Ok(token.clone());
            }
            (self.asking(&mut state), old)
        };
        // In its last minutes the old token is as good as a new one that is not to be had.
        let old = old.filter(|token| now < token.expires_at);
        asking.await.or_else(|answer| old.ok_or(answer))
    }

    /// The token to send with after Google did not take `refused`; none if another one was asked for
    /// shortly before for the same reason.
    pub(super) async fn instead_of(&self, refused: &Bearer) -> Result<Option<Bearer>, Answer> {
        let now = self.0.clock.now();
        {
            let mut state = self.0.state();
            if state.current.as_ref().is_some_and(|token| token.number == refused.number) {
                if state.dropped_at.is_some_and(|at| at.until(now) < BETWEEN && now.until(at) < BETWEEN) {
                    return Ok(None);
                }
                state.dropped_at = Some(now);
                state.current = None;
            }
        }
        self.current().await.map(Some)
    }

    fn asking(&self, state: &mut State) -> Asking {
        if let Some(asking) = &state.asking {
            return asking.clone();
        }
        let inner = Arc::clone(&self.0);
        // A task of its own: it goes on when the send that began it gives up.
        let task = tokio::spawn(async move {
            let answer = inner.ask().await;
            let mut state = inner.state();
            state.asking = None;
            let token = answer.map(|granted| granted.into_bearer(state.got, inner.clock.now()))?;
            let token = token.ok_or_else(|| SendOutcome::Misconfigured.said("token: not usable"))?;
            state.got += 1;
            state.current = Some(token.clone());
            Ok(token)
        });
        let stopped = |_| Err(SendOutcome::Retry { after: None }.said("token: stopped"));
        let asking = task.map(move |done| done.unwrap_or_else(stopped)).boxed().shared();
        state.asking = Some(asking.clone());
        asking
    }
}

impl Inner {
    async fn ask(&self) -> Result<Granted, Answer> {
        let assertion = self.account.assertion(self.clock.now());
        let assertion =
            assertion.ok_or_else(|| SendOutcome::Misconfigured.said("token: cannot be signed"))?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT)
            .append_pair("assertion", &assertion)
            .finish();
        let answer = self
            .client
            .post(self.account.token_uri().clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .timeout(self.timeout)
            .body(form)
            .send()
            .await
            .map_err(|error| about_the_token(wire::failure(error)))?;
        let (status, after) = (answer.status(), wire::retry_after(answer.headers(), self.clock.now()));
        let body = Zeroizing::new(wire::read(answer).await);
        if status == StatusCode::OK {
            let unreadable = |_| SendOutcome::Retry { after: None }.said("token: the answer cannot be read");
            return serde_json::from_slice(&body).map_err(unreadable);
        }
        let denied: Denied = serde_json::from_slice(&body).unwrap_or_default();
        let outcome = match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => SendOutcome::Retry { after },
            _ if status.is_server_error() => SendOutcome::Retry { after },
            _ => SendOutcome::Misconfigured,
        };
        Err(about_the_token(outcome.said(wire::status_and_word(status, &denied.error))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A log line must tell an answer about the token from one about the wake.
fn about_the_token(answer: Answer) -> Answer {
    Answer { said: format!("token: {}", answer.said), ..answer }
}

impl Granted {
    fn into_bearer(self, number: u64, now: Timestamp) -> Option<Bearer> {
        let mut header =
            HeaderValue::try_from(format!("Bearer {}", self.access_token.expose_secret())).ok()?;
        header.set_sensitive(true);
        let life = Duration::from_secs(self.expires_in);
        // One that lives for a few minutes only is used for half of them.
        let used = life.saturating_sub(RENEW_BEFORE).max(life / 2);
        Some(Bearer { header, number, renew_at: now + used, expires_at: now + life })
    }
}
