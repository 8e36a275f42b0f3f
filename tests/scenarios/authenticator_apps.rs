//! Authenticator apps: set up with a secret and its first code, then used to sign in. The app is `oathtool`.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::time::Clock as _;
use countersign_server::app::{AuthenticatorConfirmed, OwnRemoval};
use countersign_server::domain::factor::{FactorRules, TotpAlgorithm};
use countersign_server::domain::totp::ClockOff;
use countersign_tests::{AuthenticatorApp, On, World};
use futures_util::future::join_all;
use uuid::Uuid;

stories!(
    an_app_is_set_up_and_signs_in,
    a_reload_shows_the_same_secret_until_it_is_confirmed,
    a_code_signs_in_once_however_many_browsers_try_at_once,
    an_older_code_does_not_work_after_a_later_one,
    ten_codes_may_be_tried_to_confirm_a_secret,
    a_clock_that_is_off_is_told_after_two_codes_and_not_after_one,
    a_new_app_takes_the_place_of_the_old_one,
    an_app_that_was_removed_signs_nobody_in,
    the_tenant_says_which_hash_and_how_strictly,
);

/// A session in which secrets are shown.
const HERE: Uuid = Uuid::from_u128(0xa);

/// How a secret is shown: as a link, and to be typed.
async fn show_secret(world: &World, to: Uuid) -> (String, String) {
    let offered =
        world.app.offer_authenticator(&*world.at().await, &world.person().await, to, None).await.unwrap();
    (offered.uri.to_string(), offered.secret_groups.to_string())
}

async fn confirm(world: &World, to: Uuid, code: &str) -> AuthenticatorConfirmed {
    world.app.confirm_authenticator(&*world.at().await, &world.person().await, to, code, None).await.unwrap()
}

/// The code that an app shows now.
fn shown_by(world: &World, app: &AuthenticatorApp) -> String {
    app.code(world.clock.now())
}

/// Lets the app's next code come.
fn next_step(world: &World) {
    world.clock.advance(Duration::from_secs(30));
}

/// Types a code of an authenticator app on the Code screen. Whether the browser is signed in then.
pub(crate) async fn type_code(browser: &Browser, code: &str) -> bool {
    let page = browser.get("/login/code").await.unwrap();
    let answer = browser.submit(&page, "/login/code", &[("way", "totp"), ("code", code)]).await.unwrap();
    let signed_in = (answer.status, answer.location.as_deref()) == (303, Some("/"));
    assert!(signed_in || answer.status == 422, "{}", answer.status);
    signed_in
}

async fn an_app_is_set_up_and_signs_in(on: On) {
    let world = World::new(on).await;
    let (_, groups) = show_secret(&world, HERE).await;
    let app = AuthenticatorApp::typed(&groups);
    let first = shown_by(&world, &app);
    assert_eq!(confirm(&world, HERE, &first).await, AuthenticatorConfirmed::Active);

    let browser = world.browser();
    world.begin(&browser).await;
    assert!(!type_code(&browser, &first).await, "the first code is used up");
    next_step(&world);
    let code = shown_by(&world, &app);
    assert!(type_code(&browser, &format!(" {} {} ", &code[..3], &code[3..])).await);
    let told = world.events_of_user().await;
    for event in ["authenticator.offered", "authenticator.added", "login.wrong_code", "login.proved"] {
        assert!(told.iter().any(|told| told == event), "{event}: {told:?}");
    }
    let view = world.app.authenticator_of(&*world.at().await, world.user).await.unwrap().unwrap();
    assert!(view.last_used_at.is_some());
}

async fn a_reload_shows_the_same_secret_until_it_is_confirmed(on: On) {
    let world = World::new(on).await;
    let offered = show_secret(&world, HERE).await;
    assert_eq!(show_secret(&world, HERE).await, offered);
    assert_ne!(show_secret(&world, Uuid::from_u128(0xb)).await, offered, "another session has another one");
    let tabs = join_all((0..8).map(|_| show_secret(&world, Uuid::from_u128(0xc)))).await;
    assert!(tabs.iter().all(|tab| *tab == tabs[0]), "eight tabs at once, one secret");

    let code = shown_by(&world, &AuthenticatorApp::scan(&offered.0));
    assert_eq!(confirm(&world, Uuid::from_u128(0xb), &code).await, AuthenticatorConfirmed::Wrong);
    assert_eq!(confirm(&world, HERE, &code).await, AuthenticatorConfirmed::Active);
    assert_eq!(confirm(&world, HERE, &code).await, AuthenticatorConfirmed::Over);
    assert_ne!(show_secret(&world, HERE).await, offered, "what is confirmed is shown no more");
    world.clock.advance(Duration::from_secs(3600));
    assert_ne!(show_secret(&world, Uuid::from_u128(0xc)).await, tabs[0], "an hour later");
}

async fn a_code_signs_in_once_however_many_browsers_try_at_once(on: On) {
    let world = World::new(on).await;
    world.cheapen_passwords().await;
    let app = world.set_up_app().await;
    next_step(&world);
    let (code, mut browsers) = (shown_by(&world, &app), Vec::new());
    for _ in 0..6 {
        let browser = world.browser();
        world.begin(&browser).await;
        browsers.push(browser);
    }
    let tried = join_all(browsers.iter().map(|browser| type_code(browser, &code))).await;
    assert_eq!(tried.iter().filter(|signed_in| **signed_in).count(), 1);
    next_step(&world);
    let other = browsers.iter().zip(tried).find(|(_, signed_in)| !signed_in).unwrap().0;
    assert!(type_code(other, &shown_by(&world, &app)).await, "the next code does");
}

