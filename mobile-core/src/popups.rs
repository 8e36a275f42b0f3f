//! Popups: which to show and which to put away.
//!
//! A wake says that something happened, not what: it may also mean that a request was answered on another
//! phone. So after every wake and every event the app calls [`Core::pending`](crate::Core::pending) and
//! then [`popup_changes`].

use countersign_protocol::ids::LoginId;
use countersign_protocol::time::Timestamp;

use crate::request::{Pending, PendingRequest};

/// A popup that the phone shows, as much of it as the app has to remember.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Popup {
    /// Which login it is about.
    pub login: LoginId,
    /// The account's id on this phone.
    pub account_id: String,
    /// Until when it can be answered, by the phone's clock.
    pub expires_at: Timestamp,
}

impl From<&PendingRequest> for Popup {
    fn from(request: &PendingRequest) -> Self {
        Self { login: request.login, account_id: request.account_id.clone(), expires_at: request.expires_at }
    }
}

/// A popup to be put away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withdrawn {
    /// Which.
    pub popup: Popup,
    /// Why.
    pub why: Over,
}

/// Why a popup is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// Answered on another phone, or settled in another way. [`crate::texts::answered_elsewhere`] says so.
    Settled,
    /// Its time ran out.
    Expired,
}

/// What to do about popups.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct PopupChanges {
    /// Requests without a popup, newest first. After a wake they get one, and with it a sound; after an
    /// event, or when the app is opened, the app's list is enough.
    pub show: Vec<PendingRequest>,
    /// Popups without a request.
    pub withdraw: Vec<Withdrawn>,
    /// How many sign-ins wait, for [`crate::texts::popup_body`].
    pub waiting: u32,
}

/// Compares what is shown with what waits. A popup stays where its account could not be asked, until its
/// time is over.
#[must_use]
pub fn popup_changes(shown: &[Popup], pending: &Pending, now: Timestamp) -> PopupChanges {
    // Two servers may give their logins the same id, one of them on purpose.
    let same = |popup: &Popup, request: &PendingRequest| {
        popup.login == request.login && popup.account_id == request.account_id
    };
    let waits = |popup: &Popup| pending.requests.iter().any(|request| same(popup, request));
    let known = |account: &str| pending.unreached.iter().all(|unreached| unreached.account_id != account);
    let why_over = |popup: &Popup| {
        if waits(popup) {
            None
        } else if popup.expires_at <= now {
            Some(Over::Expired)
        } else {
            known(&popup.account_id).then_some(Over::Settled)
        }
    };
    let withdraw = |popup: &Popup| Some(Withdrawn { popup: popup.clone(), why: why_over(popup)? });
    let is_shown = |request: &PendingRequest| shown.iter().any(|popup| same(popup, request));
    PopupChanges {
        show: pending.requests.iter().filter(|request| !is_shown(request)).cloned().collect(),
        withdraw: shown.iter().filter_map(withdraw).collect(),
        waiting: u32::try_from(pending.requests.len()).unwrap_or(u32::MAX),
    }
}
