//! Addresses that proxies tell of, the networks of a policy, and the names in headers: believed as configured, and
//! what cannot be read lets nobody in.

use std::time::Duration;

use countersign_demo::browser::{Browser, Page};
use countersign_server::domain::policy::networks::parse;
use countersign_server::domain::policy::rule::SecondFactor;
use countersign_tests::ways::signs_in;
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};
use reqwest::Method;

stories!(
    a_strangers_forwarded_for_is_worth_nothing,
    a_trusted_network_skips_the_second_step_for_the_real_client_alone,
    what_a_proxy_sends_unreadably_lets_nobody_sign_in,
    nobody_signs_in_from_elsewhere_while_sessions_and_phones_go_on,
    no_other_header_names_address_or_host,
    a_host_of_nobody_is_misdirected,
    sessions_last_as_long_as_the_role_allows,
);

/// The header that proxies add to.
const FORWARDED_FOR: &str = "x-forwarded-for";
const OFFICE: &str = "192.0.2.0/24";

/// A world behind a proxy on this computer.
async fn behind_a_proxy(on: On) -> World {
    let proxies = ("COUNTERSIGN_HTTP__TRUSTED_PROXIES".to_owned(), "127.0.0.1".to_owned());
    let world = World::with_settings(on, Setup::by_tap(), vec![proxies]).await;
    world.cheapen_passwords().await;
    world
}

async fn get(browser: &Browser, path: &str, headers: &[(&str, &str)]) -> Page {
    let request = browser.request(Method::GET, path);
    browser
        .send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
        .await
        .unwrap()
}

