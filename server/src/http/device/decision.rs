//! `POST /device/v1/requests/{id}/decision`: approve, deny or report.

use axum::Json;
use axum::extract::Path;
use countersign_protocol::api::{DecisionAnswer, DecisionBody, ErrorCode};

use super::PhoneRequest;
use super::problem::Refusal;
use crate::app::AnswersTaken;

pub(in crate::http) async fn submit(
    Path(id): Path<String>,
    request: PhoneRequest,
) -> Result<Json<DecisionAnswer>, Refusal> {
    let call = request.call().await?;
    let id = id.parse().map_err(|_| Refusal::of(ErrorCode::UnknownRequest))?;
    let DecisionBody { decision } = request.json()?;
    let taken = if request.is_of_old_app { AnswersTaken::DenialsAndReports } else { AnswersTaken::All };
    let outcome = request.app.decide(&request.at, &call, id, decision, taken).await?;
    Ok(Json(DecisionAnswer { outcome }))
}
