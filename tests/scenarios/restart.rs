//! The server stops and starts again: nothing is lost, and waiting pages are told to come back.

use std::time::Duration;

use countersign_mobile_core::Outcome;
use countersign_server::domain::login::LoginState;
use countersign_tests::{On, World, within};

stories!(
    a_restart_between_approval_and_completion_loses_nothing,
    a_restart_before_the_approval_loses_nothing,
    a_stop_tells_waiting_pages_to_connect_again,
    what_ended_while_the_server_was_down_is_noted,
    a_wake_that_was_not_sent_is_sent_after_a_restart,
    of_many_queued_wakes_none_is_lost_and_none_sent_after_an_answer,
);

async fn a_restart_between_approval_and_completion_loses_nothing(on: On) {
    let (mut world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    let code = browser.get("/login/code").await.unwrap();
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    world.restart().await;
    assert_eq!(world.standing(login).await, LoginState::Approved);
    assert_eq!(browser.events().await.unwrap().unwrap().state().await.unwrap(), "approved");
    let done = browser.submit(&code, "/login/complete", &[]).await.unwrap();
    assert_eq!(done.location.as_deref(), Some("/"));
    world.restart().await;
    assert_eq!(browser.get("/").await.unwrap().status, 200, "the session outlives the server, too");
}

async fn a_restart_before_the_approval_loses_nothing(on: On) {
    let mut world = World::new(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let browser = world.browser();
    world.begin(&browser).await;
    let number = browser.get("/login/code").await.unwrap().text_of("code-number");
    let request = phone.request().await;
    world.restart().await;
    assert_eq!(browser.get("/login/code").await.unwrap().text_of("code-number"), number);
    assert_eq!(phone.core.approve(request, number).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}

async fn a_stop_tells_waiting_pages_to_connect_again(on: On) {
    let (mut world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    let mut events = browser.events().await.unwrap().unwrap();
    within("asked", events.stands("asked")).await.unwrap();
    let told = async {
        let event = within("the page is told", events.next()).await.unwrap();
        assert_eq!(event.name, "reconnect");
        assert!(events.next().await.is_err(), "and the stream ends");
    };
    tokio::join!(world.stop(), told);
    world.restart().await;
    let mut events = browser.events().await.unwrap().unwrap();
    within("asked", events.stands("asked")).await.unwrap();
    phone.approve(None).await.unwrap();
    within("approved", events.stands("approved")).await.unwrap();
}

async fn what_ended_while_the_server_was_down_is_noted(on: On) {
    let (mut world, _phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    world.stop().await;
    world.clock.advance(Duration::from_secs(120));
    world.restart().await;
    assert_eq!(world.standing(login).await, LoginState::Expired);
    world.app.sweep().await.unwrap();
    countersign_tests::until("the expiry is in the audit lines", || async {
        world.events_of_user().await.iter().filter(|event| *event == "login.expired").count() == 1
    })
    .await;
    assert_eq!(browser.events().await.unwrap().unwrap().state().await.unwrap(), "expired");
}

async fn a_wake_that_was_not_sent_is_sent_after_a_restart(on: On) {
    let (mut world, phone) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    world.begin(&world.browser()).await;
    let first = world.push.deliveries(1).await.remove(0);
    world.stop().await;
    world.push.recover();
    world.restart().await;
    world.clock.advance(Duration::from_secs(31));
    world.app.take_due().await.unwrap();
    phone.woken().await;
    let second = world.push.deliveries(2).await.remove(1);
    let vapid_key = |headers: &reqwest::header::HeaderMap| {
        let value = headers["authorization"].to_str().unwrap().to_owned();
        value.split("k=").nth(1).unwrap().split(',').next().unwrap().to_owned()
    };
    assert_eq!(vapid_key(&first.headers), vapid_key(&second.headers), "the server's key is the same one");
}

async fn of_many_queued_wakes_none_is_lost_and_none_sent_after_an_answer(on: On) {
    let (mut world, ada) = World::by_tap(on).await;
    world.push.fail_with(503, None);
    let mut phones = vec![ada];
    world.begin(&world.browser()).await;
    for name in ["bob", "carol", "dan", "eve"] {
        let email = format!("{name}@example.com");
        let user = world.add_user(&email).await;
        let phone = world.phone(name);
        world.pair(&phone, user).await;
        world.begin_as(&world.browser(), &email).await;
        phones.push(phone);
    }
    world.push.deliveries(5).await;
    assert_eq!(phones[1].approve(None).await.unwrap(), Outcome::Approved, "Bob opened the app");
    world.stop().await;
    world.push.recover();
    world.restart().await;
    assert_eq!(phones[2].approve(None).await.unwrap(), Outcome::Approved, "so did Carol");
    world.clock.advance(Duration::from_secs(31));
    world.app.take_due().await.unwrap();
    for phone in [&phones[0], &phones[3], &phones[4]] {
        phone.woken().await;
    }
    countersign_tests::until("what was sent leaves the outbox", || async {
        let of_waiting = "SELECT COUNT(*) FROM wakes w JOIN logins l ON l.id = w.login_id \
            WHERE l.state = 'pending'";
        world.count(of_waiting).await == 0
    })
    .await;
    assert_eq!(world.push.attempts(), 8, "each once more, and those that are answered not at all");
    assert_eq!(world.app.take_due().await.unwrap(), 0);
}
