//! Cookies. Over https their names begin with `__Host-` (RFC 6265bis, section 4.1.3.2), which ties them
//! to this very host; plain http, on loopback alone, cannot have that prefix.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::Cookie;

/// The cookies of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A session's token.
    Session,
    /// A login's id and secret.
    Login,
    /// A trusted browser's token.
    Browser,
    /// An offered pairing's id and secret.
    Pairing,
    /// One half of a recovery that this browser asked for.
    Recovery,
    /// Where the person wanted to go before a fresh proof was asked for.
    Then,
    /// What a form must repeat.
    Csrf,
    /// The language that the person chose.
    Lang,
}

impl Name {
    fn spell(self, secure: bool) -> String {
        let name = match self {
            Self::Session => "session",
            Self::Login => "login",
            Self::Browser => "browser",
            Self::Pairing => "pairing",
            Self::Recovery => "recovery",
            Self::Then => "then",
            Self::Csrf => "csrf",
            Self::Lang => "lang",
        };
        format!("{}countersign-{name}", if secure { "__Host-" } else { "" })
    }
}

/// The cookies that a browser sent: a copy, since what is borrowed from a request keeps hyper's whole
/// read buffer alive, for as long as a page waits.
#[derive(Default)]
pub(super) struct Sent(String);

impl Sent {
    /// Of a request's headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        Self(lines.collect::<Vec<_>>().join("; "))
    }

    /// The value of a cookie.
    pub(super) fn read(&self, name: Name, secure: bool) -> Option<String> {
        let wanted = name.spell(secure);
        Cookie::split_parse(self.0.as_str())
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == wanted)
            .map(|cookie| cookie.value().to_owned())
    }
}

/// A `Set-Cookie` value; without `lasts`, the cookie ends with the browser.
pub(super) fn set(name: Name, value: &str, secure: bool, lasts: Option<Duration>) -> Option<HeaderValue> {
    let mut cookie = Cookie::build((name.spell(secure), value.to_owned()))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(cookie::SameSite::Lax);
    if let Some(lasts) = lasts {
        let seconds = i64::try_from(lasts.as_secs()).unwrap_or(i64::MAX);
        cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
    }
    HeaderValue::from_str(&cookie.build().to_string()).ok()
}

/// A `Set-Cookie` value that removes the cookie.
pub(super) fn clear(name: Name, secure: bool) -> Option<HeaderValue> {
    set(name, "", secure, Some(Duration::ZERO))
}
