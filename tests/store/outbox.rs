//! The wake outbox: a row until its push service took it, or its login ended.

use std::collections::HashSet;

use countersign_protocol::ids::LoginId;
use countersign_server::domain::login::LoginState;
use countersign_server::store::wakes::{self, Purpose, QueuedWake};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_device, unit};

stories!(
    a_wake_is_due_when_its_lease_ends,
    of_many_nodes_one_has_the_lease,
    a_wake_that_failed_is_put_off,
    only_wakes_that_are_of_use_are_due,
    wakes_go_one_by_one,
    a_popup_is_put_away_after_the_login_has_ended,
    a_login_may_still_ring_while_a_wake_that_asks_has_somewhere_to_go,
);

impl Fixture {
    /// A wake of the login, leased until `at(15)`.
    async fn wake(&self, login: LoginId) -> QueuedWake {
        let push = new_device(self.tenant, self.user, self.device).push.unwrap();
        let id =
            uuid::Builder::from_random_bytes(countersign_protocol::random::bytes(&crate::fixture::random()));
        let wake = QueuedWake {
            id: id.into_uuid(),
            tenant: self.tenant,
            login,
            device: self.device,
            purpose: Purpose::Ask,
            push,
            attempts: 0,
            leased_until: at(15),
            expires_at: at(120),
        };
        let added = wake.clone();
        self.write(unit!([added] | tx | wakes::add_leased(tx, &added).await)).await;
        wake
    }

    async fn due(&self, now: i64) -> Vec<QueuedWake> {
        self.read(move |tx| Box::pin(wakes::due(tx, at(now), 10))).await
    }
}

async fn a_wake_is_due_when_its_lease_ends(on: On) {
    let f = Fixture::new(on).await;
    let wake = f.wake(f.begin().await.id).await;
    assert!(f.due(14).await.is_empty());
    let due = f.due(15).await;
    assert_eq!(due.len(), 1);
    assert_eq!((due[0].id, due[0].login, due[0].device), (wake.id, wake.login, wake.device));
    assert_eq!((&due[0].push, due[0].attempts, due[0].expires_at), (&wake.push, 0, at(120)));
    let none = f.read(|tx| Box::pin(wakes::due(tx, at(15), 0))).await;
    assert!(none.is_empty(), "at most so many");
}

async fn of_many_nodes_one_has_the_lease(on: On) {
    let f = Fixture::new(on).await;
    let wake = QueuedWake { leased_until: at(30), ..f.wake(f.begin().await.id).await };
    let early = wake.clone();
    assert_eq!(f.race(16, unit!([early] | tx | wakes::lease(tx, &early, at(14)).await)).await, 0, "not due");
    assert_eq!(f.race(16, unit!([wake] | tx | wakes::lease(tx, &wake, at(15)).await)).await, 1);
    assert!(f.due(29).await.is_empty());
    assert_eq!(f.due(30).await.len(), 1);
}

async fn a_wake_that_failed_is_put_off(on: On) {
    let f = Fixture::new(on).await;
    let id = f.wake(f.begin().await.id).await.id;
    f.write(move |tx| Box::pin(wakes::put_off(tx, id, at(40)))).await;
    assert!(f.due(39).await.is_empty());
    assert_eq!(f.due(40).await[0].attempts, 1);
}

async fn only_wakes_that_are_of_use_are_due(on: On) {
    let f = Fixture::new(on).await;
    let login = f.begin().await.id;
    f.wake(login).await;
    assert!(f.due(120).await.is_empty(), "expired");
    f.write(|tx| Box::pin(tx.query("UPDATE devices SET push = NULL").execute())).await;
    assert!(f.due(20).await.is_empty(), "no endpoint");
    f.write(|tx| Box::pin(tx.query("UPDATE devices SET push = '{}'").execute())).await;
    let broken = f.db.read(|tx| Box::pin(wakes::due(tx, at(20), 10))).await;
    assert!(broken.is_err(), "a row that contradicts itself is an error, never a guess");
    f.decide(login, LoginState::Approved, at(16)).await;
    assert!(f.due(20).await.is_empty(), "the login does not wait any more");
}

async fn a_popup_is_put_away_after_the_login_has_ended(on: On) {
    let f = Fixture::new(on).await;
    let login = f.begin().await.id;
    let wake = QueuedWake { id: Uuid::from_u128(1), purpose: Purpose::Withdraw, ..f.wake(login).await };
    f.write(unit!([wake] | tx | wakes::add_leased(tx, &wake).await)).await;
    f.decide(login, LoginState::Denied, at(16)).await;
    let due = f.due(20).await;
    assert_eq!(due.iter().map(|due| (due.id, due.purpose)).collect::<Vec<_>>(), [(wake.id, wake.purpose)]);
}

async fn wakes_go_one_by_one(on: On) {
    let f = Fixture::new(on).await;
    let (one, other) = (f.begin().await.id, f.begin().await.id);
    let (first, _, _) = (f.wake(one).await, f.wake(one).await, f.wake(other).await);
    let id: Uuid = first.id;
    f.write(move |tx| Box::pin(wakes::remove(tx, id))).await;
    let left = f.due(20).await;
    let logins: HashSet<_> = left.iter().map(|wake| wake.login).collect();
    assert_eq!((left.len(), logins), (2, HashSet::from([one, other])));
}

async fn a_login_may_still_ring_while_a_wake_that_asks_has_somewhere_to_go(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let (login, other) = (f.begin().await.id, f.begin().await.id);
    let rings = async |login| f.write(move |tx| Box::pin(wakes::may_still_ring(tx, tenant, login))).await;
    assert!(!rings(login).await, "nothing is queued");
    let wake = f.wake(login).await;
    assert!(rings(login).await);
    assert!(!rings(other).await, "that is another login's");
    f.write(|tx| Box::pin(tx.query("UPDATE wakes SET kind = 'withdraw'").execute())).await;
    assert!(!rings(login).await, "it puts a popup away");
    f.write(|tx| Box::pin(tx.query("UPDATE wakes SET kind = 'ask'").execute())).await;
    f.write(|tx| Box::pin(tx.query("UPDATE devices SET push = NULL").execute())).await;
    assert!(!rings(login).await, "no endpoint");
    f.write(move |tx| Box::pin(wakes::remove(tx, wake.id))).await;
    assert!(!rings(login).await);
}
