//! `GET /assets/{name}`: styles, script and icon. Their addresses change with their content.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::failure::Failure;
use crate::web::{ErrorKind, assets};

pub(in crate::http) async fn file(Path(name): Path<String>) -> Result<Response, Failure> {
    let asset = assets::asset(&name).ok_or(Failure(ErrorKind::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, asset.etag),
    ];
    Ok((headers, asset.bytes).into_response())
}
