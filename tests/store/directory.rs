//! The list of users: paged by key both ways, filtered, counted; and what it says of their factors.

use std::collections::BTreeSet;

use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::{DeviceId, TenantId, UserId};
use countersign_server::domain::directory::{Filter, Holds};
use countersign_server::domain::factor::{Factor, TotpAlgorithm};
use countersign_server::domain::user::{Role, User};
use countersign_server::domain::ways::Holding;
use countersign_server::store::authenticators::{self, NewAuthenticator};
use countersign_server::store::directory::{self, Listed, Place};
use countersign_server::store::passkeys::{self, Passkey};
use countersign_server::store::{devices, holdings, recovery_codes, tenants, users};
use countersign_tests::On;
use futures_util::future::join_all;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_device, new_tenant, new_user, random, unit};

stories!(
    pages_follow_each_other_both_ways_and_leave_nobody_out,
    each_filter_finds_those_it_is_for_and_all_together_those_of_all,
    a_search_takes_every_sign_for_itself,
    a_count_stops_where_it_is_told_to,
    a_job_meets_each_user_once_and_nobody_who_came_later,
    nobody_of_another_tenant_is_found,
    what_is_listed_as_set_up_follows_every_change,
    of_changes_at_once_none_is_missed_in_what_is_listed,
);

impl Fixture {
    async fn add_user(&self, user: User) -> UserId {
        let (tenant, id) = (self.tenant, user.id);
        let new =
            users::NewUser { tenant, email_key: user.email.clone(), user, password_hash: String::new() };
        self.db.write_with(new, |new, tx| Box::pin(users::add(tx, new))).await.unwrap();
        id
    }

    /// Users a@… to j@…, after whom Ada comes from the fixture. Their ids are in another order.
    async fn ten_users(&self) -> Vec<UserId> {
        let mut ids = Vec::new();
        for (n, letter) in ('a'..='j').enumerate() {
            let id = UserId(Uuid::from_u128(1_000 - n as u128));
            ids.push(self.add_user(member(id, &format!("{letter}@example.org"))).await);
        }
        ids
    }

    async fn list_users(&self, filter: &Filter, place: &Place, at_most: usize) -> (Vec<Listed>, bool) {
        let (tenant, filter, place) = (self.tenant, filter.clone(), place.clone());
        self.read(move |tx| {
            Box::pin(async move { directory::list(tx, tenant, &filter, &place, at_most).await })
        })
        .await
    }

    async fn found_users(&self, filter: &Filter) -> Vec<String> {
        let (found, more) = self.list_users(filter, &Place::First, 50).await;
        assert!(!more);
        let count = self.count_users(filter, 50).await;
        assert_eq!(count, found.len() as u64, "a list and its count agree: {filter:?}");
        found.into_iter().map(|listed| listed.user.email).collect()
    }

    async fn count_users(&self, filter: &Filter, at_most: i64) -> u64 {
        let (tenant, filter) = (self.tenant, filter.clone());
        self.read(move |tx| Box::pin(async move { directory::count(tx, tenant, &filter, at_most).await }))
            .await
    }

    /// What the list says of a user, once it is certain that sign-ins go by the same.
    async fn listed_holding(&self, user: UserId) -> Holding {
        let tenant = self.tenant;
        let listed = self.read(move |tx| Box::pin(directory::one(tx, tenant, user))).await.unwrap().holding;
        let held = self.read(move |tx| Box::pin(holdings::of_user(tx, tenant, user))).await;
        assert_eq!(listed, held);
        listed
    }

    async fn add_key(&self, n: u128) {
        let tenant = self.tenant;
        let key = Passkey {
            id: Uuid::from_u128(n),
            user: self.user,
            credential_id: n.to_be_bytes().into(),
            credential: "{}".into(),
            name: "Key".into(),
            host: "a.example".into(),
            created_at: at(0),
            last_used_at: None,
        };
        self.write(unit!([key] | tx | passkeys::add(tx, tenant, &key).await)).await;
    }

