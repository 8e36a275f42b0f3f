//! `GET /device/v1/requests`: what waits for this phone. `GET /device/v1/requests/{id}`: one of it.

use axum::Json;
use axum::extract::Path;
use countersign_protocol::api::{ErrorCode, RequestAnswer, RequestsAnswer};

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn list(request: PhoneRequest) -> Result<Json<RequestsAnswer>, Refusal> {
    let call = request.call().await?;
    let pending = request.app.pending_requests(&request.at, &call).await?;
    let requests = pending.into_iter().map(|request| RequestAnswer { request }).collect();
    Ok(Json(RequestsAnswer { requests }))
}

pub(in crate::http) async fn show(
    Path(id): Path<String>,
    request: PhoneRequest,
) -> Result<Json<RequestAnswer>, Refusal> {
    let call = request.call().await?;
    let id = id.parse().map_err(|_| Refusal::of(ErrorCode::UnknownRequest))?;
    let request = request.app.fetch_request(&request.at, &call, id).await?;
    Ok(Json(RequestAnswer { request }))
}
