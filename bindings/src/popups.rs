//! Popups: what to show, and what to put away.

use std::time::SystemTime;

use countersign_mobile_core as core;

use crate::border::{date, timestamp};
use crate::requests::{Pending, PendingRequest};

/// A popup that the phone shows, as much of it as the app has to remember.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Popup {
    /// Which login it is about.
    pub login: String,
    /// The account's id on this phone.
    pub account_id: String,
    /// Until when it can be answered, by the phone's clock.
    pub expires_at: SystemTime,
}

/// Why a popup is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum Over {
    /// Answered on another phone, or settled in another way.
    Settled,
    /// Its time ran out.
    Expired,
}

/// A popup to be put away.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct Withdrawn {
    /// Which.
    pub popup: Popup,
    /// Why.
    pub why: Over,
}

/// What to do about popups.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct PopupChanges {
    /// Requests without a popup, newest first. After a wake they get one; otherwise the app's list is enough.
    pub show: Vec<PendingRequest>,
    /// Popups without a request.
    pub withdraw: Vec<Withdrawn>,
    /// A popup's first line. It names nobody: popups lie on locked screens.
    pub title: String,
    /// A popup's second line: how many wait, where it is more than one.
    pub body: String,
    /// All that waits, as `pending()` has it.
    pub pending: Pending,
}

impl From<core::Popup> for Popup {
    fn from(popup: core::Popup) -> Self {
        Self {
            login: popup.login.to_string(),
            account_id: popup.account_id,
            expires_at: date(popup.expires_at),
        }
    }
}

/// None for a popup whose login is no login's id: the core never gave it out.
impl Popup {
    pub(crate) fn into_core(self) -> Option<core::Popup> {
        let expires_at = timestamp(self.expires_at);
        Some(core::Popup { login: self.login.parse().ok()?, account_id: self.account_id, expires_at })
    }
}

impl From<core::Withdrawn> for Withdrawn {
    fn from(withdrawn: core::Withdrawn) -> Self {
        let why = match withdrawn.why {
            core::Over::Settled => Over::Settled,
            core::Over::Expired => Over::Expired,
        };
        Self { popup: withdrawn.popup.into(), why }
    }
}
