//! A reload, a second tab, and too many of them.

use countersign_demo::browser::Browser;
use countersign_mobile_core::Outcome;
use countersign_tests::{On, World, until, within};
use futures_util::future::join;

stories!(
    two_tabs_are_both_told,
    a_third_tab_takes_the_oldest_ones_place,
    a_reload_shows_the_same_login,
    both_tabs_land_signed_in_with_one_session,
    a_closed_tab_leaves_no_stream_behind,
);

/// A tab with the same cookies at this moment.
fn second_tab(world: &World, first: &Browser) -> Browser {
    let tab = world.browser();
    for (name, value) in first.cookies() {
        tab.set_cookie(&name, &value);
    }
    tab
}

async fn two_tabs_are_both_told(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let mut tabs = [browser.events().await.unwrap().unwrap(), browser.events().await.unwrap().unwrap()];
    for tab in &mut tabs {
        within("asked", tab.stands("asked")).await.unwrap();
    }
    phone.approve(None).await.unwrap();
    for tab in &mut tabs {
        within("approved", tab.stands("approved")).await.unwrap();
    }
}

async fn a_third_tab_takes_the_oldest_ones_place(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let mut tabs = Vec::new();
    for _ in 0..3 {
        let mut tab = browser.events().await.unwrap().unwrap();
        within("asked", tab.stands("asked")).await.unwrap();
        tabs.push(tab);
    }
    let told = within("the oldest is told", tabs[0].next()).await.unwrap();
    assert_eq!(told.name, "replaced");
    assert!(tabs[0].next().await.is_err(), "and ends");
    phone.core.deny(phone.request().await).await.unwrap();
    for tab in &mut tabs[1..] {
        within("denied", tab.stands("denied")).await.unwrap();
    }
}

async fn a_reload_shows_the_same_login(on: On) {
    let world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    world.begin(&browser).await;
    let first = browser.get("/login/code").await.unwrap();
    let again = browser.get("/login/code").await.unwrap();
    assert_eq!(first.text_of("code-number"), again.text_of("code-number"));
    let number = again.text_of("code-number");
    assert_eq!(phone.approve(number.as_deref()).await.unwrap(), Outcome::Approved);
    let reloaded = browser.get("/login/code").await.unwrap();
    assert_eq!(reloaded.attribute("data-state").as_deref(), Some("approved"));
    // A stream that is opened after the approval says so at once.
    assert_eq!(browser.events().await.unwrap().unwrap().state().await.unwrap(), "approved");
    let done = browser.submit(&first, "/login/complete", &[]).await.unwrap();
    assert_eq!(done.location.as_deref(), Some("/"));
    let reloaded = browser.get("/login/code").await.unwrap();
    assert_eq!(reloaded.attribute("data-state").as_deref(), Some("completed"));
}

async fn both_tabs_land_signed_in_with_one_session(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    let tab = second_tab(&world, &browser);
    phone.approve(None).await.unwrap();
    let (one, other) =
        join(browser.submit(&code, "/login/complete", &[]), tab.submit(&code, "/login/complete", &[])).await;
    for page in [one.unwrap(), other.unwrap()] {
        assert_eq!((page.status, page.location.as_deref()), (303, Some("/")));
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, 1);
    // Both tabs have one cookie jar in truth: whichever answer came with the session counts for both.
    let jars = [browser.cookies(), tab.cookies()];
    let jar = jars.iter().find(|jar| jar.contains_key("countersign-session")).unwrap();
    let late = world.browser();
    for (name, value) in jar {
        late.set_cookie(name, value);
    }
    let again = late.submit(&code, "/login/complete", &[]).await.unwrap();
    assert_eq!(again.location.as_deref(), Some("/"), "a tab that comes later lands there, too");
    assert_eq!(late.get("/").await.unwrap().status, 200);
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions").await, 1);
}

async fn a_closed_tab_leaves_no_stream_behind(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let mut tab = browser.events().await.unwrap().unwrap();
    tab.state().await.unwrap();
    assert_eq!(world.app.hub().streams(), 1);
    drop(tab);
    until("the stream is gone", || async { world.app.hub().streams() == 0 }).await;
}
