//! The story of a product where the second factor is optional for most; mandatory for the types of users that an
//! administrator forces, and for everybody once the finance plug-in is on.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::ids::UserId;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::actor::By;
use countersign_server::domain::policy::asked::Feature;
use countersign_server::domain::policy::preset::Preset;
use countersign_tests::settings::{change_settings, type_settings, use_preset, users_with};
use countersign_tests::ways::{offers_to_turn_off, signs_in, turn_off, type_code};
use countersign_tests::{AuthenticatorApp, EMAIL, On, PASSWORD, Setup, World};

use crate::lost_phone::{press, stands, wait};
use crate::set_up::{asked_to_set_up, scanned};

stories!(it_is_optional_until_a_type_is_forced_or_the_plug_in_is_on);

const ROOT: &str = "root@example.com";
const ADMIN: &str = "admin@example.com";
const BOB: &str = "bob@example.com";
const APP: &str = "/account/security/authenticator";

async fn it_is_optional_until_a_type_is_forced_or_the_plug_in_is_on(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_super_administrator(ROOT).await;
    world.add_administrator(ADMIN).await;
    let bob = world.add_user(BOB).await;
    world.cheapen_passwords().await;
    use_preset(&world.signed_in_by_password(ROOT).await, "proworkflow").await;
    let administrator = world.signed_in_by_password(ADMIN).await;
    is_of_the_type(&administrator, world.user, "staff").await;
    is_of_the_type(&administrator, bob, "client").await;

    anyone_turns_it_on_and_off_in_the_security_tab(&world).await;
    let app = a_type_that_is_forced_sets_up_at_the_next_login(&world, &administrator).await;
    everybody_must_once_the_plug_in_is_on(&world).await;
    a_lost_device_is_reset_by_mail_and_set_up_again(&world, &app).await;
}

async fn anyone_turns_it_on_and_off_in_the_security_tab(world: &World) {
    let browser = world.signed_in_by_password(BOB).await;
    let shown = browser.get(APP).await.unwrap();
    let app = scanned(&shown);
    let code = app.code(world.clock.now());
    assert_eq!(browser.submit(&shown, APP, &[("code", &code)]).await.unwrap().status, 303);

    world.clock.advance(Duration::from_secs(30));
    let next = world.browser();
    world.begin_as(&next, BOB).await;
    assert!(signs_in(&type_code(&next, "totp", &app.code(world.clock.now())).await));
    assert_eq!(turn_off(&next).await, "/account/security?done=turned-off");
    world.signed_in_by_password(BOB).await;
}

/// On the user's page.
async fn is_of_the_type(administrator: &Browser, user: UserId, name: &str) {
    let path = format!("/admin/users/{user}");
    let page = administrator.get(&path).await.unwrap();
    let (name_now, email) = (page.field("name").unwrap(), page.field("email").unwrap());
    let fields = [("name", &*name_now), ("email", &*email), ("type", name)];
    let changed = administrator.submit(&page, &format!("{path}/change"), &fields).await.unwrap();
    assert_eq!(changed.location, Some(format!("{path}?done=done")), "{}", changed.body);
}

/// Ada is of the staff, and Bob a client; the staff is ticked, and saved after it was seen whom that concerns.
async fn a_type_that_is_forced_sets_up_at_the_next_login(
    world: &World,
    administrator: &Browser,
) -> AuthenticatorApp {
    let before = world.signed_in_by_password(EMAIL).await;
    let settings = administrator.get("/admin/settings").await.unwrap();
    for name in ["staff", "client", "contractor"] {
        assert!(settings.body.contains(&format!("data-testid=\"rule-1-type-{name}\"")), "{}", settings.body);
    }
    let forced = [("rule-1-type-staff", Some("on"))];
    let preview = type_settings(administrator, &forced).await;
    assert_eq!(users_with(&preview, "set-up"), 1, "{}", preview.body);
    change_settings(administrator, &forced).await;
    assert_eq!(before.get("/").await.unwrap().status, 200, "her session goes on");
    world.signed_in_by_password(BOB).await;
    let app = set_up_while_signing_in(world).await;
    // What is forced is not turned off.
    let security = before.get("/account/security").await.unwrap();
    assert!(!offers_to_turn_off(&security), "{}", security.body);
    app
}

/// By QR code and one code.
async fn set_up_while_signing_in(world: &World) -> AuthenticatorApp {
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    assert!(page.body.contains("<svg"), "a QR code: {}", page.body);
    let app = scanned(&page);
    let code = app.code(world.clock.now());
    assert!(signs_in(&browser.submit(&page, "/login/setup", &[("code", &code)]).await.unwrap()));
    app
}

async fn everybody_must_once_the_plug_in_is_on(world: &World) {
    let since = world.clock.now().into();
    let on = Feature { on: true, since };
    let stated = world.app.state_facts(&By::CommandLine, world.tenant, |facts| {
        facts.features.insert(Preset::FINANCE.to_owned(), on);
    });
    stated.await.unwrap();
    for email in [BOB, ADMIN, ROOT] {
        let answer = world.browser().sign_in(email, PASSWORD).await.unwrap();
        assert_eq!(answer.location.as_deref(), Some("/login/setup"), "{email}");
    }
}

async fn a_lost_device_is_reset_by_mail_and_set_up_again(world: &World, app: &AuthenticatorApp) {
    world.clock.advance(Duration::from_secs(30));
    let works = world.browser();
    world.begin(&works).await;
    assert!(signs_in(&type_code(&works, "totp", &app.code(world.clock.now())).await));

    let browser = world.browser();
    wait(world, &browser).await;
    world.pass(Duration::from_hours(24)).await;
    world.app.forget().await.unwrap();
    assert_eq!(stands(&browser).await, "remove");
    let removed = press(&browser, "/login/recover/remove", &[("lost.authenticator", "on")]).await;
    assert_eq!(removed.attribute("data-recover").as_deref(), Some("done"), "{}", removed.body);
    let again = set_up_while_signing_in(world).await;
    world.clock.advance(Duration::from_secs(30));
    let next = world.browser();
    world.begin(&next).await;
    assert!(signs_in(&type_code(&next, "totp", &again.code(world.clock.now())).await));
}
