//! What a user can prove a second step with: of several tables, in one statement.

use countersign_protocol::ids::{TenantId, UserId};

use super::record::record;
use super::{StoreError, Tx};
use crate::domain::ways::Holding;

record! {
    struct Row {
        phone: bool,
        passkey: bool,
        passkey_elsewhere: bool,
        authenticator: bool,
        recovery_codes: bool,
    }
}

/// What `users.held` says: the database keeps it for lists and counts. Nobody signs in by it.
pub(super) const fn of_number(held: i64) -> Holding {
    Holding {
        phone: held & 1 != 0,
        passkey: held & 2 != 0,
        passkey_elsewhere: false,
        authenticator: held & 4 != 0,
        recovery_codes: held & 8 != 0,
        mail: false,
    }
}

/// What a user has set up, at whatever host. Whether mail leads anywhere is not for the database to say: `mail` is
/// false.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn of_user(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<Holding, StoreError> {
    let held = at_host(tx, tenant, user, "").await?;
    Ok(Holding { passkey: held.passkey_elsewhere, passkey_elsewhere: false, ..held })
}

/// As [`of_user`], where passkeys of other hosts are told apart.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn at_host(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    host: &str,
) -> Result<Holding, StoreError> {
    let row: Row = tx
        .query(
            "SELECT EXISTS (SELECT 1 FROM devices WHERE tenant_id = $1 AND user_id = $2 AND state = 'active') \
             AS phone, \
             EXISTS (SELECT 1 FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND host = $3) AS passkey, \
             EXISTS (SELECT 1 FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND host <> $3) \
             AS passkey_elsewhere, \
             EXISTS (SELECT 1 FROM authenticators WHERE tenant_id = $1 AND user_id = $2 AND state = 'active') \
             AS authenticator, EXISTS (SELECT 1 FROM recovery_codes \
             WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL) AS recovery_codes",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(host.to_owned())
        .fetch_one()
        .await?;
    Ok(Holding {
        phone: row.phone,
        passkey: row.passkey,
        passkey_elsewhere: row.passkey_elsewhere,
        authenticator: row.authenticator,
        recovery_codes: row.recovery_codes,
        mail: false,
    })
}
