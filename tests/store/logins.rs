//! Logins: each change of state is had by one, and by one alone.

use std::collections::HashSet;

use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::{DeviceId, LoginId, TenantId, UserId};
use countersign_server::domain::login::LoginState;
use countersign_server::domain::push_limits::Held;
use countersign_server::domain::reach::Push;
use countersign_server::store::circumstances::Question;
use countersign_server::store::{devices, logins};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_user, random, secret_of, unit};

stories!(
    a_login_is_read_as_it_was_begun,
    a_login_is_decided_once_and_in_time,
    only_an_active_device_of_the_user_decides,
    a_login_is_completed_once_by_its_browser_in_time,
    a_login_whose_device_is_gone_is_not_completed,
    an_open_login_is_replaced_by_its_browser_alone,
    a_login_that_waits_is_asked_again,
    the_best_that_became_of_a_push_stays,
    a_report_ends_the_other_logins_of_the_user,
    it_is_seen_once,
    denials_are_found_by_time_and_user,
    of_many_deciders_one_wins,
    of_many_completers_one_wins,
    decide_replace_and_complete_race_to_one_end,
);

async fn a_login_is_read_as_it_was_begun(on: On) {
    let f = Fixture::new(on).await;
    let begun = f.begin().await;
    let read = f.login(begun.id).await;
    assert_eq!((read.id, read.user, read.state), (begun.id, f.user, LoginState::Pending));
    assert_eq!((read.secret_hash, read.mode, read.number), (begun.secret_hash, begun.mode, begun.number));
    assert_eq!((read.address, read.created_at, read.lapses_at), (begun.address, at(0), at(120)));
    assert_eq!((read.asked_at, read.push, read.delivered_at), (at(0), Push::Sending, None));
    assert_eq!((read.seen_at, read.decided_by), (None, None));
    let (tenant, other) = (f.tenant, TenantId(Uuid::from_u128(7)));
    let id = begun.id;
    assert!(f.read(move |tx| Box::pin(logins::by_id(tx, other, id))).await.is_none(), "another tenant");
    let unknown = LoginId(Uuid::from_u128(7));
    assert!(f.read(move |tx| Box::pin(logins::by_id(tx, tenant, unknown))).await.is_none());
}

async fn a_login_is_decided_once_and_in_time(on: On) {
    let f = Fixture::new(on).await;
    let states = [LoginState::Approved, LoginState::Denied, LoginState::Reported, LoginState::WrongNumber];
    for to in states {
        let login = f.begin().await;
        assert!(!f.decide(login.id, to, at(120)).await, "too late");
        assert!(f.decide(login.id, to, at(119)).await);
        assert!(!f.decide(login.id, LoginState::Approved, at(119)).await, "once");
        let read = f.login(login.id).await;
        assert_eq!((read.state, read.decided_by, read.lapses_at), (to, Some(f.device), at(180)));
        assert_eq!(read.number, None, "the number is of no use any more");
    }
}

async fn only_an_active_device_of_the_user_decides(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let unconfirmed = f.add_device(DeviceId::new(at(0), &random())).await.id;
    let eve = UserId::new(at(0), &random());
    f.write(move |tx| {
        Box::pin(async move {
            let new = new_user(tenant, eve, "eve@example.com");
            countersign_server::store::users::add(tx, &new).await
        })
    })
    .await;
    let evil = crate::fixture::new_device(tenant, eve, DeviceId::new(at(0), &random()));
    let device = evil.clone();
    f.write(unit!([device] | tx | devices::add_unconfirmed(tx, &device).await)).await;
    let id = evil.id;
    f.write(move |tx| Box::pin(devices::activate(tx, tenant, id, at(1)))).await;
    let login = f.begin().await.id;
    for device in [unconfirmed, evil.id, DeviceId(Uuid::from_u128(7))] {
        let to = LoginState::Approved;
        let won =
            f.write(move |tx| Box::pin(logins::decide(tx, tenant, login, device, to, at(1), at(61)))).await;
        assert!(!won);
    }
    assert!(f.decide(login, LoginState::Approved, at(1)).await);
}

