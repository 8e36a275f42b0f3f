//! Passkeys of users: the list, names, removal; adding one is in `register`, proving a login by one in
//! `check`, and which models a tenant permits in `models`.

mod check;
mod models;
mod register;

pub(super) use register::NewPasskey;
pub use register::{PasskeyAdded, PasskeyAnswer, PasskeyAsked};

use std::net::IpAddr;

use countersign_protocol::ids::UserId;
use serde_json::json;
use uuid::Uuid;

use super::own_policy::{OwnRemoval, check_left};
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::mail::{FactorChange, Mail};
use crate::passkeys::{NoPasskeysHere, RelyingParty};
use crate::store::passkeys::{self, Passkey};
use crate::store::{StoreError, audit, mails, users};

/// The most characters that the name of a passkey may have.
pub const LONGEST_PASSKEY_NAME: usize = 60;

fn relying_party(at: &TenantHandle) -> Result<RelyingParty, NoPasskeysHere> {
    RelyingParty::new(&at.origin, &at.tenant.name)
}

/// A name as it is kept; none if it is empty, too long, or has control characters.
fn tidy_name(name: &str) -> Option<String> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_PASSKEY_NAME;
    (fits && !name.contains(char::is_control)).then(|| name.to_owned())
}

impl App {
    /// Whether passkeys can be had at this tenant's address at all: they need a host name.
    #[must_use]
    pub fn has_passkeys(&self, at: &TenantHandle) -> bool {
        relying_party(at).is_ok()
    }

    /// The passkeys of a user, oldest first.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn passkeys_of(&self, at: &TenantHandle, user: UserId) -> Result<Vec<Passkey>, AppError> {
        let (tenant, db) = (at.tenant.id, &self.parts.db);
        Ok(db.read_one(move |tx| Box::pin(passkeys::of_user(tx, tenant, user))).await?)
    }

    /// Those that answer at this host.
    async fn passkeys_here(&self, at: &TenantHandle, user: UserId) -> Result<Vec<Passkey>, AppError> {
        let mut held = self.passkeys_of(at, user).await?;
        held.retain(|passkey| passkey.host == at.origin.host());
        Ok(held)
    }

    /// Calls a passkey something else, as was typed at `address`. False if the user has none of this id, or the name is empty or
    /// longer than [`LONGEST_PASSKEY_NAME`].
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn rename_passkey(
        &self,
        at: &TenantHandle,
        user: UserId,
        id: Uuid,
        name: &str,
        address: IpAddr,
    ) -> Result<bool, AppError> {
        let Some(name) = tidy_name(name) else { return Ok(false) };
        let tenant = at.tenant.id;
        let line = self
            .audit(tenant, Some(user), "passkey.renamed", json!({ "passkey": id }))
            .from_address(Some(address));
        let renamed = self
            .parts
            .db
            .write_with((name, line), move |(name, line), tx| {
                Box::pin(async move {
                    let renamed = passkeys::rename(tx, tenant, user, id, name).await?;
                    if renamed {
                        audit::append(tx, line).await?;
                    }
                    Ok::<_, StoreError>(renamed)
                })
            })
            .await?;
        Ok(renamed)
    }

    /// Removes a passkey; the user is told by mail. The last factor stays where others decide about that.
    ///
    /// # Errors
    /// [`AppError`] from the database.
    pub async fn remove_passkey(
        &self,
        at: &TenantHandle,
        user: UserId,
        id: Uuid,
        address: Option<IpAddr>,
    ) -> Result<OwnRemoval, AppError> {
        let (tenant, now) = (at.tenant.id, self.now());
        let line =
            self.audit(tenant, Some(user), "passkey.removed", json!({ "passkey": id })).from_address(address);
        let draft = self.draft(at);
        let unit = self.parts.db.write_with((line, draft), move |(line, draft), tx| {
            Box::pin(async move {
                users::hold(tx, tenant, user).await?;
                let Some(name) = passkeys::remove(tx, tenant, user, id).await? else { return Ok(false) };
                check_left(tx, tenant, user).await?;
                audit::append(tx, line).await?;
                let Some(draft) = draft else { return Ok(true) };
                let (change, name) = (FactorChange::PasskeyRemoved, Some(name));
                let mail = Mail::FactorChanged { change, name, address, at: now.into() };
                let recipient = mails::recipient(tx, tenant, user).await?;
                if let Some(mail) = recipient.and_then(|recipient| draft.to(&recipient, mail)) {
                    mails::add(tx, &mail).await?;
                }
                Ok(true)
            })
        });
        let removed = OwnRemoval::of(unit.await)?;
        self.mail_was_added();
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_short_line() {
        assert_eq!(tidy_name(" Blue key ").as_deref(), Some("Blue key"));
        assert_eq!(
            tidy_name(&"鍵".repeat(LONGEST_PASSKEY_NAME)).unwrap().chars().count(),
            LONGEST_PASSKEY_NAME
        );
        for bad in ["", "  ", "a\nb", "a\u{0}", &"x".repeat(LONGEST_PASSKEY_NAME + 1)] {
            assert_eq!(tidy_name(bad), None, "{bad:?}");
        }
    }
}
