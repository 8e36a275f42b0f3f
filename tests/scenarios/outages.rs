//! Apple and Google slow, silent or down: who asked for patience gets it, no lane waits for another, and
//! everybody signs in by opening the app.

use std::time::Duration;

use countersign_tests::providers::{android, android_token, iphone_token};
use countersign_tests::stand_ins::apns::TokenState;
use countersign_tests::stand_ins::fcm;
use countersign_tests::{On, World, until};

use crate::phones::{stands, state};
use crate::real_phones::{at_apple, at_google, both, sign_in_by_app};

stories!(
    both_get_the_patience_that_they_ask_for,
    whoever_asks_for_patience_beyond_the_login_is_not_asked_again,
    down_for_the_whole_login_they_keep_nobody_from_signing_in_and_wake_nobody_after_it,
    a_silent_google_keeps_no_other_phone_waiting,
    a_hundred_wakes_queued_to_a_silent_google_delay_no_iphone,
    while_one_phone_may_still_ring_a_second_login_does_not_though_the_other_is_lost,
    two_phones_that_are_lost_at_once_are_both_said_to_be,
    what_was_queued_to_both_is_sent_once_after_a_restart,
    a_server_stops_while_both_are_silent_and_loses_nothing,
);

const QUEUED: &str =
    "SELECT COUNT(*) FROM wakes w JOIN logins l ON l.id = w.login_id WHERE l.state = 'pending'";

/// Until so many failed tries of logins that wait are noted.
async fn put_off(world: &World, tries: i64) {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(w.attempts), 0) AS BIGINT) FROM wakes w \
        JOIN logins l ON l.id = w.login_id WHERE l.state = 'pending'";
    until("the failed tries are noted", || async { world.count(SQL).await == tries }).await;
}

fn fail(world: &World, status: u16, retry_after: Option<u32>) {
    let (at_apple, at_google) = match status {
        429 => ("TooManyRequests", ("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")),
        _ => ("ServiceUnavailable", ("UNAVAILABLE", "UNAVAILABLE")),
    };
    world.apple().answer_all(status, at_apple, retry_after);
    world.google().answer_all(status, at_google.0, at_google.1, retry_after);
}

fn recover(world: &World) {
    world.apple().recover(None);
    world.google().recover(None);
}

async fn due_after(world: &World, seconds: u64) -> usize {
    world.clock.advance(Duration::from_secs(seconds));
    world.app.take_due().await.unwrap()
}

async fn both_get_the_patience_that_they_ask_for(on: On) {
    let (world, iphone, _android) = both(on).await;
    fail(&world, 429, Some(40));
    let browser = world.browser();
    world.begin(&browser).await;
    put_off(&world, 2).await;
    stands(&browser, "trouble").await;
    recover(&world);
    assert_eq!(due_after(&world, 38).await, 0, "not before the time that they named");
    assert_eq!((at_apple(&world, 1).len(), at_google(&world, 1).len()), (1, 1));
    due_after(&world, 2).await;
    until("both are sent", || async { world.count(QUEUED).await == 0 }).await;
    assert_eq!((world.apple().accepted(), world.google().accepted()), (1, 1));
    stands(&browser, "asked").await;
    sign_in_by_app(&world, &browser, &iphone).await;
}

async fn whoever_asks_for_patience_beyond_the_login_is_not_asked_again(on: On) {
    let (world, _iphone, _android) = both(on).await;
    fail(&world, 429, Some(150));
    world.begin(&world.browser()).await;
    put_off(&world, 2).await;
    recover(&world);
    for seconds in [60, 59, 1, 30, 60] {
        assert_eq!(due_after(&world, seconds).await, 0);
    }
    world.app.sweep().await.unwrap();
    world.app.forget().await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM wakes").await, 0);
    assert_eq!((at_apple(&world, 1).len(), at_google(&world, 1).len()), (1, 1));
}

async fn down_for_the_whole_login_they_keep_nobody_from_signing_in_and_wake_nobody_after_it(on: On) {
    let (world, iphone, _android) = both(on).await;
    fail(&world, 503, None);
    let browser = world.browser();
    world.begin(&browser).await;
    put_off(&world, 2).await;
    for (pause, tries) in [(1, 4), (2, 6), (4, 8)] {
        due_after(&world, pause).await;
        put_off(&world, tries).await;
    }
    stands(&browser, "trouble").await;
    sign_in_by_app(&world, &browser, &iphone).await;
    recover(&world);
    due_after(&world, 60).await;
    until("the other popup is put away", || async { world.google().accepted() == 1 }).await;
    due_after(&world, 300).await;
    world.app.forget().await.unwrap();
    assert_eq!(at_apple(&world, 1), ["alert"; 4]);
    let to_android = at_google(&world, 1);
    assert_eq!(to_android.iter().filter(|kind| *kind == "high").count(), 4);
    assert_eq!(to_android.last().unwrap(), "normal");
    assert_eq!(world.count("SELECT COUNT(*) FROM wakes").await, 0);
}

