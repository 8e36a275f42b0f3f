//! What time ends, what is remembered until then, and approval requests with their receipts.

use countersign_protocol::bytes::Bytes;
use countersign_protocol::ids::{DeviceId, LoginId};
use countersign_server::domain::login::LoginState;
use countersign_server::store::requests::{self, Receipt, StoredRequest};
use countersign_server::store::sweep::Lapsed;
use countersign_server::store::{StoreError, calls, logins, sweep};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, random, unit};

stories!(
    open_logins_lapse_and_closed_ones_stay,
    of_many_sweeps_one_ends_each_login,
    sweeping_and_deciding_race_to_one_end,
    what_nobody_can_use_is_forgotten,
    a_call_is_used_up_once,
    requests_wait_newest_first_while_their_login_does,
    of_many_requests_those_of_other_addresses_are_not_hidden,
    a_login_has_one_receipt,
);

impl Fixture {
    async fn lapsed(&self, now: i64) -> Vec<Lapsed> {
        self.read(move |tx| Box::pin(sweep::lapsed(tx, at(now), 10))).await
    }

    /// How many of so many sweeps at once ended this login.
    async fn sweep_at_once(&self, times: usize, lapsed: Lapsed, now: i64) -> usize {
        self.race(times, unit!([lapsed] | tx | sweep::lapse(tx, &lapsed, at(now)).await)).await
    }
}

async fn open_logins_lapse_and_closed_ones_stay(on: On) {
    let f = Fixture::new(on).await;
    let ids = [f.begin().await.id, f.begin().await.id, f.begin().await.id];
    f.decide(ids[1], LoginState::Approved, at(1)).await;
    f.decide(ids[2], LoginState::Denied, at(1)).await;
    assert!(f.lapsed(119).await.is_empty());
    assert_eq!(f.lapsed(120).await.len(), 1);
    let lapsed = f.lapsed(180).await;
    let found: Vec<_> = lapsed.iter().map(|lapsed| (lapsed.login, lapsed.state)).collect();
    let expected = [(ids[0], LoginState::Expired), (ids[1], LoginState::NotCompleted)];
    assert_eq!(found, expected, "the longest over first");
    assert!(f.read(|tx| Box::pin(sweep::lapsed(tx, at(180), 1))).await.len() == 1, "at most so many");
    for lapsed in lapsed {
        assert_eq!((lapsed.tenant, lapsed.user), (f.tenant, f.user));
        assert_eq!(f.sweep_at_once(1, lapsed.clone(), 119).await, 0, "not before its time");
        assert_eq!(f.sweep_at_once(1, lapsed.clone(), 180).await, 1);
        let read = f.login(lapsed.login).await;
        assert_eq!((read.state, read.number), (lapsed.state, None));
    }
    assert_eq!(f.login(ids[2]).await.state, LoginState::Denied);
    assert!(f.lapsed(999).await.is_empty());
}

async fn of_many_sweeps_one_ends_each_login(on: On) {
    let f = Fixture::new(on).await;
    f.begin().await;
    let lapsed = f.lapsed(120).await.remove(0);
    assert_eq!(f.sweep_at_once(16, lapsed, 120).await, 1);
}

async fn sweeping_and_deciding_race_to_one_end(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, device) = (f.tenant, f.device);
    for to in [LoginState::Denied, LoginState::Approved].repeat(4) {
        let id = f.begin().await.id;
        // A decision in the last moment, and a sweep by a node whose clock is a moment ahead.
        let lapsed = f.lapsed(120).await.remove(0);
        let (decided, swept) = tokio::join!(
            f.race(4, move |tx| Box::pin(logins::decide(tx, tenant, id, device, to, at(119), at(179)))),
            f.sweep_at_once(4, lapsed, 120),
        );
        assert_eq!(decided + swept, 1);
        let expected = if decided == 1 { to } else { LoginState::Expired };
        assert_eq!(f.login(id).await.state, expected);
        f.write(|tx| Box::pin(tx.query("DELETE FROM logins").execute())).await;
    }
}

