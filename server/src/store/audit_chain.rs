//! The chain of a tenant's audit lines: its end, lines that have no place in it yet, and lines in their order.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::bytes::Digest;
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::audit_search::Found;
use super::record::record;
use super::rows::time;
use super::{StoreError, Tx};
use crate::domain::audit::chain::{Chained, Head, Line};

/// The end of a chain with its seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedHead {
    /// The end.
    pub head: Head,
    /// Its seal.
    pub seal: Digest,
    /// When the last line was chained.
    pub chained_at: Timestamp,
}

record! {
    pub(super) struct LineRow {
        id: Uuid,
        tenant_id: Uuid,
        user_id: Option<Uuid>,
        at: i64,
        event: String,
        result: Option<String>,
        actor: Option<String>,
        address: Option<String>,
        detail: String,
        seq: Option<i64>,
        link: Option<Vec<u8>>,
    }
}

impl LineRow {
    /// The line, and its place if it has one.
    pub(super) fn read(self) -> (Line, Option<Head>) {
        let place = self.seq.map(|seq| Head { seq, link: link_of(self.link.as_deref()) });
        let line = Line {
            id: self.id,
            tenant: TenantId(self.tenant_id),
            user: self.user_id.map(UserId),
            at: time(self.at),
            event: self.event,
            result: self.result,
            actor: self.actor,
            address: self.address,
            detail: self.detail,
        };
        (line, place)
    }
}

/// A link as it lies in the database. What is none is no line's link: whoever verifies the chain finds it changed.
fn link_of(column: Option<&[u8]>) -> Digest {
    column.and_then(Digest::from_slice).unwrap_or(Head::START.link)
}

/// The tenants of which lines are not chained yet: at most as many as that.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn tenants_with_loose(tx: &mut Tx<'_>, at_most: i64) -> Result<Vec<TenantId>, StoreError> {
    // One look into the index a tenant, however many lines wait.
    macro_rules! select {
        ($by:literal) => {
            concat!(
                "WITH RECURSIVE loose (id) AS ( ",
                "SELECT (SELECT tenant_id FROM audit ",
                $by,
                " WHERE seq IS NULL ORDER BY tenant_id LIMIT 1) ",
                "UNION ALL ",
                "SELECT (SELECT tenant_id FROM audit ",
                $by,
                " WHERE seq IS NULL AND tenant_id > loose.id ORDER BY tenant_id LIMIT 1) ",
                "FROM loose WHERE loose.id IS NOT NULL) ",
                "SELECT id FROM loose WHERE id IS NOT NULL LIMIT $1"
            )
        };
    }
    let sql = if tx.is_sqlite() { select!("INDEXED BY audit_loose") } else { select!("") };
    let rows: Vec<(Uuid,)> = tx.query(sql).bind(at_most).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| TenantId(id)).collect())
}

/// The lines of a tenant that are not chained yet, the oldest first.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn loose(tx: &mut Tx<'_>, tenant: TenantId, at_most: i64) -> Result<Vec<Line>, StoreError> {
    // SQLite does not find out by itself that few lines wait.
    macro_rules! select {
        ($by:literal) => {
            concat!(
                "SELECT id, tenant_id, user_id, at, event, result, actor, address, detail, seq, link FROM audit ",
                $by,
                " WHERE tenant_id = $1 AND seq IS NULL ORDER BY at, id LIMIT $2"
            )
        };
    }
    let sql = if tx.is_sqlite() { select!("INDEXED BY audit_loose") } else { select!("") };
    let rows: Vec<LineRow> = tx.query(sql).bind(tenant.0).bind(at_most).fetch_all().await?;
    Ok(rows.into_iter().map(|row| row.read().0).collect())
}

/// The lines of a tenant after number `after`, in their order.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn after(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    after: i64,
    at_most: i64,
) -> Result<Vec<Chained>, StoreError> {
    let rows: Vec<LineRow> = tx
        .query(
            "SELECT id, tenant_id, user_id, at, event, result, actor, address, detail, seq, link FROM audit \
             WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(tenant.0)
        .bind(after)
        .bind(at_most)
        .fetch_all()
        .await?;
    let placed = rows.into_iter().map(LineRow::read).filter_map(|(line, place)| Some((line, place?)));
    Ok(placed.map(|(line, place)| Chained { seq: place.seq, link: place.link, line }).collect())
}

/// The links of the lines before those that were found, by number, as far as there are such lines.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn links_before(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    found: &[Found],
) -> Result<BTreeMap<i64, Digest>, StoreError> {
    let numbers = found.iter().filter_map(|found| Some(found.place?.seq.saturating_sub(1)));
    let numbers: BTreeSet<i64> = numbers.collect();
    let wanted = serde_json::Value::from_iter(numbers).to_string();
    let sql = if tx.is_sqlite() {
        "SELECT seq, link FROM audit WHERE tenant_id = $1 AND seq IN (SELECT value FROM json_each($2))"
    } else {
        "SELECT seq, link FROM audit \
         WHERE tenant_id = $1 AND seq IN (SELECT value::bigint FROM json_array_elements_text($2::json))"
    };
    let rows: Vec<(i64, Option<Vec<u8>>)> = tx.query(sql).bind(tenant.0).bind(wanted).fetch_all().await?;
    Ok(rows.into_iter().map(|(seq, link)| (seq, link_of(link.as_deref()))).collect())
}

