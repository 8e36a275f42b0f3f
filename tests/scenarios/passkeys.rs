//! Passkeys and security keys in the account: added, named, removed, each by its owner alone.

use std::time::Duration;

use countersign_demo::browser::Page;
use countersign_server::store::{StoreError, passkeys};
use countersign_tests::passkeys::{ADD, ASK, Asking, OPTIONS};
use countersign_tests::{Authenticator, EMAIL, On, Setup, World};
use uuid::Uuid;

stories!(
    a_passkey_is_added_once_in_a_tenant,
    a_passkey_is_named_by_its_model_and_renamed,
    nobody_touches_the_passkeys_of_others,
    what_changes_the_ways_in_takes_a_fresh_proof,
    the_owner_is_told_by_mail,
    at_a_network_address_there_are_none,
);

async fn a_passkey_is_added_once_in_a_tenant(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    world.confirm_by_passkey(&browser, &mut authenticator).await;
    let at = Asking::on(&browser, ADD).await;
    let options = at.asked(OPTIONS).await;
    assert!(authenticator.create(&options, &world.origin).is_none(), "it is told not to");

    // What does not listen to that, and what another person has already.
    let bob = world.add_user("bob@example.com").await;
    let bobs = world.signed_in_by_password("bob@example.com").await;
    let at = Asking::on(&bobs, ADD).await;
    let first = authenticator.create(&at.asked(OPTIONS).await, &world.origin).unwrap();
    assert_eq!(at.post(ADD, &[("credential", &first)]).await.status, 200);
    let taken = world.passkeys_of(bob).await.remove(0);
    let again = passkeys::Passkey { id: Uuid::from_u128(1), user: world.user, ..taken };
    let tenant = world.tenant;
    let added =
        world.app.db().write_with(again, move |again, tx| Box::pin(passkeys::add(tx, tenant, again))).await;
    assert!(matches!(added, Err(StoreError::Conflict { .. })), "{added:?}");
}

async fn a_passkey_is_named_by_its_model_and_renamed(on: On) {
    let world = World::with(on, Setup::by_name()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let mut known = Authenticator::in_a_device();
    known.model = Uuid::from_u128(0xfbfc_3007_154e_4ecc_8c0b_6e02_0557_d7bd);
    world.add_passkey(&browser, &mut known).await;
    world.confirm_by_passkey(&browser, &mut known).await;
    let list = browser.get("/account/passkeys?lang=ja").await.unwrap();
    assert_eq!(list.text_of("passkey-name").as_deref(), Some("iCloud Keychain"));
    let id = list.field("id").unwrap();
    let fields = [("id", id.as_str()), ("name", " 青い鍵 ")];
    let renamed = browser.submit(&list, "/account/passkeys/name", &fields).await.unwrap();
    assert_eq!(renamed.location.as_deref(), Some(ADD));
    for bad in ["", "  ", "a\nb", &"x".repeat(61)] {
        let fields = [("id", id.as_str()), ("name", bad)];
        assert_eq!(browser.submit(&list, "/account/passkeys/name", &fields).await.unwrap().status, 303);
    }
    let list = browser.get(ADD).await.unwrap();
    assert_eq!(list.text_of("passkey-name").as_deref(), Some("青い鍵"));

    let at = Asking::on(&browser, ADD).await;
    let mut nameless = Authenticator::key();
    let options = at.post(OPTIONS, &[("kind", "key")]).await.body;
    let made = nameless.create(&options, &world.origin).unwrap();
    assert_eq!(at.post(ADD, &[("credential", &made), ("kind", "key")]).await.status, 200);
    assert_eq!(world.passkeys_of(world.user).await[1].name, "セキュリティキー", "in the page's language");
}

async fn nobody_touches_the_passkeys_of_others(on: On) {
    let (world, ..) = World::with_passkey(on, &mut Authenticator::in_a_device()).await;
    world.add_user("bob@example.com").await;
    let bob = world.signed_in_by_password("bob@example.com").await;
    let page = bob.get(ADD).await.unwrap();
    let passkey = world.passkeys_of(world.user).await.remove(0);
    let id = passkey.id.to_string();
    for (path, fields) in [
        ("/account/passkeys/remove", vec![("id", id.as_str())]),
        ("/account/passkeys/name", vec![("id", id.as_str()), ("name", "Bob’s")]),
    ] {
        assert_eq!(bob.submit(&page, path, &fields).await.unwrap().status, 303, "as if it were gone");
        assert_eq!(bob.submit(&page, path, &[("id", "junk")]).await.unwrap().status, 404);
    }
    assert_eq!(world.passkeys_of(world.user).await, [passkey]);

    let nobody = world.browser();
    let page = nobody.get("/login").await.unwrap();
    let at = Asking { browser: &nobody, page };
    for path in [OPTIONS, ADD] {
        at.refused(path, "{}", 401, "signed_out").await;
    }
    assert_eq!(nobody.get(ADD).await.unwrap().location.as_deref(), Some("/login"));
    // Without the token of this browser's pages.
    let forged = Asking { browser: &bob, page: Page { body: String::new(), ..at.page.clone() } };
    for path in [OPTIONS, ADD, ASK] {
        forged.refused(path, "{}", 403, "form_expired").await;
    }
}

async fn what_changes_the_ways_in_takes_a_fresh_proof(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    let page = Asking::on(&browser, "/account/security").await;
    let id = world.passkeys_of(world.user).await[0].id.to_string();
    // The password opened this session; a passkey is more than that.
    for again in [false, true] {
        page.refused(OPTIONS, "", 403, "confirm_first").await;
        page.refused(ADD, "{}", 403, "confirm_first").await;
        let removed = page.post("/account/passkeys/remove", &[("id", &id)]).await;
        assert_eq!(removed.location.as_deref(), Some("/login/code"), "first of all");
        assert_eq!(browser.get(ADD).await.unwrap().location.as_deref(), Some("/account/confirm"));
        assert_eq!(world.passkeys_of(world.user).await.len(), 1);
        if !again {
            world.confirm_by_passkey(&browser, &mut authenticator).await;
            page.asked(OPTIONS).await;
            world.clock.advance(Duration::from_secs(600));
        }
    }
}

async fn the_owner_is_told_by_mail(on: On) {
    let world = World::with(on, Setup { host: "localhost", ..Setup::with_mail() }).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let mut authenticator = Authenticator::in_a_device();
    world.add_passkey(&browser, &mut authenticator).await;
    let added = world.mail_server().mails(1).await.remove(0);
    assert!(added.subject().contains("a passkey was added"), "{}", added.subject());
    world.confirm_by_passkey(&browser, &mut authenticator).await;
    let list = browser.get(ADD).await.unwrap();
    let id = list.field("id").unwrap();
    browser.submit(&list, "/account/passkeys/remove", &[("id", &id)]).await.unwrap();
    let removed = world.mail_server().mails(2).await.remove(1);
    assert!(removed.subject().contains("a passkey was removed"), "{}", removed.subject());
}

async fn at_a_network_address_there_are_none(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    assert!(!browser.get(ADD).await.unwrap().body.contains("data-passkey"));
    let start = Asking::on(&browser, "/").await;
    start.refused(OPTIONS, "", 409, "not_here").await;
    start.refused(ADD, "{}", 400, "refused").await;
}
