//! `GET /login/events`: tells the waiting page, by server-sent events, how its login stands.
//!
//! 1. Subscribe, 2. read, 3. stream: a change between read and stream is not lost. The login cookie
//!    alone gives access.
//!
//! | event | data | meaning |
//! |---|---|---|
//! | `state` | a [`crate::web::CodeState`] code | how the login stands; the stream ends when it is over |
//! | `replaced` | | newer tabs took this stream's place |
//! | `reconnect` | | the server stops: connect again |

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;

use super::code::code_state;
use crate::app::{App, LoginCookie, TenantHandle};
use crate::events::{Hint, Subscription};
use crate::http::event_stream::{self, HEARTBEAT};
use crate::http::failure::Failure;
use crate::http::visitor::Visitor;

struct Watch {
    app: Arc<App>,
    at: Arc<TenantHandle>,
    cookie: LoginCookie,
    subscription: Subscription,
    next: Next,
    /// What the page was told last.
    told: Option<&'static str>,
}

enum Next {
    Read,
    Wait,
    End,
}

pub(in crate::http) async fn stream(visitor: Visitor) -> Result<Response, Failure> {
    let Some(cookie) = visitor.login() else { return Ok(no_stream()) };
    // The place at the hub costs an entry: only whoever knows the secret gets one.
    if visitor.app.standing(&visitor.at, &cookie).await?.is_none() {
        return Ok(no_stream());
    }
    let subscription = visitor.app.hub().subscribe(cookie.login);
    let (app, at) = (Arc::clone(&visitor.app), Arc::clone(&visitor.at));
    let watch = Watch { app, at, cookie, subscription, next: Next::Read, told: None };
    let events = stream::unfold(watch, |mut watch| async {
        let event = watch.event().await?;
        Some((event, watch))
    });
    Ok(event_stream::answer(events))
}

/// 204 tells an event source not to come again (HTML, section 9.2.3).
fn no_stream() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

impl Watch {
    async fn event(&mut self) -> Option<Bytes> {
        loop {
            match self.next {
                Next::End => return None,
                // Boxed, so that a page holds the room for a look at the database only while it looks.
                Next::Read => {
                    if let Some(event) = Box::pin(self.read()).await {
                        return Some(event);
                    }
                }
                Next::Wait => match tokio::time::timeout(HEARTBEAT, self.subscription.next()).await {
                    Err(_) => return Some(Bytes::from_static(b":\n\n")),
                    Ok(Hint::Changed) => self.next = Next::Read,
                    Ok(Hint::Displaced) => return Some(self.last(b"event: replaced\ndata:\n\n")),
                    Ok(Hint::Closing) => return Some(self.last(b"retry: 500\nevent: reconnect\ndata:\n\n")),
                },
            }
        }
    }

    fn last(&mut self, event: &'static [u8]) -> Bytes {
        self.next = Next::End;
        Bytes::from_static(event)
    }

    /// None if the page knows already: a hint may come after the read that saw its change.
    async fn read(&mut self) -> Option<Bytes> {
        Some(match self.app.standing(&self.at, &self.cookie).await {
            Ok(Some((standing, reach))) => {
                self.next = if standing.is_over() { Next::End } else { Next::Wait };
                let state = code_state(standing, reach).code();
                if self.told.replace(state) == Some(state) {
                    return None;
                }
                Bytes::from(format!("retry: 1000\nevent: state\ndata: {state}\n\n"))
            }
            Ok(None) => self.last(b"event: state\ndata: no_login\n\n"),
            Err(error) => {
                tracing::warn!(%error, "a waiting page could not be told how its login stands");
                self.last(b"retry: 2000\nevent: reconnect\ndata:\n\n")
            }
        })
    }
}
