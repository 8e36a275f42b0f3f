//! The users of a tenant as administrators look for them: paged by key, filtered, counted no further than is worth it.
//!
//! One text filters for lists, counts and jobs. A filter that is not asked for is NULL, and costs nothing; all that is
//! filtered by lies in one index.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;

use super::query::Query;
use super::record::record;
use super::rows::time;
use super::users::Row as UserRow;
use super::{StoreError, Tx, holdings};
use crate::domain::directory::{Filter, Holds};
use crate::domain::factor::Factor;
use crate::domain::user::{Role, User};
use crate::domain::ways::Holding;

/// A user in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The user.
    pub user: User,
    /// What the user has set up; whether mail leads anywhere is not for the database to say.
    pub holding: Holding,
    /// When the user last signed in.
    pub signed_in_at: Option<Timestamp>,
}

record! {
    struct Row {
        signed_in_at: Option<i64>,
        held: i64,
        #[record]
        user: UserRow,
    }
}

impl Row {
    fn read(self) -> Result<Listed, StoreError> {
        let (holding, signed_in_at) = (holdings::of_number(self.held), self.signed_in_at.map(time));
        Ok(Listed { user: self.user.read()?.user, holding, signed_in_at })
    }
}

/// What a filter asks, bound by [`filtered`] from `$1` to `$8`.
macro_rules! filter {
    () => {
        "u.tenant_id = $1 AND ($2 IS NULL OR u.search_key LIKE $2 ESCAPE '!') \
         AND ($3 IS NULL OR u.role = $3) \
         AND ($4 IS NULL OR u.user_type = $4 OR ($4 = '' AND u.user_type IS NULL)) \
         AND ($5 IS NULL OR (u.disabled_at IS NOT NULL) = $5) \
         AND ($6 IS NULL OR (u.chosen_since IS NOT NULL) = $6) AND ($7 IS NULL OR (u.held & $7 <> 0) = $8)"
    };
}

macro_rules! user_columns {
    () => {
        "u.id, u.email, u.name, u.role, '' AS password_hash, u.language, u.new_password_since, u.disabled_at, \
         u.user_type, u.chosen_since, u.created_at AS since"
    };
}

macro_rules! list {
    ($tail:literal) => {
        concat!("SELECT ", user_columns!(), ", u.signed_in_at, u.held FROM users u WHERE ", filter!(), $tail)
    };
}

fn filtered<'t>(query: Query<'t>, tenant: TenantId, filter: &Filter) -> Query<'t> {
    let held = filter.holds.map(holds);
    query
        .bind(tenant.0)
        .bind(filter.search.as_deref().map(pattern))
        .bind(filter.role.map(Role::as_str).map(str::to_owned))
        // No type has an empty name.
        .bind(if filter.untyped { Some(String::new()) } else { filter.user_type.clone() })
        .bind(filter.disabled)
        .bind(filter.chosen)
        .bind(held.map(|(any_of, _)| any_of))
        .bind(held.map(|(_, is)| is))
}

/// A part of a text, for LIKE.
fn pattern(part: &str) -> String {
    let part = part.trim().to_lowercase();
    let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// Which bits of `users.held` are looked at, and whether one of them has to be set, or none.
const fn holds(holds: Holds) -> (i64, bool) {
    const OWN: i64 = 1 + 2 + 4;
    match holds {
        Holds::Nothing => (OWN, false),
        Holds::Something => (OWN, true),
        Holds::This(Factor::Push) => (1, true),
        Holds::This(Factor::Passkey) => (2, true),
        Holds::This(Factor::Totp) => (4, true),
        // Nobody has set these up by themselves: nobody is found.
        Holds::This(Factor::EmailCode | Factor::RecoveryCode) => (0, true),
    }
}

/// Where a page of the list begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the beginning.
    #[default]
    First,
    /// After the user with this sign-in name, in the form of [`crate::domain::user::email_key`].
    After(String),
    /// Before the user with this sign-in name: the last of those that come before.
    Before(String),
}

/// Users that match, in the order of their sign-in names: at most `at_most`, and whether there are more on that way.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn list(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    filter: &Filter,
    place: &Place,
    at_most: usize,
) -> Result<(Vec<Listed>, bool), StoreError> {
    let (sql, key) = match place {
        Place::First => (list!(" AND u.email_key > $9 ORDER BY u.email_key LIMIT $10"), ""),
        Place::After(key) => (list!(" AND u.email_key > $9 ORDER BY u.email_key LIMIT $10"), key.as_str()),
        Place::Before(key) => {
            (list!(" AND u.email_key < $9 ORDER BY u.email_key DESC LIMIT $10"), key.as_str())
        }
    };
    let one_more = i64::try_from(at_most + 1).unwrap_or(i64::MAX);
    let rows: Vec<Row> =
        filtered(tx.query(sql), tenant, filter).bind(key.to_owned()).bind(one_more).fetch_all().await?;
    let more = rows.len() > at_most;
    let mut listed = rows.into_iter().take(at_most).map(Row::read).collect::<Result<Vec<_>, _>>()?;
    if matches!(place, Place::Before(_)) {
        listed.reverse();
    }
    Ok((listed, more))
}

/// A user as in the list.
///
/// # Errors
/// [`StoreError`] from the database, or if the row contradicts itself.
pub async fn one(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<Option<Listed>, StoreError> {
    let query = tx.query(list!(" AND u.id = $9"));
    let row: Option<Row> = filtered(query, tenant, &Filter::default()).bind(id.0).fetch_optional().await?;
    row.map(Row::read).transpose()
}

/// How many users match, but no more than `at_most`.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn count(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    filter: &Filter,
    at_most: i64,
) -> Result<u64, StoreError> {
    const SQL: &str =
        concat!("SELECT COUNT(*) FROM (SELECT 1 FROM users u WHERE ", filter!(), " LIMIT $9) AS found");
    let (count,): (i64,) = filtered(tx.query(SQL), tenant, filter).bind(at_most).fetch_one().await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Users that match and were there at `then`, in the order of their ids: at most `at_most`, those after `after`.
///
/// # Errors
/// [`StoreError`] from the database, or if a row contradicts itself.
pub async fn by_ids(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    filter: &Filter,
    after: Option<UserId>,
    then: Timestamp,
    at_most: i64,
) -> Result<Vec<User>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        user_columns!(),
        " FROM users u WHERE ",
        filter!(),
        " AND u.id > $9 AND u.created_at <= $10 ORDER BY u.id LIMIT $11"
    );
    let rows: Vec<UserRow> = filtered(tx.query(SQL), tenant, filter)
        // No user has the nil id.
        .bind(after.map(|after| after.0).unwrap_or_default())
        .bind(then.micros())
        .bind(at_most)
        .fetch_all()
        .await?;
    rows.into_iter().map(|row| Ok(row.read()?.user)).collect()
}
