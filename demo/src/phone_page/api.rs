//! The page's JSON interface.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::api::Outcome;
use countersign_protocol::ids::LoginId;
use countersign_protocol::time::NumericDate;
use serde::{Deserialize, Serialize};

use super::events::Desk;
use super::phone::{Account, Pending, PhoneError, Waiting};

/// All that the page shows.
#[derive(Serialize)]
pub(super) struct PageState {
    /// The phone's clock: the page shows time left by it.
    now: NumericDate,
    locked: bool,
    /// Whether a notification lies on the lock screen.
    notified: bool,
    /// How many requests wait, as far as a lock screen tells.
    waiting: usize,
    /// Whether the phone keeps notifications to itself.
    focus: bool,
    /// Whether it is still to be said why a face is asked for.
    explains_biometrics: bool,
    /// Empty while locked: a lock screen tells nothing.
    accounts: Vec<Account>,
    pending: Vec<Pending>,
    /// Why the lists may not be complete.
    trouble: Option<PhoneError>,
}

pub(super) async fn state(State(desk): State<Arc<Desk>>) -> Json<PageState> {
    let locked = desk.locked();
    let (mut accounts, mut waiting) = (Vec::new(), Waiting::default());
    if !locked {
        // Accounts last: asking for requests may find out that an account is active or gone.
        waiting = desk.phone.waiting().await;
        match desk.phone.accounts().await {
            Ok(found) => accounts = found,
            Err(error) => waiting.trouble = Some(error),
        }
    }
    let Waiting { requests: pending, trouble } = waiting;
    Json(PageState {
        now: desk.clock.now().into(),
        locked,
        notified: desk.notified(),
        waiting: desk.waiting(),
        focus: desk.focus(),
        explains_biometrics: desk.phone.explains_biometrics().await,
        accounts,
        pending,
        trouble,
    })
}

/// The picture of an account's tenant. A locked phone shows none.
pub(super) async fn logo(State(desk): State<Arc<Desk>>, Path(account): Path<String>) -> Response {
    let found = if desk.locked() { None } else { desk.phone.logo(&account).await };
    let Some(picture) = found else { return StatusCode::NOT_FOUND.into_response() };
    // Its address holds its version.
    let kept = "private, max-age=86400, immutable";
    ([(header::CONTENT_TYPE, picture.media_type), (header::CACHE_CONTROL, kept)], picture.bytes)
        .into_response()
}

pub(super) async fn lock(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.set_locked(true);
    StatusCode::NO_CONTENT
}

pub(super) async fn unlock(State(desk): State<Arc<Desk>>) -> StatusCode {
    desk.set_locked(false);
    // Unlocking does not wait for it.
    tokio::spawn(async move {
        desk.phone.opened().await;
        desk.changed();
    });
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FocusBody {
    on: bool,
}

pub(super) async fn focus(State(desk): State<Arc<Desk>>, Json(body): Json<FocusBody>) -> StatusCode {
    desk.set_focus(body.on);
    StatusCode::NO_CONTENT
}

pub(super) async fn explained(State(desk): State<Arc<Desk>>) -> Response {
    answer(&desk, desk.phone.biometrics_explained().await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairBody {
    link: String,
}

pub(super) async fn pair(State(desk): State<Arc<Desk>>, Json(body): Json<PairBody>) -> Response {
    answer(&desk, desk.phone.pair(body.link.trim()).await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApproveBody {
    id: LoginId,
    #[serde(default)]
    number: Option<String>,
}

pub(super) async fn approve(State(desk): State<Arc<Desk>>, Json(body): Json<ApproveBody>) -> Response {
    decided(&desk, desk.phone.approve(body.id, body.number).await)
}

/// Which request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestBody {
    id: LoginId,
}

pub(super) async fn open(State(desk): State<Arc<Desk>>, Json(body): Json<RequestBody>) -> Response {
    match desk.phone.open(body.id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => answer(&desk, Err::<(), _>(error)),
    }
}

pub(super) async fn deny(State(desk): State<Arc<Desk>>, Json(body): Json<RequestBody>) -> Response {
    decided(&desk, desk.phone.deny(body.id).await)
}

pub(super) async fn report(State(desk): State<Arc<Desk>>, Json(body): Json<RequestBody>) -> Response {
    decided(&desk, desk.phone.report(body.id).await)
}

fn decided(desk: &Desk, result: Result<Outcome, PhoneError>) -> Response {
    answer(desk, result.map(|outcome| serde_json::json!({ "outcome": outcome })))
}

/// Every attempt may have changed what the phone knows, the refused ones too.
fn answer<T: Serialize>(desk: &Desk, result: Result<T, PhoneError>) -> Response {
    desk.changed();
    match result {
        Ok(body) => Json(body).into_response(),
        Err(error) => {
            tracing::debug!(%error, "the phone could not do it");
            (StatusCode::CONFLICT, Json(error)).into_response()
        }
    }
}
