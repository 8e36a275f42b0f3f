//! What the server writes to its log.
//!
//! One subscriber for all tests of a process, which asks each thread whether it listens. With one for each
//! test, tracing forgets log lines: where there is but one, it asks the thread that comes by first, and
//! remembers a "no" for all of them.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex, Once};

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;

static INSTALL: Once = Once::new();

thread_local! {
    static LISTENER: RefCell<Option<(Logs, LevelFilter)>> = const { RefCell::new(None) };
}

/// The lines that were written on this thread since the beginning.
#[derive(Clone, Default)]
pub struct Logs(Arc<Mutex<Vec<u8>>>);

/// As long as it lives, the thread's lines are kept.
pub struct Listening(());

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENER.with_borrow_mut(|listener| *listener = None);
    }
}

impl Logs {
    /// Everything that is logged on this thread from now on, until the guard is dropped. A test with a
    /// runtime of one thread sees all of its server.
    #[must_use]
    pub fn of_this_thread(level: LevelFilter) -> (Self, Listening) {
        INSTALL.call_once(install);
        let logs = Self::default();
        LISTENER.with_borrow_mut(|listener| *listener = Some((logs.clone(), level)));
        (logs, Listening(()))
    }

    /// The lines so far.
    ///
    /// # Panics
    /// When a line is not text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn install() {
    let wanted = dynamic_filter_fn(|metadata, _| {
        LISTENER.with_borrow(|listener| {
            listener.as_ref().is_some_and(|(_, most)| LevelFilter::from_level(*metadata.level()) <= *most)
        })
    });
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Writer).with_filter(wanted);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines)).unwrap();
}

/// Writes to whoever listens on the thread.
struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LISTENER.with_borrow(|listener| {
            if let Some((logs, _)) = listener {
                logs.0.lock().unwrap().extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
