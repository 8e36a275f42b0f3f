//! Guessing: each check is counted before it is made, for the user and the way, in all logins together. Too many
//! in a row suspend that way for a growing while, and nothing else.

use std::time::Duration;

use countersign_demo::browser::Page;
use countersign_protocol::time::Clock as _;
use countersign_server::app::Acted;
use countersign_server::domain::directory::Action;
use countersign_server::domain::user::Role;
use countersign_tests::jobs::by;
use countersign_tests::ways::{copy_of, other_than, send_code, signs_in, type_code};
use countersign_tests::{AuthenticatorApp, On, Setup, World};
use futures_util::stream::{self, StreamExt as _};

use crate::email_codes::{ASKED, waiting};

stories!(
    a_thousand_guesses_of_an_app_in_a_hundred_logins_are_ten_checks,
    a_thousand_guesses_of_a_mailed_code_in_a_hundred_logins_are_ten_checks,
    a_check_that_breaks_off_has_counted,
    the_success_of_another_way_forgets_nothing,
    a_new_code_forgets_nothing,
    a_suspension_grows_and_ends,
    a_suspended_way_is_refused_in_its_own_words_while_the_others_work,
    an_administrator_ends_a_suspension,
);

const LOGINS: usize = 100;
const EACH: usize = 10;
/// How many requests are under way at any time.
const AT_ONCE: usize = 24;
/// How many failures in a row there may be.
const MOST: i64 = 10;

/// An app and mail, in a tenant that takes both.
async fn world_with_app(on: On) -> (World, AuthenticatorApp) {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    let app = world.set_up_app().await;
    world.require(ASKED).await;
    world.clock.advance(Duration::from_secs(30));
    (world, app)
}

async fn failures_of(world: &World, way: &str) -> i64 {
    let sql = match way {
        "totp" => {
            "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM factor_records WHERE factor = 'totp'"
        }
        "email" => {
            "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM factor_records WHERE factor = 'email'"
        }
        _ => {
            "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM factor_records WHERE factor = 'recovery'"
        }
    };
    world.count(sql).await
}

/// A thousand guesses, all wrong, in logins beside each other; then the right code. How many were checked.
async fn a_thousand_guesses(world: &World, way: &str, right: &str) {
    let mut tabs = vec![waiting(world).await];
    for _ in 1..LOGINS {
        tabs.push(waiting(world).await);
    }
    let page = tabs[0].get("/login/code").await.unwrap();
    let csrf = tabs[0].cookies()["countersign-csrf"].clone();
    tabs.iter().for_each(|tab| tab.set_cookie("countersign-csrf", &csrf));
    let wrong = other_than(right);
    let fields = [("way", way), ("code", wrong)];
    let guesses = (0..LOGINS * EACH).map(|n| tabs[n % LOGINS].submit(&page, "/login/code", &fields));
    let answers: Vec<Page> =
        stream::iter(guesses).buffer_unordered(AT_ONCE).map(Result::unwrap).collect().await;
    let with = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(422), with(429)), (10, LOGINS * EACH - 10), "ten were checked, the others were not");
    assert!(answers.iter().all(|answer| !signs_in(answer)));
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|event| *event == "login.wrong_code").count(), 10);
    assert_eq!(failures_of(world, way).await, MOST);
    let fields = [("way", way), ("code", right)];
    for tab in &tabs[..3] {
        let answer = tab.submit(&page, "/login/code", &fields).await.unwrap();
        assert!(answer.status == 429 && !signs_in(&answer), "the right one is not looked at either");
    }
    assert_eq!(world.sessions().await, 0);
}

async fn a_thousand_guesses_of_an_app_in_a_hundred_logins_are_ten_checks(on: On) {
    let (world, app) = world_with_app(on).await;
    let right = app.code(world.clock.now());
    a_thousand_guesses(&world, "totp", &right).await;
}

async fn a_thousand_guesses_of_a_mailed_code_in_a_hundred_logins_are_ten_checks(on: On) {
    let world = crate::email_codes::by_mail(on).await;
    let browser = waiting(&world).await;
    send_code(&browser).await;
    let right = world.mailed_code(1).await;
    a_thousand_guesses(&world, "email", &right).await;
    assert_eq!(type_code(&browser, "email", &right).await.status, 429, "where it was sent, neither");
}

async fn a_check_that_breaks_off_has_counted(on: On) {
    let (world, app) = world_with_app(on).await;
    let browser = waiting(&world).await;
    let page = browser.get("/login/code").await.unwrap();
    let code = app.code(world.clock.now());
    let fields = [("way", "totp"), ("code", code.as_str())];
    // The count is written, then the secret cannot be read.
    world.change("UPDATE authenticators SET algorithm = 'of tomorrow'").await;
    for n in 1..=MOST {
        let answer = browser.submit(&page, "/login/code", &fields).await.unwrap();
        assert_eq!((answer.status, failures_of(&world, "totp").await), (500, n));
    }
    world.change("UPDATE authenticators SET algorithm = 'sha1'").await;
    assert_eq!(browser.submit(&page, "/login/code", &fields).await.unwrap().status, 429);
    world.clock.advance(Duration::from_secs(60));
    assert!(signs_in(&type_code(&browser, "totp", &app.code(world.clock.now())).await));
    assert_eq!(failures_of(&world, "totp").await, 0);
}

