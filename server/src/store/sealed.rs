//! What the database holds sealed, wherever it lies: to be sealed again under a new master key. The server's
//! own keys are in [`super::server_keys`].

use uuid::Uuid;

use super::{StoreError, Tx};

/// Tables with sealed secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sealed {
    /// The tenants' signing keys. Their owners are the tenants.
    SigningKeys,
    /// The secrets of authenticator apps. Their owners are users.
    Authenticators,
    /// What queued mail says. Each mail is its own owner.
    Mails,
}

/// A sealed secret.
pub struct SealedRow {
    /// Its row.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Uuid,
    /// The secret.
    pub sealed: Vec<u8>,
}

/// The first five bytes tell under which key a secret is sealed.
macro_rules! next {
    ($table:literal, $owner:literal, $sealed:literal) => {
        concat!(
            "SELECT id, ",
            $owner,
            ", ",
            $sealed,
            " FROM ",
            $table,
            " WHERE id > $1 AND substr(",
            $sealed,
            ", 1, 5) <> $2 ORDER BY id LIMIT $3"
        )
    };
}

/// Secrets that do not begin with the five bytes `head`, in the order of their ids, after the row `after`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn sealed_otherwise(
    tx: &mut Tx<'_>,
    table: Sealed,
    head: [u8; 5],
    after: Uuid,
    at_most: i64,
) -> Result<Vec<SealedRow>, StoreError> {
    let rows: Vec<(Uuid, Uuid, Vec<u8>)> = tx
        .query(match table {
            Sealed::SigningKeys => next!("tenants", "id", "signing_key_sealed"),
            Sealed::Authenticators => next!("authenticators", "user_id", "sealed"),
            Sealed::Mails => next!("mails", "id", "sealed"),
        })
        .bind(after)
        .bind(head.to_vec())
        .bind(at_most)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id, owner, sealed)| SealedRow { id, owner, sealed }).collect())
}

/// Puts a secret, sealed again, in the place of the one that was read. False if it is another one by now,
/// or gone.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn replace(
    tx: &mut Tx<'_>,
    table: Sealed,
    read: &SealedRow,
    again: &[u8],
) -> Result<bool, StoreError> {
    let rows = tx
        .query(match table {
            Sealed::SigningKeys => {
                "UPDATE tenants SET signing_key_sealed = $3 WHERE id = $1 AND signing_key_sealed = $2"
            }
            Sealed::Authenticators => "UPDATE authenticators SET sealed = $3 WHERE id = $1 AND sealed = $2",
            Sealed::Mails => "UPDATE mails SET sealed = $3 WHERE id = $1 AND sealed = $2",
        })
        .bind(read.id)
        .bind(read.sealed.clone())
        .bind(again)
        .execute()
        .await?;
    Ok(rows == 1)
}
