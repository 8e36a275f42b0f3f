//! Who visits: tenant, address, browser, language and cookies of one request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};

use super::cookies::{self, Name, Sent};
use super::failure::Failure;
use super::{HttpState, headers};
use crate::app::{App, Browser, LoginCookie, PairingCookie, RecoveryLink, SignedIn, TenantHandle, Token};
use crate::domain::{client, network};
use crate::web::{ErrorKind, Lang, Page, PageBrand};

/// The other end of the connection, put into each request by the accept loop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub SocketAddr);

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const LANGUAGE_LASTS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Who visits, and the cookies that the answer will set.
pub(super) struct Visitor {
    pub(super) app: Arc<App>,
    pub(super) at: Arc<TenantHandle>,
    pub(super) lang: Lang,
    address: IpAddr,
    path: String,
    sent: Sent,
    user_agent: String,
    csrf: Token,
    set_cookies: Vec<HeaderValue>,
}

impl FromRequestParts<Arc<HttpState>> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<HttpState>) -> Result<Self, Failure> {
        let at = tenant_of(parts, state).await?;
        let address = address_of(parts, state)?;
        if signs_in(parts.uri.path()) && !at.tenant.policy.networks.allows(address) {
            state.app.note_not_from_here(&at, address).await?;
            return Err(Failure(ErrorKind::NotFromHere));
        }
        let secure = at.origin.is_secure();
        let app = Arc::clone(&state.app);
        let sent = Sent::of(&parts.headers);
        let known = sent.read(Name::Csrf, secure).and_then(|text| Token::parse(&text));
        let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let csrf = known.clone().unwrap_or_else(|| Token::new(app.random()));
        let mut visitor = Self {
            lang: language_of(parts),
            address,
            path: parts.uri.path().to_owned(),
            sent,
            user_agent: user_agent.unwrap_or_default().to_owned(),
            app,
            at,
            csrf,
            set_cookies: Vec::new(),
        };
        if known.is_none() {
            visitor.set(Name::Csrf, &visitor.csrf.reveal(), None);
        }
        if chosen_language(&parts.uri).is_some() {
            visitor.set(Name::Lang, visitor.lang.code(), Some(LANGUAGE_LASTS));
        }
        Ok(visitor)
    }
}

impl Visitor {
    fn secure(&self) -> bool {
        self.at.origin.is_secure()
    }

    fn cookie(&self, name: Name) -> Option<String> {
        self.sent.read(name, self.secure())
    }

    /// Sets a cookie with the answer.
    pub(super) fn set(&mut self, name: Name, value: &str, lasts: Option<Duration>) {
        self.set_cookies.extend(cookies::set(name, value, self.secure(), lasts));
    }

    /// Removes a cookie with the answer.
    pub(super) fn clear(&mut self, name: Name) {
        self.set_cookies.extend(cookies::clear(name, self.secure()));
    }

    /// The browser's login.
    pub(super) fn login(&self) -> Option<LoginCookie> {
        LoginCookie::parse(&self.cookie(Name::Login)?)
    }

    /// The pairing that was offered to this browser.
    pub(super) fn pairing(&self) -> Option<PairingCookie> {
        PairingCookie::parse(&self.cookie(Name::Pairing)?)
    }

    /// The recovery that was asked for in this browser.
    pub(super) fn recovery(&self) -> Option<RecoveryLink> {
        RecoveryLink::parse(&self.cookie(Name::Recovery)?)
    }

    /// Where the person wanted to go before a fresh proof was asked for.
    pub(super) fn then(&self) -> Option<String> {
        self.cookie(Name::Then)
    }

    /// The browser's session token.
    pub(super) fn session(&self) -> Option<Token> {
        Token::parse(&self.cookie(Name::Session)?)
    }

    /// Who is signed in.
    pub(super) async fn signed_in(&self) -> Result<Option<SignedIn>, Failure> {
        match self.session() {
            Some(token) => Ok(self.app.signed_in(&self.at, &token).await?),
            None => Ok(None),
        }
    }