async fn a_silent_google_keeps_no_other_phone_waiting(on: On) {
    let (world, iphone, _android) = both(on).await;
    let tablet = world.paired_phone("Ada’s tablet").await;
    world.google().hang(true);
    let browser = world.browser();
    world.begin(&browser).await;
    world.google().wait_for(1).await;
    world.apple().wait_for(1).await;
    tablet.woken().await;
    stands(&browser, "asked").await;
    sign_in_by_app(&world, &browser, &iphone).await;
    tablet.woken().await;
    assert_eq!(world.google().accepted(), 0);
}

async fn a_hundred_wakes_queued_to_a_silent_google_delay_no_iphone(on: On) {
    let (world, iphone, _android) = both(on).await;
    let emails: Vec<_> = (0..10).map(|n| format!("user{n}@example.com")).collect();
    for (n, email) in emails.iter().enumerate() {
        let user = world.add_user(email).await;
        for phone in 0..10 {
            world.pair(&world.phone_at("A phone", android(100 + 10 * n + phone)), user).await;
        }
    }
    world.cheapen_passwords().await;
    let browser = world.browser();
    world.begin(&browser).await;
    world.google().wait_for(2).await;
    sign_in_by_app(&world, &browser, &iphone).await;
    // The access token, a request and a withdrawal are through: from here on, messages themselves hang.
    world.google().wait_for(3).await;
    until("they are taken", || async { world.google().accepted() == 2 }).await;
    world.google().hang(true);
    for email in &emails {
        world.begin_as(&world.browser(), email).await;
    }
    world.google().wait_for(3 + 64).await;
    let (browser, at_google_before) = (world.browser(), world.google().received());
    world.begin(&browser).await;
    world.apple().wait_for(2).await;
    assert_eq!(world.google().received(), at_google_before, "Apple waited for no place at Google");
    stands(&browser, "asked").await;
    sign_in_by_app(&world, &browser, &iphone).await;
    assert_eq!(world.google().accepted(), 2, "all that while, Google said nothing");

    world.google().hang(false);
    // What took longer than the patience of a sender is due again a second later.
    due_after(&world, 2).await;
    until("no wake is lost", || async { world.count(QUEUED).await == 0 }).await;
    for n in 100..200 {
        assert!(!at_google(&world, n).is_empty(), "{n}");
    }
}

async fn while_one_phone_may_still_ring_a_second_login_does_not_though_the_other_is_lost(on: On) {
    let (world, _iphone, _android) = both(on).await;
    world.google().hang(true);
    world.apple().set_token(&iphone_token(1), Some(TokenState::Expired));
    let browser = world.browser();
    world.begin(&browser).await;
    world.google().wait_for(1).await;
    until("the iPhone is lost", || async {
        world.count("SELECT COUNT(*) FROM devices WHERE push_lost_at IS NOT NULL").await == 1
    })
    .await;
    world.clock.advance(Duration::from_secs(30));
    let second = world.browser();
    world.begin(&second).await;
    assert_eq!(state(&second).await, "held_another", "the first one's wake is still on its way to Google");
    world.google().hang(false);
    stands(&browser, "asked").await;
}

async fn what_was_queued_to_both_is_sent_once_after_a_restart(on: On) {
    let (mut world, iphone, _android) = both(on).await;
    fail(&world, 503, None);
    let browser = world.browser();
    world.begin(&browser).await;
    put_off(&world, 2).await;
    world.stop().await;
    recover(&world);
    world.restart().await;
    due_after(&world, 31).await;
    until("both are sent", || async { world.count(QUEUED).await == 0 }).await;
    assert_eq!(due_after(&world, 31).await, 0);
    assert_eq!((world.apple().accepted(), world.google().accepted()), (1, 1), "none lost, none twice");
    assert_eq!(
        (at_apple(&world, 1), at_google(&world, 1)),
        (vec!["alert".into(); 2], vec!["high".into(); 2])
    );
    sign_in_by_app(&world, &browser, &iphone).await;
}

async fn a_server_stops_while_both_are_silent_and_loses_nothing(on: On) {
    let (mut world, iphone, _android) = both(on).await;
    world.apple().hang(true);
    world.google().hang(true);
    let browser = world.browser();
    world.begin(&browser).await;
    world.apple().wait_for(1).await;
    world.google().wait_for(1).await;
    world.restart().await;
    world.apple().hang(false);
    world.google().hang(false);
    assert_eq!(world.count(QUEUED).await, 2);
    due_after(&world, 16).await;
    until("both are sent", || async { world.count(QUEUED).await == 0 }).await;
    stands(&browser, "asked").await;
    assert!(world.apple().accepted() >= 1 && world.google().accepted() >= 1);
    sign_in_by_app(&world, &browser, &iphone).await;
}

async fn two_phones_that_are_lost_at_once_are_both_said_to_be(on: On) {
    let (world, iphone, _android) = both(on).await;
    world.apple().set_token(&iphone_token(1), Some(TokenState::Expired));
    world.google().set_token(&android_token(1), Some(fcm::TokenState::Unregistered));
    let browser = world.browser();
    world.begin(&browser).await;
    stands(&browser, "lost").await;
    sign_in_by_app(&world, &browser, &iphone).await;
}
