//! Where wakes go: remembered, and told to each server until it has heard the newest.
//!
//! Tokens rotate while servers are out of reach, answers are lost, and apps are ended in the middle. So the
//! endpoint is stored first; each account remembers which one its server is known to have; and before a
//! server is told another one, that knowledge is given up, since without an answer nobody knows.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::api::{PushAnswer, PushBody, PushState, path};
use countersign_protocol::bytes::{Digest, sha256};
use countersign_protocol::call::CALL_WINDOW_SECONDS;
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::time::NumericDate;
use futures_util::FutureExt as _;
use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};

use crate::account::{self, AccountState, Record};
use crate::app::Core;
use crate::error::{Error, Reason};
use crate::ports::Ports;
use crate::together::together;
use crate::transport::{Failure, answer, json};

mod stored;

use stored::StoredEndpoint;

/// Where the endpoint stands in the storage.
const STORED: &str = "countersign.push";

/// What the app said last. Nothing is stored before it says something.
#[derive(Serialize)]
struct Stored {
    endpoint: Option<PushEndpoint>,
}

#[derive(Deserialize)]
struct Read {
    endpoint: Option<StoredEndpoint>,
}

/// What is known of an account's server.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// The digest of the endpoint that the server acknowledged; none if that is not certain.
    pub(crate) digest: Option<Digest>,
    /// Whether wakes reach this phone, as the server said last.
    pub(crate) state: PushState,
    /// The second that the last call about it named. Of two endpoints the server takes the one that was
    /// signed later, so no two calls may name the same.
    #[serde(default)]
    signed: Option<NumericDate>,
}

impl Told {
    /// After a pairing that named `endpoint`.
    pub(crate) fn paired(endpoint: Option<&PushEndpoint>) -> Self {
        let state = if endpoint.is_some() { PushState::Working } else { PushState::None };
        Self { digest: digest(endpoint).ok(), state, signed: None }
    }
}

/// The order in which endpoints were handed in, and the telling of them.
#[derive(Debug, Default)]
pub(crate) struct Push {
    tickets: AtomicU64,
    /// The ticket of the endpoint that is stored.
    newest: Mutex<u64>,
    /// Held while servers are told, so that no endpoint overtakes a newer one.
    telling: Mutex<Telling>,
}

#[derive(Debug, Default)]
struct Telling {
    /// Accounts whose server refused: not asked again before the app hands in an endpoint.
    refused: Vec<String>,
    /// Accounts whose server had lost the endpoint and was told it again: once is enough.
    told_again: Vec<String>,
}

fn digest(endpoint: Option<&PushEndpoint>) -> Result<Digest, Error> {
    Ok(sha256(json(&endpoint)?))
}

/// The endpoint that the app handed in last; none if it named none, or never said anything.
pub(crate) async fn endpoint(ports: &Ports) -> Result<Option<PushEndpoint>, Error> {
    Ok(load(ports).await?.and_then(|stored| stored.endpoint))
}

/// A value that cannot be read is as good as none: the app hands in the endpoint at each start.
async fn load(ports: &Ports) -> Result<Option<Stored>, Error> {
    let bytes = ports.storage.get(STORED.into()).await?;
    let read = bytes.and_then(|bytes| serde_json::from_slice::<Read>(&bytes).ok());
    Ok(read.and_then(|read| match read.endpoint {
        None => Some(Stored { endpoint: None }),
        Some(stored) => Some(Stored { endpoint: Some(stored.read()?) }),
    }))
}