    /// Who is signed in and may go on; else the page to go to first.
    pub(super) async fn member(&self) -> Result<Result<SignedIn, &'static str>, Failure> {
        Ok(match self.signed_in().await? {
            Some(signed_in) if signed_in.user.needs_new_password => Err("/account/password"),
            Some(signed_in) => Ok(signed_in),
            None => Err("/login"),
        })
    }

    /// What the use cases want to know of the browser.
    pub(super) fn browser(&self) -> Browser {
        Browser {
            address: self.address,
            client: client::describe(&self.user_agent),
            token: self.cookie(Name::Browser).and_then(|text| Token::parse(&text)),
            login: self.login(),
            language: self.lang.code(),
            remember: false,
        }
    }

    /// Whether `typed` is the token that this browser's forms carry.
    pub(super) fn owns_form(&self, typed: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        Token::parse(typed).is_some_and(|typed| typed.hash().0.ct_eq(&self.csrf.hash().0).into())
    }

    /// What every page shows, as a value that can be borrowed from.
    pub(super) fn frame(&self) -> Frame {
        Frame {
            lang: self.lang,
            tenant_name: self.at.tenant.name.clone(),
            stylesheet: self.at.brand.stylesheet(),
            logo: self.at.brand.logo_path(),
            csrf: self.csrf.reveal(),
            path: self.path.clone(),
        }
    }

    /// Answers with a page.
    pub(super) fn html(self, status: StatusCode, html: String) -> Response {
        self.finish((status, Html(html)).into_response())
    }

    /// Answers the page's script.
    pub(super) fn json(self, json: String) -> Response {
        self.finish(([(header::CONTENT_TYPE, "application/json")], json).into_response())
    }

    /// Answers with a page to go to, by GET.
    pub(super) fn redirect(self, to: &'static str) -> Response {
        self.finish((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
    }

    /// As [`Visitor::redirect`], to an address of this server that is not known beforehand.
    pub(super) fn redirect_to(self, to: &str) -> Response {
        self.finish((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
    }

    /// Answers with something else than a page.
    pub(super) fn answer(self, response: impl IntoResponse) -> Response {
        self.finish(response.into_response())
    }

    /// Answers with what is no page, such as a file.
    pub(super) fn finish(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        for cookie in self.set_cookies.iter().cloned() {
            headers.append(header::SET_COOKIE, cookie);
        }
        if self.secure() {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, headers::STRICT_TRANSPORT_SECURITY);
        }
        response
    }
}

/// What every page shows.
pub(super) struct Frame {
    lang: Lang,
    tenant_name: String,
    stylesheet: Option<String>,
    logo: Option<String>,
    csrf: String,
    path: String,
}

impl Frame {
    pub(super) fn page(&self) -> Page<'_> {
        self.page_at(&self.path)
    }

    /// As [`Self::page`], of a page that no GET shows: the language switch leads to `path`.
    pub(super) fn page_at<'a>(&'a self, path: &'a str) -> Page<'a> {
        Page {
            lang: self.lang,
            tenant_name: &self.tenant_name,
            csrf: &self.csrf,
            brand: PageBrand { stylesheet: self.stylesheet.as_deref(), logo: self.logo.as_deref() },
            path,
        }
    }
}

/// The tenant that the request is for.
pub(super) async fn tenant_of(parts: &Parts, state: &HttpState) -> Result<Arc<TenantHandle>, Failure> {
    let host = host_of(parts).ok_or(Failure(ErrorKind::UnknownHost))?;
    state.app.tenant(host).await?.ok_or(Failure(ErrorKind::UnknownHost))
}

/// Host and port that the request is for.
pub(super) fn host_of(parts: &Parts) -> Option<&str> {
    let authority = parts.uri.authority().map(axum::http::uri::Authority::as_str);
    authority.or_else(|| parts.headers.get(header::HOST)?.to_str().ok())
}

/// Whether an address is part of signing in: of all that leads to a session, nothing is to be had from a network that
/// is not allowed.
fn signs_in(path: &str) -> bool {
    ["/login", "/recover"]
        .into_iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// From where the request came.
pub(super) fn address_of(parts: &Parts, state: &HttpState) -> Result<IpAddr, Failure> {
    let Peer(peer) = parts.extensions.get::<Peer>().copied().ok_or(Failure(ErrorKind::Internal))?;
    let mut lines = parts.headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::to_str);
    // Several lines are one list (RFC 9110, section 5.3); a line that is no text counts as unreadable.
    let joined = lines
        .try_fold(None, |list: Option<String>, line| {
            let line = line.map_err(|_| ())?;
            Ok::<_, ()>(Some(list.map_or_else(|| line.to_owned(), |list| format!("{list}, {line}"))))
        })
        .map_err(|()| Failure(ErrorKind::Forbidden))?;
    network::client_address(peer.ip(), joined.as_deref(), &state.trusted_proxies).map_err(|error| {
        tracing::warn!(%error, peer = %peer.ip(), "a proxy sent a client address that can't be read");
        Failure(ErrorKind::Forbidden)
    })
}

/// The language chosen in the address, else in the cookie, else by the browser.
pub(super) fn language_of(parts: &Parts) -> Lang {
    let cookie = || {
        let sent = Sent::of(&parts.headers);
        let read = |secure| sent.read(Name::Lang, secure);
        read(true).or_else(|| read(false)).and_then(|text| Lang::parse(&text))
    };
    let accepted = || parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen_language(&parts.uri)
        .or_else(cookie)
        .unwrap_or_else(|| Lang::from_accept_language(accepted().unwrap_or_default()))
}

fn chosen_language(uri: &Uri) -> Option<Lang> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::parse)
}
