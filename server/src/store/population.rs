//! The users of a tenant by what they are to a policy: how many of each kind, and the first of some kinds.
//!
//! Users are of one kind if no policy that is looked at tells them apart: by role, type, what they have set up, and
//! in which of three spans they came or were chosen. All of that lies in one index (`users_alike`), so that 100,000
//! users are counted by one walk over it, and in its order where no span matters.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::record::record;
use super::rows::{corrupt, time};
use super::{StoreError, Tx, holdings};
use crate::domain::policy::preview::Alike;
use crate::domain::user::Role;
use crate::domain::ways::Holding;

/// Whose kinds, and by which times users are told apart.
#[derive(Clone, Copy, Debug)]
pub struct Population {
    /// The tenant.
    pub tenant: TenantId,
    /// Two times, the earlier one first: whoever came, or was chosen, between the same two of them is alike. None if
    /// it does not matter when.
    pub cuts: Option<[Timestamp; 2]>,
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

macro_rules! role {
    () => {
        "CASE u.role WHEN 'member' THEN 0 WHEN 'administrator' THEN 256 WHEN 'super-administrator' THEN 512 \
         ELSE 768 END"
    };
}

/// What a user is, as one number: what is held, 16 for each cut before the user came, 64 if chosen and for each cut
/// before that, 256 for each step of the role. `$1` is the tenant, `$2` and `$3` are the cuts.
macro_rules! kind {
    () => {
        concat!(
            "u.held + CASE WHEN u.created_at > $3 THEN 32 WHEN u.created_at > $2 THEN 16 ELSE 0 END + ",
            "CASE WHEN u.chosen_since IS NULL THEN 0 WHEN u.chosen_since > $3 THEN 192 ",
            "WHEN u.chosen_since > $2 THEN 128 ELSE 64 END + ",
            role!()
        )
    };
}

/// The same where no time matters: the index has users in this order.
pub(super) const GROUPS: &str = concat!(
    "SELECT u.held + CASE WHEN u.chosen_since IS NULL THEN 0 ELSE 64 END + ",
    role!(),
    " AS kind, u.user_type, COUNT(*) AS users, MIN(u.created_at) AS since, MIN(u.chosen_since) AS chosen_since \
     FROM users u WHERE u.tenant_id = $1 AND u.disabled_at IS NULL \
     GROUP BY u.role, u.user_type, u.held, u.chosen_since IS NULL"
);
pub(super) const GROUPS_CUT: &str = concat!(
    "SELECT kind, user_type, COUNT(*) AS users, MIN(created_at) AS since, MIN(chosen_since) AS chosen_since \
     FROM (SELECT u.user_type, u.created_at, u.chosen_since, ",
    kind!(),
    " AS kind FROM users u WHERE u.tenant_id = $1 AND u.disabled_at IS NULL) people GROUP BY kind, user_type"
);

macro_rules! member {
    () => {
        concat!(
            "SELECT u.id, u.email, u.name, u.user_type, u.created_at AS since, u.chosen_since, ",
            kind!(),
            " AS kind FROM users u "
        )
    };
}

/// The first by e-mail address, of some kinds: found in the order of the list by what its index has, then read.
macro_rules! first_of {
    ($wanted:literal) => {
        concat!(
            member!(),
            "JOIN (SELECT u.id FROM users u WHERE u.tenant_id = $1 AND u.disabled_at IS NULL AND (",
            kind!(),
            ") || ':' || COALESCE(u.user_type, '') IN (",
            $wanted,
            ") AND u.email_key > $6 ORDER BY u.email_key LIMIT $5) first ON first.id = u.id ORDER BY u.email_key"
        )
    };
}

const FIRST_ON_SQLITE: &str = first_of!("SELECT value FROM json_each($4)");
const FIRST_ON_POSTGRES: &str = first_of!("SELECT json_array_elements_text($4::json)");

record! {
    struct GroupRow {
        kind: i64,
        user_type: Option<String>,
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
        user_type: Option<String>,
        kind: i64,
        since: i64,
        chosen_since: Option<i64>,
    }
}

impl Population {
    /// No time is beyond a cut that does not matter.
    fn cuts(&self) -> [i64; 2] {
        self.cuts.map_or([i64::MAX; 2], |cuts| cuts.map(Timestamp::micros))
    }
}

/// How many active users of each kind there are.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn groups(tx: &mut Tx<'_>, of: &Population) -> Result<Vec<Group>, StoreError> {
    let query = match of.cuts {
        None => tx.query(GROUPS).bind(of.tenant.0),
        Some([earlier, later]) => {
            tx.query(GROUPS_CUT).bind(of.tenant.0).bind(earlier.micros()).bind(later.micros())
        }
    };
    let rows: Vec<GroupRow> = query.fetch_all().await?;
    let read = |row: GroupRow| {
        let key = format!("{}:{}", row.kind, row.user_type.as_deref().unwrap_or_default());
        let alike = alike(of, row.kind, row.user_type, row.since, row.chosen_since)?;
        Ok(Group { key, alike, users: u64::try_from(row.users).unwrap_or_default() })
    };
    rows.into_iter().map(read).collect()
}

