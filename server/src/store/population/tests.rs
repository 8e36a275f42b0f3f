use super::*;
use crate::domain::policy::Policy;
use crate::domain::policy::asked::Facts;
use crate::domain::push_limits::PushLimits;
use crate::domain::tenant::{Origin, Tenant};
use crate::domain::user::User;
use crate::store::tenants::{self, NewTenant};
use crate::store::testing::migrated;
use crate::store::users::{self, NewUser};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

fn user(number: u128, role: Role, user_type: Option<&str>, chosen: Option<i64>, since: i64) -> NewUser {
    let user = User {
        id: UserId(Uuid::from_u128(number)),
        email: format!("u{number}@example.com"),
        name: String::new(),
        role,
        language: None,
        needs_new_password: false,
        disabled: false,
        user_type: user_type.map(str::to_owned),
        chosen_since: chosen.map(Timestamp::from_seconds),
        created_at: Timestamp::from_seconds(since),
    };
    NewUser { tenant: TENANT, email_key: user.email.clone(), user, password_hash: String::new() }
}

/// Users 2 to 7 and 10 to 12 in tenant 1, of whom 7 is disabled, and one in tenant 9.
async fn filled(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for (id, name) in [(TENANT, "ACME"), (TenantId(Uuid::from_u128(9)), "Other")] {
        let tenant = Tenant {
            id,
            name: name.into(),
            require_hardware_keys: false,
            push_limits: PushLimits::default(),
            policy: Policy::default(),
            facts: Facts::default(),
            revision: 0,
        };
        let origin = Origin::parse(&format!("https://{name}.example.com")).unwrap();
        let new = NewTenant { tenant, origin, signing_key_sealed: vec![0], at: Timestamp::default() };
        tenants::add(tx, &new).await?;
    }
    for new in [
        user(2, Role::Member, Some("staff"), None, 10),
        user(3, Role::Member, Some("staff"), None, 20),
        user(4, Role::Member, Some("a%b"), None, 300),
        user(5, Role::Administrator, None, Some(250), 10),
        user(6, Role::Member, None, None, 10),
        user(7, Role::Member, None, None, 10),
        user(10, Role::Member, Some("a_b"), None, 300),
        user(11, Role::Member, Some("axb"), None, 300),
        user(12, Role::Member, Some("AXB"), None, 300),
        NewUser { tenant: TenantId(Uuid::from_u128(9)), ..user(8, Role::Member, None, None, 10) },
    ] {
        users::add(tx, &new).await?;
    }
    tx.query("UPDATE users SET disabled_at = 5 WHERE id = $1").bind(Uuid::from_u128(7)).execute().await?;
    tx.query(
        "INSERT INTO recovery_codes (tenant_id, user_id, code_hash, made_at, used_at) \
         VALUES ($1, $2, $3, 0, NULL)",
    )
    .bind(TENANT.0)
    .bind(Uuid::from_u128(6))
    .bind(vec![7_u8; 32])
    .execute()
    .await?;
    Ok(())
}

#[tokio::test]
async fn users_are_counted_by_what_they_are_and_found_again() {
    for on in migrated().await {
        on.db.write(|tx| Box::pin(filled(tx))).await.unwrap();
        let cuts = [100, 200].map(Timestamp::from_seconds);
        let of = Population { tenant: TENANT, cuts: Some(cuts), mail: true };
        let groups = on.db.read_one(move |tx| Box::pin(async move { groups(tx, &of).await })).await.unwrap();
        assert_eq!(groups.iter().map(|group| group.users).sum::<u64>(), 8, "{}: {groups:?}", on.name);
        let staff = groups.iter().find(|group| group.users == 2).unwrap();
        assert_eq!(staff.alike.user_type.as_deref(), Some("staff"), "{}", on.name);
        assert_eq!(staff.alike.since, Timestamp::from_seconds(10), "the first of them");
        let chosen = groups.iter().find(|group| group.alike.role == Role::Administrator).unwrap();
        assert_eq!(chosen.alike.chosen_since, Some(Timestamp::from_seconds(250)));
        let codes = groups.iter().find(|group| group.alike.holding.recovery_codes).unwrap();
        assert!(codes.alike.user_type.is_none() && codes.alike.holding.mail);

        for group in &groups {
            let key = group.key.clone();
            let found = on
                .db
                .read_one(move |tx| Box::pin(async move { first_of(tx, &of, &[key.as_str()], "", 50).await }))
                .await
                .unwrap();
            assert_eq!(
                found.len() as u64,
                group.users,
                "{}: {}: no kind looks like another",
                on.name,
                group.key
            );
            assert!(found.iter().all(|member| member.alike.user_type == group.alike.user_type));
        }
        let most = Timestamp::from_seconds(5);
        let none = on.db.read_one(move |tx| Box::pin(remembered(tx, TENANT, most))).await.unwrap();
        assert_eq!(none, 0, "{}", on.name);
        let none = on
            .db
            .read_one(move |tx| Box::pin(async move { first_remembered(tx, &of, most, "", 50).await }))
            .await
            .unwrap();
        assert!(none.is_empty(), "{}", on.name);
    }
}
