//! Finding audit lines among a million: paged by key, the latest first, each time by an index.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::audit_chain::LineRow;
use super::{StoreError, Tx};
use crate::domain::actor::Actor;
use crate::domain::audit::chain::{Head, Line};
use crate::domain::audit::filter::AuditFilter;

/// A line that was found, and its place in the chain if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The line.
    pub line: Line,
    /// Its place.
    pub place: Option<Head>,
}

impl Found {
    /// What the next page begins after.
    #[must_use]
    pub const fn key(&self) -> (Timestamp, Uuid) {
        (self.line.at, self.line.id)
    }
}

/// Up to so many events are looked for one by one: each has an index. Of more, most lines are.
const ONE_BY_ONE: usize = 24;

/// What leads to the lines: a column of an index. What else is asked for is looked at line by line.
macro_rules! select {
    ($lead:literal) => {
        concat!(
            "SELECT id, tenant_id, user_id, at, event, result, actor, address, detail, seq, link FROM audit ",
            "WHERE tenant_id = $1 AND at >= $2 AND (at, id) < ($3, $4)",
            $lead,
            " AND ($6 IS NULL OR user_id = $6) AND ($7 IS NULL OR actor = $7) ",
            "AND ($8 IS NULL OR address = $8) AND ($9 IS NULL OR event = $9) ",
            "AND ($10 IS NULL OR replace($10, ' ' || event || ' ', '') <> $10) ",
            "ORDER BY at DESC, id DESC LIMIT $5"
        )
    };
}

/// The lines that meet the filter, the latest first, from after `key` on.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn search(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    filter: &AuditFilter,
    key: Option<(Timestamp, Uuid)>,
    at_most: i64,
) -> Result<Vec<Found>, StoreError> {
    let one = One { tenant, filter, key: begin(filter, key), at_most };
    let leads = filter.user.is_some() || filter.actor.is_some() || filter.address.is_some();
    let mut found = match filter.events() {
        None => one.search(tx, None, None).await?,
        Some(events) if events.is_empty() => Vec::new(),
        Some(events) if leads || events.len() > ONE_BY_ONE => {
            one.search(tx, None, Some(format!(" {} ", events.join("  ")))).await?
        }
        Some(events) => {
            let mut found = Vec::new();
            for event in events {
                found.extend(one.search(tx, Some(event), None).await?);
            }
            found
        }
    };
    found.sort_unstable_by_key(|found| Reverse(found.key()));
    found.truncate(usize::try_from(at_most).unwrap_or(0));
    Ok(found)
}

/// Before which key the lines are that are looked for.
fn begin(filter: &AuditFilter, key: Option<(Timestamp, Uuid)>) -> (Timestamp, Uuid) {
    let until = filter.until.map_or((Timestamp::from_micros(i64::MAX), Uuid::max()), |at| (at, Uuid::nil()));
    key.map_or(until, |key| key.min(until))
}

struct One<'a> {
    tenant: TenantId,
    filter: &'a AuditFilter,
    key: (Timestamp, Uuid),
    at_most: i64,
}

impl One<'_> {
    async fn search(
        &self,
        tx: &mut Tx<'_>,
        event: Option<String>,
        among: Option<String>,
    ) -> Result<Vec<Found>, StoreError> {
        let AuditFilter { user, actor, address, from, .. } = self.filter;
        let sql = match (user, actor, address, &event) {
            (Some(_), ..) => select!(" AND user_id = $6"),
            (_, Some(_), ..) => select!(" AND actor = $7"),
            (_, _, Some(_), _) => select!(" AND address = $8"),
            (.., Some(_)) => select!(" AND event = $9"),
            _ => select!(""),
        };
        let rows: Vec<LineRow> = tx
            .query(sql)
            .bind(self.tenant.0)
            .bind(from.map_or(i64::MIN, Timestamp::micros))
            .bind(self.key.0.micros())
            .bind(self.key.1)
            .bind(self.at_most)
            .bind(user.map(|user| user.0))
            .bind(actor.as_ref().map(Actor::to_string))
            .bind(address.map(|address| address.to_string()))
            .bind(event)
            .bind(among)
            .fetch_all()
            .await?;
        let found = rows.into_iter().map(LineRow::read).map(|(line, place)| Found { line, place });
        Ok(found.collect())
    }
}

/// What people are called who are named in lines: name and e-mail address.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn people(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    ids: BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, (String, String)>, StoreError> {
    let mut people = BTreeMap::new();
    for id in ids {
        let row: Option<(String, String)> = tx
            .query("SELECT name, email FROM users WHERE tenant_id = $1 AND id = $2")
            .bind(tenant.0)
            .bind(id.0)
            .fetch_optional()
            .await?;
        people.extend(row.map(|row| (id, row)));
    }
    Ok(people)
}
