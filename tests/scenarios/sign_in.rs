//! The main job, whole: password, Code screen, popup, approval, and the browser switches.

use countersign_mobile_core::{Mode, Outcome};
use countersign_server::domain::login::LoginState;
use countersign_tests::{EMAIL, On, PASSWORD, World, within};

stories!(
    the_first_sign_in_asks_for_the_number,
    the_second_in_the_same_browser_is_by_tap,
    each_sign_in_has_a_session_of_its_own,
    signing_out_ends_the_session,
    a_newer_sign_in_in_the_same_browser_replaces_the_one_before,
);

async fn the_first_sign_in_asks_for_the_number(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    assert!(code.body.contains("Ada’s phone"), "the Code screen names the phone");
    let number = code.text_of("code-number").expect("the number is shown");
    assert_eq!(number.len(), 2);
    let mut events = browser.events().await.unwrap().expect("an event stream");
    within("the first state", events.stands("asked")).await.unwrap();

    phone.woken().await;
    let request = phone.request().await;
    let request = phone.core.fetch(request.account_id.clone(), request.login).await.unwrap();
    within("seen", events.stands("seen")).await.unwrap();
    assert_eq!((request.login, request.mode), (login, Mode::Number { digits: 2 }));
    assert_eq!((request.application.as_str(), request.browser.as_str()), ("ACME", "Chrome"));
    assert_eq!(request.address, "127.0.0.1");

    assert_eq!(phone.core.approve(request, Some(number)).await.unwrap(), Outcome::Approved);
    within("approved", events.stands("approved")).await.unwrap();
    let done = browser.submit(&code, "/login/complete", &[]).await.unwrap();
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/")));
    within("completed", events.stands("completed")).await.unwrap();
    let start = browser.get("/").await.unwrap();
    assert_eq!(start.text_of("start-security").as_deref(), Some("Ada Lovelace"));
    assert!(start.body.contains(EMAIL));
    assert!(start.text_of("start-proof").unwrap().contains("Ada’s phone"));
    assert_eq!(world.standing(login).await, LoginState::Completed);
    let told = world.events_of_user().await;
    let last = ["login.started", "login.seen", "login.approved", "session.started"];
    assert!(told.ends_with(&last.map(str::to_owned)), "{told:?}");
}

async fn the_second_in_the_same_browser_is_by_tap(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    assert!(world.sign_in(&browser, &phone).await, "a new browser: the number");
    world.sign_out(&browser).await;
    assert!(!world.sign_in(&browser, &phone).await, "a trusted browser: a tap");
    assert!(world.sign_in(&world.browser(), &phone).await, "another browser: the number");
}

async fn each_sign_in_has_a_session_of_its_own(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    let first = browser.cookies();
    assert!(!first.contains_key("countersign-login"), "the login's cookie is taken away");
    world.sign_out(&browser).await;
    world.sign_in(&browser, &phone).await;
    let second = browser.cookies();
    for name in ["countersign-session", "countersign-browser"] {
        assert_ne!(first[name], second[name], "{name}");
    }
    // A cookie that somebody planted before the sign-in is worth nothing after it.
    let planted = world.browser();
    planted.set_cookie("countersign-session", &first["countersign-session"].replace(|_: char| true, "A"));
    world.sign_in(&planted, &phone).await;
    assert_ne!(planted.cookies()["countersign-session"], "A".repeat(first["countersign-session"].len()));
}

async fn signing_out_ends_the_session(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    let session = browser.cookies()["countersign-session"].clone();
    world.sign_out(&browser).await;
    browser.set_cookie("countersign-session", &session);
    assert_eq!(browser.get("/").await.unwrap().location.as_deref(), Some("/login"));
}

async fn a_newer_sign_in_in_the_same_browser_replaces_the_one_before(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let first = world.begin(&browser).await;
    let mut events = browser.events().await.unwrap().unwrap();
    within("asked", events.stands("asked")).await.unwrap();
    let old = phone.request().await;
    let second = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(second.location.as_deref(), Some("/login/code"));
    within("the old page is told", events.stands("no_login")).await.unwrap();
    assert_eq!(world.standing(first).await, LoginState::Replaced);
    assert!(phone.core.approve(old, None).await.is_err(), "the old request takes no answer");
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}
