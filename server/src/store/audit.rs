//! The audit lines: what happened to whom, appended and never changed. How they are chained is in
//! [`super::audit_chain`], how they are found in [`super::audit_search`].

use std::net::IpAddr;

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::rows::time;
use super::{StoreError, Tx};
use crate::domain::actor::{Actor, By};
use crate::domain::audit::event::result_of;

/// One line.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Its id, sortable by time.
    pub id: Uuid,
    /// Where it happened.
    pub tenant: TenantId,
    /// To whom.
    pub user: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// What: a stable, dotted name.
    pub event: &'static str,
    /// Particulars, a JSON object. Never a secret. Its member `address` tells from where.
    pub detail: serde_json::Value,
    /// Who did it.
    pub actor: Actor,
}

impl AuditLine {
    /// The same, done from an address, if that is known.
    #[must_use]
    pub fn from_address(mut self, address: Option<IpAddr>) -> Self {
        if let Some(address) = address {
            self.detail["address"] = address.to_string().into();
        }
        self
    }

    /// The same, done in a browser at an address; on the command line, if there is none.
    #[must_use]
    pub fn at_browser_or_command_line(self, address: Option<IpAddr>) -> Self {
        match address {
            Some(_) => self.from_address(address),
            None => self.by(&By::CommandLine),
        }
    }

    /// The same, done by somebody else than the user that it is about.
    #[must_use]
    pub fn by(mut self, by: &By) -> Self {
        self.actor = by.actor();
        self.from_address(by.address())
    }
}

/// Appends a line.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn append(tx: &mut Tx<'_>, line: &AuditLine) -> Result<(), StoreError> {
    tx.query(
        "INSERT INTO audit (id, tenant_id, user_id, at, event, detail, actor, address, result) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(line.id)
    .bind(line.tenant.0)
    .bind(line.user.map(|user| user.0))
    .bind(line.at.micros())
    .bind(line.event)
    .bind(line.detail.to_string())
    .bind(line.actor.to_string())
    .bind(line.detail["address"].as_str().map(str::to_owned))
    .bind(result_of(line.event).as_str())
    .execute()
    .await?;
    Ok(())
}

/// What happened to a user: its event and particulars, and when.
#[derive(Clone, Debug)]
pub struct Happened {
    /// A stable, dotted name.
    pub event: String,
    /// When.
    pub at: Timestamp,
    /// Particulars, a JSON object.
    pub detail: serde_json::Value,
}

/// What happened to a user lately, the latest first: at most `at_most` lines.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn lately(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    at_most: i64,
) -> Result<Vec<Happened>, StoreError> {
    let rows: Vec<(String, i64, String)> = tx
        .query(
            "SELECT event, at, detail FROM audit WHERE user_id = $1 AND tenant_id = $2 \
             ORDER BY at DESC, id DESC LIMIT $3",
        )
        .bind(user.0)
        .bind(tenant.0)
        .bind(at_most)
        .fetch_all()
        .await?;
    let happened = |(event, at, detail): (String, i64, String)| Happened {
        event,
        at: time(at),
        // A line whose particulars cannot be read still says what happened.
        detail: serde_json::from_str(&detail).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(happened).collect())
}
