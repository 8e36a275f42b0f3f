//! What happens while the app is open: the server's stream of events.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::api::{event, path};
use countersign_protocol::random;
use futures_util::lock::Mutex;

use crate::app::Core;
use crate::error::{Error, Reason};
use crate::ports::HttpStream;
use crate::sse;

/// Something that the app should do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happening {
    /// Call [`Core::pending`]: what waits for an answer may have changed. The first comes at once.
    Changed,
    /// The server stops, or the phone holds too many streams: nothing more comes from this one.
    Reconnect,
}

/// One account's stream of events. Dropping it ends it.
pub struct Events {
    stream: Arc<dyn HttpStream>,
    reader: Mutex<Reader>,
}

#[derive(Default)]
struct Reader {
    parser: sse::Parser,
    /// Read, but not yet told.
    waiting: VecDeque<Happening>,
    over: Option<Error>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

impl Core {
    /// Opens an account's stream of events, to be held while the app is in front: requests then come and
    /// go without a wake. What it tells of, the person is looking at: it is no reason for a popup, which
    /// wakes alone are, and of those the server sends no more than anybody should get.
    ///
    /// However a stream ended, the app pauses before it opens the next one: see [`Core::reconnect_pause`].
    ///
    /// # Errors
    /// [`Reason::NotFound`] from a server that has no events: call [`Core::pending`] every 15 seconds
    /// instead. [`Reason::DeviceUnconfirmed`], [`Reason::UnknownDevice`], [`Reason::UnknownAccount`], and
    /// those of the ports.
    pub async fn watch(&self, account_id: String) -> Result<Events, Error> {
        let record = self.find(&account_id).await?;
        let stream = self.transport.open_stream(&record, path::EVENTS).await?;
        Ok(Events { stream, reader: Mutex::default() })
    }
}

/// After how many streams that failed the pause grows no more.
const LONGEST_PAUSE: (u32, u64) = (5, 30_000);

impl Core {
    /// How long to pause before the next stream is opened: 1 s, doubled up to 30 s, a quarter more or less by
    /// chance, so that a server that starts again is not asked by all its phones at once. `failed` is how many
    /// streams in a row failed to open, or ended within half a minute; 0 after one that lasted.
    #[must_use]
    pub fn reconnect_pause(&self, failed: u32) -> Duration {
        let millis = (1_000 << failed.min(LONGEST_PAUSE.0)).min(LONGEST_PAUSE.1);
        let [chance] = random::bytes::<1>(&*self.ports().random);
        Duration::from_millis(millis * 3 / 4 + millis / 2 * u64::from(chance) / 255)
    }
}

impl Events {
    /// Waits for the next thing that happens. May wait for hours; beats are passed over in here.
    ///
    /// # Errors
    /// [`Reason::Unreachable`] when the stream ended or fell silent, [`Reason::UnknownAnswer`] when it is
    /// no stream of events. The stream is over then, and every further call says the same.
    pub async fn next(&self) -> Result<Happening, Error> {
        let mut reader = self.reader.lock().await;
        loop {
            if let Some(happening) = reader.waiting.pop_front() {
                return Ok(happening);
            }
            if let Some(error) = &reader.over {
                return Err(error.clone());
            }
            match self.stream.next().await {
                Ok(Some(piece)) => reader.read(&piece),
                Ok(None) => reader.over = Some(ended()),
                Err(error) => reader.over = Some(error.into()),
            }
        }
    }
}

impl Reader {
    fn read(&mut self, piece: &[u8]) {
        let Ok(names) = self.parser.feed(piece) else {
            self.over = Some(Reason::UnknownAnswer.into());
            return;
        };
        for name in names {
            match name.as_str() {
                // One look sees all changes before it.
                event::CHANGED if self.waiting.is_empty() => self.waiting.push_back(Happening::Changed),
                event::RECONNECT => {
                    self.waiting.push_back(Happening::Reconnect);
                    self.over = Some(ended());
                    return;
                }
                // Beats, and what newer servers may tell of.
                _ => {}
            }
        }
    }
}

fn ended() -> Error {
    Reason::Unreachable("the stream of events ended".into()).into()
}