async fn a_login_is_completed_once_by_its_browser_in_time(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.begin().await.id);
    let complete =
        async |secret, now| f.write(move |tx| Box::pin(logins::complete(tx, tenant, id, secret, now))).await;
    assert!(!complete(secret_of(id), at(1)).await, "not approved yet");
    f.decide(id, LoginState::Approved, at(1)).await;
    assert!(!complete(sha256("another browser"), at(2)).await);
    assert!(!complete(secret_of(id), at(180)).await, "too late");
    assert!(complete(secret_of(id), at(179)).await);
    assert!(!complete(secret_of(id), at(179)).await, "once");
    assert_eq!(f.login(id).await.state, LoginState::Completed);
    let denied = f.begin().await.id;
    f.decide(denied, LoginState::Denied, at(1)).await;
    let secret = secret_of(denied);
    assert!(!f.write(move |tx| Box::pin(logins::complete(tx, tenant, denied, secret, at(2)))).await);
}

async fn a_login_whose_device_is_gone_is_not_completed(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.begin().await.id);
    f.decide(id, LoginState::Approved, at(1)).await;
    f.write(|tx| Box::pin(tx.query("UPDATE devices SET state = 'removed'").execute())).await;
    let secret = secret_of(id);
    assert!(!f.write(move |tx| Box::pin(logins::complete(tx, tenant, id, secret, at(2)))).await);
}

async fn an_open_login_is_replaced_by_its_browser_alone(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    for (state, may) in [(None, true), (Some(LoginState::Approved), true), (Some(LoginState::Denied), false)]
    {
        let id = f.begin().await.id;
        if let Some(state) = state {
            f.decide(id, state, at(1)).await;
        }
        let other = sha256("another browser");
        assert_eq!(f.write(move |tx| Box::pin(logins::replace(tx, tenant, id, other))).await, None);
        let secret = secret_of(id);
        let user = f.write(move |tx| Box::pin(logins::replace(tx, tenant, id, secret))).await;
        assert_eq!(user, may.then_some(f.user));
        assert_eq!(f.login(id).await.state == LoginState::Replaced, may);
    }
}

async fn a_login_that_waits_is_asked_again(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.begin().await.id);
    let ask = async |push, now| {
        f.write(move |tx| Box::pin(logins::asked_again(tx, tenant, id, push, at(now)))).await
    };
    assert!(ask(Push::Held(Held::TooMany), 5).await);
    assert_eq!((f.login(id).await.push, f.login(id).await.asked_at), (Push::Held(Held::TooMany), at(0)));
    assert!(ask(Push::Sending, 10).await);
    assert_eq!((f.login(id).await.push, f.login(id).await.asked_at), (Push::Sending, at(10)));
    assert!(!ask(Push::Sending, 120).await, "too late");
    f.decide(id, LoginState::Denied, at(11)).await;
    assert!(!ask(Push::Sending, 12).await, "over");
}

async fn the_best_that_became_of_a_push_stays(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.begin().await.id);
    let note = async |push| f.write(move |tx| Box::pin(logins::pushed(tx, tenant, id, push))).await;
    for (push, news) in [
        (Push::Trouble, true),
        (Push::Trouble, false),
        (Push::Lost, true),
        (Push::Trouble, false),
        (Push::Sent, true),
        (Push::Lost, false),
        (Push::Sent, false),
    ] {
        assert_eq!(note(push).await, news, "{push:?}");
    }
    assert_eq!(f.login(id).await.push, Push::Sent);
    f.decide(id, LoginState::Denied, at(1)).await;
    assert!(!note(Push::Trouble).await, "over");
}

