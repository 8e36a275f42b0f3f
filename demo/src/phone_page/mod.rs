//! The desk phone's page: a phone of today in a browser window, over the real mobile core.
//!
//! The page shows and asks; keys, signatures and the server's answers are the core's. Biometrics are
//! simulated: the page plays the moment, then asks for the approval.
//!
//! Whoever reaches the page can approve logins, so that it is served on loopback alone, under a path
//! that other pages of the same computer cannot guess, and to no other origin: see [`guard`].

mod api;
mod core_phone;
mod events;
pub(crate) mod guard;
mod page;
mod phone;
mod picture;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use countersign_protocol::bytes::to_base64url;
use countersign_protocol::random::{self, Random};
use countersign_protocol::time::Clock;
use tokio::sync::mpsc::Receiver;

pub use core_phone::CorePhone;
pub(crate) use page::language;
pub use phone::{Account, AccountState, Message, Pending, Phone, PhoneError, Waiting};
pub use picture::Picture;

/// What a phone's page needs besides the phone.
pub struct Options {
    /// For the page's path.
    pub random: Arc<dyn Random>,
    /// The phone's clock.
    pub clock: Arc<dyn Clock>,
}

/// The page of one phone, ready to be served on loopback.
pub struct PhonePage {
    path: String,
    router: Router,
}

impl PhonePage {
    /// The page of `phone`, whose wakes arrive at `wakes`. Must be called on a tokio runtime: a task
    /// listens to the wakes and to the phone's own hints.
    #[must_use]
    pub fn new(phone: Arc<dyn Phone>, wakes: Receiver<Vec<u8>>, options: &Options) -> Self {
        let desk = Arc::new(events::Desk::new(phone, Arc::clone(&options.clock)));
        tokio::spawn(Arc::clone(&desk).listen(wakes));
        let path = format!("/{}/", to_base64url(random::bytes::<16>(&*options.random)));
        // A nested "/" would have no slash at its end, and the page's links are relative to it.
        let router =
            Router::new().route(&path, get(page::index)).nest(path.trim_end_matches('/'), routes(desk));
        Self { path, router: router.layer(middleware::from_fn(guard::check)) }
    }

    /// The page's path, with the secret in it: `/…/`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The page, its assets, its JSON interface and its events.
    pub fn router(&self) -> Router {
        self.router.clone()
    }
}

fn routes(desk: Arc<events::Desk>) -> Router {
    Router::new()
        .route("/assets/{name}", get(page::asset))
        .route("/state", get(api::state))
        .route("/events", get(events::stream))
        .route("/logo/{account}", get(api::logo))
        .route("/lock", post(api::lock))
        .route("/unlock", post(api::unlock))
        .route("/focus", post(api::focus))
        .route("/explained", post(api::explained))
        .route("/pair", post(api::pair))
        .route("/open", post(api::open))
        .route("/approve", post(api::approve))
        .route("/deny", post(api::deny))
        .route("/report", post(api::report))
        .with_state(desk)
}

#[cfg(test)]
mod tests;
