//! A phone is lost: how its owner gets rid of it.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::app::Acted;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_tests::{EMAIL, On, PASSWORD, Phone, Setup, World};

stories!(
    the_link_and_a_recovery_code_remove_a_lost_phone_at_once,
    the_link_and_an_authenticator_code_remove_a_lost_phone_at_once,
    with_nothing_but_mail_the_phone_goes_after_the_waiting_time,
    the_waiting_is_stopped_by_the_link_in_the_mail,
    the_waiting_is_stopped_by_a_sign_in_with_the_phone,
    after_a_stop_nobody_waits_again_for_a_day,
    an_administrators_reset_removes_all_of_it,
);

pub(crate) async fn lost(on: On) -> (World, Phone) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_administrator("root@example.com").await;
    let phone = world.paired_phone("Ada’s phone").await;
    (world, phone)
}

pub(crate) async fn recovery_codes(world: &World) -> Vec<String> {
    world.app.make_recovery_codes(&*world.at().await, &world.person().await, None).await.unwrap()
}

/// Types the password, and asks for instructions. The path of the link that was mailed.
pub(crate) async fn ask(world: &World, browser: &Browser) -> String {
    let before = world.mail_server().taken();
    world.begin(browser).await;
    let question = browser.get("/login/recover").await.unwrap();
    assert_eq!(question.attribute("data-recover").as_deref(), Some("ask"));
    let asked = browser.submit(&question, "/login/recover", &[]).await.unwrap();
    assert_eq!(asked.location.as_deref(), Some("/login/recover"), "{}", asked.status);
    assert_eq!(stands(browser).await, "sent");
    path_mailed(world, EMAIL, before, "/recover/").await
}

/// The path of the link that begins so, in a mail to `recipient` that came after `before` others.
async fn path_mailed(world: &World, recipient: &str, before: usize, beginning: &str) -> String {
    let link = format!("{}{beginning}", world.origin);
    for count in before + 1.. {
        let mails = world.mail_server().mails(count).await;
        let mut texts =
            mails[before..].iter().filter(|mail| mail.recipient == recipient).map(|mail| mail.plain());
        if let Some(text) = texts.find(|text| text.contains(&link)) {
            return path_in(world, &text, beginning);
        }
    }
    unreachable!("a test waits for a while alone")
}

/// The path of the link in a mail that begins so.
pub(crate) fn path_in(world: &World, text: &str, beginning: &str) -> String {
    let link = format!("{}{beginning}", world.origin);
    let (_, rest) = text.split_once(&link).unwrap_or_else(|| panic!("{link} in {text}"));
    format!("{beginning}{}", rest.split_whitespace().next().unwrap())
}

/// How the recovery of a browser stands.
pub(crate) async fn stands(browser: &Browser) -> String {
    browser.get("/login/recover").await.unwrap().attribute("data-recover").unwrap()
}

pub(crate) async fn press(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.get("/login/recover").await.unwrap();
    browser.submit(&page, path, fields).await.unwrap()
}

/// Removes what is ticked from the beginning.
async fn remove(browser: &Browser) -> Page {
    let page = browser.get("/login/recover").await.unwrap();
    let ticked: Vec<String> = page
        .body
        .split("<input type=\"checkbox\"")
        .skip(1)
        .filter(|tag| tag.split('>').next().unwrap().contains(" checked"))
        .map(|tag| tag.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
        .collect();
    let fields: Vec<(&str, &str)> = ticked.iter().map(|name| (name.as_str(), "on")).collect();
    browser.submit(&page, "/login/recover/remove", &fields).await.unwrap()
}

async fn is_rid_of(world: &World, browser: &Browser) {
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, 0);
    let signed_in = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(signed_in.location.as_deref(), Some("/"), "nothing is required of whoever has no factor");
}

async fn the_link_and_a_recovery_code_remove_a_lost_phone_at_once(on: On) {
    let (world, phone) = lost(on).await;
    let codes = recovery_codes(&world).await;
    let elsewhere = world.browser();
    world.sign_in(&elsewhere, &phone).await;
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    let opened = browser.get(&link).await.unwrap();
    assert_eq!(opened.location.as_deref(), Some("/login/recover"), "the secret is in no address any more");
    assert_eq!(stands(&browser).await, "prove");

    let wrong = [("way", "recovery"), ("code", "0000-0000-0000-0000")];
    assert_eq!(press(&browser, "/login/recover/prove", &wrong).await.status, 422);
    assert_eq!(stands(&browser).await, "prove");
    let right = [("way", "recovery"), ("code", codes[3].as_str())];
    press(&browser, "/login/recover/prove", &right).await;
    assert_eq!(stands(&browser).await, "remove");
    assert_eq!(press(&browser, "/login/recover/remove", &[]).await.status, 422, "nothing was chosen");
    assert_eq!(remove(&browser).await.attribute("data-recover").as_deref(), Some("done"));

    assert_eq!(elsewhere.get("/").await.unwrap().location.as_deref(), Some("/login"), "signed out");
    crate::mail::none_waits(&world).await;
    let mails = world.mail_server().mails(1).await;
    assert!(mails.iter().any(|mail| mail.plain().contains("Ada’s phone") && mail.recipient == EMAIL));
    assert!(phone.core.pending().await.unwrap().requests.is_empty(), "the phone is nobody's any more");
    is_rid_of(&world, &browser).await;
    let told = world.events_of_user().await;
    for event in
        ["recovery.asked", "recovery.opened", "recovery.wrong_code", "recovery.proved", "recovery.done"]
    {
        assert!(told.iter().any(|told| told == event), "{event} in {told:?}");
    }
}

