//! Authenticator-app accounts of any site, in the same app.

use std::time::SystemTime;

use countersign_mobile_core as core;
use countersign_mobile_core::texts;

use crate::border::date;
use crate::countersign::Countersign;
use crate::error::CountersignError;

type Result<T> = std::result::Result<T, CountersignError>;

/// An account of an authenticator app. Its secret never leaves the phone but by `export_totp`.
#[derive(Clone, PartialEq, Eq, Debug, uniffi::Record)]
pub struct TotpAccount {
    /// Its id on this phone.
    pub id: String,
    /// The site, as its link named it; may be empty.
    pub issuer: String,
    /// The user's name there, or what the person called it.
    pub name: String,
    /// How many digits its codes have: 6 or 8.
    pub digits: u8,
    /// How long a code lasts, in seconds.
    pub period_seconds: u32,
}

/// A code, now. Not to be logged.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct TotpCode {
    /// The code.
    pub code: String,
    /// The code that comes after it, for whoever is slow to type.
    pub next_code: String,
    /// Until when it lasts, by the phone's clock.
    pub valid_until: SystemTime,
    /// How many seconds are left of it, at least 1.
    pub seconds_left: u32,
    /// For screen readers: the code, digit by digit.
    pub spoken: String,
}

impl From<core::TotpAccount> for TotpAccount {
    fn from(account: core::TotpAccount) -> Self {
        let core::TotpAccount { id, issuer, name, digits, period_seconds } = account;
        Self { id, issuer, name, digits, period_seconds }
    }
}

impl From<core::TotpCode> for TotpCode {
    fn from(given: core::TotpCode) -> Self {
        let core::TotpCode { code, next_code, valid_until, seconds_left } = given;
        Self {
            spoken: texts::spoken_digits(&code),
            code,
            next_code,
            valid_until: date(valid_until),
            seconds_left,
        }
    }
}

#[uniffi::export]
impl Countersign {
    /// The authenticator-app accounts on this phone, in the order in which they came.
    pub async fn totp_accounts(&self) -> Result<Vec<TotpAccount>> {
        let accounts = self.told(self.core.totp_accounts().await)?;
        Ok(accounts.into_iter().map(TotpAccount::from).collect())
    }

    /// Takes an account from an `otpauth://totp/…` link, as a QR code carries it.
    /// `AskAgain(not_an_authenticator_link)` where it is none.
    pub async fn add_totp(&self, link: String) -> Result<TotpAccount> {
        self.told(self.core.add_totp(link).await).map(TotpAccount::from)
    }

    /// An account's code, now, and the one after it. Ask again when its time is over.
    pub async fn totp_code(&self, id: String) -> Result<TotpCode> {
        self.told(self.core.totp_code(id).await).map(TotpCode::from)
    }

    /// Calls an account something else. The site is not told: it does not know this phone.
    pub async fn rename_totp(&self, id: String, issuer: String, name: String) -> Result<TotpAccount> {
        self.told(self.core.rename_totp(id, issuer, name).await).map(TotpAccount::from)
    }

    /// Forgets an account and its secret. Ask twice: without another factor the person is locked out there.
    pub async fn remove_totp(&self, id: String) -> Result<()> {
        self.told(self.core.remove_totp(id).await)
    }

    /// The account as an `otpauth://` link, for a QR code that another phone scans. It holds the secret: show it
    /// only after the person has unlocked the app, keep it out of screenshots, and never write it anywhere.
    pub async fn export_totp(&self, id: String) -> Result<String> {
        self.told(self.core.export_totp(id).await)
    }
}
