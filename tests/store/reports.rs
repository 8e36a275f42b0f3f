//! What a report leaves behind: a marked address, ended sessions, a password to be changed.

use std::net::IpAddr;

use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::UserId;
use countersign_server::domain::session::Proof;
use countersign_server::store::circumstances::Question;
use countersign_server::store::sessions::{self, Session};
use countersign_server::store::{passwords, reported_addresses, sweep, users};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, unit};

stories!(
    an_address_is_marked_for_its_time,
    all_sessions_end_but_the_one_that_is_named,
    a_new_password_is_required_until_it_is_set,
    the_language_is_the_last_one,
);

impl Fixture {
    async fn session_by_password(&self, id: Uuid) -> Uuid {
        let (tenant, user) = (self.tenant, self.user);
        let new = Session {
            id,
            user,
            token_hash: sha256(id.to_string()),
            proof: Proof::PasswordAlone,
            amr: "pwd".into(),
            address: None,
            browser: String::new(),
            system: String::new(),
            created_at: at(0),
            expires_at: at(60),
            proved_at: at(0),
            proved_by: None,
        };
        self.write(unit!([new] | tx | sessions::add(tx, tenant, &new).await)).await;
        id
    }
}

async fn an_address_is_marked_for_its_time(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let address: IpAddr = "2001:db8::7".parse().unwrap();
    let mark = async |until| {
        f.write(move |tx| Box::pin(reported_addresses::mark(tx, tenant, address, at(until)))).await;
    };
    let marked = async |address, now| {
        f.known(Question { address, now: at(now), ..f.question() }).await.address_reported
    };
    assert!(!marked(address, 0).await);
    mark(60).await;
    mark(30).await;
    assert!(marked(address, 59).await && !marked(address, 60).await, "the longer time stays");
    assert!(!marked("2001:db8::8".parse().unwrap(), 0).await);
    f.write(|tx| Box::pin(sweep::forget(tx, at(60)))).await;
    assert_eq!(f.count("SELECT COUNT(*) FROM reported_addresses").await, 0);
}

async fn all_sessions_end_but_the_one_that_is_named(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let ids = [1, 2, 3].map(Uuid::from_u128);
    for id in ids {
        f.session_by_password(id).await;
    }
    assert_eq!(f.write(move |tx| Box::pin(sessions::end_all(tx, tenant, user, Some(ids[1])))).await, 2);
    assert_eq!(f.write(move |tx| Box::pin(sessions::end_all(tx, tenant, user, None))).await, 1);
}

async fn a_new_password_is_required_until_it_is_set(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let required = async || {
        let found = f.read(move |tx| Box::pin(users::by_id(tx, tenant, user))).await.unwrap();
        found.needs_new_password
    };
    assert!(!required().await);
    assert!(f.write(move |tx| Box::pin(passwords::require_new(tx, tenant, user, at(1)))).await);
    assert!(!f.write(move |tx| Box::pin(passwords::require_new(tx, tenant, user, at(2)))).await);
    assert!(required().await);
    let session = f.session_by_password(Uuid::from_u128(1)).await;
    let replace = async |session, old: &'static str| {
        f.write(move |tx| Box::pin(passwords::replace(tx, tenant, user, session, old, "$new$"))).await
    };
    assert!(!replace(session, "$another$").await, "somebody changed it meanwhile");
    assert!(!replace(Uuid::from_u128(2), "$argon2id$").await, "no such session any more");
    assert!(required().await);
    assert!(replace(session, "$argon2id$").await);
    assert!(!required().await);
    let hash = f.read(move |tx| Box::pin(passwords::hash_of(tx, tenant, user))).await;
    assert_eq!(hash, Some(("$new$".to_owned(), false)));
    assert!(f.write(move |tx| Box::pin(passwords::set(tx, tenant, user, "$set$", None))).await);
    let nobody = UserId(Uuid::from_u128(7));
    assert!(!f.write(move |tx| Box::pin(passwords::set(tx, tenant, nobody, "$set$", None))).await);
}

async fn the_language_is_the_last_one(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    for language in ["ja", "ja", "en"] {
        f.write(move |tx| Box::pin(users::signed_in(tx, tenant, user, Some(language), at(5)))).await;
        let found = f.read(move |tx| Box::pin(users::by_id(tx, tenant, user))).await.unwrap();
        assert_eq!(found.language.as_deref(), Some(language));
    }
}
