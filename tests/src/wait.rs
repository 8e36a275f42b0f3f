//! Waiting for what must happen. The limit is a safety net: a test that reaches it has failed.

use std::future::Future;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

/// What `future` gives; a panic that says `what` did not happen, if it takes too long.
///
/// # Panics
/// When it takes too long.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, future).await {
        Ok(value) => value,
        Err(_) => panic!("did not happen in time: {what}"),
    }
}

/// Asks again and again until `holds`. For what no event tells of.
///
/// # Panics
/// When it takes too long.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    within(what, async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
