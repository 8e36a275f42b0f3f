//! Sealing again what was sealed under an older master key, beside servers that run.
//!
//! Each row is changed only if it still is what was read, so it can be interrupted, run again, and run twice
//! at once.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::random::{self, Random};
use uuid::Uuid;

use super::authenticators::secret_owner;
use super::mails;
use super::tenants::signing_key_owner_of;
use crate::domain::seal::{MasterKeys, server_key_owner};
use crate::store::sealed::{self, Sealed, SealedRow};
use crate::store::{Db, StoreError, server_keys};

/// How many rows are changed in one unit of work.
const BATCH: i64 = 100;
/// How often all is looked through, at most: a server that goes by the older key still may add something.
const PASSES: u32 = 10;

/// How many secrets were sealed again.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Resealed {
    /// The tenants' signing keys.
    pub signing_keys: u64,
    /// The server's own keys.
    pub server_keys: u64,
    /// Secrets of authenticator apps.
    pub authenticators: u64,
    /// Queued mails.
    pub mails: u64,
    /// How many do not open with any key that is held, and stay as they are.
    pub shut: u64,
}

impl Resealed {
    fn done(&self) -> u64 {
        self.signing_keys + self.server_keys + self.authenticators + self.mails
    }
}

/// Seals under the current key what was sealed under another one.
///
/// # Errors
/// [`StoreError`] from the database; what was done stays done.
pub async fn reseal(db: &Db, keys: &MasterKeys, random: &dyn Random) -> Result<Resealed, StoreError> {
    let work = Work { db, keys, random };
    let mut sum = Resealed::default();
    for _ in 0..PASSES {
        let pass = work.pass().await?;
        sum = Resealed {
            signing_keys: sum.signing_keys + pass.signing_keys,
            server_keys: sum.server_keys + pass.server_keys,
            authenticators: sum.authenticators + pass.authenticators,
            mails: sum.mails + pass.mails,
            shut: pass.shut,
        };
        if pass.done() == 0 {
            break;
        }
    }
    Ok(sum)
}

struct Work<'a> {
    db: &'a Db,
    keys: &'a MasterKeys,
    random: &'a dyn Random,
}

impl Work<'_> {
    /// Looks once through all there is. What every login needs comes first: servers that meet it read the
    /// key file again.
    async fn pass(&self) -> Result<Resealed, StoreError> {
        let mut shut = 0;
        Ok(Resealed {
            signing_keys: self.table(Sealed::SigningKeys, &mut shut).await?,
            server_keys: self.server_keys(&mut shut).await?,
            authenticators: self.table(Sealed::Authenticators, &mut shut).await?,
            mails: self.table(Sealed::Mails, &mut shut).await?,
            shut,
        })
    }

    async fn table(&self, table: Sealed, shut: &mut u64) -> Result<u64, StoreError> {
        let (head, mut after, mut done) = (self.keys.current_head(), Uuid::nil(), 0);
        loop {
            let rows: Vec<SealedRow> = self
                .db
                .read_one(move |tx| Box::pin(sealed::sealed_otherwise(tx, table, head, after, BATCH)))
                .await?;
            let Some(last) = rows.last() else { return Ok(done) };
            after = last.id;
            let found = rows.len();
            let again = rows.into_iter().filter_map(|row| {
                let again = self.again(&owner(table, row.owner), &row.sealed)?;
                Some((row, again))
            });
            let again: Vec<(SealedRow, Vec<u8>)> = again.collect();
            *shut += (found - again.len()) as u64;
            done += self.replace(table, again).await?;
        }
    }

    async fn replace(&self, table: Sealed, again: Vec<(SealedRow, Vec<u8>)>) -> Result<u64, StoreError> {
        let unit = self.db.write_with(again, move |again, tx| {
            Box::pin(async move {
                let mut done = 0;
                for (read, again) in again {
                    done += u64::from(sealed::replace(tx, table, read, again).await?);
                }
                Ok::<_, StoreError>(done)
            })
        });
        unit.await
    }

    async fn server_keys(&self, shut: &mut u64) -> Result<u64, StoreError> {
        let mut done = 0;
        let all = self.db.read_one(|tx| Box::pin(server_keys::all(tx))).await?;
        for (purpose, read) in all.into_iter().filter(|(_, sealed)| !self.keys.is_current(sealed)) {
            let owner = server_key_owner(&purpose);
            let Some(again) = self.again(&owner, &read) else {
                *shut += 1;
                continue;
            };
            let unit = self.db.write_with((purpose, read, again), |(purpose, read, again), tx| {
                Box::pin(async move { server_keys::replace(tx, purpose, read, again).await })
            });
            done += u64::from(unit.await?);
        }
        Ok(done)
    }

    /// A secret sealed under the current key. None if it does not open.
    fn again(&self, owner: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let plain = self.keys.open(owner, sealed).ok()?;
        Some(self.keys.seal(owner, &plain, random::bytes(self.random)))
    }
}

/// What the secrets of a table are bound to.
fn owner(table: Sealed, owner: Uuid) -> Vec<u8> {
    match table {
        Sealed::SigningKeys => signing_key_owner_of(TenantId(owner)),
        Sealed::Authenticators => secret_owner(UserId(owner)),
        Sealed::Mails => mails::owner(owner),
    }
}