async fn post(
    browser: &Browser,
    on: &Page,
    path: &str,
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Page {
    let csrf = on.field("csrf").unwrap_or_default();
    let mut form = vec![("csrf", csrf.as_str())];
    form.extend_from_slice(fields);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let kind = "application/x-www-form-urlencoded";
    let request = browser.request(Method::POST, path).header("content-type", kind).body(body);
    browser
        .send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
        .await
        .unwrap()
}

/// Types e-mail and password, as a browser of which proxies say this.
async fn sign_in(browser: &Browser, headers: &[(&str, &str)]) -> Page {
    let form = get(browser, "/login", headers).await;
    post(browser, &form, "/login", &[("email", EMAIL), ("password", PASSWORD)], headers).await
}

async fn trust_the_office(world: &World) {
    world.change_policy(|policy| policy.networks.trusted = vec![parse(OFFICE).unwrap()]).await;
}

async fn a_strangers_forwarded_for_is_worth_nothing(on: On) {
    let (world, _phone) = World::by_tap(on).await;
    trust_the_office(&world).await;
    for claimed in ["192.0.2.7", "::ffff:192.0.2.7", "192.0.2.7, 192.0.2.8", "127.0.0.1", "nonsense"] {
        let answer = sign_in(&world.browser(), &[(FORWARDED_FOR, claimed)]).await;
        assert!(!signs_in(&answer), "{claimed}");
        assert_eq!(answer.location.as_deref(), Some("/login/code"), "{claimed}");
    }
    world.change_policy(|policy| policy.networks.allowed = vec![parse(OFFICE).unwrap()]).await;
    let answer = get(&world.browser(), "/login", &[(FORWARDED_FOR, "192.0.2.7")]).await;
    assert_eq!(answer.status, 403);
}

async fn a_trusted_network_skips_the_second_step_for_the_real_client_alone(on: On) {
    let world = behind_a_proxy(on).await;
    let _phone = world.paired_phone("Ada’s phone").await;
    trust_the_office(&world).await;
    for inside in
        ["192.0.2.7", "::ffff:192.0.2.7", "192.0.2.7:5000", "198.51.100.1, 192.0.2.7", "192.0.2.7, 127.0.0.1"]
    {
        assert!(signs_in(&sign_in(&world.browser(), &[(FORWARDED_FOR, inside)]).await), "{inside}");
    }
    // What the client itself wrote stands further left.
    for outside in [
        "192.0.2.7, 198.51.100.1",
        "198.51.100.1",
        "::ffff:198.51.100.1",
        "192.0.2.7, 198.51.100.1, 127.0.0.1",
    ] {
        let answer = sign_in(&world.browser(), &[(FORWARDED_FOR, outside)]).await;
        assert!(!signs_in(&answer), "{outside}");
        assert_eq!(answer.location.as_deref(), Some("/login/code"), "{outside}");
    }
    let answer = sign_in(&world.browser(), &[]).await;
    assert_eq!(answer.location.as_deref(), Some("/login/code"), "the proxy itself is in no office");
    // Two headers are one list, in their order.
    let two = [(FORWARDED_FOR, "192.0.2.7"), (FORWARDED_FOR, "198.51.100.1")];
    assert!(!signs_in(&sign_in(&world.browser(), &two).await));
}

async fn what_a_proxy_sends_unreadably_lets_nobody_sign_in(on: On) {
    let world = behind_a_proxy(on).await;
    trust_the_office(&world).await;
    let form = get(&world.browser(), "/login", &[(FORWARDED_FOR, "198.51.100.1")]).await;
    for bad in
        ["nonsense", "", "192.0.2.7,", "192.0.2.999", "unknown", "192.0.2.7/24", "_hidden", "192.0.2.7;x"]
    {
        let headers = [(FORWARDED_FOR, bad)];
        for path in ["/login", "/login/code", "/login/setup", "/login/recover", "/login/events", "/"] {
            assert_eq!(get(&world.browser(), path, &headers).await.status, 403, "{path} {bad:?}");
        }
        let typed = [("email", EMAIL), ("password", PASSWORD)];
        let answer = post(&world.browser(), &form, "/login", &typed, &headers).await;
        assert!(answer.status == 403 && !signs_in(&answer), "{bad:?}");
    }
    assert_eq!(world.sessions().await, 0);
}

async fn nobody_signs_in_from_elsewhere_while_sessions_and_phones_go_on(on: On) {
    let world = behind_a_proxy(on).await;
    let phone = world.paired_phone("Ada’s phone").await;
    let (home, office) = ([(FORWARDED_FOR, "198.51.100.1")], [(FORWARDED_FOR, "192.0.2.7")]);
    let (signed_in, waiting) = (world.browser(), world.browser());
    trust_the_office(&world).await;
    assert!(signs_in(&sign_in(&signed_in, &office).await));
    world.change_policy(|policy| policy.networks.trusted.clear()).await;
    assert_eq!(sign_in(&waiting, &home).await.location.as_deref(), Some("/login/code"));
    let form = get(&waiting, "/login", &home).await;
    world.change_policy(|policy| policy.networks.allowed = vec![parse(OFFICE).unwrap()]).await;

    for path in [
        "/login",
        "/login/code",
        "/login/events",
        "/login/setup",
        "/login/recover",
        "/recover/x",
        "/recover/stop/x",
    ] {
        let answer = get(&waiting, path, &home).await;
        assert!(answer.status == 403 && answer.body.contains("<h1>"), "{path}: {}", answer.body);
    }
    for path in [
        "/login",
        "/login/code",
        "/login/email",
        "/login/push",
        "/login/complete",
        "/login/setup",
        "/login/setup/phone",
        "/login/recover",
        "/login/recover/prove",
        "/login/recover/wait",
        "/login/recover/remove",
    ] {
        let answer = post(&waiting, &form, path, &[("email", EMAIL), ("password", PASSWORD)], &home).await;
        assert!(answer.status == 403 && !signs_in(&answer), "{path}");
    }
    for path in ["/login/passkey", "/login/setup/passkey", "/login/setup/passkey/options"] {
        let answer = post(&waiting, &form, path, &[], &home).await;
        assert!(answer.status == 403 && answer.body.contains("not_from_here"), "{path}: {}", answer.body);
    }
    // The session goes on, from wherever it is used; the phone answers from wherever it is.
    assert_eq!(get(&signed_in, "/", &home).await.status, 200);
    let browser = world.browser();
    assert_eq!(sign_in(&browser, &office).await.location.as_deref(), Some("/login/code"));
    let requests = phone.requests().await;
    phone.core.approve(requests.into_iter().next().unwrap(), None).await.unwrap();
    // The session is given out inside alone.
    let code = get(&browser, "/login/code", &office).await;
    let outside = post(&browser, &code, "/login/complete", &[], &home).await;
    assert!(outside.status == 403 && !signs_in(&outside));
    assert!(signs_in(&post(&browser, &code, "/login/complete", &[], &office).await));
}

async fn no_other_header_names_address_or_host(on: On) {
    let world = behind_a_proxy(on).await;
    let _phone = world.paired_phone("Ada’s phone").await;
    trust_the_office(&world).await;
    let stranger = world.add_tenant("https://stranger.example").await;
    for (name, value) in [
        ("forwarded", "for=192.0.2.7;host=stranger.example;proto=https"),
        ("x-real-ip", "192.0.2.7"),
        ("true-client-ip", "192.0.2.7"),
        ("x-forwarded-host", "stranger.example"),
        ("x-original-host", "stranger.example"),
    ] {
        let headers = [(FORWARDED_FOR, "198.51.100.1"), (name, value)];
        let answer = sign_in(&world.browser(), &headers).await;
        assert_eq!(answer.location.as_deref(), Some("/login/code"), "{name}");
    }
    assert_ne!(stranger, world.tenant);
    assert_eq!(world.count("SELECT COUNT(DISTINCT tenant_id) FROM logins").await, 1);
}

async fn a_host_of_nobody_is_misdirected(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    world.add_tenant("https://stranger.example").await;
    let browser = world.signed_in_by_password(EMAIL).await;
    for host in ["nobody.example", "localhost", "127.0.0.1", "127.0.0.1:1", ""] {
        for path in ["/", "/login", "/account/security", "/assets/tenant.css"] {
            let answer = get(&browser, path, &[("host", host)]).await;
            assert_eq!(answer.status, 421, "{host:?} {path}");
        }
    }
    // At another tenant's host, the session is nobody's.
    let answer = get(&browser, "/", &[("host", "stranger.example")]).await;
    assert_eq!((answer.status, answer.location.as_deref()), (303, Some("/login")));
}

async fn sessions_last_as_long_as_the_role_allows(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    world.add_administrator("grace@example.com").await;
    world
        .change_policy(|policy| {
            policy.base = SecondFactor::Off;
            (policy.sessions.hours, policy.sessions.administrator_hours) = (Some(8), Some(1));
        })
        .await;
    let (member, administrator) =
        (world.signed_in_by_password(EMAIL).await, world.signed_in_by_password("grace@example.com").await);
    let is_in = async |browser: &Browser| browser.get("/").await.unwrap().status == 200;
    world.clock.advance(Duration::from_mins(59));
    assert!(is_in(&member).await && is_in(&administrator).await);
    world.clock.advance(Duration::from_mins(1));
    assert!(is_in(&member).await && !is_in(&administrator).await);
    // A shorter time is for sessions yet to come.
    world.change_policy(|policy| policy.sessions.hours = Some(1)).await;
    world.clock.advance(Duration::from_hours(2));
    assert!(is_in(&member).await);
    world.clock.advance(Duration::from_hours(5));
    assert!(!is_in(&member).await);
}
