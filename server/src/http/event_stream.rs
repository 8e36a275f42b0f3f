//! An answer of server-sent events (HTML, section 9.2), whoever they are for.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderName};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::Stream;

/// Proxies cut connections that are silent for a minute; some do after 20 seconds.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// Answers with `events`, each whole, with the empty line at its end.
pub(super) fn answer(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        // nginx would collect events before it hands them on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let events = futures_util::StreamExt::map(events, Ok::<_, Infallible>);
    (headers, Body::from_stream(events)).into_response()
}
