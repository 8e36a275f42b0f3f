//! Follows the accounts of a phone while it is in front: a stream of events each, opened again when it
//! ends, or a look now and then at a server that has no events.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_mobile_core::{Core, Error, Events, Happening, Reason};
use countersign_protocol::random::{self, Random};
use countersign_protocol::time::Clock;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// How often a server without events is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How long to wait for the code of an unconfirmed account to be typed.
const UNCONFIRMED: Duration = Duration::from_secs(3);

/// Tells when to look at what waits. Following ends when it is dropped.
pub struct Follower {
    core: Arc<Core>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hint: Arc<Notify>,
    followed: Mutex<HashMap<String, AbortHandle>>,
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Follower")
    }
}

impl Follower {
    /// Follows nothing before [`Follower::keep_up`].
    #[must_use]
    pub fn new(core: Arc<Core>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { core, clock, random, hint: Arc::default(), followed: Mutex::default() }
    }

    /// Begins to follow new accounts, and lets go of those that are gone. On a tokio runtime.
    ///
    /// # Errors
    /// The storage's.
    pub async fn keep_up(&self) -> Result<(), Error> {
        let ids: Vec<String> = self.core.accounts().await?.into_iter().map(|account| account.id).collect();
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.retain(|id, task| {
            let stays = ids.contains(id);
            if !stays {
                task.abort();
            }
            stays
        });
        for id in ids {
            followed.entry(id).or_insert_with_key(|id| {
                let follow = Follow {
                    core: Arc::clone(&self.core),
                    id: id.clone(),
                    clock: Arc::clone(&self.clock),
                    random: Arc::clone(&self.random),
                    hint: Arc::clone(&self.hint),
                };
                tokio::spawn(follow.run()).abort_handle()
            });
        }
        Ok(())
    }

    /// Follows nothing until the next [`Follower::keep_up`].
    pub fn rest(&self) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.drain().for_each(|(_, task)| task.abort());
    }

    /// Waits until there is reason to look. One that came since the last call is not lost.
    pub async fn hint(&self) {
        self.hint.notified().await;
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.rest();
    }
}

/// One account.
struct Follow {
    core: Arc<Core>,
    id: String,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    hint: Arc<Notify>,
}

impl Follow {
    async fn run(self) {
        let mut pauses = Pauses::default();
        loop {
            let since = self.clock.now();
            let pause = match self.core.watch(self.id.clone()).await {
                Ok(events) => {
                    self.read(events).await;
                    pauses.after(since.until(self.clock.now()))
                }
                Err(error) => match error.reason() {
                    Reason::NotFound => {
                        pauses = Pauses::default();
                        LOOK_EVERY
                    }
                    Reason::DeviceUnconfirmed => UNCONFIRMED,
                    Reason::UnknownDevice | Reason::UnknownAccount => {
                        self.hint.notify_one();
                        return;
                    }
                    _ => pauses.after(Duration::ZERO),
                },
            };
            // What happened while nobody listened is seen by looking, and so is what is wrong.
            self.hint.notify_one();
            tokio::time::sleep(by_chance(pause, &*self.random)).await;
        }
    }

    async fn read(&self, events: Events) {
        while let Ok(Happening::Changed) = events.next().await {
            self.hint.notify_one();
        }
    }
}

/// How long to wait between two streams.
#[derive(Default)]
struct Pauses {
    last: Option<Duration>,
}

impl Pauses {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(30);
    /// A stream that lasted so long was a good one.
    const GOOD: Duration = Duration::from_secs(30);

    /// The pause after a stream that lasted so long.
    fn after(&mut self, lasted: Duration) -> Duration {
        let before = self.last.filter(|_| lasted < Self::GOOD);
        let pause = before.map_or(Self::FIRST, |last| (last * 2).min(Self::LONGEST));
        self.last = Some(pause);
        pause
    }
}

