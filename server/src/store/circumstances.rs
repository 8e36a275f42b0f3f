//! What is known of a browser and an address when somebody signs in: of several tables, in one statement.

use std::net::IpAddr;

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

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
    /// At which host: passkeys of others answer elsewhere.
    pub host: String,
    /// The present.
    pub now: Timestamp,
}

/// What is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    /// Where the user's browser with this token last was.
    pub trusted_at: Option<IpAddr>,
    /// Until when nothing but the password is asked in it, if the person chose so.
    pub remembered_until: Option<Timestamp>,
    /// The user's browser that had this token before its last login, and when that was.
    pub copied: Option<(Uuid, Timestamp)>,
    /// Whether the user has a passkey of this host.
    pub passkey: bool,
    /// Whether the user has one of another host.
    pub passkey_elsewhere: bool,
    /// Whether the user has an authenticator app.
    pub authenticator: bool,
    /// Whether the user has recovery codes left.
    pub recovery_codes: bool,
    /// Until when the user's phones are not believed, if they failed too often.
    pub push_suspended_until: Option<Timestamp>,
    /// Whether the user denied or reported a login lately.
    pub denied_lately: bool,
    /// Whether somebody signed in from this address who was not the user.
    pub address_reported: bool,
}

record! {
    struct Row {
        trusted_at: Option<String>,
        remembered_until: Option<i64>,
        copied: Option<Uuid>,
        copied_at: Option<i64>,
        passkey: bool,
        passkey_elsewhere: bool,
        authenticator: bool,
        recovery_codes: bool,
        push_suspended_until: Option<i64>,
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
            "SELECT b.address AS trusted_at, b.remembered_until, c.id AS copied, c.last_used_at AS copied_at, \
             EXISTS (SELECT 1 FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND host = $7) AS passkey, \
             EXISTS (SELECT 1 FROM passkeys WHERE tenant_id = $1 AND user_id = $2 AND host <> $7) \
             AS passkey_elsewhere, \
             EXISTS (SELECT 1 FROM authenticators WHERE tenant_id = $1 AND user_id = $2 AND state = 'active') \
             AS authenticator, EXISTS (SELECT 1 FROM recovery_codes \
             WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL) AS recovery_codes, \
             (SELECT suspended_until FROM factor_records WHERE user_id = $2 AND factor = 'push') \
             AS push_suspended_until, EXISTS (SELECT 1 FROM logins WHERE tenant_id = $1 AND user_id = $2 AND created_at > $4 \
             AND state IN ('denied', 'reported')) AS denied_lately, \
             EXISTS (SELECT 1 FROM reported_addresses \
             WHERE tenant_id = $1 AND address = $5 AND expires_at > $6) AS address_reported \
             FROM (SELECT 1 AS one) always LEFT JOIN trusted_browsers b \
             ON b.tenant_id = $1 AND b.user_id = $2 AND b.token_hash = $3 LEFT JOIN trusted_browsers c \
             ON c.tenant_id = $1 AND c.user_id = $2 AND c.previous_hash = $3",
        )
        .bind(question.tenant.0)
        .bind(question.user.0)
        .bind(question.token_hash.map(|hash| hash.0.to_vec()))
        .bind(question.denied_since.micros())
        .bind(question.address.to_string())
        .bind(question.now.micros())
        .bind(question.host.clone())
        .fetch_one()
        .await?;
    let trusted_at = row.trusted_at.map(|text| rows::address(&text, "trusted_browsers.address"));
    Ok(Known {
        trusted_at: trusted_at.transpose()?,
        remembered_until: row.remembered_until.map(rows::time),
        copied: row.copied.zip(row.copied_at.map(rows::time)),
        passkey: row.passkey,
        passkey_elsewhere: row.passkey_elsewhere,
        authenticator: row.authenticator,
        recovery_codes: row.recovery_codes,
        push_suspended_until: row.push_suspended_until.map(rows::time),
        denied_lately: row.denied_lately,
        address_reported: row.address_reported,
    })
}
