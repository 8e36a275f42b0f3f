//! The mailbox in the browser: a list that grows by itself, and each mail as it was sent.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::Mail;
use crate::phone_page::{guard, language};

const INDEX: &str = include_str!("assets/index.html");
const CSS: &str = include_str!("assets/inbox.css");
const SCRIPT: &str = include_str!("assets/inbox.js");

const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail brings its styles with it, and may do nothing else.
const MAIL_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";

/// A browser that waits for news asks again after so long.
const WAIT: Duration = Duration::from_secs(20);

type Mails = Arc<watch::Sender<Vec<Mail>>>;

pub(super) fn router(path: &str, mails: Mails) -> Router {
    let page = Router::new()
        .route("/mails", get(list))
        .route("/mail/{number}", get(show))
        .route("/inbox.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], CSS) }))
        .route("/inbox.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) }))
        .with_state(mails);
    // A nested "/" would have no slash at its end, and the page's links are relative to it.
    let router = Router::new().route(path, get(index)).nest(path.trim_end_matches('/'), page);
    router.layer(middleware::from_fn(guard::check))
}

#[derive(Deserialize)]
struct IndexQuery {
    lang: Option<String>,
}

async fn index(Query(query): Query<IndexQuery>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let html = INDEX.replace("{{lang}}", language(query.lang.as_deref(), accepted));
    ([(header::CONTENT_SECURITY_POLICY, PAGE_CSP)], Html(html)).into_response()
}

#[derive(Deserialize)]
struct Known {
    /// How many mails the page has.
    known: usize,
}

#[derive(Serialize)]
struct Line {
    number: usize,
    recipient: String,
    subject: String,
}

/// All mails, the oldest first, once there are others than the page knows.
async fn list(State(mails): State<Mails>, Query(Known { known }): Query<Known>) -> Json<Vec<Line>> {
    let mut mails = mails.subscribe();
    // In vain after a while: the same list says so.
    let _ = tokio::time::timeout(WAIT, mails.wait_for(|all| all.len() != known)).await;
    let all = mails.borrow().clone();
    let line =
        |(number, mail): (usize, Mail)| Line { number, recipient: mail.recipient, subject: mail.subject };
    Json(all.into_iter().enumerate().map(line).collect())
}

async fn show(State(mails): State<Mails>, Path(number): Path<usize>) -> Response {
    let html = mails.borrow().get(number).map(|mail| mail.html.clone());
    match html {
        Some(html) => ([(header::CONTENT_SECURITY_POLICY, MAIL_CSP)], Html(html)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
