//! Logins. Each change of state is one conditional UPDATE: whoever comes second changes no row.

mod ends;

use std::net::IpAddr;

use countersign_protocol::approval::Mode;
use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{address, bytes, corrupt, digits_of, mode, time};
use super::{StoreError, Tx};
use crate::domain::factor::Factor;
use crate::domain::login::{LoginState, Purpose};
use crate::domain::reach::Push;

pub use self::ends::{complete, complete_by, decide, end_all, prolong, replace, set_up_first};

/// A login as it lies in the database: time may have ended it since ([`Login::standing`]).
#[derive(Clone)]
pub struct Login {
    /// Its id.
    pub id: LoginId,
    /// Whose it is.
    pub user: UserId,
    /// What it is for.
    pub purpose: Purpose,
    /// Its state as last written.
    pub state: LoginState,
    /// SHA-256 of the secret in the login cookie.
    pub secret_hash: Digest,
    /// How it is approved.
    pub mode: Mode,
    /// What the browser shows and the phone must repeat.
    pub number: Option<String>,
    /// Where the browser is.
    pub address: IpAddr,
    /// When it began.
    pub created_at: Timestamp,
    /// When time ends it: until then it can be proved, or, once approved, completed.
    pub lapses_at: Timestamp,
    /// Until when a phone can answer.
    pub ask_until: Timestamp,
    /// When the phones were last asked.
    pub asked_at: Timestamp,
    /// Whether it was begun in a trusted browser of the user's.
    pub trusted: bool,
    /// How far the last push came.
    pub push: Push,
    /// When a phone first had it.
    pub delivered_at: Option<Timestamp>,
    /// When somebody first looked at it on a phone.
    pub seen_at: Option<Timestamp>,
    /// Which device answered.
    pub decided_by: Option<DeviceId>,
    /// Which factor other than a phone proved it.
    pub proved_by: Option<Factor>,
}

impl Login {
    /// Where it stands at `now`.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> LoginState {
        self.state.at(now, self.lapses_at)
    }

    /// Where it stands for a phone, whose time may be over before the login's.
    #[must_use]
    pub fn standing_for_phones(&self, now: Timestamp) -> LoginState {
        match self.standing(now) {
            LoginState::Pending => LoginState::Pending.at(now, self.ask_until),
            other => other,
        }
    }
}

record! {
    pub(super) struct Row {
        id: Uuid,
        user_id: Uuid,
        purpose: String,
        session_id: Option<Uuid>,
        state: String,
        secret_hash: Vec<u8>,
        number_digits: i64,
        number: Option<String>,
        address: String,
        created_at: i64,
        lapses_at: i64,
        ask_until: i64,
        asked_at: i64,
        trusted: bool,
        push: String,
        delivered_at: Option<i64>,
        seen_at: Option<i64>,
        decided_by: Option<Uuid>,
        proved_by: Option<String>,
    }
}

impl Row {
    fn purpose(&self) -> Result<Purpose, StoreError> {
        match (self.purpose.as_str(), self.session_id) {
            ("sign-in", None) => Ok(Purpose::SignIn),
            ("set-up", None) => Ok(Purpose::SetUp),
            ("confirm", Some(session)) => Ok(Purpose::Confirm(session)),
            _ => Err(corrupt("logins.purpose")),
        }
    }

    pub(super) fn read(self) -> Result<Login, StoreError> {
        Ok(Login {
            id: LoginId(self.id),
            user: UserId(self.user_id),
            purpose: self.purpose()?,
            state: LoginState::parse(&self.state).ok_or(corrupt("logins.state"))?,
            secret_hash: bytes(&self.secret_hash, "logins.secret_hash")?,
            mode: mode(self.number_digits)?,
            number: self.number,
            address: address(&self.address, "logins.address")?,
            created_at: time(self.created_at),
            lapses_at: time(self.lapses_at),
            ask_until: time(self.ask_until),
            asked_at: time(self.asked_at),
            trusted: self.trusted,
            push: Push::parse(&self.push).ok_or(corrupt("logins.push"))?,
            delivered_at: self.delivered_at.map(time),
            seen_at: self.seen_at.map(time),
            decided_by: self.decided_by.map(DeviceId),
            proved_by: self
                .proved_by
                .map(|factor| Factor::parse(&factor).ok_or(corrupt("logins.proved_by")))
                .transpose()?,
        })
    }
}

/// A purpose as the columns `purpose` and `session_id` hold it.
const fn purpose_columns(purpose: Purpose) -> (&'static str, Option<Uuid>) {
    match purpose {
        Purpose::SignIn => ("sign-in", None),
        Purpose::SetUp => ("set-up", None),
        Purpose::Confirm(session) => ("confirm", Some(session)),
    }
}

/// The login with this id.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn by_id(tx: &mut Tx<'_>, tenant: TenantId, id: LoginId) -> Result<Option<Login>, StoreError> {
    tx.query(
        "SELECT id, user_id, purpose, session_id, state, secret_hash, number_digits, number, address, \
         created_at, lapses_at, ask_until, asked_at, trusted, push, delivered_at, seen_at, decided_by, \
         proved_by \
         FROM logins WHERE tenant_id = $1 AND id = $2",
    )
    .bind(tenant.0)
    .bind(id.0)
    .fetch_optional::<Row>()
    .await?
    .map(Row::read)
    .transpose()
}

/// Begins a login: pending.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn begin(tx: &mut Tx<'_>, tenant: TenantId, new: &Login) -> Result<(), StoreError> {
    let (purpose, session) = purpose_columns(new.purpose);
    tx.query(
        "INSERT INTO logins (id, tenant_id, user_id, state, secret_hash, number_digits, number, address, \
         created_at, lapses_at, asked_at, trusted, push, purpose, session_id, ask_until) \
         VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(new.id.0)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.secret_hash.0.to_vec())
    .bind(digits_of(new.mode))
    .bind(new.number.clone())
    .bind(new.address.to_string())
    .bind(new.created_at.micros())
    .bind(new.lapses_at.micros())
    .bind(new.asked_at.micros())
    .bind(new.trusted)
    .bind(new.push.as_str())
    .bind(purpose)
    .bind(session)
    .bind(new.ask_until.micros())
    .execute()
    .await?;
    Ok(())
}

/// Notes that the phones are asked once more, or why they are not pushed. False if the login does not
/// wait any more, or is being pushed already and not again.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn asked_again(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    push: Push,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET push = $3, asked_at = CASE WHEN $3 = 'sending' THEN $4 ELSE asked_at END \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND ask_until > $4 AND lapses_at > $4 \
             AND ($3 = 'sending' OR push NOT IN ('sending', 'sent', 'trouble'))",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(push.as_str())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes how far the push of a login came. With several phones, the best that happened to one of them
/// stays. False if nothing changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn pushed(tx: &mut Tx<'_>, tenant: TenantId, id: LoginId, push: Push) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET push = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'pending' \
             AND push <> $3 AND ($3 = 'sent' OR push IN ('sending', 'trouble'))",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(push.as_str())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that a phone has it. False if one had it before.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn delivered(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET delivered_at = $3 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND delivered_at IS NULL",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Notes that somebody looks at it on a phone. False if one had before.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn seen(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET seen_at = $3 \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND seen_at IS NULL",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}
