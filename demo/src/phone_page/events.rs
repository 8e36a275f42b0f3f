//! The phone on the desk: its lock, its notification, and the events that tell the page to look again.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use countersign_protocol::ids::LoginId;
use countersign_protocol::time::{Clock, Timestamp};
use futures_util::stream;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use super::phone::{Phone, Waiting};

/// How long the notification lies there when it is not known what it is about.
const UNFETCHED: Duration = Duration::from_secs(60);

/// A phone and what its screen knows.
pub(super) struct Desk {
    pub(super) phone: Arc<dyn Phone>,
    pub(super) clock: Arc<dyn Clock>,
    screen: watch::Sender<Screen>,
}

/// What the page is told of by events. A watch keeps the newest only, which is all that a page needs.
#[derive(Clone, Default)]
struct Screen {
    locked: bool,
    /// Notifications are kept back, as a phone's Focus does.
    focus: bool,
    /// What waited at the last look.
    known: HashSet<LoginId>,
    /// Until when the last of it can be answered.
    until: Option<Timestamp>,
    /// What the notification is about.
    notified_of: HashSet<LoginId>,
    /// Until when the notification lies there.
    notified_until: Option<Timestamp>,
    /// How many notifications slid in.
    popups: u64,
}

impl Desk {
    /// A locked phone without notifications.
    pub(super) fn new(phone: Arc<dyn Phone>, clock: Arc<dyn Clock>) -> Self {
        let screen = Screen { locked: true, ..Screen::default() };
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
            if !locked {
                screen.withdraw();
            }
        });
    }

    /// Whether notifications are kept back.
    pub(super) fn focus(&self) -> bool {
        self.screen.borrow().focus
    }

    /// Keeps notifications back from now on, or no more: what waits still then lies on the lock screen.
    pub(super) fn set_focus(&self, on: bool) {
        self.screen.send_modify(|screen| {
            screen.focus = on;
            if on {
                screen.withdraw();
            } else if screen.locked {
                screen.notify(screen.until);
            }
        });
    }

    /// Whether a notification lies on the screen.
    pub(super) fn notified(&self) -> bool {
        let now = self.clock.now();
        self.screen.borrow().notified_until.is_some_and(|until| now < until)
    }

    /// How many requests wait, for the notification to say.
    pub(super) fn waiting(&self) -> usize {
        self.screen.borrow().known.len()
    }

    /// Tells the page to look again.
    pub(super) fn changed(&self) {
        self.screen.send_modify(|_| {});
    }

    /// Shows a notification for each wake that something new waits behind, and puts it away when that is
    /// answered elsewhere.
    pub(super) async fn listen(self: Arc<Self>, mut wakes: Receiver<Vec<u8>>) {
        loop {
            // What a wake says is of no use here: it is random, and the server's list is the truth.
            let woken = tokio::select! {
                Some(_) = wakes.recv() => true,
                () = self.hint() => false,
            };
            self.look(woken).await;
        }
    }

    /// Waits for a hint that comes while the app is open. A locked phone is only woken, as a real one.
    async fn hint(&self) {
        let mut screen = self.screen.subscribe();
        loop {
            if self.locked() {
                self.phone.rest();
            }
            let unlocked = screen.wait_for(|screen| !screen.locked).await.is_ok();
            tokio::select! {
                () = self.phone.hint() => return,
                Ok(_) = screen.wait_for(|screen| screen.locked), if unlocked => {}
            }
        }
    }

    async fn look(&self, woken: bool) {
        let Waiting { requests, trouble } = self.phone.waiting().await;
        if let Some(error) = &trouble
            && woken
        {
            tracing::warn!(%error, "a wake came, but not all requests could be fetched");
        }
        let ids: HashSet<_> = requests.iter().map(|request| request.id).collect();
        let until = requests.iter().map(|request| Timestamp::from(request.expires_at)).max();
        let unfetched = (trouble.is_some() && requests.is_empty()).then(|| self.clock.now() + UNFETCHED);
        self.screen.send_modify(|screen| {
            if trouble.is_none() {
                screen.forget_all_but(&ids);
            }
            let ended = screen.known.iter().any(|known| !ids.contains(known));
            let came = ids.iter().any(|id| !screen.known.contains(id));
            screen.until = until;
            if trouble.is_none() || !ids.is_empty() {
                screen.known = ids;
            }
            // A wake that tells of an end is no reason to disturb.
            if woken && (came || !ended) {
                screen.pop_up(until.or(unfetched));
            }
        });
    }
}

impl Screen {
    fn pop_up(&mut self, until: Option<Timestamp>) {
        if self.focus || until.is_none() {
            return;
        }
        self.popups += 1;
        if self.locked {
            self.notify(until);
        }
    }

    fn notify(&mut self, until: Option<Timestamp>) {
        self.notified_of.clone_from(&self.known);
        self.notified_until = until;
    }

    fn withdraw(&mut self) {
        self.notified_of.clear();
        self.notified_until = None;
    }

    /// The notification goes with the last request that it is about.
    fn forget_all_but(&mut self, waiting: &HashSet<LoginId>) {
        self.notified_of.retain(|id| waiting.contains(id));
        if self.notified_of.is_empty() {
            self.notified_until = None;
        }
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
