//! The control's addresses.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::story::Story;
use crate::tools;

#[derive(Default)]
struct Control {
    stories: Mutex<HashMap<String, Arc<Story>>>,
    count: AtomicU64,
}

pub(crate) fn router() -> Router {
    Router::new()
        .route("/worlds", post(begin))
        .route("/worlds/{world}/{command}", post(tell))
        .route("/tools/{command}", post(help))
        .with_state(Arc::new(Control::default()))
}

async fn begin(State(control): State<Arc<Control>>, body: Bytes) -> Response {
    answer(|| async move {
        let (story, mut told) = Story::begin(&read(&body)).await;
        let world = control.count.fetch_add(1, Ordering::SeqCst).to_string();
        control.stories.lock().unwrap().insert(world.clone(), Arc::new(story));
        told["world"] = json!(world);
        told
    })
    .await
}

async fn tell(
    State(control): State<Arc<Control>>,
    Path((world, command)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let story = control.stories.lock().unwrap().get(&world).cloned();
    answer(|| async move { story.expect("such a world").tell(&command, &read(&body)).await }).await
}

async fn help(Path(command): Path<String>, body: Bytes) -> Response {
    answer(|| async move { tools::run(&command, &read(&body)).await }).await
}

/// No body is an empty object.
fn read(body: &[u8]) -> Value {
    if body.is_empty() { json!({}) } else { serde_json::from_slice(body).expect("a JSON object") }
}

/// A command that panics fails alone. Each has a thread: worlds are made for tests, which stay on theirs.
async fn answer<F: Future<Output = Value>>(command: impl FnOnce() -> F + Send + 'static) -> Response {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(command()));
    let (status, body) = match done.await {
        Ok(told) => (StatusCode::OK, told),
        Err(failed) => {
            let panic = failed.into_panic();
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            (StatusCode::INTERNAL_SERVER_ERROR, json!({ "error": text }))
        }
    };
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