async fn a_report_ends_the_other_logins_of_the_user(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let (reported, pending, approved, denied) =
        (f.begin().await.id, f.begin().await.id, f.begin().await.id, f.begin().await.id);
    f.decide(approved, LoginState::Approved, at(1)).await;
    f.decide(denied, LoginState::Denied, at(1)).await;
    let ended = f.write(move |tx| Box::pin(logins::report_others(tx, tenant, user, reported))).await;
    assert_eq!(HashSet::from_iter(ended), HashSet::from([pending, approved]));
    assert_eq!(f.login(approved).await.state, LoginState::Reported);
    assert_eq!(f.login(denied).await.state, LoginState::Denied);
    assert_eq!(f.login(reported).await.state, LoginState::Pending, "that one is decided for itself");
}

async fn it_is_seen_once(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.begin().await.id);
    assert_eq!(f.race(8, move |tx| Box::pin(logins::seen(tx, tenant, id, at(3)))).await, 1);
    assert_eq!(f.login(id).await.seen_at, Some(at(3)));
    let over = f.begin().await.id;
    f.decide(over, LoginState::Denied, at(1)).await;
    assert!(!f.write(move |tx| Box::pin(logins::seen(tx, tenant, over, at(3)))).await);
}

async fn denials_are_found_by_time_and_user(on: On) {
    let f = Fixture::new(on).await;
    let denied = async |since| f.known(Question { denied_since: since, ..f.question() }).await.denied_lately;
    for state in [LoginState::Approved, LoginState::WrongNumber] {
        let id = f.begin().await.id;
        f.decide(id, state, at(1)).await;
    }
    assert!(!denied(at(-10)).await);
    for state in [LoginState::Denied, LoginState::Reported] {
        let id = f.begin().await.id;
        f.decide(id, state, at(1)).await;
        assert!(denied(at(-10)).await);
        assert!(!denied(at(0)).await, "before that");
        f.write(|tx| Box::pin(tx.query("DELETE FROM logins").execute())).await;
    }
}

async fn of_many_deciders_one_wins(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, device, id) = (f.tenant, f.device, f.begin().await.id);
    let won = f
        .race(32, move |tx| {
            Box::pin(logins::decide(tx, tenant, id, device, LoginState::Approved, at(1), at(61)))
        })
        .await;
    assert_eq!(won, 1);
}

async fn of_many_completers_one_wins(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.begin().await.id);
    f.decide(id, LoginState::Approved, at(1)).await;
    let secret = secret_of(id);
    assert_eq!(f.race(32, move |tx| Box::pin(logins::complete(tx, tenant, id, secret, at(2)))).await, 1);
}

async fn decide_replace_and_complete_race_to_one_end(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, device) = (f.tenant, f.device);
    for _ in 0..8 {
        let id = f.begin().await.id;
        let secret = secret_of(id);
        let (approved, denied, replaced, completed) = tokio::join!(
            f.race(4, move |tx| Box::pin(logins::decide(
                tx,
                tenant,
                id,
                device,
                LoginState::Approved,
                at(1),
                at(61)
            ))),
            f.race(4, move |tx| Box::pin(logins::decide(
                tx,
                tenant,
                id,
                device,
                LoginState::Denied,
                at(1),
                at(1)
            ))),
            f.race(4, move |tx| {
                Box::pin(async move { Ok(logins::replace(tx, tenant, id, secret).await?.is_some()) })
            }),
            f.race(4, move |tx| Box::pin(logins::complete(tx, tenant, id, secret, at(2)))),
        );
        let expected = match f.login(id).await.state {
            LoginState::Approved => (1, 0, 0, 0),
            LoginState::Denied => (0, 1, 0, 0),
            LoginState::Replaced => (approved, 0, 1, 0),
            LoginState::Completed => (1, 0, 0, 1),
            other => panic!("{other:?}"),
        };
        assert_eq!((approved, denied, replaced, completed), expected);
    }
}
