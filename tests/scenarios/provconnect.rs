//! The story of a product where a second factor is required of everybody and set up in the sign-in; a super
//! administrator alone may make it optional.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::time::Clock as _;
use countersign_tests::settings::{change_settings, send, type_settings, use_preset, users_with};
use countersign_tests::ways::{offers_to_turn_off, signs_in, turn_off, type_code};
use countersign_tests::{AuthenticatorApp, EMAIL, On, Setup, World};

use crate::set_up::{asked_to_set_up, scanned};

stories!(it_is_required_until_a_super_administrator_makes_it_optional);

const ROOT: &str = "root@example.com";
const ADMIN: &str = "admin@example.com";
const BOB: &str = "bob@example.com";
const APP: &str = "/account/security/authenticator";

async fn it_is_required_until_a_super_administrator_makes_it_optional(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_super_administrator(ROOT).await;
    world.add_administrator(ADMIN).await;
    world.add_user(BOB).await;
    world.cheapen_passwords().await;
    let root = world.signed_in_by_password(ROOT).await;
    let admin = world.signed_in_by_password(ADMIN).await;
    use_preset(&root, "provconnect").await;

    let (app, first) = set_up_is_part_of_the_sign_in(&world).await;
    assert!(!offers_to_turn_off(&first.get("/account/security").await.unwrap()), "it is required");

    // An administrator reads the settings, and changes nothing.
    let read = admin.get("/admin/settings").await.unwrap();
    assert!(read.text_of("settings-read-only").unwrap().starts_with("Only super administrators"));
    let preview = type_settings(&root, &[("base", Some("optional"))]).await;
    assert_eq!(users_with(&preview, "not-asked"), 3, "those who have nothing set up: {}", preview.body);
    let forged = countersign_tests::settings::carried(&preview);
    assert_eq!(send(&admin, &read, "/admin/settings/save", &forged).await.status, 403);
    asked_to_set_up_as(&world, BOB).await;

    change_settings(&root, &[("base", Some("optional"))]).await;
    // Those who have it keep it, and may turn it off.
    world.clock.advance(Duration::from_secs(30));
    let ada = world.browser();
    world.begin(&ada).await;
    assert!(signs_in(&type_code(&ada, "totp", &app.code(world.clock.now())).await));
    assert_eq!(turn_off(&ada).await, "/account/security?done=turned-off");
    assert_eq!(first.get("/").await.unwrap().status, 200, "sessions that exist go on");
    world.signed_in_by_password(EMAIL).await;
    // Those who do not have it are not forced, but may set it up.
    let bob = world.signed_in_by_password(BOB).await;
    let shown = bob.get(APP).await.unwrap();
    let code = scanned(&shown).code(world.clock.now());
    assert_eq!(bob.submit(&shown, APP, &[("code", &code)]).await.unwrap().status, 303);
    world.begin_as(&world.browser(), BOB).await;
}

/// Choose an app from suggestions, QR code, "copy secret key", enter the code, sign in.
async fn set_up_is_part_of_the_sign_in(world: &World) -> (AuthenticatorApp, Browser) {
    let browser = world.browser();
    let page = asked_to_set_up(&browser).await;
    for sign in ["Google Authenticator", "Microsoft Authenticator", "<svg", "data-copy=\"secret\""] {
        assert!(page.body.contains(sign), "{sign}: {}", page.body);
    }
    let app = scanned(&page);
    let code = app.code(world.clock.now());
    assert!(signs_in(&browser.submit(&page, "/login/setup", &[("code", &code)]).await.unwrap()));
    assert_eq!(browser.get("/").await.unwrap().status, 200);
    (app, browser)
}

async fn asked_to_set_up_as(world: &World, email: &str) {
    let answer = world.browser().sign_in(email, countersign_tests::PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/setup"), "{email}");
}