async fn an_older_code_does_not_work_after_a_later_one(on: On) {
    let world = World::new(on).await;
    let app = world.set_up_app().await;
    next_step(&world);
    let older = shown_by(&world, &app);
    next_step(&world);
    let browser = world.browser();
    world.begin(&browser).await;
    assert!(type_code(&browser, &shown_by(&world, &app)).await);
    let other = world.browser();
    world.begin(&other).await;
    assert!(!type_code(&other, &older).await);
}

async fn ten_codes_may_be_tried_to_confirm_a_secret(on: On) {
    let world = World::new(on).await;
    let offered = show_secret(&world, HERE).await;
    let app = AuthenticatorApp::scan(&offered.0);
    let right = shown_by(&world, &app);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let tried = join_all((0..9).map(|_| confirm(&world, HERE, wrong))).await;
    assert!(tried.iter().all(|tried| *tried == AuthenticatorConfirmed::Wrong), "{tried:?}");
    assert_eq!(show_secret(&world, HERE).await, offered, "one try is left");
    assert_eq!(confirm(&world, HERE, "not a code").await, AuthenticatorConfirmed::Wrong);
    assert_eq!(confirm(&world, HERE, &right).await, AuthenticatorConfirmed::Over);
    assert_ne!(show_secret(&world, HERE).await, offered, "it begins anew");
}

async fn a_clock_that_is_off_is_told_after_two_codes_and_not_after_one(on: On) {
    let world = World::new(on).await;
    let app = AuthenticatorApp::scan(&show_secret(&world, HERE).await.0);
    let ahead = Duration::from_secs(7 * 60);
    let first = app.code(world.clock.now() + ahead);
    assert_eq!(confirm(&world, HERE, &first).await, AuthenticatorConfirmed::Wrong);
    assert_eq!(confirm(&world, HERE, &first).await, AuthenticatorConfirmed::Wrong, "the same again");
    next_step(&world);
    let second = app.code(world.clock.now() + ahead);
    assert_eq!(confirm(&world, HERE, &second).await, AuthenticatorConfirmed::ClockOff(ClockOff(7)));
    let right = shown_by(&world, &app);
    assert_eq!(confirm(&world, HERE, &right).await, AuthenticatorConfirmed::Active);
}

async fn a_new_app_takes_the_place_of_the_old_one(on: On) {
    let world = World::new(on).await;
    let old = world.set_up_app().await;
    let new = AuthenticatorApp::scan(&show_secret(&world, HERE).await.0);
    let code = shown_by(&world, &new);
    assert_eq!(confirm(&world, HERE, &code).await, AuthenticatorConfirmed::Active);
    next_step(&world);
    let browser = world.browser();
    world.begin(&browser).await;
    assert!(!type_code(&browser, &shown_by(&world, &old)).await);
    assert!(type_code(&browser, &shown_by(&world, &new)).await);
}

async fn an_app_that_was_removed_signs_nobody_in(on: On) {
    let world = World::new(on).await;
    let app = world.set_up_app().await;
    let offered = show_secret(&world, HERE).await;
    next_step(&world);
    let browser = world.browser();
    world.begin(&browser).await;
    let (at, person) = (world.at().await, world.person().await);
    let remove = || world.app.remove_authenticator(&at, &person, None);
    assert_eq!(remove().await.unwrap(), OwnRemoval::Done);
    assert_eq!(remove().await.unwrap(), OwnRemoval::NotThere);
    let page = browser.get("/login/code").await.unwrap();
    let code = shown_by(&world, &app);
    let typed = browser.submit(&page, "/login/code", &[("way", "totp"), ("code", &code)]).await.unwrap();
    assert_ne!(typed.status, 303, "even in a login that began before");
    assert_ne!(show_secret(&world, HERE).await, offered, "what was offered is gone as well");
    assert_eq!(world.app.authenticator_of(&at, world.user).await.unwrap(), None);
    let removed = |told: &&String| *told == "authenticator.removed";
    assert_eq!(world.events_of_user().await.iter().filter(removed).count(), 1);
}

async fn the_tenant_says_which_hash_and_how_strictly(on: On) {
    let world = World::new(on).await;
    let usual = show_secret(&world, HERE).await;
    let rules =
        FactorRules { totp_algorithm: TotpAlgorithm::Sha512, totp_strict: true, ..FactorRules::default() };
    world.set_rules(rules).await;
    // The tenant is remembered for five seconds.
    next_step(&world);
    let offered = show_secret(&world, HERE).await;
    assert!(offered != usual && offered.0.contains("algorithm=SHA512"), "{}", offered.0);
    let app = AuthenticatorApp::scan(&offered.0);
    let last = app.code(world.clock.now() - Duration::from_secs(30));
    assert_eq!(confirm(&world, HERE, &last).await, AuthenticatorConfirmed::Wrong);
    let code = shown_by(&world, &app);
    assert_eq!(confirm(&world, HERE, &code).await, AuthenticatorConfirmed::Active);
}
