//! What happens while the app is open.

use std::sync::{Mutex, PoisonError};

use countersign_mobile_core::{Events, Happening as CoreHappening, Lang, Reason};
use futures_util::future::{AbortHandle, Abortable};

use crate::error::CountersignError;

/// Something that the app should do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Enum)]
pub enum Happening {
    /// Call `pending()`: what waits for an answer may have changed. The first comes at once.
    Changed,
    /// Nothing more comes from this watch: open a new one after `Countersign.reconnect_pause`.
    Reconnect,
}

/// One account's stream of events, to be held while the app is in front. Closed by `close()`, and when it
/// is dropped.
#[derive(uniffi::Object)]
pub struct Watch {
    events: Mutex<Option<std::sync::Arc<Events>>>,
    waiting: Mutex<Vec<AbortHandle>>,
    lang: Lang,
}

impl Watch {
    pub(crate) fn new(events: Events, lang: Lang) -> Self {
        Self { events: Mutex::new(Some(std::sync::Arc::new(events))), waiting: Mutex::default(), lang }
    }
}

#[uniffi::export]
impl Watch {
    /// Waits for the next thing that happens: perhaps for hours. Ends with `RetryLater` when the stream
    /// ended or was closed; nothing more comes then.
    pub async fn next(&self) -> Result<Happening, CountersignError> {
        let (handle, registration) = AbortHandle::new_pair();
        let events = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.retain(|handle| !handle.is_aborted());
            waiting.push(handle);
            self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
        };
        let Some(events) = events else { return Err(self.closed()) };
        match Abortable::new(async move { events.next().await }, registration).await {
            Ok(Ok(CoreHappening::Changed)) => Ok(Happening::Changed),
            Ok(Ok(CoreHappening::Reconnect)) => Ok(Happening::Reconnect),
            Ok(Err(error)) => Err(CountersignError::from_core(&error, self.lang)),
            Err(_) => Err(self.closed()),
        }
    }

    /// Ends the stream: a waiting `next()` ends too. May be called twice.
    pub fn close(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner).take();
        waiting.drain(..).for_each(|handle| handle.abort());
        drop(waiting);
        drop(events);
    }
}

impl Watch {
    fn closed(&self) -> CountersignError {
        let closed = Reason::Unreachable("the watch was closed".into());
        CountersignError::from_core(&closed.into(), self.lang)
    }
}
