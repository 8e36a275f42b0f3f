//! What is known of a browser and an address when somebody signs in: of three tables, in one statement.

use std::net::IpAddr;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::record::record;
use super::{StoreError, Tx, rows};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// In which tenant.
    pub tenant: TenantId,
    /// Who signs in.
    pub user: UserId,
    /// SHA-256 of the browser's token, if it sent one.
    pub token_hash: Option<Digest>,
    /// Who is asked about in [`super::reported_addresses`]: the address as it is marked there.
    pub address: IpAddr,
    /// From when on denials count.
    pub denied_since: Timestamp,
    /// The present.
    pub now: Timestamp,
}

/// What is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    /// Where the user's browser with this token last was.
    pub trusted_at: Option<IpAddr>,
    /// Whether the user denied or reported a login lately.
    pub denied_lately: bool,
    /// Whether somebody signed in from this address who was not the user.
    pub address_reported: bool,
}

record! {
    struct Row {
        trusted_at: Option<String>,
        denied_lately: bool,
        address_reported: bool,
    }
}

/// Answers.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn known(tx: &mut Tx<'_>, question: &Question) -> Result<Known, StoreError> {
    let row: Row = tx
        .query(
            "SELECT (SELECT address FROM trusted_browsers \
             WHERE tenant_id = $1 AND user_id = $2 AND token_hash = $3) AS trusted_at, \
             EXISTS (SELECT 1 FROM logins WHERE tenant_id = $1 AND user_id = $2 AND created_at > $4 \
             AND state IN ('denied', 'reported')) AS denied_lately, \
             EXISTS (SELECT 1 FROM reported_addresses \
             WHERE tenant_id = $1 AND address = $5 AND expires_at > $6) AS address_reported",
        )
        .bind(question.tenant.0)
        .bind(question.user.0)
        .bind(question.token_hash.map(|hash| hash.0.to_vec()))
        .bind(question.denied_since.micros())
        .bind(question.address.to_string())
        .bind(question.now.micros())
        .fetch_one()
        .await?;
    let trusted_at = row.trusted_at.map(|text| rows::address(&text, "trusted_browsers.address"));
    Ok(Known {
        trusted_at: trusted_at.transpose()?,
        denied_lately: row.denied_lately,
        address_reported: row.address_reported,
    })
}
