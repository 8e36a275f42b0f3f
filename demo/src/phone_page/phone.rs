//! What the page asks of a phone.

use async_trait::async_trait;
use countersign_protocol::api::{Outcome, PushState};
use countersign_protocol::approval::{Mode, Place, Purpose};
use countersign_protocol::ids::LoginId;
use countersign_protocol::time::NumericDate;
use serde::Serialize;

use super::picture::Picture;

/// A phone with Countersign on it.
#[async_trait]
pub trait Phone: Send + Sync + 'static {
    /// The accounts, as the phone knows them now.
    async fn accounts(&self) -> Result<Vec<Account>, PhoneError>;
    /// The picture of an account's tenant, fetched from its server; none where there is none, or it cannot be had.
    async fn logo(&self, account: &str) -> Option<Picture>;
    /// What waits for an answer, newest first, fetched from the servers.
    async fn waiting(&self) -> Waiting;
    /// Notes that a person looks at a request: its server tells the browser.
    async fn open(&self, login: LoginId) -> Result<(), PhoneError>;
    /// Approves, with the number as typed where one is asked for.
    async fn approve(&self, login: LoginId, number: Option<String>) -> Result<Outcome, PhoneError>;
    /// Denies.
    async fn deny(&self, login: LoginId) -> Result<Outcome, PhoneError>;
    /// Denies, and says that someone else knows the password.
    async fn report(&self, login: LoginId) -> Result<Outcome, PhoneError>;
    /// Claims the pairing of a link. The new account holds the code to show.
    async fn pair(&self, link: &str) -> Result<Account, PhoneError>;
    /// Waits until there is reason to look at what waits, without having been woken. From now on the phone
    /// holds its servers' streams of events.
    async fn hint(&self);
    /// The app is not in front any more: the phone lets go of the streams.
    fn rest(&self);
    /// The person opens the app: it asks the servers where its accounts stand.
    async fn opened(&self);
    /// Whether it is still to be said why a face is asked for.
    async fn explains_biometrics(&self) -> bool;
    /// Notes that it was said.
    async fn biometrics_explained(&self) -> Result<(), PhoneError>;
}

/// What waits for an answer, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Newest first.
    pub requests: Vec<Pending>,
    /// Why there may be more.
    pub trouble: Option<PhoneError>,
}

/// An account on the phone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Account {
    /// Its id on this phone.
    pub id: String,
    /// The tenant's name.
    pub tenant: String,
    /// The tenant's colour, as `#rrggbb`, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Where the tenant's picture is, if it has one. The page asks its phone for it ([`Phone::logo`]) and takes this
    /// as the picture's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The user's sign-in name.
    pub account: String,
    /// The server's origin.
    pub origin: String,
    /// Whether popups reach this phone.
    pub push: PushState,
    /// Whether it can be used yet.
    #[serde(flatten)]
    pub state: AccountState,
}

/// Where an account stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccountState {
    /// The code has not been typed into the browser yet.
    Unconfirmed {
        /// Six digits, while they are good.
        code: Option<String>,
        /// Until when they can be typed.
        expires_at: Option<NumericDate>,
    },
    /// Approvals count.
    Active,
}

/// A request that waits for an answer, as the server signed it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Pending {
    /// Which login.
    pub id: LoginId,
    /// Which account is asked.
    pub account_id: String,
    /// The tenant's name.
    pub tenant: String,
    /// The user's sign-in name.
    pub account: String,
    /// What is signed in to.
    pub application: String,
    /// The browser's name.
    pub browser: String,
    /// The browser's system.
    pub system: String,
    /// Its network address.
    pub address: String,
    /// Where that is.
    pub place: Place,
    /// When it was asked.
    pub asked_at: NumericDate,
    /// Until when it can be answered.
    pub expires_at: NumericDate,
    /// Whether it is for a sign-in.
    pub purpose: Purpose,
    /// Whether a number is typed.
    pub mode: Mode,
}

/// Why the phone could not do it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error, Serialize)]
#[error("{code}")]
pub struct PhoneError {
    /// What happened, for programs: the page has screens of their own for `expired`,
    /// `already_decided` and `unknown_request`.
    pub code: &'static str,
    /// What happened and what to do, for people.
    pub message: Message,
}

/// A sentence in each of the page's languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Message {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl PhoneError {
    /// An error with its sentences.
    pub fn new(code: &'static str, en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { code, message: Message { en: en.into(), ja: ja.into() } }
    }
}