/// A quarter more or less: a server that starts again is not asked by all its phones at once.
fn by_chance(pause: Duration, random: &dyn Random) -> Duration {
    let [chance] = random::bytes::<1>(random);
    pause * 3 / 4 + pause * u32::from(chance) / 510
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_while_nothing_lasts_and_begin_anew_after_a_good_stream() {
        let mut pauses = Pauses::default();
        let short: Vec<u64> = (0..7).map(|_| pauses.after(Duration::ZERO).as_secs()).collect();
        assert_eq!(short, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(pauses.after(Duration::from_secs(29)).as_secs(), 30);
        assert_eq!(pauses.after(Duration::from_secs(30)).as_secs(), 1);
        assert_eq!(pauses.after(Duration::from_secs(1)).as_secs(), 2);
    }

    #[test]
    fn chance_makes_a_pause_a_quarter_longer_or_shorter() {
        struct Byte(u8);
        impl Random for Byte {
            fn fill(&self, into: &mut [u8]) {
                into.fill(self.0);
            }
        }
        let pause = |byte| by_chance(Duration::from_secs(4), &Byte(byte)).as_millis();
        assert_eq!((pause(0), pause(255)), (3000, 5000));
    }

    mod of_a_server {
        use super::*;
        use crate::desk::{MemoryStorage, NobodyAsked, ReqwestHttp, SoftwareKeyStore, SystemClock};
        use crate::house::{House, Occupants};
        use crate::people::Rules;
        use async_trait::async_trait;
        use countersign_mobile_core::ports::{HttpClient, HttpError, HttpRequest, HttpResponse, HttpStream};
        use countersign_mobile_core::{Lang, Ports};
        use countersign_protocol::random::SystemRandom;
        use countersign_server::domain::policy::preset::Preset;
        use countersign_server::domain::tenant::NumberRule;
        use tokio::net::TcpListener;
        use tokio::sync::mpsc::{self, Receiver, Sender};
        use tokio::time::timeout;

        const SAFETY: Duration = Duration::from_secs(20);

        /// Streams that a test writes; everything else is the server's.
        struct Scripted {
            http: ReqwestHttp,
            streams: tokio::sync::Mutex<Receiver<Receiver<&'static str>>>,
        }

        struct Script(tokio::sync::Mutex<Receiver<&'static str>>);

        #[async_trait]
        impl HttpClient for Scripted {
            async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
                self.http.send(request).await
            }

            async fn open(&self, _: HttpRequest) -> Result<Arc<dyn HttpStream>, HttpError> {
                let stream = self.streams.lock().await.recv().await;
                let stream = stream.ok_or(HttpError::Unreachable("no more streams".into()))?;
                Ok(Arc::new(Script(stream.into())))
            }
        }

        #[async_trait]
        impl HttpStream for Script {
            fn status(&self) -> u16 {
                200
            }

            async fn next(&self) -> Result<Option<Vec<u8>>, HttpError> {
                Ok(self.0.lock().await.recv().await.map(|text| text.as_bytes().to_vec()))
            }
        }

        async fn paired() -> (Arc<Core>, Sender<Receiver<&'static str>>, tempfile::TempDir) {
            let _installed_already = rustls::crypto::ring::default_provider().install_default();
            let folder = tempfile::tempdir().unwrap();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let server = folder.path().join("server");
            let nowhere = "http://localhost:1";
            let rules = Rules { number: NumberRule::Never, preset: Preset::Usual };
            let house = House::build(&server, listener, nowhere, rules).await.unwrap();
            let (Occupants { origin, app, push, .. }, _served) = house.serve(std::future::pending());
            let (sender, streams) = mpsc::channel(4);
            let storage = Arc::new(MemoryStorage::default());
            let ports = Ports {
                keys: Arc::new(SoftwareKeyStore::new(storage.clone(), Arc::new(NobodyAsked))),
                storage,
                http: Arc::new(Scripted { http: ReqwestHttp::new().unwrap(), streams: streams.into() }),
                clock: Arc::new(SystemClock),
                random: Arc::new(SystemRandom::new()),
                app_attest: None,
            };
            let info = crate::desk::desk_phone("Test", Lang::English);
            let core = Arc::new(Core::new(ports, info));
            House::pair(&app, &core, &origin, push).await.unwrap();
            (core, sender, folder)
        }

        #[tokio::test]
        async fn each_change_is_a_hint_until_the_account_is_gone() {
            let (core, streams, _folder) = paired().await;
            let random = Arc::new(SystemRandom::new());
            let follower = Follower::new(Arc::clone(&core), Arc::new(SystemClock), random);
            follower.keep_up().await.unwrap();
            let (events, stream) = mpsc::channel(1);
            streams.send(stream).await.unwrap();
            for _ in 0..2 {
                events.send("event: beat\n\nevent: changed\n\n").await.unwrap();
                timeout(SAFETY, follower.hint()).await.unwrap();
            }
            let id = core.accounts().await.unwrap()[0].id.clone();
            core.remove_account(id).await.unwrap();
            follower.keep_up().await.unwrap();
            timeout(SAFETY, events.closed()).await.unwrap();
        }

        #[tokio::test]
        async fn who_rests_holds_no_stream_and_begins_again() {
            let (core, streams, _folder) = paired().await;
            let random = Arc::new(SystemRandom::new());
            let follower = Follower::new(core, Arc::new(SystemClock), random);
            for _ in 0..2 {
                follower.keep_up().await.unwrap();
                let (events, stream) = mpsc::channel(1);
                streams.send(stream).await.unwrap();
                events.send("event: changed\n\n").await.unwrap();
                timeout(SAFETY, follower.hint()).await.unwrap();
                follower.rest();
                timeout(SAFETY, events.closed()).await.unwrap();
            }
        }

        #[tokio::test]
        async fn a_stream_that_ends_is_a_hint_and_is_opened_again() {
            let (core, streams, _folder) = paired().await;
            let random = Arc::new(SystemRandom::new());
            let follower = Follower::new(core, Arc::new(SystemClock), random);
            follower.keep_up().await.unwrap();
            for _ in 0..2 {
                let (events, stream) = mpsc::channel(1);
                streams.send(stream).await.unwrap();
                drop(events);
                timeout(SAFETY, follower.hint()).await.unwrap();
            }
        }
    }
}
