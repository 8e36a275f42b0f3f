//! Authenticator apps: offered, confirmed, used a step at a time.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_server::domain::factor::TotpAlgorithm;
use countersign_server::domain::totp::{Miss, OFFER_TRIES};
use countersign_server::store::authenticators::{self, Authenticator, NewAuthenticator};
use countersign_server::store::sweep;
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, unit};

stories!(
    an_offer_is_read_where_it_was_made,
    a_newer_offer_replaces_the_older_one_of_the_same_session,
    of_many_offers_at_once_one_is_left,
    a_try_is_counted_and_there_are_ten,
    a_secret_is_confirmed_once_and_in_time,
    a_confirmed_secret_takes_the_place_of_the_one_before,
    of_two_secrets_confirmed_at_once_one_is_active,
    a_code_used_many_times_at_once_works_once,
    no_step_works_after_a_later_one,
    a_miss_is_noted_and_cleared,
    what_is_removed_takes_no_code,
    offers_that_nobody_confirmed_are_forgotten,
);

/// A session.
const HERE: Uuid = Uuid::from_u128(0xa);
/// Another one.
const THERE: Uuid = Uuid::from_u128(0xb);

impl Fixture {
    /// Offers the authenticator with the id `n`.
    async fn offer_secret(&self, n: u128, to: Uuid, second: i64) -> Uuid {
        let (tenant, id) = (self.tenant, Uuid::from_u128(n));
        let new = NewAuthenticator {
            id,
            user: self.user,
            sealed: vec![1, 2, u8::try_from(n % 256).unwrap()],
            algorithm: TotpAlgorithm::Sha256,
            offered_to: to,
            at: at(second),
        };
        self.write(unit!([new] | tx | authenticators::offer(tx, tenant, &new).await)).await;
        id
    }

    async fn offered_secret(&self, to: Uuid, second: i64) -> Option<Authenticator> {
        let (tenant, user) = (self.tenant, self.user);
        self.read(move |tx| Box::pin(authenticators::offered(tx, tenant, user, to, at(second)))).await
    }

    async fn confirm_secret(&self, id: Uuid, step: i64, second: i64) -> bool {
        let (tenant, user) = (self.tenant, self.user);
        self.write(move |tx| Box::pin(authenticators::confirm(tx, tenant, user, id, step, at(second)))).await
    }

    async fn active_secret(&self) -> Option<Authenticator> {
        let (tenant, user) = (self.tenant, self.user);
        self.read(move |tx| Box::pin(authenticators::active_of_user(tx, tenant, user))).await
    }

    /// An active authenticator whose step 100 was used.
    async fn with_secret(&self) -> Uuid {
        let id = self.offer_secret(1, HERE, 0).await;
        assert!(self.confirm_secret(id, 100, 1).await);
        id
    }

    async fn use_step(&self, id: Uuid, step: i64) -> bool {
        let tenant = self.tenant;
        self.write(move |tx| Box::pin(authenticators::use_step(tx, tenant, id, step, at(9)))).await
    }
}

async fn an_offer_is_read_where_it_was_made(on: On) {
    let f = Fixture::new(on).await;
    let id = f.offer_secret(1, HERE, 5).await;
    let read = f.offered_secret(HERE, 6).await.unwrap();
    assert_eq!((read.id, read.user, read.sealed.as_slice()), (id, f.user, [1, 2, 1].as_slice()));
    assert_eq!((read.algorithm, read.created_at, read.last_used_at), (TotpAlgorithm::Sha256, at(5), None));
    assert_eq!((read.standing.last_step, read.standing.miss), (None, None));
    assert!(f.offered_secret(THERE, 6).await.is_none(), "another session");
    let (tenant, user, other) = (f.tenant, f.user, UserId(Uuid::from_u128(7)));
    let elsewhere = TenantId(Uuid::from_u128(7));
    let of =
        |tenant, user| f.read(move |tx| Box::pin(authenticators::offered(tx, tenant, user, HERE, at(6))));
    assert!(of(tenant, other).await.is_none() && of(elsewhere, user).await.is_none());
    assert!(f.offered_secret(HERE, 3604).await.is_some());
    assert!(f.offered_secret(HERE, 3605).await.is_none(), "an hour later");
    assert!(f.active_secret().await.is_none(), "not confirmed yet");
}

async fn a_newer_offer_replaces_the_older_one_of_the_same_session(on: On) {
    let f = Fixture::new(on).await;
    let (old, other) = (f.offer_secret(1, HERE, 0).await, f.offer_secret(2, THERE, 0).await);
    let new = f.offer_secret(3, HERE, 1).await;
    assert_eq!(f.offered_secret(HERE, 2).await.map(|offer| offer.id), Some(new));
    assert_eq!(f.offered_secret(THERE, 2).await.map(|offer| offer.id), Some(other));
    assert!(!f.confirm_secret(old, 100, 2).await);
}

async fn of_many_offers_at_once_one_is_left(on: On) {
    let f = Fixture::new(on).await;
    let offers = (1..=16).map(|n| f.offer_secret(n, HERE, 0));
    futures_util::future::join_all(offers).await;
    assert_eq!(f.count("SELECT COUNT(*) FROM authenticators").await, 1);
}

