//! Forms: taken only from the tenant's own pages, by two signs that must both hold: the request's
//! origin, and a token that the page and a cookie of this browser share.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::HttpState;
use super::failure::Failure;
use super::visitor::Visitor;
use crate::domain::tenant::Origin;
use crate::web::ErrorKind;

/// A form of the tenant's own pages.
pub(super) struct Guarded<T> {
    pub(super) visitor: Visitor,
    pub(super) fields: T,
    /// False if the page was too old, or was made before cookies were cleared.
    pub(super) fresh: bool,
}

impl<T> Guarded<T> {
    /// Visitor and fields, of a fresh form.
    pub(super) fn fresh(self) -> Result<(Visitor, T), Failure> {
        if self.fresh { Ok((self.visitor, self.fields)) } else { Err(Failure(ErrorKind::FormExpired)) }
    }
}

/// A form with nothing but a button.
#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
struct WithToken<T> {
    #[serde(default)]
    csrf: String,
    #[serde(flatten)]
    fields: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<HttpState>> for Guarded<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, Failure> {
        let (visitor, request) = sent_by_own_page(request, state).await?;
        let Form(form) = Form::<WithToken<T>>::from_request(request, state)
            .await
            .map_err(|_| Failure(ErrorKind::FormExpired))?;
        let fresh = visitor.owns_form(&form.csrf);
        Ok(Self { visitor, fields: form.fields, fresh })
    }
}

/// A form whose fields may come more than once, or are not known beforehand.
pub(super) struct GuardedPairs {
    pub(super) visitor: Visitor,
    pub(super) pairs: Pairs,
}

/// Fields as they were sent, without the token.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Of an address: what follows the question mark.
    pub(super) fn of_query(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// As an address has them: those whose name is `wanted`.
    pub(super) fn to_query(&self, wanted: impl Fn(&str) -> bool) -> String {
        let mut written = url::form_urlencoded::Serializer::new(String::new());
        written.extend_pairs(self.0.iter().filter(|(name, _)| wanted(name)));
        written.finish()
    }

    /// The first field with this name, without surrounding space; none if it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().map(str::trim).filter(|value| !value.is_empty())
    }

    /// Each field with this name.
    pub(super) fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        let name = name.to_owned();
        self.0.iter().filter(move |(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequest<Arc<HttpState>> for GuardedPairs {
    type Rejection = Failure;

    /// A form that is not fresh is refused.
    async fn from_request(request: Request, state: &Arc<HttpState>) -> Result<Self, Failure> {
        let (visitor, request) = sent_by_own_page(request, state).await?;
        let body = Bytes::from_request(request, state).await.map_err(|_| Failure(ErrorKind::TooLong))?;
        let text = std::str::from_utf8(&body).map_err(|_| Failure(ErrorKind::FormExpired))?;
        let mut pairs = Pairs::of_query(text);
        if !visitor.owns_form(pairs.get("csrf").unwrap_or_default()) {
            return Err(Failure(ErrorKind::FormExpired));
        }
        pairs.0.retain(|(name, _)| name != "csrf");
        Ok(Self { visitor, pairs })
    }
}

/// Who sent a form, if a page of the tenant's own did. Whether the form carries the token is still to be seen.
pub(super) async fn sent_by_own_page(
    request: Request,
    state: &Arc<HttpState>,
) -> Result<(Visitor, Request), Failure> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, state).await?;
    if !is_own(&parts.headers, &visitor.at.origin) {
        return Err(Failure(ErrorKind::Forbidden));
    }
    Ok((visitor, Request::from_parts(parts, body)))
}

/// Whether a page of this origin sent the request. Browsers send `Origin` with every POST; one that
/// does not must at least send `Sec-Fetch-Site`.
fn is_own(headers: &HeaderMap, origin: &Origin) -> bool {
    match headers.get(header::ORIGIN) {
        Some(sent) => sent.as_bytes() == origin.to_string().as_bytes(),
        None => headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_very_origin_may_post() {
        let origin = Origin::parse("https://login.example.com").unwrap();
        let own = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect();
            is_own(&headers, &origin)
        };
        assert!(own(&[("origin", "https://login.example.com")]));
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(!own(&[]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("origin", "http://login.example.com")]));
        assert!(!own(&[("origin", "https://login.example.com.evil.test")]));
        assert!(!own(&[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
    }
}
