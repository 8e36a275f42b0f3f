//! The ways beside the phone, as the Code screen offers them: the last that worked first.

use std::time::Duration;

use countersign_protocol::ids::{LoginId, TenantId};

use super::email_codes::{WINDOW, next_code_at};
use super::login_ways::ways_of;
use super::tenants::TenantHandle;
use super::{App, AppError};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::user::User;
use crate::domain::ways::put_in_order;
use crate::store::factor_records::{self, FactorRecord};
use crate::store::logins::Login;
use crate::store::{email_codes, users};

/// The ways beside the phone.
#[derive(Clone, Debug, Default)]
pub struct OtherWays {
    /// Which, in the order in which they are shown.
    pub ways: Vec<OfferedWay>,
    /// Whether whoever lost what they have set up can get rid of it here.
    pub recoverable: bool,
    /// How it stands with e-mailed codes, if they are among the ways.
    pub email: Option<EmailStatus>,
}

/// A way that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferedWay {
    /// Which.
    pub factor: Factor,
    /// For how long nothing is checked, after too many failures.
    pub suspended: Option<Duration>,
}

/// How it stands with e-mailed codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailStatus {
    /// Where codes go: to be shown in part alone.
    pub to: String,
    /// Whether a code was sent for this login, valid still or not.
    pub sent: bool,
    /// For how long the code is valid that was sent for this login; none if there is none.
    pub valid_for: Option<Duration>,
    /// After how long another code may be sent, if not now.
    pub next_after: Option<Duration>,
}

impl App {
    /// The ways beside the phone for a login; none once it is over.
    pub(super) async fn other_ways(&self, at: &TenantHandle, login: &Login) -> Result<OtherWays, AppError> {
        let (tenant, id, now, db) = (at.tenant.id, login.user, self.now(), &self.parts.db);
        if login.standing(now) != LoginState::Pending {
            return Ok(OtherWays::default());
        }
        let user = db.read_one(move |tx| Box::pin(users::by_id(tx, tenant, id))).await?;
        let Some(user) = user else { return Ok(OtherWays::default()) };
        let holding = self.holding(at, &user).await?;
        let mut ways = ways_of(login, holding, at);
        ways.retain(|way| *way != Factor::Push);
        let own = holding.mail && holding.strongest().is_some();
        let recoverable = own && login.purpose == Purpose::SignIn;
        if ways.is_empty() {
            return Ok(OtherWays { recoverable, ..OtherWays::default() });
        }
        let records = db.read_one(move |tx| Box::pin(factor_records::of_user(tx, tenant, id))).await?;
        let record = |way: Factor| records.iter().find(|record| record.factor == way);
        put_in_order(&mut ways, |way| record(way).and_then(|record| record.worked_at));
        let suspended = |record: &FactorRecord| record.failures.suspended(now).map(|until| now.until(until));
        let email = match ways.contains(&Factor::EmailCode) {
            true => Some(self.email_status(tenant, login.id, &user).await?),
            false => None,
        };
        let offered = |factor| OfferedWay { factor, suspended: record(factor).and_then(suspended) };
        Ok(OtherWays { ways: ways.into_iter().map(offered).collect(), recoverable, email })
    }

    async fn email_status(
        &self,
        tenant: TenantId,
        login: LoginId,
        user: &User,
    ) -> Result<EmailStatus, AppError> {
        let (id, now, db) = (user.id, self.now(), &self.parts.db);
        let latest = db.read_one(move |tx| Box::pin(email_codes::latest(tx, tenant, login))).await?;
        let sent =
            db.read_one(move |tx| Box::pin(email_codes::sent_since(tx, tenant, id, now - WINDOW))).await?;
        Ok(EmailStatus {
            to: user.email.clone(),
            sent: latest.is_some(),
            valid_for: latest.filter(|(_, until)| *until > now).map(|(_, until)| now.until(until)),
            next_after: next_code_at(&sent).map(|next| now.until(next)),
        })
    }
}
