//! "This wasn't me": what follows from it.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::Outcome;
use countersign_server::domain::actor::By;
use countersign_server::domain::login::LoginState;
use countersign_tests::{EMAIL, On, PASSWORD, Phone, World};

use crate::phones::state;

stories!(
    a_report_ends_the_persons_other_logins_and_all_sessions,
    after_a_report_the_phone_is_quiet_for_a_day,
    after_a_report_a_new_password_comes_first,
    a_new_password_has_to_be_a_new_one,
    where_a_report_came_from_a_number_is_asked_of_everybody,
    a_no_counts_though_the_attacker_began_the_next_login_meanwhile,
    a_new_password_ends_what_the_old_one_began,
    no_browser_is_trusted_after_a_report,
    the_popups_of_all_logins_that_a_report_ends_are_put_away,
);

const NEW: &str = "another horse, another battery";

/// Somebody else types the password, and the person reports it.
async fn reported(world: &World, phone: &Phone) {
    world.begin(&world.browser()).await;
    reported_the_newest(phone).await;
}

async fn a_report_ends_the_persons_other_logins_and_all_sessions(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (signed_in, waiting, approved) = (world.browser(), world.browser(), world.browser());
    world.sign_in(&signed_in, &phone).await;
    let half = world.begin(&approved).await;
    phone.approve(None).await.unwrap();
    let code = approved.get("/login/code").await.unwrap();
    let pending = world.begin(&waiting).await;
    reported(&world, &phone).await;
    for login in [half, pending] {
        assert_eq!(world.standing(login).await, LoginState::Reported);
    }
    assert_eq!(state(&waiting).await, "reported");
    let done = approved.submit(&code, "/login/complete", &[]).await.unwrap();
    assert_eq!(done.location.as_deref(), Some("/login/code"));
    assert_eq!(signed_in.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert!(phone.requests().await.is_empty());
}

async fn after_a_report_the_phone_is_quiet_for_a_day(on: On) {
    let (world, phone) = World::by_tap(on).await;
    reported(&world, &phone).await;
    phone.woken().await;
    for hours in [0, 1, 22] {
        world.pass(Duration::from_secs(hours * 3600)).await;
        let browser = world.browser();
        world.begin(&browser).await;
        assert_eq!(state(&browser).await, "held_reported");
    }
    world.pass(Duration::from_secs(3600)).await;
    world.begin(&world.browser()).await;
    phone.woken().await;
}

async fn sign_in_by_app(world: &World, browser: &Browser, phone: &Phone, password: &str) {
    let answer = browser.sign_in(EMAIL, password).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/code"));
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(browser).await.location.as_deref(), Some("/"));
}

async fn choose(browser: &Browser, first: &str, again: &str) -> Page {
    let page = browser.get("/account/password").await.unwrap();
    browser.submit(&page, "/account/password", &[("password", first), ("again", again)]).await.unwrap()
}

async fn after_a_report_a_new_password_comes_first(on: On) {
    let (world, phone) = World::by_tap(on).await;
    reported(&world, &phone).await;
    let (browser, other) = (world.browser(), world.browser());
    sign_in_by_app(&world, &browser, &phone, PASSWORD).await;
    sign_in_by_app(&world, &other, &phone, PASSWORD).await;
    for path in ["/", "/pair"] {
        let away = browser.get(path).await.unwrap();
        assert_eq!(away.location.as_deref(), Some("/account/password"), "{path}");
    }
    assert_eq!(choose(&browser, NEW, NEW).await.location.as_deref(), Some("/"));
    assert_eq!(browser.get("/").await.unwrap().status, 200);
    assert_eq!(browser.get("/account/password").await.unwrap().location.as_deref(), Some("/"));
    assert_eq!(other.get("/").await.unwrap().location.as_deref(), Some("/login"), "the others are over");
    world.sign_out(&browser).await;
    assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.unwrap().status, 401);
    sign_in_by_app(&world, &browser, &phone, NEW).await;
    assert_eq!(browser.get("/").await.unwrap().status, 200);
    let events = world.events_of_user().await;
    for event in ["login.reported", "user.new_password_required", "user.password_changed"] {
        assert_eq!(events.iter().filter(|known| *known == event).count(), 1, "{event}");
    }
}

