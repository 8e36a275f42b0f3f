//! The users of a tenant by what they are to a policy: how many of each kind, and the first of some kinds.
//!
//! Users are of one kind if no policy that is looked at tells them apart: by role, type, what they have set up, and
//! in which of three spans they came or were chosen. A kind is named by a text that is made in SQL alone.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx};
use crate::domain::policy::preview::Alike;
use crate::domain::user::Role;
use crate::domain::ways::Holding;

/// Whose kinds, and by which times users are told apart.
#[derive(Clone, Copy, Debug)]
pub struct Population {
    /// The tenant.
    pub tenant: TenantId,
    /// Two times: whoever came, or was chosen, between the same two of them is alike.
    pub cuts: [Timestamp; 2],
    /// Whether mail leads anywhere.
    pub mail: bool,
}

/// Users of one kind.
#[derive(Clone, Debug)]
pub struct Group {
    /// The name of the kind.
    pub key: String,
    /// What they are; the times are those of the first.
    pub alike: Alike,
    /// How many.
    pub users: u64,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// The e-mail address.
    pub email: String,
    /// What the person is called.
    pub name: String,
    /// What the user is.
    pub alike: Alike,
}

// $1 is the tenant, $2 and $3 are the cuts. `chosen_since` is not for MIN to compare with nothing: NULL is left out.
macro_rules! people {
    ($head:literal, $tail:literal) => {
        concat!(
            $head,
            " FROM (SELECT u.id, u.email, u.email_key, u.name, u.chosen_since, u.created_at, u.role || ':' || ",
            "CASE WHEN u.created_at > $3 THEN '2' WHEN u.created_at > $2 THEN '1' ELSE '0' END || ",
            "CASE WHEN u.chosen_since IS NULL THEN '-' WHEN u.chosen_since > $3 THEN '2' ",
            "WHEN u.chosen_since > $2 THEN '1' ELSE '0' END || ",
            "CASE WHEN EXISTS (SELECT 1 FROM devices d WHERE d.tenant_id = $1 AND d.user_id = u.id ",
            "AND d.state = 'active') THEN 'd' ELSE '-' END || ",
            "CASE WHEN EXISTS (SELECT 1 FROM passkeys p WHERE p.tenant_id = $1 AND p.user_id = u.id) ",
            "THEN 'p' ELSE '-' END || ",
            "CASE WHEN EXISTS (SELECT 1 FROM authenticators a WHERE a.tenant_id = $1 AND a.user_id = u.id ",
            "AND a.state = 'active') THEN 'a' ELSE '-' END || ",
            "CASE WHEN EXISTS (SELECT 1 FROM recovery_codes r WHERE r.tenant_id = $1 AND r.user_id = u.id ",
            "AND r.used_at IS NULL) THEN 'r' ELSE '-' END || ':' || COALESCE(u.user_type, '') AS kind ",
            "FROM users u WHERE u.tenant_id = $1 AND u.disabled_at IS NULL) people ",
            $tail
        )
    };
}

record! {
    struct GroupRow {
        kind: String,
        users: i64,
        since: i64,
        chosen_since: Option<i64>,
    }
}

record! {
    struct MemberRow {
        id: Uuid,
        email: String,
        name: String,
        kind: String,
        since: i64,
        chosen_since: Option<i64>,
    }
}

/// How many active users of each kind there are.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn groups(tx: &mut Tx<'_>, of: &Population) -> Result<Vec<Group>, StoreError> {
    let rows: Vec<GroupRow> = tx
        .query(people!(
            "SELECT kind, COUNT(*) AS users, MIN(created_at) AS since, MIN(chosen_since) AS chosen_since",
            "GROUP BY kind ORDER BY kind"
        ))
        .bind(of.tenant.0)
        .bind(of.cuts[0].micros())
        .bind(of.cuts[1].micros())
        .fetch_all()
        .await?;
    let read = |row: GroupRow| {
        let alike = alike(of, &row.kind, row.since, row.chosen_since)?;
        Ok(Group { key: row.kind, alike, users: u64::try_from(row.users).unwrap_or_default() })
    };
    rows.into_iter().map(read).collect()
}

/// The first active users of some kinds, by e-mail address.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn first_of(
    tx: &mut Tx<'_>,
    of: &Population,
    keys: impl IntoIterator<Item = &str>,
    at_most: i64,
) -> Result<Vec<Member>, StoreError> {
    let keys = keys.into_iter().fold("|".to_owned(), |list, key| list + key + "|");
    let rows: Vec<MemberRow> = tx
        .query(people!(
            "SELECT id, email, name, kind, created_at AS since, chosen_since",
            "WHERE $4 LIKE '%|' || kind || '|%' ORDER BY email_key LIMIT $5"
        ))
        .bind(of.tenant.0)
        .bind(of.cuts[0].micros())
        .bind(of.cuts[1].micros())
        .bind(keys)
        .bind(at_most)
        .fetch_all()
        .await?;
    members(of, rows)
}

/// How many active users have a browser that is remembered for longer than until `most`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remembered(tx: &mut Tx<'_>, tenant: TenantId, most: Timestamp) -> Result<u64, StoreError> {
    let (users,): (i64,) = tx
        .query(
            "SELECT COUNT(*) FROM users u WHERE u.tenant_id = $1 AND u.disabled_at IS NULL AND EXISTS \
             (SELECT 1 FROM trusted_browsers b WHERE b.user_id = u.id AND b.tenant_id = $1 \
             AND b.remembered_until > $2)",
        )
        .bind(tenant.0)
        .bind(most.micros())
        .fetch_one()
        .await?;
    Ok(u64::try_from(users).unwrap_or_default())
}

/// The first of those who have, by e-mail address.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn first_remembered(
    tx: &mut Tx<'_>,
    of: &Population,
    most: Timestamp,
    at_most: i64,
) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<MemberRow> = tx
        .query(people!(
            "SELECT id, email, name, kind, created_at AS since, chosen_since",
            "WHERE EXISTS (SELECT 1 FROM trusted_browsers b WHERE b.user_id = people.id AND b.tenant_id = $1 \
             AND b.remembered_until > $4) ORDER BY email_key LIMIT $5"
        ))
        .bind(of.tenant.0)
        .bind(of.cuts[0].micros())
        .bind(of.cuts[1].micros())
        .bind(most.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    members(of, rows)
}

fn members(of: &Population, rows: Vec<MemberRow>) -> Result<Vec<Member>, StoreError> {
    let read = |row: MemberRow| {
        let alike = alike(of, &row.kind, row.since, row.chosen_since)?;
        Ok(Member { id: UserId(row.id), email: row.email, name: row.name, alike })
    };
    rows.into_iter().map(read).collect()
}

/// Reads what a kind's name says: "member:0-d--r:staff".
fn alike(of: &Population, key: &str, since: i64, chosen_since: Option<i64>) -> Result<Alike, StoreError> {
    let mut parts = key.splitn(3, ':');
    let mut next = || parts.next().ok_or(corrupt("users.role"));
    let role = Role::parse(next()?).ok_or(corrupt("users.role"))?;
    let (held, user_type) = (next()?, next()?);
    let holding = Holding {
        phone: held.contains('d'),
        passkey: held.contains('p'),
        passkey_elsewhere: false,
        authenticator: held.contains('a'),
        recovery_codes: held.contains('r'),
        mail: of.mail,
    };
    let user_type = (!user_type.is_empty()).then(|| user_type.to_owned());
    Ok(Alike { role, user_type, chosen_since: chosen_since.map(time), since: time(since), holding })
}

#[cfg(test)]
mod tests;