async fn what_nobody_can_use_is_forgotten(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    f.write(|tx| Box::pin(calls::use_up(tx, Bytes([1; 16]), at(60)))).await;
    f.write(|tx| Box::pin(calls::use_up(tx, Bytes([2; 16]), at(600)))).await;
    let pairing = crate::fixture::new_pairing(f.user);
    let unconfirmed = f.add_device(DeviceId::new(at(0), &random())).await.id;
    let offered = pairing.clone();
    f.write(unit!(
        [offered] | tx | countersign_server::store::pairings::offer(tx, tenant, &offered, at(0)).await
    ))
    .await;
    let id = pairing.id;
    f.write(move |tx| {
        let code = countersign_protocol::bytes::sha256("code");
        Box::pin(countersign_server::store::pairings::claim(tx, tenant, id, unconfirmed, code, at(1)))
    })
    .await;
    assert_eq!(f.write(|tx| Box::pin(sweep::forget(tx, at(60)))).await, 1, "one call");
    assert_eq!(f.count("SELECT COUNT(*) FROM devices").await, 2, "its code can still be typed");
    assert_eq!(f.write(|tx| Box::pin(sweep::forget(tx, at(300)))).await, 2, "the pairing and its device");
    assert_eq!(f.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    assert_eq!(f.count("SELECT COUNT(*) FROM calls_seen").await, 1);
}

async fn a_call_is_used_up_once(on: On) {
    let f = Fixture::new(on).await;
    assert_eq!(f.race(32, |tx| Box::pin(calls::use_up(tx, Bytes([7; 16]), at(61)))).await, 1);
    assert_eq!(f.race(1, |tx| Box::pin(calls::use_up(tx, Bytes([8; 16]), at(61)))).await, 1);
}

impl Fixture {
    async fn add_request(&self, login: LoginId, text: &str) {
        let (tenant, nonce) = (self.tenant, Bytes([7; 32]));
        let new = StoredRequest { login, device: self.device, nonce, request: text.to_owned() };
        self.write(unit!([new] | tx | requests::add(tx, tenant, &new).await)).await;
    }

    async fn waiting(&self, now: i64) -> Vec<String> {
        let (tenant, device) = (self.tenant, self.device);
        let waiting = self.read(move |tx| Box::pin(requests::pending(tx, tenant, device, at(now)))).await;
        waiting.into_iter().map(|waiting| waiting.request).collect()
    }
}

async fn requests_wait_newest_first_while_their_login_does(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, device) = (f.tenant, f.device);
    let mut ids = [f.begin().await.id, f.begin().await.id];
    ids.sort_unstable();
    f.add_request(ids[0], "older").await;
    f.add_request(ids[1], "newer").await;
    assert_eq!(f.waiting(119).await, ["newer", "older"]);
    assert!(f.waiting(120).await.is_empty());
    f.decide(ids[1], LoginState::Denied, at(1)).await;
    assert_eq!(f.waiting(2).await, ["older"]);
    let id = ids[1];
    let found = f.read(move |tx| Box::pin(requests::with_login(tx, tenant, id, device))).await;
    let (stored, login, asked) = found.unwrap();
    assert_eq!(asked, 1, "one device");
    assert_eq!((login.id, login.state), (id, LoginState::Denied));
    assert_eq!((stored.request.as_str(), stored.nonce), ("newer", Bytes([7; 32])));
    let other = DeviceId(Uuid::from_u128(7));
    assert!(f.read(move |tx| Box::pin(requests::with_login(tx, tenant, id, other))).await.is_none());
}

async fn of_many_requests_those_of_other_addresses_are_not_hidden(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let begin = async |address: &str, trusted, second| {
        let mut new = crate::fixture::new_login(f.user);
        (new.id, new.created_at) = (LoginId::new(at(second), &crate::fixture::random()), at(second));
        (new.address, new.trusted) = (address.parse().unwrap(), trusted);
        let text = format!("{address} at {second}");
        let id = new.id;
        f.write(unit!([new] | tx | logins::begin(tx, tenant, &new).await)).await;
        f.add_request(id, &text).await;
        text
    };
    let trusted = begin("203.0.113.1", true, 0).await;
    let elsewhere = begin("198.51.100.1", false, 1).await;
    for second in 2..40 {
        begin("203.0.113.1", false, second).await;
    }
    let waiting = f.waiting(50).await;
    assert_eq!(waiting.len(), 20);
    assert!(waiting.contains(&trusted) && waiting.contains(&elsewhere), "{waiting:?}");
    assert_eq!(waiting[0], "203.0.113.1 at 39", "newest first");
}

async fn a_login_has_one_receipt(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, login) = (f.tenant, f.begin().await.id);
    let receipt = |decision: &str| Receipt {
        login,
        device: f.device,
        request: "request".into(),
        decision: decision.to_owned(),
        decided_at: at(5),
    };
    let first = receipt("first");
    f.write(unit!([first] | tx | requests::keep_receipt(tx, tenant, &first).await)).await;
    let second = receipt("second");
    let refused = f.db.write(unit!([second] | tx | requests::keep_receipt(tx, tenant, &second).await)).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let kept = f.read(move |tx| Box::pin(requests::receipt(tx, tenant, login))).await.unwrap();
    assert_eq!((kept.decision.as_str(), kept.device, kept.decided_at), ("first", f.device, at(5)));
}
