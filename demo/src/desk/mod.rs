//! A phone's ports on a desk: keys in software, storage in a folder, HTTP by reqwest.
//!
//! Everything that a real phone does in hardware is pretended here, and says so: the keys are
//! [`Software`](countersign_protocol::pairing::KeyProtection::Software), and a server that wants hardware
//! keys refuses this phone.

mod clock;
mod follow;
mod http;
mod keys;
pub mod show;
mod storage;

use std::io;
use std::path::Path;
use std::sync::Arc;

use countersign_mobile_core::ports::SecureStorage;
use countersign_mobile_core::{Lang, PhoneInfo, Ports};
use countersign_protocol::random::SystemRandom;

pub use clock::SystemClock;
pub use follow::Follower;
pub use http::ReqwestHttp;
pub use keys::{NobodyAsked, SoftwareKeyStore, UserPresence};
pub use storage::{DirStorage, MemoryStorage};

/// Why a desk phone cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Its folder cannot be made.
    #[error("the folder cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// There is no HTTP client.
    #[error("HTTP cannot be set up: {0}")]
    Http(#[from] reqwest::Error),
}

/// The ports of a phone that lives in the folder `home`.
///
/// # Errors
/// [`DeskError`].
pub fn ports_in(home: &Path, presence: Arc<dyn UserPresence>) -> Result<Ports, DeskError> {
    ports(Arc::new(DirStorage::open(home)?), presence)
}

/// The ports of a phone that is gone with the process.
///
/// # Errors
/// [`DeskError::Http`].
pub fn ports_in_memory(presence: Arc<dyn UserPresence>) -> Result<Ports, DeskError> {
    ports(Arc::new(MemoryStorage::default()), presence)
}

fn ports(storage: Arc<dyn SecureStorage>, presence: Arc<dyn UserPresence>) -> Result<Ports, DeskError> {
    Ok(Ports {
        keys: Arc::new(SoftwareKeyStore::new(Arc::clone(&storage), presence)),
        storage,
        http: Arc::new(ReqwestHttp::new()?),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom::new()),
        app_attest: None,
    })
}

/// How a phone on a desk introduces itself.
#[must_use]
pub fn desk_phone(name: &str, language: Lang) -> PhoneInfo {
    PhoneInfo {
        platform: "desk".into(),
        model: name.into(),
        language,
        app_id: "countersign-desk".into(),
        app_version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// The language of the terminal, as POSIX has it: the first of these that is set.
#[must_use]
pub fn terminal_language() -> String {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default()
}
