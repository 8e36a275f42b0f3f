//! Logins. Each change of state is one conditional UPDATE: whoever comes second changes no row.

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

/// Pending → what a device of the login's user made of it. False if it was not pending any more, or
/// the device is not active any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn decide(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    device: DeviceId,
    to: LoginState,
    now: Timestamp,
    lapses_at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET state = $4, decided_at = $5, decided_by = $3, lapses_at = $6, number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND ask_until > $5 AND lapses_at > $5 \
             AND EXISTS (SELECT 1 FROM devices d WHERE d.id = $3 AND d.user_id = logins.user_id AND d.state = 'active')",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(device.0)
        .bind(to.as_str())
        .bind(now.micros())
        .bind(lapses_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Approved → completed, for the browser that holds the login's secret, once, as long as the device
/// that approved is still active and the user not disabled. False if any of it does not hold.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn complete(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    secret_hash: Digest,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET state = 'completed' \
             WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 AND state = 'approved' \
             AND lapses_at > $4 AND EXISTS (SELECT 1 FROM devices d \
             WHERE d.id = logins.decided_by AND d.user_id = logins.user_id AND d.state = 'active') \
             AND EXISTS (SELECT 1 FROM users u WHERE u.id = logins.user_id AND u.disabled_at IS NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Pending → completed, for the browser that holds the login's secret, once: `factor` was proved in it, and
/// used up in the same unit; or, if a second factor had to be set up, that was done with this one. False if
/// the login does not wait any more, is for another purpose than it was when it was read, or the user is disabled.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn complete_by(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (id, purpose): (LoginId, Purpose),
    secret_hash: Digest,
    factor: Factor,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (purpose, _) = purpose_columns(purpose);
    let rows = tx
        .query(
            "UPDATE logins SET state = 'completed', proved_by = $5, decided_at = $4, number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 AND state = 'pending' AND lapses_at > $4 \
             AND purpose = $6 \
             AND EXISTS (SELECT 1 FROM users u WHERE u.id = logins.user_id AND u.disabled_at IS NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .bind(now.micros())
        .bind(factor.as_str())
        .bind(purpose)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Turns a login to sign in, pending or approved, into one that waits for a second factor to be set up, until
/// `lapses_at`, now that `factor` was proved. False if it does not wait any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn set_up_first(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    secret_hash: Digest,
    factor: Factor,
    (now, lapses_at): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET state = 'pending', purpose = 'set-up', proved_by = $6, lapses_at = $5, ask_until = $4, \
             number = NULL, push = 'none', decided_by = NULL WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 \
             AND purpose = 'sign-in' AND state IN ('pending', 'approved') AND lapses_at > $4 \
             AND EXISTS (SELECT 1 FROM users u WHERE u.id = logins.user_id AND u.disabled_at IS NULL)",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .bind(now.micros())
        .bind(lapses_at.micros())
        .bind(factor.as_str())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Lets a pending login wait until `lapses_at`, if that is later than it would. False if it does not wait
/// any more.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn prolong(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    now: Timestamp,
    lapses_at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query(
            "UPDATE logins SET lapses_at = CASE WHEN lapses_at < $4 THEN $4 ELSE lapses_at END \
             WHERE tenant_id = $1 AND id = $2 AND state = 'pending' AND lapses_at > $3",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(now.micros())
        .bind(lapses_at.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Pending or approved → replaced: the browser that holds the secret begins another login. Whose the
/// login was; none if there was nothing to replace.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: LoginId,
    secret_hash: Digest,
) -> Result<Option<UserId>, StoreError> {
    let row: Option<(Uuid,)> = tx
        .query(
            "UPDATE logins SET state = 'replaced', number = NULL \
             WHERE tenant_id = $1 AND id = $2 AND secret_hash = $3 AND state IN ('pending', 'approved') \
             RETURNING user_id",
        )
        .bind(tenant.0)
        .bind(id.0)
        .bind(secret_hash.0.to_vec())
        .fetch_optional()
        .await?;
    Ok(row.map(|(user,)| UserId(user)))
}

/// Pending or approved → reported or replaced: all of a user's logins, but one if one is named. Which they
/// were.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn end_all(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    but: Option<LoginId>,
    to: LoginState,
) -> Result<Vec<LoginId>, StoreError> {
    // No login has the nil id.
    let rows: Vec<(Uuid,)> = tx
        .query(
            "UPDATE logins SET state = $4, number = NULL WHERE tenant_id = $1 AND user_id = $2 \
             AND id <> $3 AND state IN ('pending', 'approved') RETURNING id",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(but.map(|login| login.0).unwrap_or_default())
        .bind(to.as_str())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| LoginId(id)).collect())
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