/// The first active users of some kinds, by e-mail address: those after the sign-in name `after`, or all if it is empty.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn first_of(
    tx: &mut Tx<'_>,
    of: &Population,
    keys: &[&str],
    after: &str,
    at_most: i64,
) -> Result<Vec<Member>, StoreError> {
    let sql = if tx.is_sqlite() { FIRST_ON_SQLITE } else { FIRST_ON_POSTGRES };
    let [earlier, later] = of.cuts();
    let rows: Vec<MemberRow> = tx
        .query(sql)
        .bind(of.tenant.0)
        .bind(earlier)
        .bind(later)
        .bind(serde_json::json!(keys).to_string())
        .bind(at_most)
        .bind(after.to_owned())
        .fetch_all()
        .await?;
    members(of, rows)
}

/// How many active users have a browser that is remembered for longer than until `most`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn remembered(tx: &mut Tx<'_>, tenant: TenantId, most: Timestamp) -> Result<u64, StoreError> {
    // All who have, less those who are disabled: of these there are few, of the others there may be all.
    let (users,): (i64,) = tx
        .query(
            "SELECT (SELECT COUNT(DISTINCT b.user_id) FROM trusted_browsers b \
             WHERE b.tenant_id = $1 AND b.remembered_until > $2) - (SELECT COUNT(*) FROM users u \
             WHERE u.tenant_id = $1 AND u.disabled_at IS NOT NULL AND EXISTS (SELECT 1 FROM trusted_browsers b \
             WHERE b.tenant_id = $1 AND b.user_id = u.id AND b.remembered_until > $2))",
        )
        .bind(tenant.0)
        .bind(most.micros())
        .fetch_one()
        .await?;
    Ok(u64::try_from(users).unwrap_or_default())
}

/// The first of those who have, by e-mail address, after the sign-in name `after`.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn first_remembered(
    tx: &mut Tx<'_>,
    of: &Population,
    most: Timestamp,
    after: &str,
    at_most: i64,
) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = concat!(
        member!(),
        "WHERE u.tenant_id = $1 AND u.disabled_at IS NULL AND EXISTS (SELECT 1 FROM trusted_browsers b \
         WHERE b.tenant_id = $1 AND b.user_id = u.id AND b.remembered_until > $4) AND u.email_key > $6 ORDER BY u.email_key LIMIT $5"
    );
    let [earlier, later] = of.cuts();
    let rows: Vec<MemberRow> = tx
        .query(SQL)
        .bind(of.tenant.0)
        .bind(earlier)
        .bind(later)
        .bind(most.micros())
        .bind(at_most)
        .bind(after.to_owned())
        .fetch_all()
        .await?;
    members(of, rows)
}

fn members(of: &Population, rows: Vec<MemberRow>) -> Result<Vec<Member>, StoreError> {
    let read = |row: MemberRow| {
        let alike = alike(of, row.kind, row.user_type, row.since, row.chosen_since)?;
        Ok(Member { id: UserId(row.id), email: row.email, name: row.name, alike })
    };
    rows.into_iter().map(read).collect()
}

fn alike(
    of: &Population,
    kind: i64,
    user_type: Option<String>,
    since: i64,
    chosen_since: Option<i64>,
) -> Result<Alike, StoreError> {
    let role = match kind >> 8 {
        0 => Role::Member,
        1 => Role::Administrator,
        2 => Role::SuperAdministrator,
        _ => return Err(corrupt("users.role")),
    };
    let holding = Holding { mail: of.mail, ..holdings::of_number(kind & 15) };
    Ok(Alike { role, user_type, chosen_since: chosen_since.map(time), since: time(since), holding })
}

#[cfg(test)]
mod tests;
