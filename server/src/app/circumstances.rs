//! What is known when somebody signs in: what the rules go by.

use std::net::IpAddr;
use std::time::Duration;

use countersign_protocol::bytes::Digest;

use super::cookies::Token;
use super::start_login::Browser;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::network;
use crate::domain::policy::asked::Person;
use crate::domain::requirement::Circumstances;
use crate::domain::user::User;
use crate::domain::ways::Holding;
use crate::store::circumstances::{self, Known, Question};
use crate::store::devices::{self, Device};

const DENIED_LATELY: Duration = Duration::from_secs(24 * 60 * 60);

impl App {
    /// As [`App::circumstances_at`], of a browser that typed the password; a token that was copied is told.
    pub(super) async fn circumstances<'a>(
        &self,
        at: &TenantHandle,
        user: &'a User,
        browser: &Browser,
    ) -> Result<(Vec<Device>, Circumstances<'a>), AppError> {
        let token = browser.token.as_ref().map(Token::hash);
        let (mut devices, known, circumstances) =
            self.circumstances_at(at, user, browser.address, token).await?;
        if let Some((copy, used_at)) = known.copied {
            self.browser_copied(at, user, copy, used_at, browser.address).await?;
        }
        // Phones that failed too often are held, and not asked for a while.
        if known.push_suspended_until.is_some_and(|until| until > circumstances.now) {
            devices.clear();
        }
        Ok((devices, circumstances))
    }

    /// What is known when a user signs in from an address, in the browser with this token.
    pub(super) async fn circumstances_at<'a>(
        &self,
        at: &TenantHandle,
        user: &'a User,
        address: IpAddr,
        token_hash: Option<Digest>,
    ) -> Result<(Vec<Device>, Known, Circumstances<'a>), AppError> {
        let (tenant, user_id, now, db) = (at.tenant.id, user.id, self.now(), &self.parts.db);
        let question = Question {
            tenant,
            user: user_id,
            token_hash,
            address: network::whose(address),
            denied_since: now - DENIED_LATELY,
            host: at.origin.host().to_owned(),
            now,
        };
        let devices = db.read_one(move |tx| Box::pin(devices::active_of_user(tx, tenant, user_id))).await?;
        let known =
            db.read_one(move |tx| Box::pin(async move { circumstances::known(tx, &question).await })).await?;
        let circumstances = Circumstances {
            person: Person::from(user),
            holding: Holding {
                phone: !devices.is_empty(),
                passkey: known.passkey,
                passkey_elsewhere: known.passkey_elsewhere,
                authenticator: known.authenticator,
                recovery_codes: known.recovery_codes,
                mail: self.parts.mail.is_some(),
            },
            address,
            trusted_at: known.trusted_at,
            remembered: known.remembered_until.is_some_and(|until| until > now),
            denied_lately: known.denied_lately,
            address_reported: known.address_reported,
            now,
        };
        Ok((devices, known, circumstances))
    }
}
