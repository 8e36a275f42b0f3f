//! The story of a product where administrators turn the second factor on or off for the whole company at once, on
//! plans that include it, beside an allow-list of office networks.

use countersign_demo::browser::Browser;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::actor::By;
use countersign_tests::settings::{
    carried, change_settings, mails_about, save, send, type_settings, use_preset, users_with,
};
use countersign_tests::ways::{SESSION, offers_to_turn_off, signs_in};
use countersign_tests::{EMAIL, On, PASSWORD, Phone, Setup, World};
use reqwest::Method;

use crate::set_up::scanned;

stories!(one_switch_is_for_the_whole_company);

const ADMIN: &str = "admin@example.com";
const ROOT: &str = "root@example.com";
const BOB: &str = "bob@example.com";
const ON: [(&str, Option<&str>); 1] = [("rule-0-ask", Some("required"))];
const SWITCH: &str = "data-testid=\"rule-0-ask-required\"";
const OFF: [(&str, Option<&str>); 1] = [("rule-0-ask", Some("off"))];

async fn one_switch_is_for_the_whole_company(on: On) {
    let proxy = ("COUNTERSIGN_HTTP__TRUSTED_PROXIES".to_owned(), "127.0.0.1".to_owned());
    let world = World::with_settings(on, Setup::with_mail(), vec![proxy]).await;
    world.add_super_administrator(ROOT).await;
    world.add_administrator(ADMIN).await;
    world.add_user(BOB).await;
    world.cheapen_passwords().await;
    let root = world.signed_in_by_password(ROOT).await;
    use_preset(&root, "productip").await;
    let admin = world.signed_in_by_password(ADMIN).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let ada = world.signed_in_by_password(EMAIL).await;

    on_other_plans_one_sees_why_not(&world, &admin).await;
    for name in ["enterprise", "professional"] {
        plan(&world, name).await;
        assert!(admin.get("/admin/settings").await.unwrap().body.contains(SWITCH), "{name}");
    }
    it_is_turned_on_after_a_confirmation_and_all_are_told(&world, &admin, &ada).await;
    everybody_is_asked_at_the_next_login(&world, &phone).await;
    only_the_office_is_allowed(&world, &admin).await;
    it_is_turned_off_and_removed_from_all(&world, &admin, &ada).await;
}

async fn plan(world: &World, name: &str) {
    let stated = world.app.state_facts(&By::CommandLine, world.tenant, |facts| {
        facts.plan = Some(name.to_owned());
    });
    stated.await.unwrap();
}

async fn on_other_plans_one_sees_why_not(world: &World, admin: &Browser) {
    plan(world, "starter").await;
    let page = admin.get("/admin/settings").await.unwrap();
    let why = page.text_of("rule-0-locked").expect("why not");
    assert!(why.contains("enterprise, professional") && why.contains("starter"), "{why}");
    assert!(!page.body.contains(SWITCH), "there is no switch");
    let refused = type_settings(admin, &ON).await;
    assert_eq!(refused.status, 422, "nor past the page");
    assert!(refused.text_of("settings-problem").unwrap().contains("enterprise, professional"));
}

async fn it_is_turned_on_after_a_confirmation_and_all_are_told(
    world: &World,
    admin: &Browser,
    ada: &Browser,
) {
    let confirmation = type_settings(admin, &ON).await;
    assert_eq!(confirmation.status, 200, "{}", confirmation.body);
    assert_eq!(users_with(&confirmation, "set-up"), 3);
    assert_eq!(users_with(&confirmation, "asked"), 1, "Ada has a phone");
    assert!(confirmation.text_of("preview-told").unwrap().starts_with("4 users are told"));
    world.signed_in_by_password(BOB).await;
    assert!(save(admin, &confirmation).await.location.unwrap().ends_with("?done=saved"));
    let mails = mails_about(world, "signing in takes two steps from now on", 4).await;
    let mut told: Vec<_> = mails.iter().map(|mail| mail.recipient.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, [EMAIL, ADMIN, BOB, ROOT]);
    assert_eq!(ada.get("/").await.unwrap().status, 200, "sessions that exist go on");
}

async fn everybody_is_asked_at_the_next_login(world: &World, phone: &Phone) {
    world.sign_in(&world.browser(), phone).await;
    let browser = world.browser();
    let answer = browser.sign_in(BOB, PASSWORD).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/login/setup"));
    let page = browser.get("/login/setup?way=totp").await.unwrap();
    let code = scanned(&page).code(world.clock.now());
    assert!(signs_in(&browser.submit(&page, "/login/setup", &[("code", &code)]).await.unwrap()));

    // He cannot turn it off for himself: nothing offers that, and whatever he tries is refused.
    let security = browser.get("/account/security").await.unwrap();
    assert!(!offers_to_turn_off(&security) && !security.body.contains("authenticator-remove"));
    for path in ["/account/security/authenticator/remove", "/account/security/turn-off"] {
        let refused = browser.submit(&security, path, &[]).await.unwrap();
        assert_eq!(refused.location.as_deref(), Some("/account/security?done=last-one"), "{path}");
    }
    world.begin_as(&world.browser(), BOB).await;
    let settings = browser.get("/admin/settings").await.unwrap();
    assert_eq!(settings.status, 404);
}

async fn only_the_office_is_allowed(world: &World, admin: &Browser) {
    change_settings(admin, &[("allowed", Some("127.0.0.0/8\r\n192.0.2.0/24"))]).await;
    let from = async |address: &str| {
        let browser = world.browser();
        let request = browser.request(Method::GET, "/login").header("x-forwarded-for", address);
        browser.send(request).await.unwrap().status
    };
    assert_eq!((from("192.0.2.9").await, from("198.51.100.9").await), (200, 403));
    assert_eq!(from("::ffff:198.51.100.9").await, 403);
}

async fn it_is_turned_off_and_removed_from_all(world: &World, admin: &Browser, ada: &Browser) {
    let confirmation = type_settings(admin, &OFF).await;
    assert!(users_with(&confirmation, "removed") >= 1, "{}", confirmation.body);
    assert_eq!(users_with(&confirmation, "not-asked"), 4);
    // Somebody who is no administrator does not turn it off.
    let page = ada.get("/account/security").await.unwrap();
    assert_eq!(send(ada, &page, "/admin/settings/save", &carried(&confirmation)).await.status, 404);
    assert!(save(admin, &confirmation).await.location.unwrap().ends_with("?done=saved"));
    mails_about(world, "signing in takes only your password again", 4).await;
    let held = "SELECT (SELECT COUNT(*) FROM devices WHERE state = 'active') \
        + (SELECT COUNT(*) FROM authenticators WHERE state = 'active')";
    assert_eq!(world.count(held).await, 0);
    for email in [EMAIL, BOB] {
        world.signed_in_by_password(email).await;
    }
    assert!(ada.cookies().contains_key(SESSION));
    assert_eq!(ada.get("/").await.unwrap().status, 200, "sessions that exist go on");
}
