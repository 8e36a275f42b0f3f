//! `DELETE /device/v1`: the device goes, at its own wish.

use axum::Json;
use countersign_protocol::api::RemovedAnswer;

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn go(request: PhoneRequest) -> Result<Json<RemovedAnswer>, Refusal> {
    let call = request.call().await?;
    request.app.remove_device(&request.at, &call).await?;
    Ok(Json(RemovedAnswer {}))
}
