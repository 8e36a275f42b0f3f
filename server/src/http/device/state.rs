//! `GET /device/v1`: the device as the server knows it, confirmed or not.

use axum::Json;
use countersign_protocol::api::DeviceAnswer;

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn show(request: PhoneRequest) -> Result<Json<DeviceAnswer>, Refusal> {
    let call = request.call_of_any().await?;
    Ok(Json(request.app.device_state(&request.at, &call).await?))
}
