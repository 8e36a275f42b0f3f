//! What a recovery does not give away: its link works once, in one browser, for one address.

use std::time::Duration;

use countersign_server::app::Acted;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_tests::{EMAIL, On, World};

use crate::lost_phone::{ask, lost, press, recovery_codes, stands, wait};

stories!(
    a_link_is_nothing_in_another_browser,
    a_link_that_was_used_up_is_over,
    a_link_lasts_half_an_hour,
    the_links_secret_leaves_the_site_in_no_referer,
    an_address_that_changes_ends_what_was_mailed_to_the_old_one,
    an_address_that_changes_while_it_waits_ends_it,
    nobody_is_sent_more_than_three_links_an_hour,
    without_a_waiting_login_there_is_no_question,
    guesses_in_a_recovery_count_as_those_in_a_sign_in,
    a_disabled_user_recovers_nothing,
    of_two_that_finish_at_once_one_does,
);

const ACTIVE: &str = "SELECT COUNT(*) FROM devices WHERE state = 'active'";

async fn a_link_is_nothing_in_another_browser(on: On) {
    let (world, _phone) = lost(on).await;
    let (browser, other) = (world.browser(), world.browser());
    let link = ask(&world, &browser).await;
    let refused = other.get(&link).await.unwrap();
    assert_eq!(refused.attribute("data-recover").as_deref(), Some("other_browser"));
    // Not even where the other browser asked for one of its own.
    world.clock.advance(Duration::from_secs(1));
    ask(&world, &other).await;
    assert_eq!(other.get(&link).await.unwrap().status, 403);
    assert_eq!(stands(&other).await, "sent");
    assert_eq!(browser.get(&link).await.unwrap().status, 303, "it was not used up by that");
    assert_eq!(stands(&browser).await, "prove");
}

async fn a_link_that_was_used_up_is_over(on: On) {
    let (world, _phone) = lost(on).await;
    let codes = recovery_codes(&world).await;
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    browser.get(&link).await.unwrap();
    assert_eq!(browser.get(&link).await.unwrap().location.as_deref(), Some("/login/recover"), "a reload");
    let kept = browser.cookies()["countersign-recovery"].clone();
    press(&browser, "/login/recover/prove", &[("way", "recovery"), ("code", &codes[0])]).await;
    let device = world.app.held_by(&*world.at().await, world.user).await.unwrap().phones[0].id;
    let done = press(&browser, "/login/recover/remove", &[(&format!("lost.phone.{device}"), "on")]).await;
    assert_eq!(done.attribute("data-recover").as_deref(), Some("done"));
    world.paired_phone("Ada’s new phone").await;
    browser.set_cookie("countersign-recovery", &kept);
    assert_eq!(browser.get(&link).await.unwrap().status, 410);
    press(&browser, "/login/recover/remove", &[(&format!("lost.phone.{device}"), "on")]).await;
    assert_eq!(world.count(ACTIVE).await, 1);
}

async fn a_link_lasts_half_an_hour(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    world.pass(Duration::from_mins(30)).await;
    assert_eq!(browser.get(&link).await.unwrap().status, 410);
    assert_eq!(stands(&browser).await, "no_login");
}

async fn the_links_secret_leaves_the_site_in_no_referer(on: On) {
    let (world, _phone) = lost(on).await;
    let (browser, other) = (world.browser(), world.browser());
    let link = ask(&world, &browser).await;
    for page in [other.get(&link).await.unwrap(), browser.get(&link).await.unwrap()] {
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        let secret = link.rsplit('.').next().unwrap();
        let says_it = page.location.unwrap_or_default().contains(secret);
        assert!(!says_it && !page.body.contains(&format!("src=\"{link}")));
    }
}

async fn an_address_that_changes_ends_what_was_mailed_to_the_old_one(on: On) {
    let (world, _phone) = lost(on).await;
    let codes = recovery_codes(&world).await;
    let (mailed, opened) = (world.browser(), world.browser());
    let link = ask(&world, &mailed).await;
    world.clock.advance(Duration::from_secs(1));
    let second = ask(&world, &opened).await;
    opened.get(&second).await.unwrap();
    world
        .app
        .set_email(&*world.at().await, &By::CommandLine, world.user, "ada@elsewhere.example")
        .await
        .unwrap();
    assert_eq!(mailed.get(&link).await.unwrap().status, 410);
    press(&opened, "/login/recover/prove", &[("way", "recovery"), ("code", &codes[0])]).await;
    assert_ne!(stands(&opened).await, "remove");
    // Nor does it begin again when the old address comes back.
    world.app.set_email(&*world.at().await, &By::CommandLine, world.user, EMAIL).await.unwrap();
    assert_eq!(mailed.get(&link).await.unwrap().status, 410);
}