    async fn add_app(&self, n: u128) {
        let (tenant, user, id) = (self.tenant, self.user, Uuid::from_u128(n));
        let new = NewAuthenticator {
            id,
            user,
            sealed: vec![1],
            algorithm: TotpAlgorithm::Sha1,
            offered_to: id,
            at: at(0),
        };
        self.write(unit!([new] | tx | authenticators::offer(tx, tenant, &new).await)).await;
        assert!(!self.listed_holding(user).await.authenticator, "an offer is nothing yet");
        let confirmed =
            self.write(move |tx| Box::pin(authenticators::confirm(tx, tenant, user, id, 1, at(1))));
        assert!(confirmed.await);
    }
}

fn member(id: UserId, email: &str) -> User {
    User {
        id,
        email: email.into(),
        name: String::new(),
        role: Role::Member,
        language: None,
        needs_new_password: false,
        disabled: false,
        user_type: None,
        chosen_since: None,
        created_at: at(5),
    }
}

async fn pages_follow_each_other_both_ways_and_leave_nobody_out(on: On) {
    let f = Fixture::new(on).await;
    f.ten_users().await;
    let all = Filter::default();
    let everybody = f.found_users(&all).await;
    assert_eq!(everybody.len(), 11);
    assert!(everybody.is_sorted_by_key(|email| email.to_lowercase()), "{everybody:?}");
    let (mut place, mut seen, mut pages) = (Place::First, Vec::new(), 0);
    loop {
        let (page, more) = f.list_users(&all, &place, 4).await;
        seen.extend(page.into_iter().map(|listed| listed.user.email));
        pages += 1;
        place = Place::After(seen.last().unwrap().to_lowercase());
        if !more {
            break;
        }
    }
    assert_eq!((pages, &seen), (3, &everybody));
    let (page, more) = f.list_users(&all, &Place::Before("e@example.org".into()), 3).await;
    let emails: Vec<_> = page.iter().map(|listed| listed.user.email.as_str()).collect();
    assert_eq!(emails, ["b@example.org", "c@example.org", "d@example.org"], "in the order of the list");
    assert!(more);
    let (page, more) = f.list_users(&all, &Place::Before("b@example.org".into()), 3).await;
    assert_eq!((page.len(), more), (2, false), "a, and Ada");
}

async fn each_filter_finds_those_it_is_for_and_all_together_those_of_all(on: On) {
    let f = Fixture::new(on).await;
    let id = |n| UserId(Uuid::from_u128(n));
    let with = |n, email: &str, change: &dyn Fn(&mut User)| {
        let mut user = member(id(n), email);
        change(&mut user);
        user
    };
    for user in [
        with(1, "boss@example.org", &|user| user.role = Role::SuperAdministrator),
        with(2, "staff@example.org", &|user| user.user_type = Some("staff".into())),
        with(3, "chosen@example.org", &|user| user.chosen_since = Some(at(9))),
        with(4, "gone@example.org", &|_| {}),
        with(5, "both@example.org", &|user| {
            (user.user_type, user.chosen_since) = (Some("staff".into()), Some(at(9)));
        }),
    ] {
        f.add_user(user).await;
    }
    let tenant = f.tenant;
    assert!(f.write(move |tx| Box::pin(users::set_disabled(tx, tenant, id(4), Some(at(9)), 1))).await);
    let all = Filter::default;
    let staff = Some("staff".to_owned());
    for (filter, expected) in [
        (Filter { role: Some(Role::SuperAdministrator), ..all() }, &["boss@example.org"][..]),
        (Filter { role: Some(Role::Administrator), ..all() }, &["ADA@EXAMPLE.COM"]),
        (Filter { user_type: staff.clone(), ..all() }, &["both@example.org", "staff@example.org"]),
        (Filter { user_type: Some("Staff".into()), ..all() }, &[]),
        (Filter { chosen: Some(true), ..all() }, &["both@example.org", "chosen@example.org"]),
        (Filter { disabled: Some(true), ..all() }, &["gone@example.org"]),
        (Filter { user_type: staff.clone(), chosen: Some(true), ..all() }, &["both@example.org"]),
        (Filter { user_type: staff, chosen: Some(false), ..all() }, &["staff@example.org"]),
        (Filter { holds: Some(Holds::Something), ..all() }, &["ADA@EXAMPLE.COM"]),
        (Filter { holds: Some(Holds::This(Factor::Push)), ..all() }, &["ADA@EXAMPLE.COM"]),
        (Filter { holds: Some(Holds::This(Factor::Totp)), ..all() }, &[]),
        (
            Filter { holds: Some(Holds::Nothing), disabled: Some(false), chosen: Some(false), ..all() },
            &["boss@example.org", "staff@example.org"],
        ),
    ] {
        assert_eq!(f.found_users(&filter).await, expected, "{filter:?}");
    }
    assert_eq!(f.count_users(&Filter { disabled: Some(false), ..all() }, 50).await, 5);
    assert_eq!(f.count_users(&Filter { chosen: Some(false), ..all() }, 50).await, 4);
}

