//! How often a user is pushed: of several who would push at once, one does.

use countersign_protocol::ids::LoginId;
use countersign_server::domain::login::LoginState;
use countersign_server::domain::push_limits::{Hold, HoldReason, PushHistory, PushLimits};
use countersign_server::domain::reach::Push;
use countersign_server::store::push_histories::{self, ReadHistory};
use countersign_server::store::{logins, tenants};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_login, unit};

stories!(
    a_history_is_read_as_it_was_noted,
    of_many_who_read_the_same_history_one_notes_a_push,
    an_approval_forgets_the_pushes_and_keeps_the_hold,
    the_longer_hold_stays,
    another_login_that_is_pushed_is_seen,
    limits_are_read_as_they_were_set,
    requests_know_which_other_phones_were_asked,
);

impl Fixture {
    async fn history(&self) -> ReadHistory {
        let (tenant, user) = (self.tenant, self.user);
        let none = LoginId(Uuid::from_u128(7));
        self.read(move |tx| Box::pin(push_histories::read(tx, tenant, user, none, at(30)))).await
    }

    async fn note(&self, read: &ReadHistory, pushed: &PushHistory) -> bool {
        let (tenant, user, read, pushed) = (self.tenant, self.user, read.clone(), pushed.clone());
        self.write(unit!([read, pushed] | tx | push_histories::note(tx, tenant, user, &read, &pushed).await))
            .await
    }

    async fn hold(&self, until: i64, why: HoldReason) {
        let (tenant, user, hold) = (self.tenant, self.user, Hold { until: at(until), why });
        self.write(move |tx| Box::pin(push_histories::hold(tx, tenant, user, hold))).await;
    }
}

async fn a_history_is_read_as_it_was_noted(on: On) {
    let f = Fixture::new(on).await;
    let first = f.history().await;
    assert_eq!((&first.history, first.another), (&PushHistory::default(), false));
    assert!(f.note(&first, &first.history.pushed(at(1))).await);
    assert!(!f.note(&first, &first.history.pushed(at(1))).await, "it changed since");
    let second = f.history().await;
    assert_eq!(second.history.pushes, [at(1)]);
    assert!(f.note(&second, &second.history.pushed(at(2))).await);
    assert_eq!(f.history().await.history.pushes, [at(1), at(2)]);
}

async fn of_many_who_read_the_same_history_one_notes_a_push(on: On) {
    let f = Fixture::new(on).await;
    for round in 0..3 {
        let (tenant, user, read) = (f.tenant, f.user, f.history().await);
        let pushed = read.history.pushed(at(round));
        let won = f
            .race(
                16,
                unit!([read, pushed] | tx | push_histories::note(tx, tenant, user, &read, &pushed).await),
            )
            .await;
        assert_eq!(won, 1, "round {round}");
    }
    assert_eq!(f.history().await.history.pushes.len(), 3);
}

async fn an_approval_forgets_the_pushes_and_keeps_the_hold(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let forget = async || f.write(move |tx| Box::pin(push_histories::approved(tx, tenant, user))).await;
    forget().await;
    let read = f.history().await;
    f.note(&read, &read.history.pushed(at(1))).await;
    f.hold(60, HoldReason::Denied).await;
    let read = f.history().await;
    forget().await;
    assert!(!f.note(&read, &read.history.pushed(at(2))).await, "what was read before is old");
    let expected =
        PushHistory { pushes: vec![], hold: Some(Hold { until: at(60), why: HoldReason::Denied }) };
    assert_eq!(f.history().await.history, expected);
}

async fn the_longer_hold_stays(on: On) {
    let f = Fixture::new(on).await;
    f.hold(60, HoldReason::Reported).await;
    f.hold(30, HoldReason::Denied).await;
    assert_eq!(f.history().await.history.hold, Some(Hold { until: at(60), why: HoldReason::Reported }));
    f.hold(90, HoldReason::Denied).await;
    assert_eq!(f.history().await.history.hold, Some(Hold { until: at(90), why: HoldReason::Denied }));
}

async fn another_login_that_is_pushed_is_seen(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let held = countersign_server::domain::login::LoginState::Pending;
    let login = new_login(f.user);
    assert_eq!(login.state, held);
    let (id, begun) = (login.id, login.clone());
    f.write(unit!([begun] | tx | logins::begin(tx, tenant, &begun).await)).await;
    let seen = async |login, now| {
        let read = f.read(move |tx| Box::pin(push_histories::read(tx, tenant, user, login, at(now)))).await;
        read.another
    };
    let other = LoginId(Uuid::from_u128(7));
    assert!(seen(other, 119).await);
    assert!(!seen(id, 119).await, "itself is not another one");
    assert!(!seen(other, 120).await, "its time is over");
    for (push, another) in [(Push::Trouble, true), (Push::Lost, false)] {
        f.write(move |tx| Box::pin(logins::pushed(tx, tenant, id, push))).await;
        assert_eq!(seen(other, 1).await, another, "{push:?}");
    }
    f.write(move |tx| Box::pin(logins::pushed(tx, tenant, id, Push::Sent))).await;
    f.decide(id, LoginState::Approved, at(1)).await;
    assert!(!seen(other, 2).await, "answered");
}

async fn limits_are_read_as_they_were_set(on: On) {
    let f = Fixture::new(on).await;
    let limits = PushLimits::new([5, 60, 1, 2, 300, 3_600]).unwrap();
    let tenant = f.tenant;
    f.write(move |tx| Box::pin(async move { tenants::set_push_limits(tx, tenant, &limits).await })).await;
    let read = f.read(|tx| Box::pin(tenants::by_authority(tx, "a.example"))).await.unwrap();
    assert_eq!(read.tenant.push_limits, limits);
    f.write(|tx| Box::pin(tx.query("UPDATE tenants SET push_per_day = -1").execute())).await;
    assert!(f.db.read(|tx| Box::pin(tenants::by_authority(tx, "a.example"))).await.is_err(), "never a guess");
}

async fn requests_know_which_other_phones_were_asked(on: On) {
    use countersign_protocol::bytes::Bytes;
    use countersign_protocol::ids::DeviceId;
    use countersign_server::store::devices;
    use countersign_server::store::requests::{self, StoredRequest};
    let f = Fixture::new(on).await;
    let (tenant, login, first) = (f.tenant, f.begin().await.id, f.device);
    let second = f.add_device(DeviceId::new(at(0), &crate::fixture::random())).await.id;
    f.write(move |tx| Box::pin(devices::activate(tx, tenant, second, at(0)))).await;
    for device in [first, second] {
        let new = StoredRequest { login, device, nonce: Bytes([7; 32]), request: "request".into() };
        f.write(unit!([new] | tx | requests::add(tx, tenant, &new).await)).await;
    }
    let others = f.read(move |tx| Box::pin(requests::others_asked(tx, tenant, login, Some(first)))).await;
    assert_eq!(others.iter().map(|(device, _)| *device).collect::<Vec<_>>(), [second]);
    let (_, _, asked) =
        f.read(move |tx| Box::pin(requests::with_login(tx, tenant, login, first))).await.unwrap();
    assert_eq!(asked, 2);
}
