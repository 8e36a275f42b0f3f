//! HTTP: pages for browsers, an interface for phones. One file an endpoint.

mod admin;
mod body;
mod cookies;
mod device;
mod event_stream;
mod failure;
mod form;
mod headers;
mod pages;
mod script;
pub mod serve;
mod upload;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{any, get, post, put};
use ipnet::IpNet;

pub use self::pages::well_known::LinkApps;
use crate::app::App;
use crate::config::MinimumVersions;

/// What handlers share.
pub struct HttpState {
    /// The use cases.
    pub app: Arc<App>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Which apps are too old.
    pub minimum_versions: MinimumVersions,
    /// Which apps open pairing links.
    pub link_apps: LinkApps,
}

/// Every address of the service.
pub fn router(state: Arc<HttpState>) -> Router {
    let pages = Router::new()
        .route("/", get(pages::start::show))
        .route("/login", get(pages::login::show).post(pages::login::submit))
        .route("/login/code", get(pages::code::show).post(pages::code::submit))
        .route("/login/email", post(pages::email::submit))
        .route("/login/events", get(pages::events::stream))
        .route("/login/push", post(pages::push::submit))
        .route("/login/complete", post(pages::complete::submit))
        .route("/login/passkey", post(pages::passkey::ask))
        .route("/login/setup", get(pages::setup::show).post(pages::setup::submit))
        .route("/login/setup/phone", post(pages::setup_ways::phone))
        .route("/login/setup/passkey", post(pages::setup_ways::add))
        .route("/login/setup/passkey/options", post(pages::setup_ways::ask))
        .route("/logout", post(pages::logout::submit))
        .route("/login/recover", get(pages::recover::show).post(pages::recover::ask))
        .route("/login/recover/prove", post(pages::recover::prove))
        .route("/login/recover/wait", post(pages::recover::wait))
        .route("/login/recover/remove", post(pages::recover::remove))
        .route("/login/recover/stop", post(pages::recover::stop))
        .route("/recover/{link}", get(pages::recover::open))
        .route("/recover/stop/{link}", get(pages::recover::show_stop).post(pages::recover::stop_by_link))
        .route("/pair", get(pages::pair::show).post(pages::pair::begin))
        .route("/pair/confirm", post(pages::pair::confirm))
        .route("/account/password", get(pages::password::show).post(pages::password::submit))
        .route("/account/passkeys", get(pages::passkeys::show).post(pages::passkeys::add))
        .route("/account/passkeys/options", post(pages::passkeys::ask))
        .route("/account/passkeys/name", post(pages::passkeys::rename))
        .route("/account/passkeys/remove", post(pages::passkeys::remove))
        .merge(own_factors())
        .merge(admin::routes())
        .route("/account/confirm", get(pages::confirm::show).post(pages::confirm::submit))
        .route("/account/security", get(pages::security::show))
        .route("/account/security/phones/remove", post(pages::security_changes::remove_phone))
        .route("/account/security/browsers/remove", post(pages::security_changes::forget_browser))
        .route("/account/security/browsers/remove-all", post(pages::security_changes::forget_browsers))
        .route("/account/security/sessions/end", post(pages::security_changes::end_session))
        .route("/account/security/sessions/end-others", post(pages::security_changes::end_other_sessions))
        .route("/account/security/turn-off", post(pages::security_changes::turn_off))
        .route("/account/security/recovery/stop", post(pages::security_changes::stop_recovery))
        .route("/.well-known/apple-app-site-association", get(pages::well_known::apple))
        .route("/.well-known/assetlinks.json", get(pages::well_known::android))
        .route("/assets/tenant.css", get(pages::brand::stylesheet))
        .route("/assets/logo", get(pages::brand::logo))
        .route("/assets/{name}", get(pages::assets::file))
        .fallback(pages::not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&state), failure::render_pages));
    let phones = Router::new()
        .route("/device/v1", get(device::state::show).delete(device::leave::go))
        .route("/device/v1/name", put(device::name::set))
        .route("/device/v1/pairings/{id}", post(device::pairings::claim))
        .route("/device/v1/push", put(device::push::set))
        .route("/device/v1/events", get(device::events::stream))
        .route("/device/v1/requests", get(device::requests::list))
        .route("/device/v1/requests/{id}", get(device::requests::show))
        .route("/device/v1/requests/{id}/decision", post(device::decision::submit))
        .route("/device/{*rest}", any(device::not_found))
        .method_not_allowed_fallback(device::wrong_method)
        .layer(middleware::from_fn(device::read_body))
        .layer(middleware::from_fn(device::catch_panics));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .merge(pages)
        .merge(phones)
        .layer(middleware::map_response(headers::secure))
        .with_state(state)
}

/// The factors of whoever is signed in, which are typed.
fn own_factors() -> Router<Arc<HttpState>> {
    let authenticator = get(pages::authenticator::show).post(pages::authenticator::submit);
    let codes = get(pages::recovery_codes::show).post(pages::recovery_codes::make);
    Router::new()
        .route("/account/security/authenticator", authenticator)
        .route("/account/security/authenticator/remove", post(pages::authenticator::remove))
        .route("/account/security/recovery-codes", codes)
}

/// Ready means that the database answers and has the tables this version knows.
async fn ready(State(state): State<Arc<HttpState>>) -> (StatusCode, &'static str) {
    match state.app.db().pending_migrations().await {
        Ok(false) => (StatusCode::OK, "ready\n"),
        Ok(true) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the database is older than the program: run migrate\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