async fn a_search_takes_every_sign_for_itself(on: On) {
    let f = Fixture::new(on).await;
    for (n, (email, name)) in
        [("a_b@example.org", "100% Ünal"), ("axb@example.org", "1000 ÜNAL"), ("c!d@example.org", "東京")]
            .into_iter()
            .enumerate()
    {
        let id = UserId(Uuid::from_u128(n as u128 + 1));
        f.add_user(User { name: name.into(), ..member(id, email) }).await;
    }
    for (search, expected) in [
        ("a_b", &["a_b@example.org"][..]),
        ("100%", &["a_b@example.org"]),
        ("!", &["c!d@example.org"]),
        ("  AXB ", &["axb@example.org"]),
        ("ünal", &["a_b@example.org", "axb@example.org"]),
        ("東京", &["ADA@EXAMPLE.COM", "c!d@example.org"]),
        ("nobody", &[]),
    ] {
        let filter = Filter { search: Some(search.into()), ..Filter::default() };
        assert_eq!(f.found_users(&filter).await, expected, "{search}");
    }
}

async fn a_count_stops_where_it_is_told_to(on: On) {
    let f = Fixture::new(on).await;
    f.ten_users().await;
    for (at_most, expected) in [(5, 5), (11, 11), (100, 11)] {
        assert_eq!(f.count_users(&Filter::default(), at_most).await, expected);
    }
}

async fn a_job_meets_each_user_once_and_nobody_who_came_later(on: On) {
    let f = Fixture::new(on).await;
    let ids = f.ten_users().await;
    let later = UserId(Uuid::from_u128(500));
    f.add_user(User { created_at: at(6), ..member(later, "later@example.org") }).await;
    let filter = Filter { role: Some(Role::Member), ..Filter::default() };
    let (tenant, mut after, mut met) = (f.tenant, None, Vec::new());
    loop {
        let filter = filter.clone();
        let some = f
            .read(move |tx| {
                Box::pin(async move { directory::by_ids(tx, tenant, &filter, after, at(5), 3).await })
            })
            .await;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        met.extend(some.iter().map(|user| user.id));
    }
    assert!(met.is_sorted());
    assert_eq!(met.len(), 10);
    assert_eq!(met.into_iter().collect::<BTreeSet<_>>(), ids.into_iter().collect());
}

async fn nobody_of_another_tenant_is_found(on: On) {
    let f = Fixture::new(on).await;
    let (other, theirs) = (TenantId(Uuid::from_u128(77)), UserId(Uuid::from_u128(78)));
    f.write(move |tx| {
        Box::pin(async move {
            tenants::add(tx, &new_tenant(other, "https://other.example")).await?;
            users::add(tx, &new_user(other, theirs, "eve@example.com")).await
        })
    })
    .await;
    assert_eq!(f.found_users(&Filter::default()).await, ["ADA@EXAMPLE.COM"]);
    let (tenant, user) = (f.tenant, f.user);
    assert!(f.read(move |tx| Box::pin(directory::one(tx, tenant, theirs))).await.is_none());
    assert!(f.read(move |tx| Box::pin(directory::one(tx, other, user))).await.is_none());
    let met = f.read(move |tx| {
        Box::pin(async move { directory::by_ids(tx, other, &Filter::default(), None, at(9), 9).await })
    });
    assert_eq!(met.await.iter().map(|user| user.id).collect::<Vec<_>>(), [theirs]);
}

