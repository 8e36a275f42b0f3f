//! Calls to a server: signed, and tried once more when only the clocks disagree.

use countersign_protocol::api::{ClaimAnswer, ClaimBody, ErrorCode, Problem};
use countersign_protocol::app::{APP_HEADER, AppVersion};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::call::{Call, SCHEME};
use countersign_protocol::random;
use countersign_protocol::time::{NumericDate, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::account::Record;
use crate::error::{Error, Reason};
use crate::ports::{HttpHeader, HttpRequest, HttpStream, PhoneInfo, Ports};
use crate::signing::sign;

/// The longest refusal of a stream that is read, in bytes.
const LONGEST_REFUSAL: usize = 64 * 1024;

/// How far each server's clock is ahead of the phone's, in seconds, where that matters.
///
/// Not stored: it is learnt again at the cost of one more call.
#[derive(Debug, Default)]
pub(crate) struct Offsets(Mutex<Vec<(String, i64)>>);

impl Offsets {
    pub(crate) fn of(&self, origin: &str) -> i64 {
        self.all().iter().find(|(of, _)| of == origin).map_or(0, |(_, offset)| *offset)
    }

    /// The one that is furthest from 0.
    pub(crate) fn furthest(&self) -> i64 {
        self.all().iter().map(|(_, offset)| *offset).max_by_key(|offset| offset.unsigned_abs()).unwrap_or(0)
    }

    fn learn(&self, origin: &str, offset: i64) {
        let mut all = self.all();
        match all.iter_mut().find(|(of, _)| of == origin) {
            Some((_, known)) => *known = offset,
            None => all.push((origin.to_owned(), offset)),
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<(String, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why an answer is not what was asked for.
pub(crate) enum Failure {
    /// The clocks differ too much; this is the server's.
    ClockSkew(NumericDate),
    /// Anything else.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The ports and what is known of the servers' clocks.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) ports: Ports,
    pub(crate) offsets: Offsets,
    /// Which app speaks, said in a header of each request; none where it says nothing sensible of itself.
    pub(crate) app: Option<String>,
}

impl Transport {
    /// The present by the server's clock.
    pub(crate) fn now(&self, origin: &str) -> Timestamp {
        shift(self.ports.clock.now(), self.offsets.of(origin))
    }

    /// A server's point in time by the phone's clock, so that a countdown runs true.
    pub(crate) fn by_the_phone(&self, origin: &str, at: NumericDate) -> Timestamp {
        shift(at.into(), self.offsets.of(origin).saturating_neg())
    }

    /// Remembers the server's clock.
    pub(crate) fn learn(&self, origin: &str, server: NumericDate) {
        let phone = NumericDate::from(self.ports.clock.now());
        self.offsets.learn(origin, server.0.saturating_sub(phone.0));
    }

    /// `GET`, signed by the device key.
    pub(crate) async fn get<A: DeserializeOwned>(&self, record: &Record, path: &str) -> Result<A, Error> {
        answer(&self.call(record, "GET", path, Vec::new()).await?)
    }

    /// `POST`, signed by the device key.
    pub(crate) async fn post<B: Serialize, A: DeserializeOwned>(
        &self,
        record: &Record,
        path: &str,
        body: &B,
    ) -> Result<A, Error> {
        answer(&self.call(record, "POST", path, json(body)?).await?)
    }

    /// `PUT`, signed by the device key.
    pub(crate) async fn put<B: Serialize, A: DeserializeOwned>(
        &self,
        record: &Record,
        path: &str,
        body: &B,
    ) -> Result<A, Error> {
        answer(&self.call(record, "PUT", path, json(body)?).await?)
    }

    /// `DELETE`, signed by the device key.
    pub(crate) async fn delete<A: DeserializeOwned>(&self, record: &Record, path: &str) -> Result<A, Error> {
        answer(&self.call(record, "DELETE", path, Vec::new()).await?)
    }

    /// The answer's body. Calls are made without a word of what is asked, so that an app links them once.
    async fn call(&self, record: &Record, method: &str, path: &str, body: Vec<u8>) -> Result<Vec<u8>, Error> {
        let iat = self.now(&record.origin).into();
        let now = match self.call_once(record, method, path, body.clone(), iat).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Error(error)) => return Err(error),
            Err(Failure::ClockSkew(now)) => now,
        };
        self.learn(&record.origin, now);
        self.call_once(record, method, path, body, now).await.map_err(Failure::into_error)
    }

    /// A call that says that it was made at `iat`, by the server's clock. Gives the answer's body.
    pub(crate) async fn call_once(
        &self,
        record: &Record,
        method: &str,
        path: &str,
        body: Vec<u8>,
        iat: NumericDate,
    ) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{path}", record.origin);
        let authorization = self.authorization(record, method, &url, &body, iat).await?;
        self.send(request(method, url, "application/json", Some(authorization), body)).await
    }

    /// The statement that proves a call to be this phone's.
    async fn authorization(
        &self,
        record: &Record,
        method: &str,
        url: &str,
        body: &[u8],
        iat: NumericDate,
    ) -> Result<String, Error> {
        let call = Call {
            iss: record.device,
            htm: method.to_owned(),
            htu: url.to_owned(),
            body: sha256(body),
            iat,
            jti: Bytes(random::bytes(&*self.ports.random)),
        };
        let call = sign(&*self.ports.keys, &record.keys.device, &call, None).await?;
        Ok(format!("{SCHEME}{call}"))
    }

    /// `GET` of a stream of events, signed by the device key.
    pub(crate) async fn open_stream(
        &self,
        record: &Record,
        path: &str,
    ) -> Result<Arc<dyn HttpStream>, Error> {
        let iat = self.now(&record.origin).into();
        let now = match self.open_once(record, path, iat).await {
            Ok(stream) => return Ok(stream),
            Err(Failure::Error(error)) => return Err(error),
            Err(Failure::ClockSkew(now)) => now,
        };
        self.learn(&record.origin, now);
        self.open_once(record, path, now).await.map_err(Failure::into_error)
    }

    async fn open_once(
        &self,
        record: &Record,
        path: &str,
        iat: NumericDate,
    ) -> Result<Arc<dyn HttpStream>, Failure> {
        let url = format!("{}{path}", record.origin);
        let authorization = self.authorization(record, "GET", &url, &[], iat).await?;
        let asked = request("GET", url, "text/event-stream", Some(authorization), Vec::new());
        let stream = self.ports.http.open(self.introduced(asked)).await.map_err(Error::from)?;
        match stream.status() {
            200 => Ok(stream),
            status => Err(refusal(status, &whole(&*stream).await?)),
        }
    }

    /// `POST` without a call: a pairing claim proves itself.
    pub(crate) async fn claim(&self, url: String, body: &ClaimBody) -> Result<ClaimAnswer, Failure> {
        Ok(answer(&self.send(request("POST", url, "application/json", None, json(body)?)).await?)?)
    }

    fn introduced(&self, mut request: HttpRequest) -> HttpRequest {
        request.headers.extend(self.app.as_ref().map(|app| header(APP_HEADER, app)));
        request
    }

    async fn send(&self, request: HttpRequest) -> Result<Vec<u8>, Failure> {
        let response = self.ports.http.send(self.introduced(request)).await.map_err(Error::from)?;
        match response.status {
            200..300 => Ok(response.body),
            status => Err(refusal(status, &response.body)),
        }
    }
}

/// What the phone says of its app.
pub(crate) fn app_header(phone: &PhoneInfo) -> Option<String> {
    let said = format!("{} {}/{}", phone.platform, phone.app_id, phone.app_version);
    said.parse::<AppVersion>().ok().map(|app| app.to_string())
}

fn request(
    method: &str,
    url: String,
    accept: &str,
    authorization: Option<String>,
    body: Vec<u8>,
) -> HttpRequest {
    let mut headers = vec![header("accept", accept)];
    if !body.is_empty() {
        headers.push(header("content-type", "application/json"));
    }
    headers.extend(authorization.map(|value| header("authorization", &value)));
    HttpRequest { method: method.to_owned(), url, headers, body }
}

impl Failure {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::ClockSkew(_) => Reason::ClockSkew.into(),
            Self::Error(error) => error,
        }
    }
}

