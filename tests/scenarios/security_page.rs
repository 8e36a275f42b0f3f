//! The page of an account's security: what there is, and how it is taken away.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::{Outcome, Purpose};
use countersign_tests::{On, PASSWORD, Phone, Setup, World};

stories!(
    a_phone_that_is_removed_answers_no_more_and_its_owner_is_told,
    a_proof_that_is_not_fresh_is_renewed_first,
    a_code_that_is_weaker_than_the_phone_confirms_nothing,
    the_phone_that_is_there_vouches_for_a_new_one,
    whoever_has_only_a_password_types_it_again,
    other_sessions_end_and_this_one_stays,
    a_browser_that_is_forgotten_is_a_new_one,
    what_happened_is_listed_with_the_latest_first,
    nobody_takes_away_what_is_another_persons,
    without_a_session_there_is_nothing,
);

const HERE: &str = "/account/security";

async fn page(browser: &Browser) -> Page {
    let page = browser.get(HERE).await.unwrap();
    assert_eq!(page.status, 200);
    page
}

/// The ids that forms to `action` carry.
fn ids(page: &Page, action: &str) -> Vec<String> {
    let forms = page.body.split("<form ").skip(1).map(|form| form.split("</form>").next().unwrap());
    let wanted = forms.filter(|form| form.contains(&format!("action=\"{HERE}{action}\"")));
    let id = |form: &str| {
        form.split("name=\"id\" value=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    wanted.filter_map(id).collect()
}

async fn press(browser: &Browser, action: &str, id: Option<&str>) -> Option<String> {
    let on = page(browser).await;
    let fields: Vec<_> = id.map(|id| ("id", id)).into_iter().collect();
    browser.submit(&on, &format!("{HERE}{action}"), &fields).await.unwrap().location
}

/// Follows the page that asks for a proof to the Code screen.
async fn begin_to_confirm(browser: &Browser) {
    let asked = browser.get("/account/confirm").await.unwrap();
    assert_eq!(asked.status, 200);
    let led = browser.submit(&asked, "/account/confirm", &[]).await.unwrap();
    assert_eq!(led.location.as_deref(), Some("/login/code"));
}

/// Approves with the number that the Code screen shows, and completes. Where that leads.
async fn confirm_by(world: &World, browser: &Browser, phone: &Phone) -> Option<String> {
    let code = browser.get("/login/code").await.unwrap();
    let number = code.text_of("code-number");
    assert!(number.is_some(), "a change of factors asks for the number");
    let request = phone.request().await;
    assert_eq!(request.purpose, Purpose::Confirm, "and is not taken for a sign-in");
    assert_eq!(phone.core.approve(request, number).await.unwrap(), Outcome::Approved);
    world.complete(browser).await.location
}

async fn a_phone_that_is_removed_answers_no_more_and_its_owner_is_told(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let (lost, kept) = (world.paired_phone("Lost").await, world.paired_phone("Kept").await);
    let browser = world.browser();
    world.sign_in(&browser, &kept).await;
    let other = world.browser();
    world.begin(&other).await;
    let request = lost.request().await;

    let on_page = page(&browser).await;
    assert_eq!(ids(&on_page, "/phones/remove").len(), 2);
    let lost_id = id_beside(&on_page, "Lost");
    assert_eq!(
        press(&browser, "/phones/remove", Some(&lost_id)).await.as_deref(),
        Some("/account/security?done=phone-removed")
    );
    assert_eq!(
        press(&browser, "/phones/remove", Some(&lost_id)).await.as_deref(),
        Some("/account/security?done=gone")
    );
    assert!(lost.core.approve(request, None).await.is_err(), "it is not believed any more");
    let left = page(&browser).await;
    assert!(!left.body.contains(">Lost<") && left.body.contains("Kept"));

    let removed = "ACME: a phone was removed from your account";
    let mails = world.mail_server().mails(3).await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.subject() == removed).collect();
    assert!(told.len() == 1 && told[0].plain().contains("Phone: Lost"), "{}", told.len());
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|event| *event == "device.removed").count(), 1);
}