async fn a_new_password_has_to_be_a_new_one(on: On) {
    let (world, phone) = World::by_tap(on).await;
    reported(&world, &phone).await;
    let browser = world.browser();
    assert_eq!(browser.get("/account/password").await.unwrap().location.as_deref(), Some("/login"));
    sign_in_by_app(&world, &browser, &phone, PASSWORD).await;
    for (first, again, says) in [
        ("short", "short", "8 characters"),
        (NEW, "another horse, another batter", "match"),
        (PASSWORD, PASSWORD, "another one"),
    ] {
        let page = choose(&browser, first, again).await;
        assert_eq!(page.status, 422);
        assert!(page.text_of("password-message").unwrap().contains(says), "{says}: {}", page.body);
        assert!(!page.body.contains(NEW), "a password is not shown again");
    }
    assert_eq!(browser.get("/").await.unwrap().location.as_deref(), Some("/account/password"));
}

async fn where_a_report_came_from_a_number_is_asked_of_everybody(on: On) {
    let world = World::new(on).await;
    let ada = world.paired_phone("Ada’s phone").await;
    let bob = world.add_user("bob@example.com").await;
    let phone = world.phone("Bob’s phone");
    world.pair(&phone, bob).await;
    let browser = world.browser();
    let number = async |browser: &Browser| {
        world.begin_as(browser, "bob@example.com").await;
        let number = browser.get("/login/code").await.unwrap().text_of("code-number");
        phone.approve(number.as_deref()).await.unwrap();
        world.complete(browser).await;
        world.sign_out(browser).await;
        number
    };
    assert!(number(&browser).await.is_some(), "a new browser");
    assert_eq!(number(&browser).await, None, "nothing is unusual");
    reported(&world, &ada).await;
    assert!(number(&browser).await.is_some(), "somebody signed in from here who was not Ada");
    world.pass(Duration::from_secs(86_400)).await;
    assert_eq!(number(&browser).await, None);
}

async fn a_no_counts_though_the_attacker_began_the_next_login_meanwhile(on: On) {
    for report in [false, true] {
        let (world, phone) = World::by_tap(on).await;
        let attacker = world.browser();
        let first = world.begin(&attacker).await;
        let request = phone.request().await;
        let second = world.begin(&attacker).await;
        assert_eq!(world.standing(first).await, LoginState::Replaced);
        if report {
            assert_eq!(phone.core.report(request.clone()).await.unwrap(), Outcome::Reported);
            assert_eq!(world.standing(second).await, LoginState::Reported);
        } else {
            assert_eq!(phone.core.deny(request.clone()).await.unwrap(), Outcome::Denied);
        }
        assert_eq!(world.standing(first).await, LoginState::Replaced, "it ended as it ended");
        assert!(world.receipt(first).await.is_some());
        assert!(phone.core.report(request).await.is_err(), "once");
        world.begin(&attacker).await;
        let held = if report { "held_reported" } else { "held_denied" };
        assert_eq!(state(&attacker).await, held);
    }
}

async fn a_new_password_ends_what_the_old_one_began(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (signed_in, waiting) = (world.browser(), world.browser());
    world.sign_in(&signed_in, &phone).await;
    let login = world.begin(&waiting).await;
    let at = world.at().await;
    world.app.set_password(&at, &By::CommandLine, world.user, NEW.to_owned().into(), false).await.unwrap();
    assert_eq!(world.standing(login).await, LoginState::Replaced);
    assert!(phone.requests().await.is_empty());
    assert_eq!(signed_in.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(world.browser().sign_in(EMAIL, PASSWORD).await.unwrap().status, 401);
}

async fn no_browser_is_trusted_after_a_report(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    assert!(world.sign_in(&browser, &phone).await, "a new browser");
    world.sign_out(&browser).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM trusted_browsers").await, 1);
    reported(&world, &phone).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM trusted_browsers").await, 0);
}

async fn the_popups_of_all_logins_that_a_report_ends_are_put_away(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let tablet = world.paired_phone("Ada’s tablet").await;
    world.begin(&world.browser()).await;
    phone.woken().await;
    tablet.woken().await;
    world.clock.advance(Duration::from_secs(1));
    let quiet = world.browser();
    world.begin(&quiet).await;
    assert_eq!(state(&quiet).await, "held_another");
    reported_the_newest(&phone).await;
    tablet.woken().await;
    assert!(tablet.requests().await.is_empty(), "also the one that rang");
}

async fn reported_the_newest(phone: &Phone) {
    let newest = phone.requests().await.remove(0);
    assert_eq!(phone.core.report(newest).await.unwrap(), Outcome::Reported);
}
