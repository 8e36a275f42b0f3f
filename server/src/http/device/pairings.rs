//! `POST /device/v1/pairings/{id}`: a phone claims a pairing.

use axum::Json;
use axum::extract::Path;
use countersign_protocol::api::{ClaimAnswer, ErrorCode};

use super::PhoneRequest;
use super::problem::Refusal;

pub(in crate::http) async fn claim(
    Path(id): Path<String>,
    request: PhoneRequest,
) -> Result<Json<ClaimAnswer>, Refusal> {
    let id = id.parse().map_err(|_| Refusal::of(ErrorCode::PairingOver))?;
    let body = request.json()?;
    let claimed = request.app.claim_pairing(&request.at, id, &body, request.address).await;
    Ok(Json(claimed.map_err(|error| Refusal::from(error).at(request.app.now()))?))
}
