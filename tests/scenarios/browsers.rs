//! A login belongs to the browser that started it.

use countersign_mobile_core::Outcome;
use countersign_server::domain::login::LoginState;
use countersign_tests::{On, World, within};

stories!(
    approving_one_of_two_logins_never_completes_the_other,
    another_browser_gets_no_event_and_cannot_complete,
    a_right_id_with_another_secret_is_nothing,
    another_user_cannot_complete,
);

async fn approving_one_of_two_logins_never_completes_the_other(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (a, b) = (world.browser(), world.browser());
    let login_a = world.begin(&a).await;
    world.clock.advance(std::time::Duration::from_secs(1));
    let login_b = world.begin(&b).await;
    let mut watching_b = b.events().await.unwrap().unwrap();
    within("waiting", watching_b.stands("held_another")).await.unwrap();
    let requests = phone.requests().await;
    assert_eq!(requests.iter().map(|r| r.login).collect::<Vec<_>>(), [login_b, login_a], "newest first");
    let request_a = requests.into_iter().find(|request| request.login == login_a).unwrap();
    assert_eq!(phone.core.approve(request_a, None).await.unwrap(), Outcome::Approved);

    assert_eq!(world.complete(&b).await.location.as_deref(), Some("/login/code"));
    assert_eq!(b.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(world.standing(login_b).await, LoginState::Pending);
    assert_eq!(world.complete(&a).await.location.as_deref(), Some("/"));
    assert_eq!(phone.core.deny(phone.request().await).await.unwrap(), Outcome::Denied);
    within("B is told of its own end", watching_b.stands("denied")).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, 1);
}

async fn another_browser_gets_no_event_and_cannot_complete(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (browser, other) = (world.browser(), world.browser());
    let login = world.begin(&browser).await;
    let stream = other.send(other.request(reqwest::Method::GET, "/login/events")).await.unwrap();
    assert_eq!(stream.status, 204, "204 tells an event source not to come again");
    phone.approve(None).await.unwrap();
    let form = other.get("/login").await.unwrap();
    let tried = other.submit(&form, "/login/complete", &[]).await.unwrap();
    assert_eq!(tried.location.as_deref(), Some("/login/code"));
    assert_eq!(other.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(world.standing(login).await, LoginState::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn a_right_id_with_another_secret_is_nothing(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (browser, thief) = (world.browser(), world.browser());
    let login = world.begin(&browser).await;
    // The thief has a login of his own, and puts the other's id before his own secret.
    world.add_user("eve@example.com").await;
    let evil = world.phone("Eve’s phone");
    world.pair(&evil, world.app.find_user(world.tenant, "eve@example.com").await.unwrap().unwrap().id).await;
    world.begin_as(&thief, "eve@example.com").await;
    let own = thief.cookies()["countersign-login"].clone();
    let secret = own.split('.').nth(1).unwrap();
    let form = thief.get("/login").await.unwrap();
    for cookie in [format!("{login}.{secret}"), format!("{login}."), login.to_string()] {
        thief.set_cookie("countersign-login", &cookie);
        assert!(thief.events().await.unwrap().is_none(), "no stream for {cookie}");
        let code = thief.get("/login/code").await.unwrap();
        assert_eq!(code.attribute("data-state").as_deref(), Some("no_login"));
    }
    phone.approve(None).await.unwrap();
    thief.set_cookie("countersign-login", &format!("{login}.{secret}"));
    let tried = thief.submit(&form, "/login/complete", &[]).await.unwrap();
    assert_eq!(tried.location.as_deref(), Some("/login/code"));
    thief.submit(&form, "/login/push", &[]).await.unwrap();
    assert_eq!(world.standing(login).await, LoginState::Approved, "nothing of it touched the login");
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn another_user_cannot_complete(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let eve = world.add_user("eve@example.com").await;
    let evil = world.phone("Eve’s phone");
    world.pair(&evil, eve).await;
    let (browser, thief) = (world.browser(), world.browser());
    world.begin(&browser).await;
    world.begin_as(&thief, "eve@example.com").await;
    assert_eq!(evil.requests().await.len(), 1, "each phone sees its own user's requests");
    let not_hers = phone.request().await;
    let account = evil.request().await.account_id;
    let refused = evil.core.fetch(account.clone(), not_hers.login).await.unwrap_err();
    assert_eq!(refused.reason().code(), "unknown_request");
    let stolen = countersign_mobile_core::PendingRequest { account_id: account, ..not_hers };
    assert!(evil.core.approve(stolen, None).await.is_err(), "the core refuses what is not for it");
    phone.approve(None).await.unwrap();
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    assert_eq!(world.complete(&thief).await.location.as_deref(), Some("/login/code"));
}
