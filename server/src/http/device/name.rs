//! `PUT /device/v1/name`: what the device is called from now on.

use axum::Json;
use countersign_protocol::api::{DeviceAnswer, NameBody};

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn set(request: PhoneRequest) -> Result<Json<DeviceAnswer>, Refusal> {
    let call = request.call().await?;
    let NameBody { name } = request.json()?;
    Ok(Json(request.app.rename_device(&request.at, &call, &name).await?))
}