async fn an_address_that_changes_while_it_waits_ends_it(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    wait(&world, &browser).await;
    world
        .app
        .set_email(&*world.at().await, &By::CommandLine, world.user, "ada@elsewhere.example")
        .await
        .unwrap();
    world.pass(Duration::from_hours(25)).await;
    assert_eq!(stands(&browser).await, "no_login");
    assert_eq!(world.count(ACTIVE).await, 1);
}

async fn nobody_is_sent_more_than_three_links_an_hour(on: On) {
    let (world, _phone) = lost(on).await;
    for _ in 0..3 {
        ask(&world, &world.browser()).await;
    }
    let browser = world.browser();
    world.begin(&browser).await;
    assert_eq!(press(&browser, "/login/recover", &[]).await.status, 429);
    // The sweep forgets none that still counts.
    world.pass(Duration::from_mins(40)).await;
    world.app.forget().await.unwrap();
    world.begin(&browser).await;
    assert_eq!(press(&browser, "/login/recover", &[]).await.status, 429);
    world.pass(Duration::from_mins(21)).await;
    ask(&world, &browser).await;
}

async fn without_a_waiting_login_there_is_no_question(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    assert_eq!(stands(&browser).await, "no_login");
    world.begin(&browser).await;
    world.pass(Duration::from_mins(11)).await;
    assert_eq!(stands(&browser).await, "no_login");
    press(&browser, "/login/recover", &[]).await;
    assert_eq!(world.count("SELECT COUNT(*) FROM recoveries").await, 0);
}

async fn guesses_in_a_recovery_count_as_those_in_a_sign_in(on: On) {
    let (world, _phone) = lost(on).await;
    let codes = recovery_codes(&world).await;
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    browser.get(&link).await.unwrap();
    let guess = [("way", "recovery"), ("code", "0000-0000-0000-0000")];
    for _ in 0..10 {
        assert_eq!(press(&browser, "/login/recover/prove", &guess).await.status, 422);
    }
    let right = [("way", "recovery"), ("code", codes[0].as_str())];
    assert_eq!(press(&browser, "/login/recover/prove", &right).await.status, 429, "suspended");
    let other = world.browser();
    world.begin(&other).await;
    let code = other.get("/login/code").await.unwrap();
    assert_eq!(other.submit(&code, "/login/code", &right).await.unwrap().status, 429, "there as well");
    world.pass(Duration::from_mins(1)).await;
    press(&browser, "/login/recover/prove", &right).await;
    assert_eq!(stands(&browser).await, "remove");
}

async fn a_disabled_user_recovers_nothing(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    let at = world.at().await;
    let acted = world.app.act_on(&at, &By::CommandLine, world.user, Action::Disable).await.unwrap();
    assert_eq!(acted, Acted::Done(Vec::new()));
    assert_ne!(browser.get(&link).await.unwrap().location.as_deref(), Some("/login/recover"));
    assert_eq!(stands(&browser).await, "no_login");
    assert_eq!(world.count(ACTIVE).await, 1);
}

async fn of_two_that_finish_at_once_one_does(on: On) {
    let (world, _phone): (World, _) = lost(on).await;
    let codes = recovery_codes(&world).await;
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    browser.get(&link).await.unwrap();
    press(&browser, "/login/recover/prove", &[("way", "recovery"), ("code", &codes[0])]).await;
    let at = world.at().await;
    let device = world.app.held_by(&at, world.user).await.unwrap().phones[0].id;
    let name = format!("lost.phone.{device}");
    let page = browser.get("/login/recover").await.unwrap();
    let fields = [(name.as_str(), "on")];
    let finish = || browser.submit(&page, "/login/recover/remove", &fields);
    let (one, other) = futures_util::future::join(finish(), finish()).await;
    let done = [one.unwrap(), other.unwrap()];
    let done = done.iter().filter(|page| page.attribute("data-recover").as_deref() == Some("done"));
    assert_eq!(done.count(), 1);
    assert_eq!(world.count("SELECT COUNT(*) FROM audit WHERE event = 'recovery.done'").await, 1);
}
