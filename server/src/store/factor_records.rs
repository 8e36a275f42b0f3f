//! How a user's factors fared: failures in a row, and when each last worked. One row a user and factor, so
//! that logins beside each other, on whatever node, count together.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};
use crate::domain::factor::Factor;
use crate::domain::failures::Failures;

/// What is counted: a factor, or the password that is typed again in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A factor.
    Factor(Factor),
    /// The password, of somebody who is signed in.
    Password,
}

impl Counted {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Factor(factor) => factor.as_str(),
            Self::Password => "password",
        }
    }
}

record! {
    struct Row {
        failures: i64,
        suspended_until: Option<i64>,
    }
}

impl Row {
    fn read(self) -> Failures {
        Failures {
            in_a_row: u32::try_from(self.failures).unwrap_or(u32::MAX),
            suspended_until: self.suspended_until.map(time),
        }
    }
}

/// Reads a record and holds it for the rest of the unit: who counts beside this one waits for it.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn hold(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    what: Counted,
) -> Result<Failures, StoreError> {
    // The UPDATE of nothing takes the row's lock on PostgreSQL; on SQLite there is one writer.
    let row: Row = tx
        .query(
            "INSERT INTO factor_records (user_id, factor, tenant_id, failures) VALUES ($2, $3, $1, 0) \
             ON CONFLICT (user_id, factor) DO UPDATE SET failures = factor_records.failures \
             RETURNING failures, suspended_until",
        )
        .bind(tenant.0)
        .bind(user.0)
        .bind(what.as_str())
        .fetch_one()
        .await?;
    Ok(row.read())
}

/// Counts a check that is about to be made. To be committed before the check.
///
/// # Errors
/// [`StoreError`] from the database. The inner error says until when nothing may be checked.
pub async fn count(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    what: Counted,
    now: Timestamp,
) -> Result<Result<Failures, Timestamp>, StoreError> {
    let counted = match hold(tx, tenant, user, what).await?.count(now) {
        Ok(counted) => counted,
        Err(until) => return Ok(Err(until)),
    };
    tx.query(
        "UPDATE factor_records SET failures = $4, suspended_until = $5 \
         WHERE tenant_id = $1 AND user_id = $2 AND factor = $3",
    )
    .bind(tenant.0)
    .bind(user.0)
    .bind(what.as_str())
    .bind(i64::from(counted.in_a_row))
    .bind(counted.suspended_until.map(Timestamp::micros))
    .execute()
    .await?;
    Ok(Ok(counted))
}

/// It worked: the failures of this factor, and of no other, are forgotten.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn worked(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    what: Counted,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO factor_records (user_id, factor, tenant_id, failures, worked_at) VALUES ($2, $3, $1, 0, $4) \
         ON CONFLICT (user_id, factor) DO UPDATE SET failures = 0, suspended_until = NULL, worked_at = $4",
    )
    .bind(tenant.0)
    .bind(user.0)
    .bind(what.as_str())
    .bind(now.micros())
    .execute()
    .await?;
    Ok(())
}

/// Forgets a user's failures: an administrator says so.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn forget(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<u64, StoreError> {
    tx.query("DELETE FROM factor_records WHERE tenant_id = $1 AND user_id = $2")
        .bind(tenant.0)
        .bind(user.0)
        .execute()
        .await
}

/// How one factor fared.
#[derive(Clone, Copy, Debug)]
pub struct FactorRecord {
    /// Which.
    pub factor: Factor,
    /// Its failures.
    pub failures: Failures,
    /// When it last worked.
    pub worked_at: Option<Timestamp>,
}

record! {
    struct WholeRow {
        factor: String,
        worked_at: Option<i64>,
        #[record] failures: Row,
    }
}

/// How the factors of a user fared, those that were ever used.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn of_user(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<FactorRecord>, StoreError> {
    let rows: Vec<WholeRow> = tx
        .query(
            "SELECT factor, worked_at, failures, suspended_until FROM factor_records \
             WHERE tenant_id = $1 AND user_id = $2 AND factor <> 'password'",
        )
        .bind(tenant.0)
        .bind(user.0)
        .fetch_all()
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FactorRecord {
                factor: Factor::parse(&row.factor).ok_or(corrupt("factor_records.factor"))?,
                failures: row.failures.read(),
                worked_at: row.worked_at.map(time),
            })
        })
        .collect()
}