/// The last line of a tenant's chain by its number; none if no line is chained. What it says is not checked.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn last(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<Head>, StoreError> {
    let row: Option<(i64, Option<Vec<u8>>)> = tx
        .query(
            "SELECT seq, link FROM audit WHERE tenant_id = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1",
        )
        .bind(tenant.0)
        .fetch_optional()
        .await?;
    Ok(row.map(|(seq, link)| Head { seq, link: link_of(link.as_deref()) }))
}

record! {
    struct HeadRow {
        seq: i64,
        link: Vec<u8>,
        seal: Vec<u8>,
        chained_at: i64,
    }
}

impl HeadRow {
    fn read(self) -> SealedHead {
        SealedHead {
            head: Head { seq: self.seq, link: link_of(Some(&self.link)) },
            seal: link_of(Some(&self.seal)),
            chained_at: time(self.chained_at),
        }
    }
}

/// The end of a tenant's chain; none before the first line.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn head(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<SealedHead>, StoreError> {
    let row: Option<HeadRow> = tx
        .query("SELECT seq, link, seal, chained_at FROM audit_heads WHERE tenant_id = $1")
        .bind(tenant.0)
        .fetch_optional()
        .await?;
    Ok(row.map(HeadRow::read))
}

/// Puts `new` in the place of the head that was `read`. False if it is another one by now.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn move_head(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    read: Option<&SealedHead>,
    new: &SealedHead,
) -> Result<bool, StoreError> {
    let query = match read {
        Some(_) => tx.query(
            "UPDATE audit_heads SET seq = $2, link = $3, seal = $4, chained_at = $5 \
             WHERE tenant_id = $1 AND seq = $6 AND link = $7 AND seal = $8",
        ),
        None => tx.query(
            "INSERT INTO audit_heads (tenant_id, seq, link, seal, chained_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant_id) DO NOTHING",
        ),
    };
    let query = query
        .bind(tenant.0)
        .bind(new.head.seq)
        .bind(new.head.link.0.to_vec())
        .bind(new.seal.0.to_vec())
        .bind(new.chained_at.micros());
    let query = match read {
        Some(read) => query.bind(read.head.seq).bind(read.head.link.0.to_vec()).bind(read.seal.0.to_vec()),
        None => query,
    };
    Ok(query.execute().await? == 1)
}

/// Gives lines their places. How many of them had none and are there: of others, none is to be kept.
///
/// # Errors
/// [`StoreError`] from the database.
pub async fn place(tx: &mut Tx<'_>, tenant: TenantId, places: &[(Uuid, Head)]) -> Result<u64, StoreError> {
    let hex = |link: &Digest| link.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let places: Vec<_> = places
        .iter()
        .map(|(id, place)| json!({ "id": id.simple().to_string(), "seq": place.seq, "link": hex(&place.link) }))
        .collect();
    // One statement for all: on PostgreSQL each takes a way to the server and back. SQLite would look through all
    // lines that wait, for each place, were it not for the signs before what is no key.
    let sql = if tx.is_sqlite() {
        "UPDATE audit SET seq = p.value ->> 'seq', link = unhex(p.value ->> 'link') FROM json_each($2) p \
         WHERE audit.id = unhex(p.value ->> 'id') AND +audit.tenant_id = $1 AND +audit.seq IS NULL"
    } else {
        "UPDATE audit SET seq = p.seq, link = decode(p.link, 'hex') \
         FROM json_to_recordset($2::json) AS p (id uuid, seq bigint, link text) \
         WHERE audit.id = p.id AND audit.tenant_id = $1 AND audit.seq IS NULL"
    };
    tx.query(sql).bind(tenant.0).bind(serde_json::Value::from(places).to_string()).execute().await
}