async fn a_try_is_counted_and_there_are_ten(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let id = f.offer_secret(1, HERE, 0).await;
    let counted = f
        .race(16, move |tx| {
            Box::pin(async move {
                let counted = authenticators::count_try(tx, tenant, user, HERE, at(1)).await?;
                Ok(counted.is_some_and(|offer| offer.id == id))
            })
        })
        .await;
    assert_eq!(i64::try_from(counted).unwrap(), OFFER_TRIES, "however many come at once");
    assert!(f.offered_secret(HERE, 1).await.is_none(), "it is over");
    assert!(f.confirm_secret(id, 100, 1).await, "but for the try that was counted last");
    f.offer_secret(2, HERE, 1).await;
    let late = f.write(move |tx| Box::pin(authenticators::count_try(tx, tenant, user, HERE, at(3601)))).await;
    assert!(late.is_none());
}

async fn a_secret_is_confirmed_once_and_in_time(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let id = f.offer_secret(1, HERE, 0).await;
    assert!(!f.confirm_secret(id, 100, 3600).await, "too late");
    let other = UserId(Uuid::from_u128(7));
    let of_other =
        f.write(move |tx| Box::pin(authenticators::confirm(tx, tenant, other, id, 100, at(1)))).await;
    assert!(!of_other, "of another user");
    let won = f.race(16, move |tx| Box::pin(authenticators::confirm(tx, tenant, user, id, 100, at(1)))).await;
    assert_eq!(won, 1);
    let active = f.active_secret().await.unwrap();
    assert_eq!((active.id, active.standing.last_step, active.last_used_at), (id, Some(100), None));
    assert!(f.offered_secret(HERE, 2).await.is_none());
}

async fn a_confirmed_secret_takes_the_place_of_the_one_before(on: On) {
    let f = Fixture::new(on).await;
    let old = f.with_secret().await;
    let new = f.offer_secret(2, HERE, 2).await;
    assert!(!f.confirm_secret(Uuid::from_u128(9), 100, 2).await, "nothing of that kind");
    assert!(!f.confirm_secret(new, 100, 3602).await, "too late");
    assert_eq!(f.active_secret().await.map(|active| active.id), Some(old), "nothing was changed");
    assert!(f.confirm_secret(new, 100, 3).await);
    assert_eq!(f.active_secret().await.map(|active| active.id), Some(new));
    assert_eq!(f.count("SELECT COUNT(*) FROM authenticators").await, 1, "the old one is gone");
    assert!(!f.use_step(old, 200).await);
}

async fn of_two_secrets_confirmed_at_once_one_is_active(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let ids = [f.offer_secret(1, HERE, 0).await, f.offer_secret(2, THERE, 0).await];
    let confirm =
        |id| f.race(4, move |tx| Box::pin(authenticators::confirm(tx, tenant, user, id, 100, at(1))));
    let (one, other) = tokio::join!(confirm(ids[0]), confirm(ids[1]));
    assert_eq!((one, other), (1, 1), "the later one takes the place of the other");
    assert_eq!(f.count("SELECT COUNT(*) FROM authenticators").await, 1);
    assert!(f.active_secret().await.is_some());
}

async fn a_code_used_many_times_at_once_works_once(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.with_secret().await);
    let used = f.race(16, move |tx| Box::pin(authenticators::use_step(tx, tenant, id, 101, at(9)))).await;
    assert_eq!(used, 1);
    let active = f.active_secret().await.unwrap();
    assert_eq!((active.standing.last_step, active.last_used_at), (Some(101), Some(at(9))));
}

async fn no_step_works_after_a_later_one(on: On) {
    let f = Fixture::new(on).await;
    let id = f.with_secret().await;
    assert!(!f.use_step(id, 100).await, "the code that confirmed it is used up");
    assert!(f.use_step(id, 103).await);
    for step in [103, 102, 101] {
        assert!(!f.use_step(id, step).await, "{step}");
    }
    assert!(f.use_step(id, 104).await);
}

async fn a_miss_is_noted_and_cleared(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.with_secret().await);
    let note = async |miss| {
        f.write(move |tx| Box::pin(authenticators::note_miss(tx, tenant, id, miss))).await;
        assert_eq!(f.active_secret().await.unwrap().standing.miss, miss);
    };
    let miss = Some(Miss { off_by: -14, step: 86 });
    note(miss).await;
    note(None).await;
    note(miss).await;
    assert!(f.use_step(id, 101).await);
    assert_eq!(f.active_secret().await.unwrap().standing.miss, None, "a right code clears it");
}

async fn what_is_removed_takes_no_code(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let remove = || f.write(move |tx| Box::pin(authenticators::remove(tx, tenant, user)));
    f.offer_secret(5, THERE, 0).await;
    assert!(!remove().await, "nothing was active");
    assert!(f.offered_secret(THERE, 1).await.is_none(), "but what was offered is gone");
    let id = f.with_secret().await;
    let other = UserId(Uuid::from_u128(7));
    assert!(!f.write(move |tx| Box::pin(authenticators::remove(tx, tenant, other))).await);
    assert_eq!(f.race(8, move |tx| Box::pin(authenticators::remove(tx, tenant, user))).await, 1);
    assert!(f.active_secret().await.is_none());
    assert!(!f.use_step(id, 101).await);
}

async fn offers_that_nobody_confirmed_are_forgotten(on: On) {
    let f = Fixture::new(on).await;
    f.with_secret().await;
    f.offer_secret(2, HERE, 100).await;
    f.offer_secret(3, THERE, 200).await;
    assert_eq!(f.write(|tx| Box::pin(sweep::forget(tx, at(3699)))).await, 0);
    assert_eq!(f.write(|tx| Box::pin(sweep::forget(tx, at(3700)))).await, 1);
    assert_eq!(f.write(|tx| Box::pin(sweep::forget(tx, at(9999)))).await, 1);
    assert!(f.active_secret().await.is_some(), "what is active stays");
}
