//! `GET /device/v1`: the device as the server knows it, confirmed or not.

use axum::Json;
use countersign_protocol::api::DeviceAnswer;

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn show(request: PhoneRequest) -> Result<Json<DeviceAnswer>, Refusal> {
    let now = request.app.now();
    let call = request.app.verify_call(&request.at, request.incoming()).await;
    let call = call.map_err(|error| Refusal::from(error).at(now))?;
    Ok(Json(request.app.device_state(&request.at, &call).await?))
}
