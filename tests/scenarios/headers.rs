//! What every answer carries, and odd requests that are answered all the same.

use countersign_demo::browser::{Browser, Page};
use countersign_mobile_core::Outcome;
use countersign_protocol::api::Problem;
use countersign_tests::{EMAIL, On, PASSWORD, World};
use reqwest::header::{HOST, HeaderValue, ORIGIN};
use reqwest::{Method, RequestBuilder};

stories!(
    every_answer_has_the_security_headers,
    an_unknown_host_is_told_so,
    odd_requests_are_answered,
    cookies_over_plain_http_are_for_this_host_and_no_script,
    an_https_tenant_behind_a_proxy_has_host_cookies,
);

fn secured(page: &Page, what: &str) {
    let header =
        |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let csp = header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(csp.contains(part), "{what}: {part} in {csp:?}");
    }
    assert!(!csp.contains("unsafe"), "{what}: {csp}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
    let cached = what.contains("/assets/") && page.status == 200;
    assert_eq!(header("cache-control").contains("no-store"), !cached, "{what}");
    assert!(page.headers.get("server").is_none(), "{what}");
}

async fn ask(browser: &Browser, method: &str, path: &str) -> Page {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    browser.send(browser.request(method, path)).await.unwrap()
}

async fn every_answer_has_the_security_headers(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let login = browser.get("/login").await.unwrap();
    let style = login.attribute("rel=\"stylesheet\" href").unwrap();
    for (method, path, status) in [
        ("GET", "/", 303),
        ("GET", "/login", 200),
        ("GET", "/login/code", 200),
        ("GET", "/login/events", 204),
        ("GET", "/pair", 200),
        ("GET", style.as_str(), 200),
        ("GET", "/assets/none.css", 404),
        ("GET", "/nothing/here", 404),
        ("POST", "/login", 403),
        ("DELETE", "/login", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/device/v1", 401),
        ("GET", "/device/v1/nothing", 404),
        ("POST", "/device/v1", 405),
    ] {
        let page = ask(&browser, method, path).await;
        assert_eq!(page.status, status, "{method} {path}");
        if path.starts_with("/device/") {
            let problem: Problem = serde_json::from_str(&page.body).unwrap();
            assert_eq!(problem.status, status, "{method} {path} answers with a problem document");
        }
        secured(&page, &format!("{method} {path}"));
    }
    world.sign_in(&browser, &phone).await;
    for path in ["/", "/pair", "/login/code"] {
        secured(&browser.get(path).await.unwrap(), path);
    }
}

/// Asks over the plain socket for another host, as a proxy that ends TLS would.
async fn at_host(browser: &Browser, request: RequestBuilder, host: &str) -> Page {
    let (client, request) = request.build_split();
    let mut request = request.unwrap();
    request.headers_mut().insert(HOST, HeaderValue::try_from(host).unwrap());
    if request.headers().contains_key(ORIGIN) {
        let origin = HeaderValue::try_from(format!("https://{host}")).unwrap();
        request.headers_mut().insert(ORIGIN, origin);
    }
    browser.send(RequestBuilder::from_parts(client, request)).await.unwrap()
}

async fn an_unknown_host_is_told_so(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    for host in ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1"] {
        for path in ["/", "/login", "/login/code", "/login/events", "/pair"] {
            let page = at_host(&browser, browser.request(Method::GET, path), host).await;
            assert_eq!(page.status, 421, "{host}{path}");
            assert!(page.text_of("error-text").is_some(), "a page that says what happened");
            secured(&page, path);
        }
        let page = at_host(&browser, browser.request(Method::GET, "/device/v1"), host).await;
        assert_eq!(page.status, 404);
        assert_eq!(page.headers["content-type"], "application/problem+json");
    }
    assert!(!world.sign_in(&browser, &phone).await);
}

async fn odd_requests_are_answered(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    let too_long = "x".repeat(900 * 1024);
    let form = "application/x-www-form-urlencoded";
    for (path, content_type) in [
        ("/login", form),
        ("/login", "application/json"),
        ("/device/v1/pairings/019a0000-0000-7000-8000-0000000000ab", "application/json"),
        ("/device/v1/requests/019a0000-0000-7000-8000-0000000000ab/decision", "application/json"),
    ] {
        for body in ["", "\0", "{", "%", "csrf=%ff", too_long.as_str()] {
            let request = browser.request(Method::POST, path).header("content-type", content_type);
            let page = browser.send(request.body(body.to_owned())).await.unwrap();
            let status = page.status;
            assert!((400..500).contains(&status), "{path} {} bytes: {status}", body.len());
            assert_eq!(status == 413, body.len() == too_long.len(), "{path}: the answer to what is too long");
        }
    }
    for path in ["/device/v1/pairings/x", "/device/v1/requests/x/decision"] {
        let page = browser.send(browser.request(Method::POST, path).body("{}")).await.unwrap();
        assert!((400..500).contains(&page.status), "{path}: {}", page.status);
    }
    for cookie in ["x", "..", "a.b", "\"", "%00"] {
        for name in ["login", "session", "browser", "pairing", "csrf"] {
            let odd = world.browser();
            odd.set_cookie(&format!("countersign-{name}"), cookie);
            for path in ["/", "/login", "/login/code", "/login/events", "/pair"] {
                let status = odd.send(odd.request(Method::GET, path)).await.map(|page| page.status);
                assert!(status.is_ok_and(|status| status < 500), "{name}={cookie} at {path}");
            }
        }
    }
    assert!(!world.sign_in(&browser, &phone).await, "and nothing is the worse for it");
}

