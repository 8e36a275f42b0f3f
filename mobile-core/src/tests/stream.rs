//! A stream in memory, and answers that wait.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use async_trait::async_trait;

use crate::ports::{HttpError, HttpStream};

/// A piece of a stream, or how it breaks.
pub(super) type Piece = Result<Vec<u8>, HttpError>;

/// Brings its pieces, then ends.
pub(super) struct FakeStream {
    pub(super) status: u16,
    pub(super) pieces: Mutex<VecDeque<Piece>>,
}

#[async_trait]
impl HttpStream for FakeStream {
    fn status(&self) -> u16 {
        self.status
    }

    async fn next(&self) -> Result<Option<Vec<u8>>, HttpError> {
        self.pieces.lock().unwrap().pop_front().transpose()
    }
}

/// Where an HTTP exchange is held up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// On the way to the server.
    Request,
    /// On the way back.
    Answer,
}

/// Holds up one exchange until it is let go.
#[derive(Default)]
pub(super) struct Gate {
    held: Mutex<Option<Held>>,
    open: AtomicBool,
}

impl Gate {
    /// Holds up the next exchange.
    pub(super) fn hold(&self, where_: Held) {
        self.open.store(false, Ordering::SeqCst);
        *self.held.lock().unwrap() = Some(where_);
    }

    /// Lets it go.
    pub(super) fn let_go(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    pub(super) fn take(&self) -> Option<Held> {
        self.held.lock().unwrap().take()
    }

    /// Ready once it is let go. Wakes nobody: these tests poll by hand.
    pub(super) async fn wait(&self) {
        let open = || if self.open.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending };
        std::future::poll_fn(|_| open()).await;
    }
}
