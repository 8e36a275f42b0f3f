//! Every way in which a login ends without a session.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_mobile_core::ports::KeyPurpose;
use countersign_mobile_core::{Error, Mode, Outcome, Reason};
use countersign_protocol::api::ErrorCode;
use countersign_protocol::approval::Decision;
use countersign_protocol::ids::LoginId;
use countersign_server::domain::login::LoginState;
use countersign_tests::{On, Setup, World, within};

stories!(
    a_denial_ends_it,
    a_report_ends_it,
    nobody_answers_for_two_minutes,
    the_browser_does_not_come_back_within_a_minute,
    a_minute_less_a_moment_is_in_time,
    an_answer_that_comes_a_moment_too_late_is_told_so,
    one_wrong_number_ends_it,
    after_a_denial_the_number_is_asked_for,
);

/// The login ended so, the page says so, and nothing signs this browser in.
async fn ended(world: &World, browser: &Browser, login: LoginId, how: LoginState, page_state: &str) {
    assert_eq!(world.standing(login).await, how);
    let code = browser.get("/login/code").await.unwrap();
    assert_eq!(code.attribute("data-state").as_deref(), Some(page_state));
    let tried = browser.submit(&code, "/login/complete", &[]).await.unwrap();
    // The page has no form any more; a token from another page of this browser is as good.
    assert_eq!(tried.status, 403);
    let form = browser.get("/login").await.unwrap();
    let tried = browser.submit(&form, "/login/complete", &[]).await.unwrap();
    assert_eq!((tried.status, tried.location.as_deref()), (303, Some("/login/code")));
    assert_eq!(browser.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, 0);
}

async fn a_denial_ends_it(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let mut events = browser.events().await.unwrap().unwrap();
    within("asked", events.stands("asked")).await.unwrap();
    let request = phone.request().await;
    assert_eq!(phone.core.deny(request.clone()).await.unwrap(), Outcome::Denied);
    within("denied", events.stands("denied")).await.unwrap();
    assert!(events.next().await.is_err(), "the stream ends with the login");
    ended(&world, &browser, login, LoginState::Denied, "denied").await;
    let late = phone.core.approve(request, None).await.unwrap_err();
    assert_eq!(*late.reason(), Reason::AlreadyDecided);
    assert!(phone.requests().await.is_empty());
    assert!(world.receipt(login).await.is_some(), "a denial has a receipt, too");
}

async fn a_report_ends_it(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    assert_eq!(phone.core.report(phone.request().await).await.unwrap(), Outcome::Reported);
    ended(&world, &browser, login, LoginState::Reported, "reported").await;
    assert!(world.events_of_user().await.contains(&"login.reported".to_owned()));
}

async fn nobody_answers_for_two_minutes(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let request = phone.request().await;
    let mut events = browser.events().await.unwrap().unwrap();
    within("delivered", events.stands("delivered")).await.unwrap();
    world.pass(Duration::from_secs(119)).await;
    assert_eq!(world.standing(login).await, LoginState::Pending);
    world.pass(Duration::from_secs(1)).await;
    within("expired", events.stands("expired")).await.unwrap();
    let late = phone.core.approve(request, None).await.unwrap_err();
    assert_eq!(*late.reason(), Reason::Expired);
    ended(&world, &browser, login, LoginState::Expired, "expired").await;
    assert!(world.receipt(login).await.is_none());
}

async fn the_browser_does_not_come_back_within_a_minute(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    phone.approve(None).await.unwrap();
    // Before any sweep: the time counts, not that somebody noted it.
    world.clock.advance(Duration::from_secs(60));
    let late = browser.submit(&code, "/login/complete", &[]).await.unwrap();
    assert_eq!(late.location.as_deref(), Some("/login/code"));
    world.app.sweep().await.unwrap();
    ended(&world, &browser, login, LoginState::NotCompleted, "not_completed").await;
}

async fn a_minute_less_a_moment_is_in_time(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    world.pass(Duration::from_secs(119)).await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    world.pass(Duration::from_secs(59)).await;
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn one_wrong_number_ends_it(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let number = browser.get("/login/code").await.unwrap().text_of("code-number").unwrap();
    let wrong = if number == "00" { "01" } else { "00" };
    let request = phone.request().await;
    let missing = phone.core.approve(request.clone(), None).await.unwrap_err();
    assert_eq!(missing, Error::AskAgain(Reason::NumberDigits(2)), "the core sends no approval without it");
    assert_eq!(phone.core.approve(request.clone(), Some(wrong.into())).await.unwrap(), Outcome::WrongNumber);
    let second = phone.core.approve(request, Some(number)).await.unwrap_err();
    assert_eq!(*second.reason(), Reason::AlreadyDecided, "there is no second try");
    ended(&world, &browser, login, LoginState::WrongNumber, "wrong_number").await;
    assert!(world.events_of_user().await.contains(&"login.wrong_number".to_owned()));
}

async fn after_a_denial_the_number_is_asked_for(on: On) {
    let world = World::with(on, Setup::default()).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    world.sign_out(&browser).await;
    world.begin(&browser).await;
    let request = phone.request().await;
    assert_eq!(request.mode, Mode::Tap);
    phone.core.deny(request).await.unwrap();
    assert!(world.sign_in(&browser, &phone).await, "within a day, the number");
    world.sign_out(&browser).await;
    world.pass(Duration::from_secs(24 * 60 * 60)).await;
    assert!(!world.sign_in(&browser, &phone).await, "a day later, a tap again");
}

/// Signed in time, and on its way when the time ran out.
async fn an_answer_that_comes_a_moment_too_late_is_told_so(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let login = world.begin(&world.browser()).await;
    let decision = phone.decision(&phone.request().await.signed, Decision::Approve).await;
    world.clock.advance(Duration::from_secs(121));
    let answer = phone.decide(KeyPurpose::Approval, login, &decision).await;
    assert_eq!((answer.status, answer.code), (410, Some(ErrorCode::Expired)));
    assert_eq!(world.standing(login).await, LoginState::Expired);
}
