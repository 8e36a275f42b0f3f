//! What the server remembers between the two halves of a passkey ceremony. Each is taken once.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::{StoreError, Tx};

/// What a ceremony is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// To add a passkey, in a session.
    Register,
    /// To prove a login.
    Check,
}

impl CeremonyKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Check => "check",
        }
    }
}

/// A ceremony whose first half is over.
#[derive(Clone)]
pub struct Ceremony {
    /// Its id.
    pub id: Uuid,
    /// Whose credential it is about.
    pub user: UserId,
    /// The session or the login that it belongs to.
    pub belongs_to: Uuid,
    /// What it is for.
    pub kind: CeremonyKind,
    /// What the second half is checked by, as JSON.
    pub state: String,
    /// Until when the second half is taken.
    pub expires_at: Timestamp,
}

/// Begins a ceremony, in place of the one of the same kind and owner that is open.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn begin(tx: &mut Tx<'_>, tenant: TenantId, new: &Ceremony) -> Result<(), StoreError> {
    tx.query("DELETE FROM ceremonies WHERE tenant_id = $1 AND belongs_to = $2 AND kind = $3")
        .bind(tenant.0)
        .bind(new.belongs_to)
        .bind(new.kind.as_str())
        .execute()
        .await?;
    tx.query(
        "INSERT INTO ceremonies (id, tenant_id, user_id, belongs_to, kind, state, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(new.id)
    .bind(tenant.0)
    .bind(new.user.0)
    .bind(new.belongs_to)
    .bind(new.kind.as_str())
    .bind(new.state.clone())
    .bind(new.expires_at.micros())
    .execute()
    .await?;
    Ok(())
}

/// Takes the state of the open ceremony: nobody gets it a second time. None if there is none, or if its
/// time is over.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn take(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    belongs_to: Uuid,
    kind: CeremonyKind,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    // Two that began at the same moment may both be there: one counts, and neither stays.
    let mut rows: Vec<(Uuid, String, i64)> = tx
        .query(
            "DELETE FROM ceremonies WHERE tenant_id = $1 AND user_id = $2 AND belongs_to = $3 AND kind = $4 \
             RETURNING id, state, expires_at",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(belongs_to)
        .bind(kind.as_str())
        .fetch_all()
        .await?;
    rows.sort_unstable_by_key(|(id, ..)| *id);
    let newest = rows.pop().filter(|(_, _, expires_at)| *expires_at > now.micros());
    Ok(newest.map(|(_, state, _)| state))
}
