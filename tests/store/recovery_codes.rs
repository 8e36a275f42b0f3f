//! Recovery codes: a set for each user, each code good once.

use countersign_protocol::bytes::{Digest, sha256};
use countersign_protocol::ids::{TenantId, UserId};
use countersign_server::store::recovery_codes::{self, SetOfCodes};
use countersign_tests::On;
use futures_util::future::join_all;
use uuid::Uuid;

use crate::fixture::{Fixture, at, unit};

stories!(
    a_set_is_counted_and_dated,
    a_code_works_once_however_many_try_at_once,
    a_code_works_for_its_user_alone,
    a_new_set_ends_the_old_one,
    of_many_sets_at_once_one_is_left,
    a_set_is_removed_whole,
);

fn hashes(set: &str) -> Vec<Digest> {
    (0..10).map(|n| sha256(format!("{set} {n}"))).collect()
}

impl Fixture {
    async fn give_codes(&self, set: &str, second: i64) {
        let (tenant, user, hashes) = (self.tenant, self.user, hashes(set));
        self.write(unit!(
            [hashes] | tx | recovery_codes::replace(tx, tenant, user, &hashes, at(second)).await
        ))
        .await;
    }

    async fn codes(&self) -> SetOfCodes {
        let (tenant, user) = (self.tenant, self.user);
        self.read(move |tx| Box::pin(recovery_codes::of_user(tx, tenant, user))).await
    }

    /// How many of so many at once could use a code.
    async fn use_code(&self, times: usize, code: Digest) -> usize {
        let (tenant, user) = (self.tenant, self.user);
        self.race(times, move |tx| Box::pin(recovery_codes::use_up(tx, tenant, user, code, at(9)))).await
    }
}

async fn a_set_is_counted_and_dated(on: On) {
    let f = Fixture::new(on).await;
    assert_eq!(f.codes().await, SetOfCodes { left: 0, made_at: None });
    f.give_codes("first", 5).await;
    assert_eq!(f.codes().await, SetOfCodes { left: 10, made_at: Some(at(5)) });
    f.use_code(1, hashes("first")[3]).await;
    assert_eq!(f.codes().await, SetOfCodes { left: 9, made_at: Some(at(5)) });
}

async fn a_code_works_once_however_many_try_at_once(on: On) {
    let f = Fixture::new(on).await;
    f.give_codes("first", 0).await;
    for code in &hashes("first")[..2] {
        assert_eq!(f.use_code(16, *code).await, 1);
    }
    assert_eq!(f.use_code(4, sha256("another")).await, 0);
    assert_eq!(f.codes().await.left, 8);
}

async fn a_code_works_for_its_user_alone(on: On) {
    let f = Fixture::new(on).await;
    f.give_codes("first", 0).await;
    let (tenant, user, code) = (f.tenant, f.user, hashes("first")[0]);
    let (other, elsewhere) = (UserId(Uuid::from_u128(7)), TenantId(Uuid::from_u128(7)));
    for (tenant, user) in [(tenant, other), (elsewhere, user)] {
        assert!(!f.write(move |tx| Box::pin(recovery_codes::use_up(tx, tenant, user, code, at(9)))).await);
        let of_other = f.read(move |tx| Box::pin(recovery_codes::of_user(tx, tenant, user))).await;
        assert_eq!(of_other.left, 0);
    }
    assert_eq!(f.codes().await.left, 10);
}

async fn a_new_set_ends_the_old_one(on: On) {
    let f = Fixture::new(on).await;
    f.give_codes("first", 0).await;
    f.use_code(1, hashes("first")[0]).await;
    f.give_codes("second", 7).await;
    assert_eq!(f.codes().await, SetOfCodes { left: 10, made_at: Some(at(7)) });
    for code in hashes("first") {
        assert_eq!(f.use_code(1, code).await, 0);
    }
    assert_eq!(f.use_code(1, hashes("second")[9]).await, 1);
}

async fn of_many_sets_at_once_one_is_left(on: On) {
    let f = Fixture::new(on).await;
    let sets = ["a", "b", "c", "d", "e", "f", "g", "h"];
    join_all(sets.map(|set| f.give_codes(set, 0))).await;
    assert_eq!(f.codes().await.left, 10);
    let mut whole = 0;
    for set in sets {
        whole += f.use_code(1, hashes(set)[0]).await;
    }
    assert_eq!(whole, 1);
}

async fn a_set_is_removed_whole(on: On) {
    let f = Fixture::new(on).await;
    f.give_codes("first", 0).await;
    f.use_code(1, hashes("first")[0]).await;
    let (tenant, user) = (f.tenant, f.user);
    f.write(move |tx| Box::pin(recovery_codes::remove(tx, tenant, user))).await;
    assert_eq!(f.codes().await, SetOfCodes::default());
}