impl Core {
    /// Says where wakes go from now on, on all accounts; none where the person allows no popups. Call it
    /// whenever the platform hands out a token, which is at least once at each start of the app.
    ///
    /// The endpoint is stored, then told to each active account's server that has another one. A server
    /// that cannot be reached is told at the next call of this, [`Core::refresh_account`] or
    /// [`Core::pending`]. Of several calls at once the last one wins. Whether popups reach this phone is
    /// [`Account::push`](crate::Account::push).
    ///
    /// # Errors
    /// The storage's only.
    pub async fn set_push(&self, endpoint: Option<PushEndpoint>) -> Result<(), Error> {
        let ticket = self.push.tickets.fetch_add(1, Ordering::SeqCst) + 1;
        {
            let mut newest = self.push.newest.lock().await;
            // A call that waited may be older than one that did not.
            if *newest < ticket {
                self.ports().storage.put(STORED.into(), json(&Stored { endpoint })?).await?;
                *newest = ticket;
            }
        }
        let mut telling = self.push.telling.lock().await;
        telling.refused.clear();
        telling.told_again.clear();
        self.tell(&mut telling).await
    }

    /// Tells the servers that could not be told before. Whoever tells them already does it as well.
    pub(crate) async fn catch_up(&self) -> Result<(), Error> {
        match self.push.telling.try_lock() {
            Some(mut telling) => self.tell(&mut telling).await,
            None => Ok(()),
        }
    }

    /// Notes that a server's push service knows the endpoint no more, so that it is told again: once, since
    /// a dead endpoint stays dead, and a new one comes by [`Core::set_push`].
    pub(crate) async fn push_lost(&self, id: &str) -> Result<(), Error> {
        let Some(mut telling) = self.push.telling.try_lock() else { return Ok(()) };
        if !telling.told_again.iter().any(|told| told == id) {
            telling.told_again.push(id.to_owned());
            self.change(id, |record| record.push.digest = None).await?;
        }
        Ok(())
    }

    async fn tell(&self, telling: &mut Telling) -> Result<(), Error> {
        let Some(Stored { endpoint }) = load(self.ports()).await? else { return Ok(()) };
        let newest = digest(endpoint.as_ref())?;
        let records = account::load(self.ports()).await?;
        let due: Vec<_> = records
            .iter()
            .filter(|record| record.state == AccountState::Active && record.push.digest != Some(newest))
            .filter(|record| !telling.refused.contains(&record.id))
            .collect();
        let body = json(&PushBody { push: endpoint })?;
        let told = due.iter().map(|record| self.tell_one(record, &body, newest).boxed());
        for (record, told) in due.iter().zip(together(told).await) {
            match told {
                Ok(()) | Err(Error::RetryLater(_)) => {}
                Err(error) => match error.reason() {
                    Reason::StorageFailed(_) | Reason::StorageDamaged => return Err(error),
                    _ => telling.refused.push(record.id.clone()),
                },
            }
        }
        Ok(())
    }

    async fn tell_one(&self, record: &Record, body: &[u8], newest: Digest) -> Result<(), Error> {
        let now = self.transport.now(&record.origin).into();
        let answer = match self.put_push(record, body, after(record.push.signed, now)).await {
            Err(Failure::ClockSkew(now)) => {
                self.transport.learn(&record.origin, now);
                // What lies beyond the server's window was never taken.
                let taken = record.push.signed.filter(|at| at.0 <= now.0.saturating_add(CALL_WINDOW_SECONDS));
                self.put_push(record, body, after(taken, now)).await
            }
            answer => answer,
        };
        let PushAnswer { push: state } = answer.map_err(Failure::into_error)?;
        let acknowledge = |record: &mut Record| {
            record.push.digest = Some(newest);
            record.push.state = state;
        };
        self.change(&record.id, acknowledge).await.map(|_| ())
    }

    /// Until the answer is here, nobody knows which endpoint the server has.
    async fn put_push(&self, record: &Record, body: &[u8], iat: NumericDate) -> Result<PushAnswer, Failure> {
        let unknown = |record: &mut Record| {
            record.push.digest = None;
            record.push.signed = Some(iat);
        };
        self.change(&record.id, unknown).await?;
        Ok(answer(&self.transport.call_once(record, "PUT", path::PUSH, body.to_vec(), iat).await?)?)
    }
}

/// The present, or the second after the last call.
fn after(last: Option<NumericDate>, now: NumericDate) -> NumericDate {
    last.map_or(now, |last| now.max(NumericDate(last.0.saturating_add(1))))
}
