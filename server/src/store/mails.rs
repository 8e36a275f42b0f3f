//! The mail outbox. A mail is a row until the mail server took it, or it is of no use any more.
//!
//! As with wakes, a row that is being sent is not locked: its `due_at` is moved on by a lease.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::{StoreError, Tx};
use crate::domain::mail::Rank;
use crate::domain::user::{Role, User};

/// A mail to be written.
#[derive(Clone)]
pub struct NewMail {
    /// Its id.
    pub id: Uuid,
    /// Whose tenant.
    pub tenant: TenantId,
    /// To whom: an e-mail address.
    pub recipient: String,
    /// The code of the language it is written in.
    pub language: String,
    /// What it is about.
    pub kind: String,
    /// What its text needs to know, sealed: it may be a code or a link.
    pub sealed: Vec<u8>,
    /// The login or recovery that it tells of, if it is to be taken back should that succeed.
    pub about: Option<Uuid>,
    /// Whether it goes before others.
    pub rank: Rank,
    /// From when on it is to be sent.
    pub due_at: Timestamp,
    /// After when it is of no use.
    pub expires_at: Timestamp,
}

/// A mail to be sent.
#[derive(Clone)]
pub struct QueuedMail {
    /// Its id.
    pub id: Uuid,
    /// To whom: an e-mail address.
    pub recipient: String,
    /// The code of the language it is written in.
    pub language: String,
    /// What it is about.
    pub kind: String,
    /// What its text needs to know, sealed; none of a mail that an older version queued.
    pub sealed: Option<Vec<u8>>,
    /// The same as an older version wrote it: a JSON object.
    pub detail: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// Somebody to write to.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The person's e-mail address.
    pub email: String,
    /// The code of the language of the last sign-in; before, of whoever added the user, if that was said.
    pub language: Option<String>,
}

impl Recipient {
    /// A user, written to in the language of the last sign-in.
    #[must_use]
    pub fn of(user: &User) -> Self {
        Self { email: user.email.clone(), language: user.language.clone() }
    }
}

record! {
    struct Row {
        id: Uuid,
        recipient: String,
        language: String,
        kind: String,
        sealed: Option<Vec<u8>>,
        detail: String,
        attempts: i64,
    }
}

record! {
    struct RecipientRow {
        email: String,
        language: Option<String>,
    }
}

/// Adds a mail.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn add(tx: &mut Tx<'_>, mail: &NewMail) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO mails (id, tenant_id, recipient, language, kind, detail, sealed, attempts, due_at, \
         expires_at, about, rank) VALUES ($1, $2, $3, $4, $5, '', $6, 0, $7, $8, $9, $10)",
    )
    .bind(mail.id)
    .bind(mail.tenant.0)
    .bind(mail.recipient.clone())
    .bind(mail.language.clone())
    .bind(mail.kind.clone())
    .bind(mail.sealed.clone())
    .bind(mail.due_at.micros())
    .bind(mail.expires_at.micros())
    .bind(mail.about)
    .bind(mail.rank as i64)
    .execute()
    .await?;
    Ok(())
}

/// Takes back the mail that tells of a login or recovery, as long as nobody has begun to send it. False if there is none.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn take_back(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    about: Uuid,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query("DELETE FROM mails WHERE tenant_id = $1 AND about = $2 AND due_at > $3")
        .bind(tenant.0)
        .bind(about)
        .bind(now.micros())
        .execute()
        .await?;
    Ok(rows > 0)
}

/// The mails that are due now, by rank, and of each rank longest due first; nothing is changed.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn due(tx: &mut Tx<'_>, now: Timestamp, at_most: i64) -> Result<Vec<QueuedMail>, StoreError> {
    let rows: Vec<Row> = tx
        .query(
            "SELECT id, recipient, language, kind, sealed, detail, attempts FROM mails \
             WHERE due_at <= $1 AND expires_at > $1 ORDER BY rank, due_at, id LIMIT $2",
        )
        .bind(now.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    let queued = |Row { id, recipient, language, kind, sealed, detail, attempts }| QueuedMail {
        id,
        recipient,
        language,
        kind,
        sealed,
        detail,
        attempts,
    };
    Ok(rows.into_iter().map(queued).collect())
}

/// Takes a due mail for this node until the lease ends; from now on it is not taken back any more. False if another node was first.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lease(
    tx: &mut Tx<'_>,
    id: Uuid,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .query("UPDATE mails SET due_at = $3, about = NULL WHERE id = $1 AND due_at <= $2")
        .bind(id)
        .bind(now.micros())
        .bind(lease_until.micros())
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Puts a mail off after a failed try.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn put_off(tx: &mut Tx<'_>, id: Uuid, due_at: Timestamp) -> Result<(), StoreError> {
    tx.query("UPDATE mails SET attempts = attempts + 1, due_at = $2 WHERE id = $1")
        .bind(id)
        .bind(due_at.micros())
        .execute()
        .await?;
    Ok(())
}

/// Removes a mail: it was sent, or never can be.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remove(tx: &mut Tx<'_>, id: Uuid) -> Result<(), StoreError> {
    tx.query("DELETE FROM mails WHERE id = $1").bind(id).execute().await?;
    Ok(())
}

/// Removes the mails that are of no use any more. How many there were.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn forget_expired(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, StoreError> {
    tx.query("DELETE FROM mails WHERE expires_at <= $1").bind(now.micros()).execute().await
}

/// How to write to a user; none if there is no such user.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn recipient(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Recipient>, StoreError> {
    let row: Option<RecipientRow> = tx
        .query("SELECT email, language FROM users WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.0)
        .bind(user.0)
        .fetch_optional()
        .await?;
    Ok(row.map(|RecipientRow { email, language }| Recipient { email, language }))
}

/// How to write to each administrator of a tenant, super administrators among them.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn administrators(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Recipient>, StoreError> {
    let rows: Vec<RecipientRow> = tx
        .query(
            "SELECT email, language FROM users WHERE tenant_id = $1 AND role IN ($2, $3) \
             AND disabled_at IS NULL ORDER BY email_key",
        )
        .bind(tenant.0)
        .bind(Role::Administrator.as_str())
        .bind(Role::SuperAdministrator.as_str())
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|RecipientRow { email, language }| Recipient { email, language }).collect())
}