/// The id in the form beside what is called `name`.
fn id_beside(page: &Page, name: &str) -> String {
    let rest = page.body.split(&format!("device-name\">{name}")).nth(1).unwrap();
    rest.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn a_proof_that_is_not_fresh_is_renewed_first(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.paired_phone("Old phone").await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    let session = browser.cookies()["countersign-session"].clone();
    world.pass(Duration::from_mins(11)).await;

    let old = id_beside(&page(&browser).await, "Old phone");
    assert_eq!(press(&browser, "/phones/remove", Some(&old)).await.as_deref(), Some("/account/confirm"));
    assert!(page(&browser).await.body.contains("Old phone"), "nothing is done before the proof");
    begin_to_confirm(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    assert!(code.body.contains("Confirm that it’s you") && code.body.contains(HERE), "{}", code.body);
    assert_eq!(
        confirm_by(&world, &browser, &phone).await.as_deref(),
        Some("/account/security?done=confirmed")
    );
    assert_eq!(browser.cookies()["countersign-session"], session, "the session stays");
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, 1);

    assert_eq!(
        press(&browser, "/phones/remove", Some(&old)).await.as_deref(),
        Some("/account/security?done=phone-removed")
    );
    assert_eq!(browser.get("/account/confirm").await.unwrap().location.as_deref(), Some(HERE), "fresh again");
}

async fn a_code_that_is_weaker_than_the_phone_confirms_nothing(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let codes = world.app.make_recovery_codes(&*world.at().await, &world.person().await, None).await.unwrap();
    let browser = world.browser();
    world.begin(&browser).await;
    let screen = browser.get("/login/code").await.unwrap();
    let typed = [("way", "recovery"), ("code", codes[0].as_str())];
    let answer = browser.submit(&screen, "/login/code", &typed).await.unwrap();
    assert_eq!(answer.location.as_deref(), Some("/"));

    let phone = id_beside(&page(&browser).await, "Ada’s phone");
    assert_eq!(press(&browser, "/phones/remove", Some(&phone)).await.as_deref(), Some("/account/confirm"));
    begin_to_confirm(&browser).await;
    let screen = browser.get("/login/code").await.unwrap();
    let typed = [("way", "recovery"), ("code", codes[1].as_str())];
    assert_eq!(browser.submit(&screen, "/login/code", &typed).await.unwrap().status, 403);
    assert!(page(&browser).await.body.contains("Ada’s phone"));
    let left = world.app.recovery_codes_of(&*world.at().await, world.user).await.unwrap().left;
    assert_eq!(left, 9, "what is not taken is not used up");
}

async fn the_phone_that_is_there_vouches_for_a_new_one(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    world.pass(Duration::from_mins(11)).await;
    let begin = browser.get("/pair").await.unwrap();
    let asked = browser.submit(&begin, "/pair", &[]).await.unwrap();
    assert_eq!(asked.location.as_deref(), Some("/account/confirm"));
    assert_eq!(world.count("SELECT COUNT(*) FROM pairings WHERE state = 'offered'").await, 0);
    begin_to_confirm(&browser).await;
    confirm_by(&world, &browser, &phone).await;
    let offered = browser.submit(&begin, "/pair", &[]).await.unwrap();
    assert_eq!(offered.location.as_deref(), Some("/pair"));
    assert_eq!(world.count("SELECT COUNT(*) FROM pairings WHERE state = 'offered'").await, 1);
}

async fn whoever_has_only_a_password_types_it_again(on: On) {
    let world = World::new(on).await;
    let browser = world.browser();
    browser.sign_in(countersign_tests::EMAIL, PASSWORD).await.unwrap();
    world.pass(Duration::from_mins(11)).await;
    assert_eq!(press(&browser, "/sessions/end-others", None).await.as_deref(), Some("/account/confirm"));
    let asked = browser.get("/account/confirm").await.unwrap();
    let wrong = browser.submit(&asked, "/account/confirm", &[("password", "wrong horse")]).await.unwrap();
    assert_eq!(wrong.status, 422);
    assert_eq!(
        wrong.text_of("confirm-problem").as_deref(),
        Some("That isn’t your password. Please try again.")
    );
    let right = browser.submit(&asked, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    assert_eq!(right.location.as_deref(), Some("/account/security?done=confirmed"));
    let told = browser.get("/account/security?done=confirmed").await.unwrap();
    assert!(told.text_of("security-notice").unwrap().starts_with("Thank you"));

    world.pass(Duration::from_mins(11)).await;
    for _ in 0..10 {
        browser.submit(&asked, "/account/confirm", &[("password", "wrong horse")]).await.unwrap();
    }
    let suspended = browser.submit(&asked, "/account/confirm", &[("password", PASSWORD)]).await.unwrap();
    assert_eq!(suspended.status, 429, "the right one is not looked at either");
}

async fn other_sessions_end_and_this_one_stays(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let [here, there, elsewhere] = [world.browser(), world.browser(), world.browser()];
    for browser in [&there, &elsewhere, &here] {
        world.clock.advance(Duration::from_secs(1));
        world.sign_in(browser, &phone).await;
    }
    let others = ids(&page(&here).await, "/sessions/end");
    assert_eq!(others.len(), 2, "not the one that looks");
    assert_eq!(
        press(&here, "/sessions/end", Some(&others[0])).await.as_deref(),
        Some("/account/security?done=session-ended")
    );
    assert_eq!(elsewhere.get("/").await.unwrap().location.as_deref(), Some("/login"), "the newest first");
    assert_eq!(there.get("/").await.unwrap().status, 200);
    assert_eq!(
        press(&here, "/sessions/end-others", None).await.as_deref(),
        Some("/account/security?done=sessions-ended")
    );
    assert_eq!(there.get("/").await.unwrap().location.as_deref(), Some("/login"));
    assert_eq!(
        press(&here, "/sessions/end-others", None).await.as_deref(),
        Some("/account/security?done=gone")
    );
    assert_eq!(here.get("/").await.unwrap().status, 200);
}

async fn a_browser_that_is_forgotten_is_a_new_one(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let (here, there) = (world.browser(), world.browser());
    for browser in [&there, &here] {
        assert!(world.sign_in(browser, &phone).await, "a new browser asks for the number");
    }
    world.sign_out(&there).await;
    assert!(!world.sign_in(&there, &phone).await, "and a trusted one does not");
    world.sign_out(&there).await;

    let browsers = ids(&page(&here).await, "/browsers/remove");
    assert_eq!(browsers.len(), 2);
    assert_eq!(
        press(&here, "/browsers/remove", Some(&browsers[0])).await.as_deref(),
        Some("/account/security?done=browser-forgotten")
    );
    assert!(world.sign_in(&there, &phone).await, "it is new again");
    assert_eq!(
        press(&here, "/browsers/remove-all", None).await.as_deref(),
        Some("/account/security?done=browsers-forgotten")
    );
    assert_eq!(world.count("SELECT COUNT(*) FROM trusted_browsers").await, 0);
}

async fn what_happened_is_listed_with_the_latest_first(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.sign_in(&browser, &phone).await;
    world.clock.advance(Duration::from_secs(60));
    world.begin(&world.browser()).await;
    phone.core.deny(phone.request().await).await.unwrap();
    let page = page(&browser).await;
    let lines: Vec<_> =
        page.body.split("activity-what\">").skip(1).map(|line| line.split('<').next().unwrap()).collect();
    assert_eq!(lines, ["Sign-in denied on a phone", "Signed in", "Phone added"]);
}

async fn nobody_takes_away_what_is_another_persons(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let ada = world.browser();
    world.sign_in(&ada, &phone).await;
    let on_page = page(&ada).await;
    let (device, browser) = (id_beside(&on_page, "Ada’s phone"), ids(&on_page, "/browsers/remove").remove(0));

    let eve = world.add_user("eve@example.com").await;
    let evil = world.phone("Eve’s phone");
    world.pair(&evil, eve).await;
    let thief = world.browser();
    world.begin_as(&thief, "eve@example.com").await;
    evil.approve(None).await.unwrap();
    world.complete(&thief).await;
    let sessions: Vec<_> = ids(&page(&thief).await, "/sessions/end");
    assert!(sessions.is_empty());
    for (action, id) in [("/phones/remove", &device), ("/browsers/remove", &browser)] {
        assert_eq!(
            press(&thief, action, Some(id)).await.as_deref(),
            Some("/account/security?done=gone"),
            "{action}"
        );
    }
    press(&thief, "/browsers/remove-all", None).await;
    press(&thief, "/sessions/end-others", None).await;
    assert_eq!(ada.get("/").await.unwrap().status, 200);
    let left = page(&ada).await;
    assert!(left.body.contains(&device) && left.body.contains(&browser));
}

async fn without_a_session_there_is_nothing(on: On) {
    let world = World::new(on).await;
    let browser = world.browser();
    let login = browser.get("/login").await.unwrap();
    for path in [HERE, "/account/confirm"] {
        assert_eq!(browser.get(path).await.unwrap().location.as_deref(), Some("/login"), "{path}");
    }
    let id = uuid::Uuid::from_u128(7).to_string();
    for action in [
        "/phones/remove",
        "/browsers/remove",
        "/browsers/remove-all",
        "/sessions/end",
        "/sessions/end-others",
        "/recovery/stop",
    ] {
        let answer = browser.submit(&login, &format!("{HERE}{action}"), &[("id", &id)]).await.unwrap();
        assert_eq!(answer.location.as_deref(), Some("/login"), "{action}");
    }
}
