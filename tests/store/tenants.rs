//! Tenants, users, audit lines and the server's own keys.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_server::domain::actor::Actor;
use countersign_server::store::audit::{self, AuditLine};
use countersign_server::store::{StoreError, server_keys, tenants, users};
use countersign_tests::On;
use futures_util::future::join_all;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_tenant, new_user, random};

stories!(
    a_tenant_is_found_by_its_host,
    a_host_belongs_to_one_tenant,
    a_user_is_found_by_name_and_by_id_in_one_tenant,
    a_sign_in_name_is_taken_once_in_a_tenant,
    audit_lines_come_in_order,
    nodes_that_begin_together_agree_on_one_key,
);

async fn a_tenant_is_found_by_its_host(on: On) {
    let f = Fixture::new(on).await;
    let found = f.read(|tx| Box::pin(tenants::by_authority(tx, "a.example"))).await.unwrap();
    let added = new_tenant(f.tenant, "https://a.example");
    assert_eq!((&found.tenant, &found.origin), (&added.tenant, &added.origin));
    assert_eq!(found.signing_key_sealed, added.signing_key_sealed);
    assert!(f.read(|tx| Box::pin(tenants::by_authority(tx, "b.example"))).await.is_none());
    assert_eq!(f.read(|tx| Box::pin(tenants::all(tx))).await.len(), 1);
}

async fn a_host_belongs_to_one_tenant(on: On) {
    let f = Fixture::new(on).await;
    let other = TenantId::new(at(0), &random());
    let taken =
        f.db.write(move |tx| {
            Box::pin(async move { tenants::add(tx, &new_tenant(other, "https://a.example")).await })
        })
        .await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })), "{taken:?}");
    assert_eq!(f.count("SELECT COUNT(*) FROM tenants").await, 1, "and nothing of it is left");
    f.write(move |tx| {
        Box::pin(async move { tenants::add(tx, &new_tenant(other, "http://localhost:8080")).await })
    })
    .await;
    let found = f.read(|tx| Box::pin(tenants::by_authority(tx, "localhost:8080"))).await.unwrap();
    assert!(!found.origin.is_secure());
}

async fn a_user_is_found_by_name_and_by_id_in_one_tenant(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id, other) = (f.tenant, f.user, TenantId(Uuid::from_u128(7)));
    let found = f.read(move |tx| Box::pin(users::by_email_key(tx, tenant, "ada@example.com"))).await.unwrap();
    let added = new_user(tenant, id, "ada@example.com");
    assert_eq!((&found.user, &found.password_hash), (&added.user, &added.password_hash));
    assert_eq!(f.read(move |tx| Box::pin(users::by_id(tx, tenant, id))).await, Some(added.user));
    assert!(f.read(move |tx| Box::pin(users::by_email_key(tx, other, "ada@example.com"))).await.is_none());
    assert!(f.read(move |tx| Box::pin(users::by_id(tx, other, id))).await.is_none());
}

async fn a_sign_in_name_is_taken_once_in_a_tenant(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let adding = (0..8).map(|_| {
        let (db, id) = (f.db.clone(), UserId::new(at(0), &random()));
        tokio::spawn(async move {
            db.write(move |tx| {
                Box::pin(async move { users::add(tx, &new_user(tenant, id, "eve@example.com")).await })
            })
            .await
        })
    });
    let added: Vec<Result<(), StoreError>> = join_all(adding).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(added.iter().filter(|added| added.is_ok()).count(), 1);
    let conflict = |added: &&Result<(), StoreError>| matches!(added, Err(StoreError::Conflict { .. }));
    assert_eq!(added.iter().filter(conflict).count(), 7, "{added:?}");
}

async fn audit_lines_come_in_order(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    for (n, event, whose) in
        [(3, "third", Some(user)), (1, "first", Some(user)), (2, "second", Some(user)), (4, "nobody's", None)]
    {
        f.write(move |tx| {
            Box::pin(async move {
                let id = Uuid::from_u128(n);
                let at = at(i64::try_from(n).unwrap());
                let detail = serde_json::json!({ "n": 1 });
                audit::append(
                    tx,
                    &AuditLine { id, tenant, user: whose, at, event, detail, actor: Actor::Server },
                )
                .await
            })
        })
        .await;
    }
    let lines = f.read(move |tx| Box::pin(audit::lately(tx, tenant, user, 9))).await;
    let events: Vec<_> = lines.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(events, ["third", "second", "first"]);
}

async fn nodes_that_begin_together_agree_on_one_key(on: On) {
    let f = Fixture::new(on).await;
    let beginning = (0_u8..8).map(|n| {
        let db = f.db.clone();
        tokio::spawn(async move {
            let new = vec![n; 40];
            db.write_with(new, |new, tx| {
                Box::pin(async move { server_keys::get_or_add(tx, "vapid", new).await })
            })
            .await
            .map_err(|error: StoreError| error)
        })
    });
    let mut keys: Vec<Vec<u8>> =
        join_all(beginning).await.into_iter().map(|key| key.unwrap().unwrap()).collect();
    keys.dedup();
    assert_eq!(keys.len(), 1);
}