/// The cookies that an answer sets: name, value, attributes.
fn set_cookies(page: &Page) -> Vec<(String, String, Vec<String>)> {
    let lines = page.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    lines
        .map(|line| {
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            (name.into(), value.into(), attributes.split(';').map(|text| text.trim().to_owned()).collect())
        })
        .collect()
}

fn well_made(page: &Page, secure: bool) -> Vec<String> {
    let mut names = Vec::new();
    for (name, _, attributes) in set_cookies(page) {
        let has = |wanted: &str| attributes.iter().any(|attribute| attribute == wanted);
        assert!(has("HttpOnly") && has("SameSite=Lax") && has("Path=/"), "{name}: {attributes:?}");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{name}");
        assert_eq!(has("Secure"), secure, "{name}");
        assert_eq!(name.starts_with("__Host-"), secure, "{name}");
        names.push(name.trim_start_matches("__Host-").to_owned());
    }
    names
}

async fn cookies_over_plain_http_are_for_this_host_and_no_script(on: On) {
    let (world, phone) = World::by_tap(on).await;
    let browser = world.browser();
    assert_eq!(well_made(&browser.get("/login").await.unwrap(), false), ["countersign-csrf"]);
    assert_eq!(well_made(&browser.get("/login?lang=ja").await.unwrap(), false), ["countersign-lang"]);
    let asked = browser.sign_in(EMAIL, PASSWORD).await.unwrap();
    assert_eq!(well_made(&asked, false), ["countersign-login"]);
    phone.approve(None).await.unwrap();
    let done = world.complete(&browser).await;
    assert_eq!(well_made(&done, false), ["countersign-session", "countersign-browser", "countersign-login"]);
    assert!(done.headers.get("strict-transport-security").is_none());
}

async fn an_https_tenant_behind_a_proxy_has_host_cookies(on: On) {
    let world = World::new(on).await;
    let host = "login.example.com";
    let tenant = world.add_tenant(&format!("https://{host}")).await;
    let at = world.app.tenant(host).await.unwrap().unwrap();
    let user = world.app.find_user(tenant, EMAIL).await.unwrap().unwrap().id;
    let phone = world.phone("Ada’s phone");
    phone.http.proxy(&format!("https://{host}"), &world.origin);
    let link = world.app.offer_pairing(&at, user).await.unwrap();
    let started = phone.core.pair(link.to_string(), None).await.unwrap();
    world.app.confirm_newest_pairing(&at, user, &started.code).await.unwrap();

    let browser = world.browser();
    let form = at_host(&browser, browser.request(Method::GET, "/login"), host).await;
    assert_eq!(well_made(&form, true), ["countersign-csrf"]);
    assert!(form.headers.contains_key("strict-transport-security"));
    let post = |path: &str, fields: String| {
        let body = format!("csrf={}&{fields}", form.field("csrf").unwrap());
        let request = browser.request(Method::POST, path);
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let fields = format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+"));
    let asked = at_host(&browser, post("/login", fields), host).await;
    assert_eq!((asked.status, well_made(&asked, true)), (303, vec!["countersign-login".to_owned()]));
    assert_eq!(phone.approve(None).await.unwrap(), Outcome::Approved);
    let done = at_host(&browser, post("/login/complete", String::new()), host).await;
    assert_eq!(done.location.as_deref(), Some("/"));
    let names = ["countersign-session", "countersign-browser", "countersign-login"];
    assert_eq!(well_made(&done, true), names);
    let start = at_host(&browser, browser.request(Method::GET, "/"), host).await;
    assert_eq!(start.status, 200);
    // The same cookies under their plain names are nothing to a tenant that is reached by https.
    let plain = world.browser();
    for (name, value) in browser.cookies() {
        plain.set_cookie(name.trim_start_matches("__Host-"), &value);
    }
    let start = at_host(&plain, plain.request(Method::GET, "/"), host).await;
    assert_eq!(start.location.as_deref(), Some("/login"));
    // And one tenant's session is nothing to another.
    assert_eq!(plain.get("/").await.unwrap().location.as_deref(), Some("/login"));
}
