//! What a phone does to itself: it takes another name, it goes.

use countersign_mobile_core::{Error, Outcome, Reason};
use countersign_tests::{EMAIL, On, Setup, World};

stories!(
    a_phone_whose_clock_is_hours_off_is_paired_and_approves,
    a_phone_takes_another_name_and_the_pages_show_it,
    a_phone_that_goes_is_gone_everywhere_and_its_owner_is_told,
    an_app_that_is_too_old_is_told_to_update,
    an_app_that_is_too_old_can_still_say_no_and_go,
);

async fn account(phone: &countersign_tests::Phone) -> String {
    phone.core.accounts().await.unwrap()[0].id.clone()
}

async fn a_phone_whose_clock_is_hours_off_is_paired_and_approves(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    for hours in [-30, 5] {
        let phone = world.phone_with_clock_off("Ada’s phone", hours * 3_600);
        world.pair(&phone, world.user).await;
        world.begin(&world.browser()).await;
        assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
        let skew = phone.core.clock_skew().unwrap();
        assert!(skew.ahead_seconds.abs_diff(hours * 3_600) <= 2, "{skew:?}");
        phone.core.unpair(account(&phone).await).await.unwrap();
    }
}

async fn a_phone_takes_another_name_and_the_pages_show_it(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let id = account(&phone).await;
    let long = format!("Work\u{7} phone {}", "x".repeat(200));
    let renamed = phone.core.rename_device(id.clone(), long).await.unwrap();
    assert!(renamed.device_name.starts_with("Work phone xx") && renamed.device_name.chars().count() == 60);
    phone.core.rename_device(id.clone(), "Work phone".into()).await.unwrap();
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    let page = browser.get("/account/security").await.unwrap();
    assert!(page.body.contains("Work phone") && !page.body.contains("Ada’s phone"));
    let events = world.events_of_user().await;
    assert_eq!(events.iter().filter(|event| *event == "device.renamed").count(), 2);
    assert_eq!(phone.core.refresh_account(id).await.unwrap().device_name, "Work phone");
}

async fn a_phone_that_goes_is_gone_everywhere_and_its_owner_is_told(on: On) {
    let world =
        World::with(on, Setup { number_rule: Setup::by_tap().number_rule, ..Setup::with_mail() }).await;
    let (gone, kept) = (world.paired_phone("Gone").await, world.paired_phone("Kept").await);
    let before = world.mail_server().mails(2).await.len();
    world.begin(&world.browser()).await;
    let request = gone.request().await;
    gone.core.unpair(account(&gone).await).await.unwrap();
    assert!(gone.core.accounts().await.unwrap().is_empty());
    let late = gone.core.approve(request, None).await.unwrap_err();
    assert_eq!(*late.reason(), Reason::UnknownAccount);
    let mails = world.mail_server().mails(before + 1).await;
    let last = mails.last().unwrap();
    assert!(last.recipient == EMAIL && last.plain().contains("Gone"), "{}", last.plain());
    assert!(world.events_of_user().await.iter().any(|event| event == "device.removed"));
    assert_eq!(kept.approve(None).await.unwrap(), Outcome::Approved);
}

async fn an_app_that_is_too_old_is_told_to_update(on: On) {
    let settings = |least: &str| vec![("COUNTERSIGN_APP__MINIMUM_VERSION".to_owned(), least.to_owned())];
    // The desk phone's version is this workspace's.
    let world = World::with_settings(on, Setup::by_tap(), settings("ios 99, desk 0.1.0")).await;
    let phone = world.paired_phone("Ada’s phone").await;
    world.begin(&world.browser()).await;
    assert_eq!(phone.requests().await.len(), 1, "as old as may be");

    let world = World::with_settings(on, Setup::by_tap(), settings("desk 0.2")).await;
    let phone = world.phone("Ada’s phone");
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    let refused = phone.core.pair(link.to_string(), None).await.unwrap_err();
    assert_eq!(refused, Error::UpdateApp(Reason::AppTooOld));
}

async fn an_app_that_is_too_old_can_still_say_no_and_go(on: On) {
    let settings = vec![("COUNTERSIGN_APP__MINIMUM_VERSION".to_owned(), "desk 0.1".to_owned())];
    let world = World::with_settings(on, Setup::by_tap(), settings).await;
    let phone = world.paired_phone("Ada’s phone").await;
    // As if the version that is asked for had been raised since.
    let old = phone.core_of_version("0.0.9");
    world.begin(&world.browser()).await;
    let pending = old.pending().await.unwrap();
    assert!(pending.unreached.is_empty(), "{:?}", pending.unreached);
    let request = pending.requests[0].clone();
    let shown = old.fetch(request.account_id.clone(), request.login).await.unwrap();
    let refused = old.approve(shown.clone(), None).await.unwrap_err();
    assert_eq!(refused, Error::UpdateApp(Reason::AppTooOld));
    assert_eq!(phone.requests().await.len(), 1, "it waits for a newer app, or a no");
    assert_eq!(old.deny(shown).await.unwrap(), Outcome::Denied);
    old.unpair(request.account_id).await.unwrap();
    assert!(old.accounts().await.unwrap().is_empty());
}
