//! `PUT /device/v1/push`: where the device's wakes go from now on.

use axum::Json;
use countersign_protocol::api::{PushAnswer, PushBody};

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn set(request: PhoneRequest) -> Result<Json<PushAnswer>, Refusal> {
    let call = request.call().await?;
    let PushBody { push } = request.json()?;
    Ok(Json(PushAnswer { push: request.app.set_push(&request.at, &call, push).await? }))
}