async fn the_success_of_another_way_forgets_nothing(on: On) {
    let (world, app) = world_with_app(on).await;
    let codes = world.recovery_codes().await;
    let browser = waiting(&world).await;
    for _ in 0..3 {
        let wrong = other_than(&app.code(world.clock.now()));
        assert_eq!(type_code(&browser, "totp", wrong).await.status, 422);
    }
    assert!(signs_in(&type_code(&browser, "recovery", &codes[0]).await));
    assert_eq!(failures_of(&world, "totp").await, 3);
    let browser = waiting(&world).await;
    assert_eq!(type_code(&browser, "recovery", &codes[0]).await.status, 422);
    assert!(signs_in(&type_code(&browser, "totp", &app.code(world.clock.now())).await));
    assert_eq!((failures_of(&world, "totp").await, failures_of(&world, "recovery").await), (0, 1));
}

async fn a_new_code_forgets_nothing(on: On) {
    let world = crate::email_codes::by_mail(on).await;
    let mut failures = 0;
    for sent in 1..=3 {
        let browser = waiting(&world).await;
        send_code(&browser).await;
        let right = world.mailed_code(sent).await;
        for _ in 0..3 {
            assert_eq!(type_code(&browser, "email", other_than(&right)).await.status, 422);
            failures += 1;
            assert_eq!(failures_of(&world, "email").await, failures);
        }
    }
    let browser = waiting(&world).await;
    send_code(&browser).await;
    let right = world.mailed_code(4).await;
    assert_eq!(type_code(&browser, "email", other_than(&right)).await.status, 422, "the tenth");
    assert_eq!(type_code(&browser, "email", &right).await.status, 429);
    send_code(&browser).await;
    let right = world.mailed_code(5).await;
    assert_eq!(type_code(&browser, "email", &right).await.status, 429, "a newer one is not looked at either");
}

async fn a_suspension_grows_and_ends(on: On) {
    let (world, app) = world_with_app(on).await;
    let browser = waiting(&world).await;
    for _ in 0..MOST - 1 {
        let wrong = other_than(&app.code(world.clock.now()));
        assert_eq!(type_code(&browser, "totp", wrong).await.status, 422);
    }
    for minutes in [1, 2, 4, 8] {
        // Each of these takes longer than a login waits.
        let browser = waiting(&world).await;
        let wrong = other_than(&app.code(world.clock.now()));
        assert_eq!(type_code(&browser, "totp", wrong).await.status, 422, "before {minutes} minutes");
        world.clock.advance(Duration::from_secs(minutes * 60 - 1));
        let right = app.code(world.clock.now());
        assert_eq!(type_code(&browser, "totp", &right).await.status, 429, "within {minutes} minutes");
        world.clock.advance(Duration::from_secs(1));
    }
    let browser = waiting(&world).await;
    assert!(signs_in(&type_code(&browser, "totp", &app.code(world.clock.now())).await));
    assert_eq!(failures_of(&world, "totp").await, 0, "and it begins anew");
}

async fn a_suspended_way_is_refused_in_its_own_words_while_the_others_work(on: On) {
    let (world, app) = world_with_app(on).await;
    let codes = world.recovery_codes().await;
    let browser = waiting(&world).await;
    for _ in 0..MOST {
        type_code(&browser, "totp", other_than(&app.code(world.clock.now()))).await;
    }
    let told = world.events_of_user().await;
    let suspended = told.iter().filter(|event| *event == "factors.suspended").count();
    assert_eq!((told.last().map(String::as_str), suspended), (Some("factors.suspended"), 1));
    let refused = type_code(&browser, "totp", &app.code(world.clock.now())).await;
    let words = "Too many wrong codes. You can use this again in a minute.";
    assert_eq!((refused.status, refused.text_of("way-suspended").as_deref()), (429, Some(words)));
    let other = copy_of(&world, &waiting(&world).await);
    let shown = other.get("/login/code").await.unwrap();
    assert_eq!(shown.text_of("way-suspended").as_deref(), Some(words), "in every login");
    assert!(signs_in(&type_code(&other, "recovery", &codes[0]).await));
    assert!(signs_in(&type_code(&browser, "recovery", &codes[1]).await), "the account is never locked");
}

async fn an_administrator_ends_a_suspension(on: On) {
    let (world, app) = world_with_app(on).await;
    let grace = by(world.add_administrator("grace@example.com").await, Role::Administrator);
    let browser = waiting(&world).await;
    let right = app.code(world.clock.now());
    for _ in 0..MOST {
        type_code(&browser, "totp", other_than(&right)).await;
    }
    assert_eq!(type_code(&browser, "totp", &right).await.status, 429);
    let at = world.at().await;
    let unlock = async || world.app.act_on(&at, &grace, world.user, Action::Unlock).await.unwrap();
    assert_eq!((unlock().await, unlock().await), (Acted::Done(Vec::new()), Acted::Same));
    assert_eq!(failures_of(&world, "totp").await, 0);
    assert!(signs_in(&type_code(&browser, "totp", &right).await));
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|event| *event == "user.unlocked").count(), 1);
}
