//! From where something was done: every audit line of what a person did has the address.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::audit::filter::AuditFilter;
use countersign_tests::ways::{signs_in, type_code};
use countersign_tests::{Authenticator, EMAIL, On, PASSWORD, Phone, Setup, World};

use crate::set_up::scanned;

stories!(every_line_of_what_a_person_did_has_the_address);

const SECURITY: &str = "/account/security";
const APP: &str = "/account/security/authenticator";
/// What happens in this story, among other things.
const TOLD: [&str; 16] = [
    "session.confirmed",
    "session.started",
    "pairing.offered",
    "pairing.claimed",
    "pairing.wrong_code",
    "device.added",
    "device.renamed",
    "device.removed",
    "passkey.renamed",
    "authenticator.offered",
    "authenticator.wrong_code",
    "login.asked_again",
    "login.seen",
    "login.approved",
    "login.denied",
    "login.wrong_code",
];

async fn every_line_of_what_a_person_did_has_the_address(on: On) {
    let world = World::with(on, Setup { host: "localhost", ..Setup::with_mail() }).await;
    world.cheapen_passwords().await;
    let browser = world.signed_in_by_password(EMAIL).await;
    world.clock.advance(Duration::from_mins(11));
    confirms_by_password(&browser).await;
    world.add_passkey(&browser, &mut Authenticator::in_a_device()).await;
    // With a passkey, the password proves nothing any more; and the passkey is not what this is about.
    world.change("DELETE FROM passkeys").await;
    let phone = paired_in(&world, &browser).await;
    with_the_phone(&world, &phone).await;
    refused_and_wrong(&world, &phone).await;
    phone.core.unpair(phone.core.accounts().await.unwrap()[0].id.clone()).await.unwrap();

    assert_eq!(lines_from_nowhere(&world).await, Vec::<String>::new());
}

async fn confirms_by_password(browser: &Browser) {
    let page = browser.get("/account/confirm").await.unwrap();
    let again = browser.submit(&page, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    assert_eq!(again.status, 303, "{}", again.body);
}

/// A phone, paired by the pages; a wrong code first.
async fn paired_in(world: &World, browser: &Browser) -> Phone {
    let begin = browser.get("/pair").await.unwrap();
    browser.submit(&begin, "/pair", &[]).await.unwrap();
    let page = browser.get("/pair").await.unwrap();
    let phone = world.phone("Ada’s phone");
    let link = page.text_of("pair-link").unwrap();
    let code = phone.core.pair(link, Some(phone.push.clone())).await.unwrap().code;
    let wrong = countersign_tests::ways::other_than(&code);
    browser.submit(&page, "/pair/confirm", &[("code", wrong)]).await.unwrap();
    let done = browser.submit(&page, "/pair/confirm", &[("code", &code)]).await.unwrap();
    assert_eq!(done.status, 200, "{}", done.body);
    phone.core.refresh_account(phone.core.accounts().await.unwrap()[0].id.clone()).await.unwrap();
    phone
}

async fn with_the_phone(world: &World, phone: &Phone) {
    let browser = world.browser();
    world.begin(&browser).await;
    world.clock.advance(Duration::from_secs(10));
    let code = browser.get("/login/code").await.unwrap();
    browser.submit(&code, "/login/push", &[]).await.unwrap();
    let request = phone.request().await;
    let request = phone.core.fetch(request.account_id, request.login).await.unwrap();
    phone.core.approve(request, None).await.unwrap();
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));

    let mut key = Authenticator::in_a_device();
    world.add_passkey(&browser, &mut key).await;
    let list = browser.get("/account/passkeys").await.unwrap();
    let id = list.field("id").unwrap();
    let fields = [("id", id.as_str()), ("name", "Blue")];
    browser.submit(&list, "/account/passkeys/name", &fields).await.unwrap();

    let shown = browser.get(APP).await.unwrap();
    let app = scanned(&shown);
    let right = app.code(world.clock.now());
    let wrong = countersign_tests::ways::other_than(&right);
    browser.submit(&shown, APP, &[("code", wrong)]).await.unwrap();
    assert_eq!(browser.submit(&shown, APP, &[("code", &right)]).await.unwrap().status, 303);
    let security = browser.get(SECURITY).await.unwrap();
    browser.submit(&security, "/account/security/recovery-codes", &[]).await.unwrap();
    browser.submit(&security, "/account/security/browsers/remove-all", &[]).await.unwrap();

    world.clock.advance(Duration::from_secs(30));
    let other = world.browser();
    world.begin(&other).await;
    assert!(!signs_in(&type_code(&other, "totp", "000000").await));
    assert!(signs_in(&type_code(&other, "totp", &app.code(world.clock.now())).await));
}

async fn refused_and_wrong(world: &World, phone: &Phone) {
    let account = phone.core.accounts().await.unwrap()[0].id.clone();
    phone.core.rename_device(account, "Work phone".into()).await.unwrap();
    world.begin(&world.browser()).await;
    let request = phone.request().await;
    phone.core.deny(request).await.unwrap();
}

/// The events that say who did something, and not from where; of all that the log has.
async fn lines_from_nowhere(world: &World) -> Vec<String> {
    let (mut missing, mut seen, mut key) = (Vec::new(), BTreeSet::new(), None);
    loop {
        let page = world.app.search_audit(world.tenant, AuditFilter::default(), key).await.unwrap();
        for found in page.lines {
            let by_person = found.line.actor.as_deref().is_none_or(|actor| actor.starts_with("user:"));
            if by_person && found.line.address.is_none() {
                missing.push(found.line.event.clone());
            }
            seen.insert(found.line.event);
        }
        key = page.next;
        if key.is_none() {
            break;
        }
    }
    for event in TOLD {
        assert!(seen.contains(event), "{event} was not told of: {seen:?}");
    }
    missing
}