/// What an answer's body says. What is JSON comes from a newer server, all else from something on the way.
pub(crate) fn answer<A: DeserializeOwned>(body: &[u8]) -> Result<A, Error> {
    serde_json::from_slice(body)
        .map_err(|error| if error.is_data() { Reason::UnknownAnswer.into() } else { elsewhere(200).into() })
}

fn refusal(status: u16, body: &[u8]) -> Failure {
    let reason = match serde_json::from_slice::<Problem>(body) {
        Ok(Problem { code: ErrorCode::ClockSkew, now: Some(now), .. }) => return Failure::ClockSkew(now),
        Ok(Problem { code: ErrorCode::Other, .. }) => by_status(status).unwrap_or(Reason::UnknownAnswer),
        Ok(problem) => problem.code.into(),
        Err(_) => by_status(status).unwrap_or_else(|| elsewhere(status)),
    };
    Failure::Error(reason.into())
}

/// A portal, a proxy, a firewall: no newer app would mend it.
fn elsewhere(status: u16) -> Reason {
    Reason::Unreachable(format!("something else answered: status {status}"))
}

/// The whole body of an answer that turned out to be no stream. What is longer than any real one is cut
/// off, and then no problem document either.
async fn whole(stream: &dyn HttpStream) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(piece) = stream.next().await? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST_REFUSAL {
            break;
        }
    }
    Ok(body)
}

/// What a status says by itself: beside a code of a newer server's, or where something between phone and server
/// answered instead of it.
fn by_status(status: u16) -> Option<Reason> {
    match status {
        404 => Some(Reason::NotFound),
        429 | 503 => Some(Reason::Busy),
        500..=599 => Some(Reason::ServerFault),
        _ => None,
    }
}

pub(crate) fn json<B: Serialize>(body: &B) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body).map_err(|_| Reason::UnknownAnswer.into())
}

fn header(name: &str, value: &str) -> HttpHeader {
    HttpHeader { name: name.to_owned(), value: value.to_owned() }
}

fn shift(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(seconds.saturating_mul(1_000_000)))
}
