//! Forms are taken only from the tenant's own pages, in the browser that they were made for.

use countersign_demo::browser::{Browser, Page};
use countersign_tests::{EMAIL, On, PASSWORD, World};
use reqwest::Method;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN};

stories!(
    a_form_without_this_browsers_token_is_refused,
    a_form_from_another_origin_is_refused,
    a_browser_that_sends_no_origin_must_say_same_origin,
    forms_are_not_taken_by_get,
);

const FORMS: [&str; 30] = [
    "/login",
    "/login/push",
    "/login/code",
    "/login/email",
    "/login/passkey",
    "/login/complete",
    "/login/setup",
    "/login/recover",
    "/login/recover/prove",
    "/login/recover/wait",
    "/login/recover/remove",
    "/login/recover/stop",
    "/recover/stop/x",
    "/logout",
    "/pair",
    "/pair/confirm",
    "/account/confirm",
    "/account/passkeys",
    "/account/passkeys/options",
    "/account/passkeys/name",
    "/account/passkeys/remove",
    "/account/security/phones/remove",
    "/account/security/browsers/remove",
    "/account/security/browsers/remove-all",
    "/account/security/sessions/end",
    "/account/security/sessions/end-others",
    "/account/security/recovery/stop",
    "/account/security/authenticator",
    "/account/security/authenticator/remove",
    "/account/security/recovery-codes",
];

/// Posts a form with exactly these headers beside the cookies.
async fn post(browser: &Browser, path: &str, headers: &[(&str, &str)], csrf: Option<&str>) -> Page {
    let token = csrf.map(|csrf| format!("csrf={csrf}&")).unwrap_or_default();
    let password = PASSWORD.replace(' ', "+");
    let body = format!("{token}email={}&password={password}&way=totp&code=123456", EMAIL.replace('@', "%40"));
    let (client, request) = browser.request(Method::POST, path).body(body).build_split();
    let mut request = request.unwrap();
    let mut wanted = HeaderMap::new();
    if let Some(cookies) = request.headers().get("cookie") {
        wanted.insert("cookie", cookies.clone());
    }
    wanted.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    for (name, value) in headers {
        wanted.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap());
    }
    *request.headers_mut() = wanted;
    browser.send(RequestBuilder::from_parts(client, request)).await.unwrap()
}

/// A browser that is signed in, and has a login that waits as well.
async fn busy_browser(on: On) -> (World, Browser, String) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let form = browser.get("/login").await.unwrap();
    world.begin(&browser).await;
    let waiting = browser.cookies()["countersign-login"].clone();
    world.sign_in(&browser, &phone).await;
    browser.set_cookie("countersign-login", &waiting);
    (world, browser, form.field("csrf").unwrap())
}

async fn nothing_happened(world: &World, browser: &Browser) {
    assert_eq!(world.count("SELECT COUNT(*) FROM logins").await, 2);
    assert_eq!(world.count("SELECT COUNT(*) FROM pairings WHERE state = 'offered'").await, 0);
    assert_eq!(browser.get("/").await.unwrap().status, 200, "still signed in");
}

async fn a_form_without_this_browsers_token_is_refused(on: On) {
    let (world, browser, csrf) = busy_browser(on).await;
    let others = world.browser().get("/login").await.unwrap().field("csrf").unwrap();
    let origin: &[(&str, &str)] = &[(ORIGIN.as_str(), &world.origin)];
    for path in FORMS {
        for token in [None, Some(""), Some("AAAA"), Some(others.as_str()), Some(&csrf[1..])] {
            assert_eq!(post(&browser, path, origin, token).await.status, 403, "{path} {token:?}");
        }
    }
    nothing_happened(&world, &browser).await;
}

async fn a_form_from_another_origin_is_refused(on: On) {
    let (world, browser, csrf) = busy_browser(on).await;
    let with_path = format!("{}/", world.origin);
    let longer = format!("{}0", world.origin);
    let secure = world.origin.replace("http:", "https:");
    let named = world.origin.replace("127.0.0.1", "localhost");
    for path in FORMS {
        for origin in ["null", "", "https://evil.example", &with_path, &longer, &secure, &named] {
            let headers = [("origin", origin), ("sec-fetch-site", "same-origin")];
            assert_eq!(
                post(&browser, path, &headers, Some(&csrf)).await.status,
                403,
                "{path} from {origin:?}"
            );
        }
    }
    nothing_happened(&world, &browser).await;
}

async fn a_browser_that_sends_no_origin_must_say_same_origin(on: On) {
    let (world, browser, csrf) = busy_browser(on).await;
    assert_eq!(post(&browser, "/pair", &[], Some(&csrf)).await.status, 403);
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(
            post(&browser, "/pair", &[("sec-fetch-site", site)], Some(&csrf)).await.status,
            403,
            "{site}"
        );
    }
    nothing_happened(&world, &browser).await;
    let taken = post(&browser, "/pair", &[("sec-fetch-site", "same-origin")], Some(&csrf)).await;
    assert_eq!((taken.status, taken.location.as_deref()), (303, Some("/pair")));
}

async fn forms_are_not_taken_by_get(on: On) {
    let (world, browser, csrf) = busy_browser(on).await;
    for path in ["/login/push", "/login/complete", "/logout", "/pair/confirm"] {
        let page = browser.get(&format!("{path}?csrf={csrf}")).await.unwrap();
        assert_eq!(page.status, 405, "{path}");
    }
    nothing_happened(&world, &browser).await;
}
