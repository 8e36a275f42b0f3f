//! The story of a product where the second factor is optional for most; mandatory for the types of users that an
//! administrator forces, and for everybody once the finance plug-in is on.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::policy::asked::Feature;
use countersign_server::domain::policy::preset::Preset;
use countersign_tests::settings::{change_settings, type_settings, use_preset, users_with};
use countersign_tests::ways::{signs_in, type_code};
use countersign_tests::{AuthenticatorApp, EMAIL, On, PASSWORD, Setup, World};

use crate::lost_phone::{press, stands, wait};
use crate::set_up::{asked_to_set_up, scanned};

stories!(it_is_optional_until_a_type_is_forced_or_the_plug_in_is_on);

const ROOT: &str = "root@example.com";
const BOB: &str = "bob@example.com";
const APP: &str = "/account/security/authenticator";

async fn it_is_optional_until_a_type_is_forced_or_the_plug_in_is_on(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_super_administrator(ROOT).await;
    world.add_user(BOB).await;
    world.cheapen_passwords().await;
    let administrator = world.signed_in_by_password(ROOT).await;
    use_preset(&administrator, "proworkflow").await;

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
    let security = next.get("/account/security").await.unwrap();
    let removed = next.submit(&security, &format!("{APP}/remove"), &[]).await.unwrap();
    assert_eq!(removed.location.as_deref(), Some("/account/security?done=authenticator-removed"));
    world.signed_in_by_password(BOB).await;
}

/// Ada is of the staff; the staff is ticked, and saved after it was seen whom that concerns.
async fn a_type_that_is_forced_sets_up_at_the_next_login(
    world: &World,
    administrator: &Browser,
) -> AuthenticatorApp {
    let at = world.at().await;
    let staff = Action::SetType(Some("staff".into()));
    world.app.act_on(&at, &By::CommandLine, world.user, staff).await.unwrap();
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
    set_up_while_signing_in(world).await
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
    for email in [BOB, ROOT] {
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
