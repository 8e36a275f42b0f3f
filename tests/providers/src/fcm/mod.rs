//! A stand-in for Firebase Cloud Messaging and for Google's token endpoint.

mod check;
mod oauth;
mod problem;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::time::Clock;
use serde_json::json;

use crate::Authority;
use crate::desk::{Desk, Record, Reply, Service, Shared};
use oauth::OAuth;
use problem::problem;

pub use oauth::{PROJECT, service_account};

/// What Google knows of a registration token. Any other token is good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenState {
    /// 404 `UNREGISTERED`.
    Unregistered,
    /// 403 `SENDER_ID_MISMATCH`.
    OtherSender,
    /// 400 `INVALID_ARGUMENT`, with the field's name.
    Invalid,
    /// 400 `INVALID_ARGUMENT`, in words only.
    InvalidInWords,
}

/// Google's service, on a port of its own. It ends when it is dropped.
pub struct Fcm {
    desk: Desk,
    service: Arc<Google>,
}

struct Google {
    shared: Arc<Shared>,
    oauth: OAuth,
    tokens: Mutex<HashMap<String, TokenState>>,
}

impl Fcm {
    /// Starts it for the project [`PROJECT`] and its one service account.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(authority: &Authority, clock: Arc<dyn Clock>) -> Self {
        let mut made = None;
        let desk = Desk::start(authority, &["h2", "http/1.1"], clock, |shared, address| {
            let oauth = OAuth::new(format!("https://{address}/token"));
            let service = Arc::new(Google { shared: Arc::clone(shared), oauth, tokens: Mutex::default() });
            made = Some(Arc::clone(&service));
            service
        })
        .await;
        Self { desk, service: made.unwrap() }
    }

    /// Where it is: `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.desk.url()
    }

    /// The service account's file, with this stand-in's token endpoint in it.
    #[must_use]
    pub fn service_account(&self) -> String {
        service_account(&self.service.oauth.token_uri).to_string()
    }

    /// From now on, this is known of a registration token; `None` makes it good again.
    pub fn set_token(&self, token: &str, state: Option<TokenState>) {
        let mut tokens = lock(&self.service.tokens);
        match state {
            Some(state) => drop(tokens.insert(token.to_owned(), state)),
            None => drop(tokens.remove(token)),
        }
    }

    /// From now on, every message that is otherwise good is answered so: an HTTP status, a status of
    /// `google.rpc.Code`, and a code of FCM or "".
    pub fn answer_all(&self, http: u16, status: &str, code: &str, retry_after: Option<u32>) {
        self.desk.shared.prescribe(None, Some(problem(http, status, code, "").retry_after(retry_after)));
    }

    /// As [`Self::answer_all`], for one registration token.
    pub fn answer_token(&self, token: &str, http: u16, status: &str, code: &str, retry_after: Option<u32>) {
        let reply = problem(http, status, code, "").retry_after(retry_after);
        self.desk.shared.prescribe(Some(token), Some(reply));
    }

    /// Messages that are good are accepted again; for this token, where one is named.
    pub fn recover(&self, token: Option<&str>) {
        self.desk.shared.prescribe(token, None);
    }

    /// From now on, whoever asks for an access token is answered so, with an `error` of RFC 6749;
    /// `None` hands out tokens again.
    pub fn answer_token_requests(&self, answer: Option<(u16, &str)>) {
        let reply = answer.map(|(http, error)| Reply::new(http, json!({ "error": error }).to_string()));
        *lock(&self.service.oauth.prescribed) = reply;
    }

    /// For how long access tokens are good from now on; an hour at first.
    pub fn set_token_lifetime(&self, seconds: u64) {
        *lock(&self.service.oauth.lifetime) = seconds;
    }

    /// No access token that was handed out so far is taken any more.
    pub fn revoke_access_tokens(&self) {
        lock(&self.service.oauth.given).clear();
    }

    /// Whether requests are read and never answered.
    pub fn hang(&self, hang: bool) {
        self.desk.shared.hang(hang);
    }

    /// Tells all connections to end.
    pub fn close_connections(&self) {
        self.desk.shared.close_connections();
    }

    /// Whether requests are kept; at first they are. Under load, counting is enough.
    pub fn keep_records(&self, keep: bool) {
        self.desk.shared.keep_records(keep);
    }

    /// All requests so far, those for access tokens (`/token`) among them.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.desk.shared.records()
    }

    /// The messages among [`Self::records`].
    #[must_use]
    pub fn messages(&self) -> Vec<Record> {
        self.records().into_iter().filter(|record| record.path != oauth::PATH).collect()
    }

    /// All requests, once there are `count`, those for access tokens among them.
    ///
    /// # Panics
    /// When it takes too long.
    pub async fn wait_for(&self, count: usize) -> Vec<Record> {
        self.desk.shared.wait_for(count).await
    }

    /// How many requests came, those for access tokens among them.
    #[must_use]
    pub fn received(&self) -> usize {
        self.desk.shared.received()
    }

    /// How many messages were accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.desk.shared.accepted()
    }

    /// How often an access token was asked for.
    #[must_use]
    pub fn token_requests(&self) -> usize {
        *lock(&self.service.oauth.asked)
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.desk.shared.connections()
    }
}

impl Service for Google {
    fn answer(&self, record: &Record) -> Reply {
        if record.path == oauth::PATH {
            return self.oauth.answer(record, self.shared.now());
        }
        match self.judge(record) {
            Ok(reply) | Err(reply) => reply,
        }
    }
}

impl Google {
    fn judge(&self, record: &Record) -> Result<Reply, Reply> {
        check::target(record)?;
        self.oauth.check_bearer(record, self.shared.now())?;
        let token = check::message(&record.body)?;
        if let Some(reply) = self.shared.prescribed(&token) {
            return Ok(reply);
        }
        let state = lock(&self.tokens).get(&token).copied();
        match state {
            Some(TokenState::Unregistered) => {
                Err(problem(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."))
            }
            Some(TokenState::OtherSender) => {
                Err(problem(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"))
            }
            Some(TokenState::Invalid) => Err(problem::bad_request("message.token", problem::NO_TOKEN)),
            Some(TokenState::InvalidInWords) => {
                Err(problem(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", problem::NO_TOKEN))
            }
            None => {
                self.shared.count_accepted();
                let name = format!("projects/{PROJECT}/messages/0:{}", self.shared.accepted());
                Ok(Reply::new(200, json!({ "name": name }).to_string()))
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
