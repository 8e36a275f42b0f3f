//! A stand-in for Apple's push notification service.

mod check;
mod token;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::bytes::sha256;
use countersign_protocol::time::{Clock, Timestamp};

use crate::Authority;
use crate::desk::{Desk, Record, Reply, Service, Shared};

pub use token::Team;

/// What Apple knows of a device token. Any other token is good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenState {
    /// 410 `Unregistered`: the app is gone from the phone since then.
    Unregistered(Timestamp),
    /// 410 `ExpiredToken`.
    Expired,
    /// 400 `BadDeviceToken`: never given out, or by the other of Apple's two services.
    Bad,
    /// 400 `DeviceTokenNotForTopic`.
    NotForTopic,
}

/// Apple's service, on a port of its own. It ends when it is dropped.
pub struct Apns {
    desk: Desk,
    service: Arc<Apple>,
}

struct Apple {
    shared: Arc<Shared>,
    team: Team,
    topics: Vec<String>,
    tokens: Mutex<HashMap<String, TokenState>>,
    /// Digests of the provider tokens that were seen.
    provider_tokens: Mutex<HashSet<[u8; 32]>>,
}

impl Apns {
    /// Starts it for one developer team that may send to `topics`.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(authority: &Authority, team: Team, topics: &[&str], clock: Arc<dyn Clock>) -> Self {
        let topics = topics.iter().map(|topic| (*topic).to_owned()).collect();
        let mut made = None;
        let desk = Desk::start(authority, &["h2"], clock, |shared, _| {
            let (tokens, provider_tokens) = (Mutex::default(), Mutex::default());
            let shared = Arc::clone(shared);
            let service = Arc::new(Apple { shared, team, topics, tokens, provider_tokens });
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

    /// From now on, this is known of a device token; `None` makes it good again.
    pub fn set_token(&self, token: &str, state: Option<TokenState>) {
        let mut tokens = lock(&self.service.tokens);
        match state {
            Some(state) => drop(tokens.insert(token.to_owned(), state)),
            None => drop(tokens.remove(token)),
        }
    }

    /// From now on, every request that is otherwise good is answered so.
    pub fn answer_all(&self, status: u16, reason: &str, retry_after: Option<u32>) {
        self.desk.shared.prescribe(None, Some(problem(status, reason).retry_after(retry_after)));
    }

    /// From now on, every request for this device token that is otherwise good is answered so.
    pub fn answer_token(&self, token: &str, status: u16, reason: &str, retry_after: Option<u32>) {
        self.desk.shared.prescribe(Some(token), Some(problem(status, reason).retry_after(retry_after)));
    }

    /// Requests that are good are accepted again; for this token, where one is named.
    pub fn recover(&self, token: Option<&str>) {
        self.desk.shared.prescribe(token, None);
    }

    /// Whether requests are read and never answered.
    pub fn hang(&self, hang: bool) {
        self.desk.shared.hang(hang);
    }

    /// Tells all connections to end (GOAWAY), as Apple does for its maintenance.
    pub fn close_connections(&self) {
        self.desk.shared.close_connections();
    }

    /// Whether requests are kept; at first they are. Under load, counting is enough.
    pub fn keep_records(&self, keep: bool) {
        self.desk.shared.keep_records(keep);
    }

    /// All requests so far.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.desk.shared.records()
    }

    /// All requests, once there are `count`.
    ///
    /// # Panics
    /// When it takes too long.
    pub async fn wait_for(&self, count: usize) -> Vec<Record> {
        self.desk.shared.wait_for(count).await
    }

    /// How many requests came, accepted or not.
    #[must_use]
    pub fn received(&self) -> usize {
        self.desk.shared.received()
    }

    /// How many requests were accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.desk.shared.accepted()
    }

    /// How many connections were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.desk.shared.connections()
    }

    /// How many different provider tokens were seen, good or not.
    #[must_use]
    pub fn provider_tokens(&self) -> usize {
        lock(&self.service.provider_tokens).len()
    }
}

impl Service for Apple {
    fn answer(&self, record: &Record) -> Reply {
        if let Some(header) = record.headers.get("authorization") {
            lock(&self.provider_tokens).insert(sha256(header.as_bytes()).0);
        }
        match self.judge(record) {
            Ok(reply) => reply,
            Err((status, reason)) => problem(status, reason),
        }
    }
}

impl Apple {
    fn judge(&self, record: &Record) -> Result<Reply, (u16, &'static str)> {
        let device = check::device_token(record)?;
        self.team.check(record, self.shared.now())?;
        let id = check::headers(record, &self.topics)?;
        check::payload(record)?;
        if let Some(reply) = self.shared.prescribed(device) {
            return Ok(reply);
        }
        match lock(&self.tokens).get(device) {
            Some(TokenState::Unregistered(since)) => {
                let body =
                    serde_json::json!({ "reason": "Unregistered", "timestamp": since.micros() / 1000 });
                return Ok(Reply::new(410, body.to_string()));
            }
            Some(TokenState::Expired) => return Err((410, "ExpiredToken")),
            Some(TokenState::Bad) => return Err((400, "BadDeviceToken")),
            Some(TokenState::NotForTopic) => return Err((400, "DeviceTokenNotForTopic")),
            None => {}
        }
        self.shared.count_accepted();
        Ok(Reply { status: 200, headers: vec![("apns-id", id)], body: String::new() })
    }
}

fn problem(status: u16, reason: &str) -> Reply {
    let body =
        if reason.is_empty() { String::new() } else { serde_json::json!({ "reason": reason }).to_string() };
    Reply::new(status, body)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
