//! `GET /device/v1/events`: tells an app that is open that something changed, by server-sent events.
//!
//! None says what: the phone asks for its requests. The first comes at once, after the subscription, so
//! that nothing is lost between. The events are in [`countersign_protocol::api::event`].

use axum::response::Response;
use bytes::Bytes;
use countersign_protocol::api::event;
use futures_util::stream;

use super::PhoneRequest;
use super::problem::Refusal;
use crate::events::{Hint, Subscription};
use crate::http::event_stream::{self, HEARTBEAT};

struct Watch {
    subscription: Subscription,
    first: bool,
    over: bool,
}

pub(in crate::http) async fn stream(request: PhoneRequest) -> Result<Response, Refusal> {
    let call = request.call().await?;
    request.app.use_up_call(&call).await?;
    let subscription = request.app.hub().subscribe(call.device.user);
    let watch = Watch { subscription, first: true, over: false };
    let events = stream::unfold(watch, |mut watch| async {
        let name = watch.next().await?;
        Some((Bytes::from(format!("event: {name}\ndata:\n\n")), watch))
    });
    Ok(event_stream::answer(events))
}

impl Watch {
    async fn next(&mut self) -> Option<&'static str> {
        if self.over {
            return None;
        }
        if std::mem::take(&mut self.first) {
            return Some(event::CHANGED);
        }
        Some(match tokio::time::timeout(HEARTBEAT, self.subscription.next()).await {
            Err(_) => event::BEAT,
            Ok(Hint::Changed) => event::CHANGED,
            Ok(Hint::Displaced | Hint::Closing) => {
                self.over = true;
                event::RECONNECT
            }
        })
    }
}