async fn what_is_listed_as_set_up_follows_every_change(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user, phone) = (f.tenant, f.user, f.device);
    let has = |factors: &[Factor]| {
        let has = |factor| factors.contains(&factor);
        Holding {
            phone: has(Factor::Push),
            passkey: has(Factor::Passkey),
            authenticator: has(Factor::Totp),
            recovery_codes: has(Factor::RecoveryCode),
            ..Holding::default()
        }
    };
    assert_eq!(f.listed_holding(user).await, has(&[Factor::Push]));
    let second = DeviceId::new(at(0), &random());
    f.add_device(second).await;
    assert!(f.write(move |tx| Box::pin(devices::remove(tx, tenant, user, phone))).await.is_some());
    assert_eq!(f.listed_holding(user).await, has(&[]), "a phone that is not confirmed is none");
    assert!(f.write(move |tx| Box::pin(devices::activate(tx, tenant, second, at(1)))).await);
    f.add_key(1).await;
    f.add_key(2).await;
    f.add_app(3).await;
    let codes = [sha256("one"), sha256("two")];
    f.write(move |tx| {
        Box::pin(async move { recovery_codes::replace(tx, tenant, user, &codes, at(0)).await })
    })
    .await;
    let all = [Factor::Push, Factor::Passkey, Factor::Totp, Factor::RecoveryCode];
    assert_eq!(f.listed_holding(user).await, has(&all));
    for (n, code) in codes.into_iter().enumerate() {
        assert_eq!(f.listed_holding(user).await.recovery_codes, n < 2);
        assert!(f.write(move |tx| Box::pin(recovery_codes::use_up(tx, tenant, user, code, at(2)))).await);
    }
    assert_eq!(f.listed_holding(user).await, has(&all[..3]));
    for n in [1_u128, 2] {
        let id = Uuid::from_u128(n);
        assert!(f.write(move |tx| Box::pin(passkeys::remove(tx, tenant, user, id))).await.is_some());
        assert_eq!(f.listed_holding(user).await.passkey, n < 2, "one of two is left");
    }
    f.add_app_over().await;
    assert!(f.write(move |tx| Box::pin(authenticators::remove(tx, tenant, user))).await);
    assert_eq!(f.listed_holding(user).await, has(&[Factor::Push]));
}

impl Fixture {
    /// Another secret takes the place of the first.
    async fn add_app_over(&self) {
        let (tenant, user, id) = (self.tenant, self.user, Uuid::from_u128(4));
        let new = NewAuthenticator {
            id,
            user,
            sealed: vec![2],
            algorithm: TotpAlgorithm::Sha1,
            offered_to: id,
            at: at(0),
        };
        self.write(unit!([new] | tx | authenticators::offer(tx, tenant, &new).await)).await;
        assert!(
            self.write(move |tx| Box::pin(authenticators::confirm(tx, tenant, user, id, 1, at(1)))).await
        );
        assert!(self.listed_holding(user).await.authenticator);
    }
}

async fn of_changes_at_once_none_is_missed_in_what_is_listed(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    for round in 0..8_u128 {
        // Two phones go at once, so that each sees the other; a passkey comes meanwhile.
        let phones = [DeviceId::new(at(0), &random()), DeviceId::new(at(0), &random())];
        for id in phones {
            let device = new_device(tenant, user, id);
            f.write(unit!([device] | tx | devices::add_unconfirmed(tx, &device).await)).await;
        }
        join_all(phones.map(|id| f.write(move |tx| Box::pin(devices::activate(tx, tenant, id, at(1))))))
            .await;
        assert!(f.listed_holding(user).await.phone);
        let gone = phones.into_iter().chain((round == 0).then_some(f.device));
        let gone = gone.map(|id| f.write(move |tx| Box::pin(devices::remove(tx, tenant, user, id))));
        let (_, ()) = tokio::join!(join_all(gone), f.add_key(100 + round));
        let held = f.listed_holding(user).await;
        assert_eq!((held.phone, held.passkey), (false, true), "round {round}");
    }
}
