//! Authenticator-app accounts of any site, in the same app: imported from an `otpauth://` link, kept in the
//! secure storage alone, told as codes with their time left.
//!
//! They are no [`crate::Account`]s: no server, no keys, nothing is sent anywhere.

mod code;
mod link;

use std::fmt;

use countersign_protocol::bytes::{from_base64url, to_base64url};
use countersign_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::app::Core;
use crate::error::{Error, Reason};
use crate::pairing::fresh_id;
use crate::ports::Ports;
use crate::shown::shown;
use code::{Algorithm, code_at};
use link::Parsed;

/// Where they stand in the storage.
const STORED: &str = "countersign.totp";

/// An account of an authenticator app. Its secret is never shown but by [`Core::export_totp`].
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// A code, now.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpCode {
    /// The code.
    pub code: String,
    /// The code that comes after it, for whoever is slow to type.
    pub next_code: String,
    /// Until when it lasts, by the phone's clock.
    pub valid_until: Timestamp,
    /// How many seconds are left of it, at least 1.
    pub seconds_left: u32,
}

/// Codes are as good as a password while they last.
impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TotpCode({} s left)", self.seconds_left)
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    accounts: Vec<Record>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Record {
    id: String,
    issuer: String,
    name: String,
    /// Base64url, gone from memory with the record.
    secret: Zeroizing<String>,
    algorithm: Algorithm,
    digits: u8,
    period: u32,
}

impl Record {
    fn new(id: String, parsed: Parsed) -> Self {
        Self {
            id,
            issuer: shown(&parsed.issuer),
            name: shown(&parsed.name),
            secret: Zeroizing::new(to_base64url(&*parsed.secret)),
            algorithm: parsed.algorithm,
            digits: parsed.digits,
            period: parsed.period,
        }
    }

    fn secret(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        from_base64url(&self.secret).map(Zeroizing::new).ok_or_else(|| Reason::StorageDamaged.into())
    }

    fn account(&self) -> TotpAccount {
        TotpAccount {
            id: self.id.clone(),
            issuer: self.issuer.clone(),
            name: self.name.clone(),
            digits: self.digits,
            period_seconds: self.period,
        }
    }

    fn code(&self, now: Timestamp) -> Result<TotpCode, Error> {
        let (period, seconds) = (u64::from(self.period.max(1)), u64::try_from(now.seconds()).unwrap_or(0));
        let (secret, step) = (self.secret()?, seconds / period);
        let at = |step| code_at(self.algorithm, &secret, step, self.digits);
        let until = (step + 1).saturating_mul(period);
        Ok(TotpCode {
            code: at(step),
            next_code: at(step + 1),
            valid_until: Timestamp::from_seconds(i64::try_from(until).unwrap_or(i64::MAX / 1_000_000)),
            seconds_left: u32::try_from(until - seconds).unwrap_or(u32::MAX),
        })
    }
}

async fn load(ports: &Ports) -> Result<Vec<Record>, Error> {
    let Some(bytes) = ports.storage.get(STORED.into()).await? else { return Ok(Vec::new()) };
    let bytes = Zeroizing::new(bytes);
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| Reason::StorageDamaged)?;
    Ok(stored.accounts)
}

/// Deletes them all, if they cannot be read.
pub(crate) async fn forget_damaged(ports: &Ports) -> Result<(), Error> {
    match load(ports).await {
        Err(error) if *error.reason() == Reason::StorageDamaged => {
            Ok(ports.storage.delete(STORED.into()).await?)
        }
        read => read.map(drop),
    }
}

async fn save(ports: &Ports, accounts: Vec<Record>) -> Result<(), Error> {
    let bytes = serde_json::to_vec(&Stored { accounts });
    let bytes = bytes.map_err(|error| Reason::StorageFailed(error.to_string()))?;
    Ok(ports.storage.put(STORED.into(), bytes).await?)
}

impl Core {
    /// The authenticator-app accounts on this phone, in the order in which they came.
    ///
    /// # Errors
    /// The storage's.
    pub async fn totp_accounts(&self) -> Result<Vec<TotpAccount>, Error> {
        Ok(load(self.ports()).await?.iter().map(Record::account).collect())
    }

    /// Takes an account from an `otpauth://totp/…` link, as a QR code carries it. One that is here already is
    /// given back as it is.
    ///
    /// # Errors
    /// [`Reason::NotAnAuthenticatorLink`], and the storage's.
    pub async fn add_totp(&self, link: String) -> Result<TotpAccount, Error> {
        let parsed = link::parse(&link).ok_or(Reason::NotAnAuthenticatorLink)?;
        let record = Record::new(fresh_id(self.ports()), parsed);
        let _changing = self.changing.lock().await;
        let mut records = load(self.ports()).await?;
        let same = |known: &&Record| {
            known.secret == record.secret
                && known.algorithm == record.algorithm
                && known.digits == record.digits
        };
        if let Some(known) = records.iter().find(same) {
            return Ok(known.account());
        }
        let account = record.account();
        records.push(record);
        save(self.ports(), records).await?;
        Ok(account)
    }

    /// An account's code, now, and the one after it.
    ///
    /// # Errors
    /// [`Reason::UnknownAccount`], and the storage's.
    pub async fn totp_code(&self, id: String) -> Result<TotpCode, Error> {
        let now = self.ports().clock.now();
        self.find_totp(&id).await?.code(now)
    }

    /// Calls an account something else. The site is not told: it does not know this phone.
    ///
    /// # Errors
    /// [`Reason::UnknownAccount`], and the storage's.
    pub async fn rename_totp(&self, id: String, issuer: String, name: String) -> Result<TotpAccount, Error> {
        let _changing = self.changing.lock().await;
        let mut records = load(self.ports()).await?;
        let record = records.iter_mut().find(|record| record.id == id).ok_or(Reason::UnknownAccount)?;
        (record.issuer, record.name) = (shown(issuer.trim()), shown(name.trim()));
        let account = record.account();
        save(self.ports(), records).await?;
        Ok(account)
    }

    /// Forgets an account and its secret.
    ///
    /// # Errors
    /// [`Reason::UnknownAccount`], and the storage's.
    pub async fn remove_totp(&self, id: String) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        let mut records = load(self.ports()).await?;
        let place = records.iter().position(|record| record.id == id).ok_or(Reason::UnknownAccount)?;
        records.remove(place);
        save(self.ports(), records).await
    }

    /// The account as an `otpauth://` link, for a QR code that another phone scans. It holds the secret: show
    /// it only after the person has unlocked the app, keep it out of screenshots, and never write it anywhere.
    ///
    /// # Errors
    /// [`Reason::UnknownAccount`], and the storage's.
    pub async fn export_totp(&self, id: String) -> Result<String, Error> {
        let record = self.find_totp(&id).await?;
        let secret = record.secret()?;
        let Record { issuer, name, algorithm, digits, period, .. } = record;
        Ok(link::format(&Parsed { issuer, name, secret, algorithm, digits, period }))
    }

    async fn find_totp(&self, id: &str) -> Result<Record, Error> {
        let found = load(self.ports()).await?.into_iter().find(|record| record.id == id);
        found.ok_or_else(|| Reason::UnknownAccount.into())
    }
}
