//! "Don't ask again on this browser": where the tenant allows it, for as long as it says, until something is
//! unusual.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::domain::factor::FactorRules;
use countersign_tests::ways::{copy_of, signs_in};
use countersign_tests::{EMAIL, On, PASSWORD, Phone, Setup, World};

stories!(
    a_remembered_browser_is_not_asked_until_the_days_are_over,
    what_the_tenant_does_not_allow_is_not_remembered,
    a_copied_cookie_is_noticed_and_ends_it,
    after_a_denial_everybody_is_asked,
);

const RULES: FactorRules = FactorRules { remember_days: 14, ..FactorRules::USUAL };
const DAY: Duration = Duration::from_hours(24);

async fn world_that_remembers(on: On) -> (World, Phone, Vec<String>) {
    let world = World::with(on, Setup::with_mail()).await;
    let phone = world.paired_phone("Ada’s phone").await;
    world.cheapen_passwords().await;
    world.set_rules(RULES).await;
    let codes = world.recovery_codes().await;
    crate::mail::none_waits(&world).await;
    (world, phone, codes)
}

/// Signs in by a recovery code, with the box ticked.
async fn tick(world: &World, browser: &Browser, code: &str) {
    world.begin(browser).await;
    let page = browser.get("/login/code").await.unwrap();
    let fields = [("way", "recovery"), ("code", code), ("remember", "on")];
    assert!(signs_in(&browser.submit(&page, "/login/code", &fields).await.unwrap()));
}

/// Signs out, and types the password again.
async fn again(world: &World, browser: &Browser) -> Page {
    // A session may have ended by itself.
    if browser.get("/").await.unwrap().status == 200 {
        world.sign_out(browser).await;
    }
    browser.sign_in(EMAIL, PASSWORD).await.unwrap()
}

fn token(browser: &Browser) -> String {
    browser.cookies()["countersign-browser"].clone()
}

async fn a_remembered_browser_is_not_asked_until_the_days_are_over(on: On) {
    let (world, _phone, codes) = world_that_remembers(on).await;
    let (browser, other) = (world.browser(), world.browser());
    tick(&world, &browser, &codes[0]).await;
    let mut tokens = vec![token(&browser)];
    for _ in 0..13 {
        world.clock.advance(DAY);
        assert!(signs_in(&again(&world, &browser).await));
        assert!(!tokens.contains(&token(&browser)), "the cookie is another one each time");
        tokens.push(token(&browser));
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions WHERE amr = 'pwd'").await, 13);
    assert!(!signs_in(&again(&world, &other).await), "any other browser is asked");
    world.clock.advance(DAY);
    let asked = again(&world, &browser).await;
    assert_eq!(asked.location.as_deref(), Some("/login/code"), "signing in does not make it longer");
}

async fn what_the_tenant_does_not_allow_is_not_remembered(on: On) {
    let (world, _phone, codes) = world_that_remembers(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let page = browser.get("/login/code").await.unwrap();
    assert!(page.body.contains("Don’t ask again on this browser for 14 days"), "{}", page.body);
    tick(&world, &browser, &codes[0]).await;
    world.set_rules(FactorRules { remember_days: 0, ..RULES }).await;
    assert!(!signs_in(&again(&world, &browser).await), "not any more");

    let page = browser.get("/login/code").await.unwrap();
    assert!(!page.body.contains("Don’t ask again"), "{}", page.body);
    let other = world.browser();
    tick(&world, &other, &codes[1]).await;
    world.set_rules(RULES).await;
    assert!(!signs_in(&again(&world, &other).await), "what was ticked all the same counts for nothing");

    // Not ticked.
    let third = world.browser();
    world.begin(&third).await;
    assert!(signs_in(&countersign_tests::ways::type_code(&third, "recovery", &codes[2]).await));
    assert!(!signs_in(&again(&world, &third).await));
}

async fn a_copied_cookie_is_noticed_and_ends_it(on: On) {
    let (world, _phone, codes) = world_that_remembers(on).await;
    let browser = world.browser();
    tick(&world, &browser, &codes[0]).await;
    let thief = world.browser();
    thief.set_cookie("countersign-browser", &token(&browser));
    world.clock.advance(DAY);
    assert!(signs_in(&again(&world, &browser).await));
    crate::mail::none_waits(&world).await;
    let taken = world.mail_server().taken();

    // A second tab of the same browser may be a moment late.
    let tab = copy_of(&world, &thief);
    again(&world, &tab).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM trusted_browsers").await, 1);
    world.clock.advance(Duration::from_secs(61));
    let shown = again(&world, &thief).await;
    assert_eq!(shown.location.as_deref(), Some("/login/code"), "a copy is asked");
    assert_eq!(world.count("SELECT COUNT(*) FROM trusted_browsers").await, 0);
    let mail = world.mail_server().mails(taken + 1).await.pop().unwrap();
    assert!(mail.recipient == EMAIL && mail.plain().contains("127.0.0.1"), "{}", mail.plain());
    assert!(!signs_in(&again(&world, &browser).await), "and so is whoever it was copied from");
    assert!(world.events_of_user().await.iter().any(|event| event == "browser.copied"));
}

async fn after_a_denial_everybody_is_asked(on: On) {
    let (world, phone, codes) = world_that_remembers(on).await;
    let browser = world.browser();
    tick(&world, &browser, &codes[0]).await;
    world.begin(&world.browser()).await;
    phone.core.deny(phone.request().await).await.unwrap();
    assert!(!signs_in(&again(&world, &browser).await));
    world.clock.advance(DAY);
    assert!(signs_in(&again(&world, &browser).await), "for a day");
}
