//! Nobody is pestered: whoever knows a password can make a phone ring a few times, and no more.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_mobile_core::Outcome;
use countersign_protocol::ids::LoginId;
use countersign_protocol::time::Clock as _;
use countersign_server::domain::login::LoginState;
use countersign_server::domain::push_limits::PushLimits;
use countersign_tests::{On, World, within};

use crate::phones::state;

stories!(
    a_thousand_logins_ring_twenty_times_and_keep_nobody_out,
    a_flood_of_logins_does_not_hide_the_persons_own,
    a_second_login_does_not_ring_while_one_waits_and_the_app_shows_both,
    of_many_logins_at_once_one_rings,
    after_a_denial_the_phone_is_quiet_for_an_hour,
    no_answer_is_no_denial,
    an_approval_makes_the_next_one_ring_at_once,
    a_tenant_sets_its_own_limits,
);

const PUSHED: &str =
    "SELECT COUNT(*) FROM audit WHERE event = 'login.started' AND detail LIKE '%\"push\":\"sending\"%'";

async fn a_thousand_logins_ring_twenty_times_and_keep_nobody_out(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.cheapen_passwords().await;
    let trusted = world.browser();
    world.sign_in(&trusted, &phone).await;
    world.sign_out(&trusted).await;
    let before = world.push.attempts();
    let pushed_before = world.count(PUSHED).await;
    let (mut rang_at, mut pushed) = (Vec::new(), pushed_before);
    let attacker = world.browser();
    for _ in 0..1000 {
        // As a new browser each time, so that no login takes the place of another.
        attacker.set_cookie("countersign-login", "");
        world.begin(&attacker).await;
        if world.count(PUSHED).await > pushed {
            pushed += 1;
            rang_at.push(world.clock.now());
            world.push.deliveries(before + rang_at.len()).await;
        }
        world.pass(Duration::from_secs(80)).await;
    }
    let within_any = |window: u64| {
        let window = Duration::from_secs(window);
        let in_one = |from| rang_at.iter().filter(|at| **at >= from && **at < from + window).count();
        rang_at.iter().map(|from| in_one(*from)).max().unwrap()
    };
    assert!(within_any(900) <= 5 && within_any(86_400) <= 20, "{}", rang_at.len());
    let rings = world.push.attempts() - before;
    assert!((10..=20).contains(&rings), "a day's logins rang {rings} times");

    for browser in [world.browser(), trusted] {
        let login = world.begin(&browser).await;
        assert_eq!(approve(&phone, login).await, Outcome::Approved);
        assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    }
}

async fn a_flood_of_logins_does_not_hide_the_persons_own(on: On) {
    let (world, phone) = World::by_tap(on).await;
    world.cheapen_passwords().await;
    let trusted = world.browser();
    world.sign_in(&trusted, &phone).await;
    world.sign_out(&trusted).await;
    let own = world.begin(&trusted).await;
    let attacker = world.browser();
    for _ in 0..60 {
        attacker.set_cookie("countersign-login", "");
        world.begin(&attacker).await;
    }
    assert_eq!(phone.requests().await.len(), 20);
    assert_eq!(approve(&phone, own).await, Outcome::Approved);
    assert_eq!(world.complete(&trusted).await.location.as_deref(), Some("/"));
}

async fn approve(phone: &countersign_tests::Phone, login: LoginId) -> Outcome {
    let request = phone.requests().await.into_iter().find(|request| request.login == login).unwrap();
    phone.core.approve(request, None).await.unwrap()
}

async fn a_second_login_does_not_ring_while_one_waits_and_the_app_shows_both(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let (first, second) = (world.browser(), world.browser());
    let login = world.begin(&first).await;
    phone.woken().await;
    world.clock.advance(Duration::from_secs(60));
    world.begin(&second).await;
    assert_eq!(state(&second).await, "held_another");
    let code = second.get("/login/code").await.unwrap();
    assert!(code.text_of("code-note").unwrap().contains("Open the app"), "{}", code.body);
    assert_eq!(phone.requests().await.len(), 2);
    assert_eq!(approve(&phone, login).await, Outcome::Approved);
    assert!(!phone.has_wake().await);

    let code = second.get("/login/code").await.unwrap();
    second.submit(&code, "/login/push", &[]).await.unwrap();
    phone.woken().await;
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    assert_eq!(world.complete(&second).await.location.as_deref(), Some("/"));
}

async fn of_many_logins_at_once_one_rings(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browsers: Vec<Browser> = (0..12).map(|_| world.browser()).collect();
    let logins = browsers.iter().map(|browser| world.begin(browser));
    within("all have begun", futures_util::future::join_all(logins)).await;
    phone.woken().await;
    assert_eq!(world.count(PUSHED).await, 1);
    assert_eq!(phone.requests().await.len(), 12);
    assert!(!phone.has_wake().await);
}

async fn after_a_denial_the_phone_is_quiet_for_an_hour(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    world.begin(&browser).await;
    phone.woken().await;
    phone.core.deny(phone.request().await).await.unwrap();
    for minutes in [0, 30, 29] {
        world.pass(Duration::from_secs(minutes * 60)).await;
        world.begin(&browser).await;
        assert_eq!(state(&browser).await, "held_denied");
    }
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved, "by opening the app");
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    assert!(!phone.has_wake().await);
    world.pass(Duration::from_secs(60)).await;
    world.begin(&world.browser()).await;
    phone.woken().await;
}

async fn no_answer_is_no_denial(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = world.begin(&browser).await;
    phone.woken().await;
    world.pass(Duration::from_secs(120)).await;
    assert_eq!(world.standing(login).await, LoginState::Expired);
    world.begin(&browser).await;
    phone.woken().await;
}

async fn an_approval_makes_the_next_one_ring_at_once(on: On) {
    let (world, phone) = World::by_tap(on).await;
    for _ in 0..8 {
        let browser = world.browser();
        world.begin(&browser).await;
        phone.woken().await;
        assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
        assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
    }
}

async fn a_tenant_sets_its_own_limits(on: On) {
    let (mut world, phone) = World::by_tap(on).await;
    let limits = PushLimits::new([60, 60, 10, 50, 300, 3_600]).unwrap();
    world.app.set_push_limits(world.tenant, limits).await.unwrap();
    world.restart().await;
    let browser = world.browser();
    world.begin(&browser).await;
    phone.woken().await;
    world.clock.advance(Duration::from_secs(59));
    world.begin(&browser).await;
    assert_eq!(state(&browser).await, "held_too_many");
    world.clock.advance(Duration::from_secs(1));
    world.begin(&browser).await;
    phone.woken().await;
}
