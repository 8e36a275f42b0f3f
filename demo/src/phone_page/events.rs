//! The phone on the desk: its lock, its notification, and the events that tell the page to look again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use countersign_protocol::time::{Clock, Timestamp};
use futures_util::stream;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use super::phone::Phone;

/// How long the notification lies there when it is not known what it is about.
const UNFETCHED: Duration = Duration::from_secs(60);

/// A phone and what its screen knows.
pub(super) struct Desk {
    pub(super) phone: Arc<dyn Phone>,
    pub(super) clock: Arc<dyn Clock>,
    screen: watch::Sender<Screen>,
}

/// What the page is told of by events. A watch keeps the newest only, which is all that a page needs.
#[derive(Clone, Copy)]
struct Screen {
    locked: bool,
    /// Until when the notification lies there.
    notified_until: Option<Timestamp>,
    /// How many notifications slid in.
    popups: u64,
}

impl Desk {
    /// A locked phone without notifications.
    pub(super) fn new(phone: Arc<dyn Phone>, clock: Arc<dyn Clock>) -> Self {
        let screen = Screen { locked: true, notified_until: None, popups: 0 };
        Self { phone, clock, screen: watch::Sender::new(screen) }
    }

    /// Whether the screen is locked.
    pub(super) fn locked(&self) -> bool {
        self.screen.borrow().locked
    }

    /// Locks or unlocks. Whoever unlocks has seen the notification.
    pub(super) fn set_locked(&self, locked: bool) {
        self.screen.send_modify(|screen| {
            screen.locked = locked;
            screen.notified_until = screen.notified_until.filter(|_| locked);
        });
    }

    /// Whether a notification lies on the screen.
    pub(super) fn notified(&self) -> bool {
        let now = self.clock.now();
        self.screen.borrow().notified_until.is_some_and(|until| now < until)
    }

    /// Tells the page to look again.
    pub(super) fn changed(&self) {
        self.screen.send_modify(|_| {});
    }

    /// Shows a notification for each wake that something waits behind, until the sender is gone.
    pub(super) async fn listen(self: Arc<Self>, mut wakes: Receiver<Vec<u8>>) {
        // What a wake says is of no use here: it is random, and the server's list is the truth.
        while wakes.recv().await.is_some() {
            let waiting = self.phone.waiting().await;
            let until = waiting.requests.iter().map(|request| Timestamp::from(request.expires_at)).max();
            match (until, waiting.trouble) {
                (Some(until), _) => self.pop_up(until),
                (None, Some(error)) => {
                    tracing::warn!(%error, "a wake came, but the request could not be fetched");
                    self.pop_up(self.clock.now() + UNFETCHED);
                }
                (None, None) => self.changed(),
            }
        }
    }

    fn pop_up(&self, until: Timestamp) {
        self.screen.send_modify(|screen| {
            screen.notified_until = Some(until).filter(|_| screen.locked);
            screen.popups += 1;
        });
    }
}

/// `GET events`: `popup` when a notification slides in, `changed` when anything else did. On the first
/// of a connection the page refetches too, so that nothing is lost between two connections.
pub(super) async fn stream(State(desk): State<Arc<Desk>>) -> impl IntoResponse {
    let mut screens = desk.screen.subscribe();
    let popups = screens.borrow_and_update().popups;
    let events = stream::unfold((screens, popups, true), |(mut screens, seen, first)| async move {
        if !first {
            screens.changed().await.ok()?;
        }
        let popups = screens.borrow_and_update().popups;
        let name = if popups == seen { "changed" } else { "popup" };
        Some((Ok::<_, Infallible>(Event::default().event(name).data(name)), (screens, popups, false)))
    });
    ([(header::CACHE_CONTROL, "no-store")], Sse::new(events).keep_alive(KeepAlive::default()))
}
