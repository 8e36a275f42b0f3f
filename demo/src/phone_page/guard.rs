//! Who may talk to the page: the browser of this computer, from the page itself.
//!
//! * `Host` must be a loopback name, so that no name on the internet can be pointed here (DNS
//!   rebinding);
//! * what changes something must come from the page's own origin;
//! * the path is a secret (see [`super`]), and `Referrer-Policy` keeps it from other sites.

use axum::extract::Request;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Turns away who may not, and sets the headers that keep a page to itself, where it brings none of its own.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    let mut response = match refusal(request.method(), request.headers()) {
        Some(reason) => (StatusCode::FORBIDDEN, reason).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

fn refusal(method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST).filter(|host| is_loopback(host)) else {
        return Some("This phone answers on localhost only.");
    };
    let reads = method == Method::GET || method == Method::HEAD;
    let own = format!("http://{host}");
    if !reads && text(header::ORIGIN) != Some(own.as_str()) {
        return Some("Only the phone's own page may do this.");
    }
    None
}

/// `localhost`, `127.0.0.1` or `[::1]`, with or without a port.
fn is_loopback(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|name| {
        host.strip_prefix(name).is_some_and(|rest| match rest.strip_prefix(':') {
            Some(port) => port.parse::<u16>().is_ok(),
            None => rest.is_empty(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_pass() {
        for host in ["localhost", "localhost:7002", "127.0.0.1:80", "[::1]:7002", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "localhost:x",
            "[::2]",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_change_must_come_from_the_page_itself() {
        let headers = |origin: Option<&'static str>| {
            let mut map = HeaderMap::new();
            map.insert(header::HOST, HeaderValue::from_static("localhost:7002"));
            origin.map(|origin| map.insert(header::ORIGIN, HeaderValue::from_static(origin)));
            map
        };
        assert_eq!(refusal(&Method::GET, &headers(None)), None);
        assert_eq!(refusal(&Method::POST, &headers(Some("http://localhost:7002"))), None);
        for origin in [None, Some("null"), Some("http://localhost:7001"), Some("https://localhost:7002")] {
            assert!(refusal(&Method::POST, &headers(origin)).is_some(), "{origin:?}");
        }
    }
}
