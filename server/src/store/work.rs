//! That pages of lists cost the same, however many users a tenant has: counted, not timed.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

use super::directory::{self, Place};
use super::population::{self, Population};
use super::tenants::{self, NewTenant};
use super::testing::{TestDb, cost, migrated};
use super::{StoreError, audit_search};
use crate::domain::audit::filter::AuditFilter;
use crate::domain::directory::{Filter, Holds};
use crate::domain::factor::Factor;
use crate::domain::policy::Policy;
use crate::domain::policy::preview::tests::with;
use crate::domain::tenant::{Origin, Tenant};
use crate::domain::user::Role;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

/// Users from one number to another, half of them of a type, and for each an audit line.
const USERS: [&str; 2] = [
    "WITH RECURSIVE n (i) AS (SELECT CAST($2 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $3) \
     INSERT INTO users (id, tenant_id, email, email_key, search_key, name, role, password_hash, created_at, held, \
     user_type) SELECT randomblob(16), $1, 'user' || i, 'user' || i, 'user' || i, '', 'member', '', i, i % 16, \
     CASE WHEN i % 2 = 0 THEN 'staff' END FROM n",
    "WITH RECURSIVE n (i) AS (SELECT CAST($2 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $3) \
     INSERT INTO users (id, tenant_id, email, email_key, search_key, name, role, password_hash, created_at, held, \
     user_type) SELECT gen_random_uuid(), $1, 'user' || i, 'user' || i, 'user' || i, '', 'member', '', i, i % 16, \
     CASE WHEN i % 2 = 0 THEN 'staff' END FROM n",
];
const LINES: &str = "INSERT INTO audit (id, tenant_id, user_id, at, event, detail) \
    SELECT id, tenant_id, id, created_at, CASE WHEN created_at % 2 = 0 THEN 'login.started' ELSE 'login.approved' END, \
    '{}' FROM users WHERE tenant_id = $1 AND created_at >= $2 AND created_at <= $3";

impl TestDb {
    async fn add_tenant(&self) {
        let tenant = Tenant { id: TENANT, ..with(Policy::default()) };
        let origin = Origin::parse("https://login.example.com").unwrap();
        let new = NewTenant { tenant, origin, signing_key_sealed: vec![0], at: Timestamp::default() };
        self.db.write_with(new, |new, tx| Box::pin(tenants::add(tx, new))).await.unwrap();
    }

    async fn add_users(&self, from: i64, to: i64) {
        let unit = self.db.write(move |tx| {
            Box::pin(async move {
                let users = USERS[usize::from(!tx.is_sqlite())];
                for sql in [users, LINES] {
                    tx.query(sql).bind(TENANT.0).bind(from).bind(to).execute().await?;
                }
                tx.query("ANALYZE").execute().await
            })
        });
        unit.await.unwrap();
    }

    async fn how(&self, sql: &str) -> String {
        let explain = if self.db.is_sqlite() { "EXPLAIN QUERY PLAN " } else { "EXPLAIN " };
        let id = if self.db.is_sqlite() { "x'00'" } else { "'00000000-0000-0000-0000-000000000001'" };
        let sql = format!("{explain}{}", sql.replace("$1", id).replace("$2", "10").replace("$3", "20"));
        let sql: &'static str = Box::leak(sql.into_boxed_str());
        let read = self.db.read(move |tx| {
            Box::pin(async move {
                if tx.is_sqlite() {
                    let steps: Vec<(i64, i64, i64, String)> = tx.query(sql).fetch_all().await?;
                    return Ok::<_, StoreError>(steps.into_iter().map(|step| step.3).collect());
                }
                let steps: Vec<(String,)> = tx.query(sql).fetch_all().await?;
                Ok(steps.into_iter().map(|step| step.0).collect::<Vec<_>>())
            })
        });
        read.await.unwrap().join("\n")
    }
}

/// What each page costs.
async fn costs(on: &TestDb) -> Vec<(String, i64)> {
    let all = Filter::default;
    let mut costs = Vec::new();
    for filter in [
        all(),
        Filter { user_type: Some("staff".into()), ..all() },
        Filter { holds: Some(Holds::This(Factor::Push)), ..all() },
        Filter { search: Some("user".into()), role: Some(Role::Member), ..all() },
    ] {
        let middle = || "user500".to_owned();
        for place in [Place::First, Place::After(middle()), Place::Before(middle())] {
            let (name, filter) = (format!("{place:?} {filter:?}"), filter.clone());
            let unit = cost(on, move |tx| {
                Box::pin(async move { directory::list(tx, TENANT, &filter, &place, 50).await.map(drop) })
            });
            costs.push((name, unit.await));
        }
        let name = format!("count {filter:?}");
        let unit = cost(on, move |tx| {
            Box::pin(async move { directory::count(tx, TENANT, &filter, 200).await.map(drop) })
        });
        costs.push((name, unit.await));
    }
    let begun = Timestamp::from_micros(i64::MAX);
    let unit = cost(on, move |tx| {
        Box::pin(async move { directory::by_ids(tx, TENANT, &all(), None, begun, 100).await.map(drop) })
    });
    costs.push(("users of a job".into(), unit.await));
    if !on.db.is_sqlite() {
        // For the rest, PostgreSQL may well read all of a table that is as small as here.
        return costs;
    }
    let of = Population { tenant: TENANT, cuts: None, mail: false };
    let unit = cost(on, move |tx| {
        Box::pin(async move { population::first_of(tx, &of, &["1:", "3:", "5:"], "", 50).await.map(drop) })
    });
    costs.push(("first of some kinds".into(), unit.await));
    let unit = cost(on, move |tx| {
        Box::pin(async move { directory::one(tx, TENANT, UserId(Uuid::nil())).await.map(drop) })
    });
    costs.push(("one user".into(), unit.await));
    for what in [None, Some("login.started"), Some("login")] {
        let filter = AuditFilter { what: what.map(str::to_owned), ..AuditFilter::default() };
        let unit = cost(on, move |tx| {
            Box::pin(async move { audit_search::search(tx, TENANT, &filter, None, 50).await.map(drop) })
        });
        costs.push((format!("audit {what:?}"), unit.await));
    }
    costs
}

#[tokio::test]
async fn a_page_costs_no_more_with_five_times_the_users() {
    for on in migrated().await {
        on.add_tenant().await;
        on.add_users(1, 2_000).await;
        let few = costs(&on).await;
        on.add_users(2_001, 10_000).await;
        for ((name, few), (_, many)) in few.into_iter().zip(costs(&on).await) {
            assert!(few < 1_900 || on.db.is_sqlite(), "{} reads all: {name}: {few}", on.name);
            assert!(many <= few + few / 2 + 20, "{}: {name}: {few}, then {many}", on.name);
        }
    }
}

#[tokio::test]
async fn users_of_a_kind_are_counted_in_the_order_of_one_index() {
    for on in migrated().await {
        on.add_tenant().await;
        on.add_users(1, 10_000).await;
        let (plan, cut) = (on.how(population::GROUPS).await, on.how(population::GROUPS_CUT).await);
        for table in ["devices", "passkeys", "authenticators", "recovery_codes"] {
            assert!(!plan.contains(table) && !cut.contains(table), "{}: {plan}\n{cut}", on.name);
        }
        // PostgreSQL chooses by what it knows of the table; SQLite always chooses so.
        if on.db.is_sqlite() {
            assert!(plan.contains("COVERING INDEX users_alike") && !plan.contains("TEMP B-TREE"), "{plan}");
            assert!(cut.contains("COVERING INDEX users_alike"), "{cut}");
        }
    }
}
