//! Approval requests: fetched, checked, and laid out to be shown.

use countersign_protocol::api::{RequestAnswer, RequestsAnswer, path};
use countersign_protocol::approval::{ApprovalRequest, Mode, Place, Purpose};
use countersign_protocol::call::CALL_WINDOW_SECONDS;
use countersign_protocol::ids::LoginId;
use countersign_protocol::key::PublicKey;
use countersign_protocol::statement::Unverified;
use countersign_protocol::time::{NumericDate, Timestamp};

use crate::account::Record;
use crate::error::{Error, Mistrust, Reason};
use crate::shown::shown;
use crate::transport::Transport;

/// An approval request whose signature and addressee were checked: everything that is shown of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingRequest {
    /// Which login: the request's id.
    pub login: LoginId,
    /// The account's id on this phone.
    pub account_id: String,
    /// The user's sign-in name.
    pub account: String,
    /// The tenant's name.
    pub tenant_name: String,
    /// The server.
    pub origin: String,
    /// What is signed in to.
    pub application: String,
    /// The browser's name.
    pub browser: String,
    /// The browser's system.
    pub system: String,
    /// The browser's network address.
    pub address: String,
    /// Where that is; [`crate::texts::place`] says it to people.
    pub place: Place,
    /// When it was asked, by the phone's clock.
    pub asked_at: Timestamp,
    /// Until when it can be answered, by the phone's clock.
    pub expires_at: Timestamp,
    /// Whether a number has to be typed, and of how many digits.
    pub mode: Mode,
    /// Whether it is for a sign-in; [`crate::texts::question`] asks people so.
    pub purpose: Purpose,
    /// The request as received. It is checked again, and its digest signed, when it is answered.
    pub signed: String,
}

/// What waits for an answer.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    /// Newest first.
    pub requests: Vec<PendingRequest>,
    /// The accounts of which it is not known, or not entirely.
    pub unreached: Vec<Unreached>,
}

/// What one account's server said: its sound requests, and a fault beside them.
pub(crate) type Asked = Result<(Vec<PendingRequest>, Option<Error>), Error>;

impl Pending {
    pub(crate) fn of(records: &[Record], answers: Vec<Asked>) -> Self {
        let mut pending = Self::default();
        for (record, answer) in records.iter().zip(answers) {
            let error = match answer {
                Ok((requests, fault)) => {
                    requests.into_iter().for_each(|request| pending.insert(request));
                    fault
                }
                // Nothing can wait for an account before it is confirmed.
                Err(error) if *error.reason() == Reason::DeviceUnconfirmed => None,
                Err(error) => Some(error),
            };
            pending.unreached.extend(error.map(|error| Unreached { account_id: record.id.clone(), error }));
        }
        pending
    }

    /// The newest first. They are few: a sort of the library's would be most of a phone's copy of this file.
    fn insert(&mut self, request: PendingRequest) {
        let newer = self.requests.partition_point(|other| other.asked_at >= request.asked_at);
        self.requests.insert(newer, request);
    }
}

/// An account that could not be asked, or whose answer was refused.
#[derive(Clone, Debug)]
pub struct Unreached {
    /// The account's id.
    pub account_id: String,
    /// Why.
    pub error: Error,
}

impl Transport {
    /// What waits for one account. A request that is over by now is no error; any other fault is told
    /// beside those that are sound.
    pub(crate) async fn requests(&self, record: &Record) -> Asked {
        let answer: RequestsAnswer = self.get(record, path::REQUESTS).await?;
        let (mut requests, mut fault) = (Vec::new(), None);
        for RequestAnswer { request } in answer.requests {
            match self.open(record, &request) {
                Ok(opened) => requests.push(self.layout(record, opened, request)),
                Err(Reason::Expired) => {}
                Err(reason) => fault = Some(reason.into()),
            }
        }
        Ok((requests, fault))
    }

    /// One request.
    pub(crate) async fn request(&self, record: &Record, login: LoginId) -> Result<PendingRequest, Error> {
        let answer: RequestAnswer = self.get(record, &path::request(login)).await?;
        let opened = self.open(record, &answer.request)?;
        if opened.login != login {
            return Err(Reason::NotTrusted(Mistrust::Login).into());
        }
        Ok(self.layout(record, opened, answer.request))
    }

    /// Checks a request as received: signed by this account's server, for this device and user, now.
    pub(crate) fn open(&self, record: &Record, compact: &str) -> Result<ApprovalRequest, Reason> {
        let request: ApprovalRequest = Unverified::parse(compact)
            .and_then(|statement| statement.verify(&PublicKey::from(&record.server_key)))
            .map_err(|_| Reason::NotTrusted(Mistrust::Signature))?;
        let wrong = if request.iss != record.origin {
            Some(Mistrust::Issuer)
        } else if request.aud != record.device {
            Some(Mistrust::Audience)
        } else if request.sub != record.user {
            Some(Mistrust::Subject)
        } else {
            None
        };
        if let Some(mistrust) = wrong {
            return Err(Reason::NotTrusted(mistrust));
        }
        let now = NumericDate::from(self.now(&record.origin)).0;
        // Clocks that differ by less than this are never corrected.
        if request.iat.0 > now.saturating_add(CALL_WINDOW_SECONDS) || request.exp <= request.iat {
            return Err(Reason::NotTrusted(Mistrust::Time));
        }
        if now >= request.exp.0 { Err(Reason::Expired) } else { Ok(request) }
    }

    fn layout(&self, record: &Record, request: ApprovalRequest, signed: String) -> PendingRequest {
        PendingRequest {
            login: request.login,
            account_id: record.id.clone(),
            account: record.account.clone(),
            tenant_name: record.tenant_name.clone(),
            origin: record.origin.clone(),
            application: shown(&request.application),
            browser: shown(&request.browser),
            system: shown(&request.system),
            address: shown(&request.address),
            place: match request.place {
                Place::Named(name) => Place::Named(shown(&name)),
                place => place,
            },
            asked_at: self.by_the_phone(&record.origin, request.iat),
            expires_at: self.by_the_phone(&record.origin, request.exp),
            mode: request.mode,
            purpose: request.purpose,
            signed,
        }
    }
}