async fn the_link_and_an_authenticator_code_remove_a_lost_phone_at_once(on: On) {
    let (world, _phone) = lost(on).await;
    let app = world.set_up_app().await;
    world.clock.advance(Duration::from_mins(5));
    let browser = world.browser();
    let link = ask(&world, &browser).await;
    browser.get(&link).await.unwrap();
    let code = app.code(world.app.now());
    press(&browser, "/login/recover/prove", &[("way", "totp"), ("code", &code)]).await;
    assert_eq!(stands(&browser).await, "remove");
    // The app that was just used is at hand: only the phone is ticked.
    assert_eq!(remove(&browser).await.attribute("data-recover").as_deref(), Some("done"));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 0);
    let signed_in = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(signed_in.location.as_deref(), Some("/login/code"), "the app still confirms");
}

/// Begins to wait; the path of the link in the person's mail that stops it.
pub(crate) async fn wait(world: &World, browser: &Browser) -> String {
    let link = ask(world, browser).await;
    browser.get(&link).await.unwrap();
    let before = world.mail_server().taken();
    assert_eq!(press(browser, "/login/recover/wait", &[]).await.status, 303);
    assert_eq!(stands(browser).await, "waiting");
    path_mailed(world, "root@example.com", before, "/recover/stop/").await;
    path_mailed(world, EMAIL, before, "/recover/stop/").await
}

async fn with_nothing_but_mail_the_phone_goes_after_the_waiting_time(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    wait(&world, &browser).await;
    world.pass(Duration::from_hours(24) - Duration::from_mins(1)).await;
    assert_eq!(stands(&browser).await, "waiting");
    let early = press(&browser, "/login/recover/remove", &[("lost.authenticator", "on")]).await;
    assert_eq!(early.location.as_deref(), Some("/login/recover"), "not before the time");
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
    world.pass(Duration::from_mins(1)).await;
    world.app.forget().await.unwrap();
    assert_eq!(stands(&browser).await, "remove");
    assert_eq!(remove(&browser).await.attribute("data-recover").as_deref(), Some("done"));
    is_rid_of(&world, &browser).await;
}

async fn the_waiting_is_stopped_by_the_link_in_the_mail(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    let stop = wait(&world, &browser).await;
    let anyones = world.browser();
    let page = anyones.get(&stop).await.unwrap();
    assert_eq!(page.attribute("data-recover").as_deref(), Some("stop"), "looking at the link stops nothing");
    assert_eq!(stands(&browser).await, "waiting");
    let stopped = anyones.submit(&page, &stop, &[]).await.unwrap();
    assert_eq!(stopped.attribute("data-recover").as_deref(), Some("stopped"));
    assert_eq!(anyones.get(&stop).await.unwrap().status, 410, "once");
    world.pass(Duration::from_hours(25)).await;
    assert_eq!(stands(&browser).await, "no_login");
    assert_eq!(world.count("SELECT COUNT(*) FROM devices WHERE state = 'active'").await, 1);
}

async fn the_waiting_is_stopped_by_a_sign_in_with_the_phone(on: On) {
    let (world, phone) = lost(on).await;
    let thief = world.browser();
    wait(&world, &thief).await;
    world.pass(Duration::from_mins(3)).await;
    world.sign_in(&world.browser(), &phone).await;
    world.pass(Duration::from_hours(25)).await;
    assert_eq!(stands(&thief).await, "no_login");
    let told = world.events_of_user().await;
    assert!(told.iter().any(|told| told == "recovery.stopped_by_sign_in"), "{told:?}");
}

async fn after_a_stop_nobody_waits_again_for_a_day(on: On) {
    let (world, _phone) = lost(on).await;
    let browser = world.browser();
    wait(&world, &browser).await;
    press(&browser, "/login/recover/stop", &[]).await;
    world.pass(Duration::from_hours(2)).await;
    let again = world.browser();
    let link = ask(&world, &again).await;
    again.get(&link).await.unwrap();
    assert_eq!(press(&again, "/login/recover/wait", &[]).await.status, 429);
    world.pass(Duration::from_hours(23)).await;
    world.app.forget().await.unwrap();
    wait(&world, &world.browser()).await;
}

async fn an_administrators_reset_removes_all_of_it(on: On) {
    let (world, phone) = lost(on).await;
    world.set_up_app().await;
    recovery_codes(&world).await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    let at = world.at().await;
    let acted = world.app.act_on(&at, &By::CommandLine, world.user, Action::Reset).await.unwrap();
    assert!(matches!(&acted, Acted::Done(removed) if removed.len() == 3), "{acted:?}");
    assert_eq!(browser.get("/").await.unwrap().location.as_deref(), Some("/login"));
    is_rid_of(&world, &browser).await;
}
