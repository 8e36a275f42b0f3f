//! Passwords: Argon2id (RFC 9106), a bounded number at once, the same work for known and unknown users.
//!
//! A check costs a processor for tens of milliseconds, and 19 MiB. So checks run on blocking threads, as
//! many at once as there are permits; a bounded number waits; whoever comes after them is told
//! [`Busy`] at once. What cannot be checked is never taken as right.
//!
//! Passwords are compared byte by byte as UTF-8. They are not normalised (NFC or otherwise): browsers send
//! what was typed, and hashes from other systems were made so.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, Version};
use countersign_protocol::random::{self, Random};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

/// The longest password, in bytes of UTF-8.
pub const MAX_LENGTH: usize = 1024;

/// OWASP's first choice for Argon2id with 19 MiB; also the `argon2` crate's own default.
const M_COST: u32 = 19 * 1024;
const T_COST: u32 = 2;
const P_COST: u32 = 1;
const HASH_LENGTH: usize = 32;
const SALT_LENGTH: usize = 16;

/// The dearest stored hash that is computed: hashes may come from other systems, but no row of the
/// database may hold up the server.
const MAX_M_COST: u32 = 64 * 1024;
const MAX_T_COST: u32 = 10;
const MAX_P_COST: u32 = 4;
const MIN_HASH_LENGTH: usize = 16;

/// Too many passwords are being checked. Try again shortly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// Why a password was not hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Try again shortly.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Longer than [`MAX_LENGTH`].
    #[error("the password is longer than {MAX_LENGTH} bytes")]
    TooLong,
}

/// Hashes and checks passwords. Clones share permits, queue and memory.
#[derive(Clone)]
pub struct PasswordHasher {
    shared: Arc<Shared>,
    random: Arc<dyn Random>,
}

struct Shared {
    /// Running and waiting together.
    seats: Arc<Semaphore>,
    /// Running.
    permits: Arc<Semaphore>,
    memory: Mutex<Vec<Vec<Block>>>,
    /// What an unknown user's password is checked against.
    dummy: Stored,
    work: AtomicU64,
}

/// A stored hash, read.
#[derive(Clone)]
struct Stored {
    params: Params,
    salt: Salt,
    hash: Output,
}

/// A place among those that run or wait, and then among those that run. Given back when the work is
/// done, not when nobody waits for it any more: work on a blocking thread goes on.
struct Place {
    _seat: OwnedSemaphorePermit,
    _permit: OwnedSemaphorePermit,
}

impl std::fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordHasher").field("work", &self.work()).finish_non_exhaustive()
    }
}

impl PasswordHasher {
    /// At most `permits` (at least one) at once, and at most `queue` waiting.
    #[must_use]
    pub fn new(permits: usize, queue: usize, random: Arc<dyn Random>) -> Self {
        let permits = permits.clamp(1, Semaphore::MAX_PERMITS / 2);
        let seats = permits + queue.min(Semaphore::MAX_PERMITS / 2);
        Self {
            shared: Arc::new(Shared {
                seats: Arc::new(Semaphore::new(seats)),
                permits: Arc::new(Semaphore::new(permits)),
                memory: Mutex::new(Vec::with_capacity(permits)),
                dummy: dummy(&*random),
                work: AtomicU64::new(0),
            }),
            random,
        }
    }

    /// A new hash of `password`, as a PHC string.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn hash(&self, password: SecretString) -> Result<String, HashError> {
        if password.expose_secret().len() > MAX_LENGTH {
            return Err(HashError::TooLong);
        }
        let salt: [u8; SALT_LENGTH] = random::bytes(&*self.random);
        let hashed = self
            .run(move |shared| {
                let hash = shared.compute(&Params::DEFAULT, &password, &salt, HASH_LENGTH)?;
                phc(&salt, &hash)
            })
            .await?;
        // Nothing there would mean that the constants above are no Argon2 parameters.
        Ok(hashed.ok_or(Busy)?)
    }

    /// Whether `password` is the one of which `stored` is the hash. For an unknown user there is no
    /// stored hash: the same work is done, and the answer is no. A password longer than [`MAX_LENGTH`]
    /// is nobody's, which costs nothing to say.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn verify(&self, password: SecretString, stored: Option<&str>) -> Result<bool, Busy> {
        if password.expose_secret().len() > MAX_LENGTH {
            return Ok(false);
        }
        let known = stored.and_then(Stored::parse);
        if stored.is_some() && known.is_none() {
            tracing::error!("a stored password hash is not Argon2id within bounds: its user cannot sign in");
        }
        self.run(move |shared| {
            let against = known.as_ref().unwrap_or(&shared.dummy);
            let expected = against.hash.as_bytes();
            let found = shared.compute(&against.params, &password, against.salt.as_ref(), expected.len());
            let same = found.is_some_and(|found| bool::from(found.as_slice().ct_eq(expected)));
            same && known.is_some()
        })
        .await
    }

    /// Whether `stored` was made with other parameters than today's: after a right password, hash it anew.
    #[must_use]
    pub fn needs_rehash(stored: &str) -> bool {
        Stored::parse(stored).is_none_or(|stored| {
            cost(&stored.params) != cost(&Params::DEFAULT)
                || stored.hash.len() != HASH_LENGTH
                || stored.salt.len() < SALT_LENGTH
        })
    }

    /// How much has been computed so far: KiB of memory filled, each pass counted. For measuring.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.shared.work.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let place = self.place().await?;
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            work(&shared)
        });
        // The thread panicked, or the server is stopping: either way nothing was checked.
        done.await.map_err(|error| {
            tracing::error!(%error, "a password was not checked");
            Busy
        })
    }

    async fn place(&self) -> Result<Place, Busy> {
        let seat = Arc::clone(&self.shared.seats).try_acquire_owned().map_err(|_| Busy)?;
        let permit = Arc::clone(&self.shared.permits).acquire_owned().await.map_err(|_| Busy)?;
        Ok(Place { _seat: seat, _permit: permit })
    }
}

impl Shared {
    /// Argon2id. Nothing if the parameters do not allow it.
    fn compute(
        &self,
        params: &Params,
        password: &SecretString,
        salt: &[u8],
        length: usize,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; length]);
        let mut blocks = self.take_memory(params.block_count());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let password = password.expose_secret().as_bytes();
        let done = argon2.hash_password_into_with_memory(password, salt, &mut out, &mut blocks);
        self.give_memory(blocks);
        self.work.fetch_add(u64::from(params.m_cost()) * u64::from(params.t_cost()), Ordering::Relaxed);
        done.ok().map(|()| out)
    }

    /// Memory from the run before: fresh memory would cost a page fault for each 4 KiB.
    ///
    /// It is not wiped in between. What the last pass leaves there is no quicker to guess a password
    /// from than the hash in the database: either takes a run of Argon2 for each guess.
    fn take_memory(&self, blocks: usize) -> Vec<Block> {
        let kept = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = kept.unwrap_or_default();
        if memory.len() < blocks {
            memory.resize(blocks, Block::default());
        }
        memory
    }

    fn give_memory(&self, mut memory: Vec<Block>) {
        // What a dearer stored hash took beyond the usual is not kept.
        memory.truncate(Params::DEFAULT.block_count());
        memory.shrink_to_fit();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

impl Stored {
    /// Argon2id, version 0x13, with parameters within bounds; otherwise nothing.
    fn parse(text: &str) -> Option<Self> {
        let parsed = PasswordHash::new(text).ok()?;
        let right_kind = parsed.algorithm == Algorithm::Argon2id.ident()
            && parsed.version == Some(Version::V0x13.into())
            && parsed.params.iter().all(|(name, _)| matches!(name.as_str(), "m" | "t" | "p"));
        let (salt, hash) = (parsed.salt?, parsed.hash?);
        let params = Params::try_from(&parsed).ok()?;
        let (m, t, p) = cost(&params);
        let within = m <= MAX_M_COST && t <= MAX_T_COST && p <= MAX_P_COST && hash.len() >= MIN_HASH_LENGTH;
        (right_kind && within).then_some(Self { params, salt, hash })
    }
}

fn cost(params: &Params) -> (u32, u32, u32) {
    (params.m_cost(), params.t_cost(), params.p_cost())
}

/// Random bytes in place of a hash: to compute against it is the same work, and nobody knows a password.
#[expect(
    clippy::expect_used,
    reason = "a salt of 16 bytes and a hash of 32 are within the bounds of both types"
)]
fn dummy(random: &dyn Random) -> Stored {
    let (salt, hash) = (random::bytes::<SALT_LENGTH>(random), random::bytes::<HASH_LENGTH>(random));
    Stored {
        params: Params::DEFAULT,
        salt: Salt::new(&salt).expect("16 bytes are a salt"),
        hash: Output::new(&hash).expect("32 bytes are a hash"),
    }
}

/// The PHC string of a hash with today's parameters.
fn phc(salt: &[u8], hash: &[u8]) -> Option<String> {
    let written = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&Params::DEFAULT).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(hash).ok()?),
    };
    Some(written.to_string())
}

/// Today's parameters are the crate's default ones; should a new version change those, this stops the build.
const _: () = assert!(
    Params::DEFAULT.m_cost() == M_COST
        && Params::DEFAULT.t_cost() == T_COST
        && Params::DEFAULT.p_cost() == P_COST
);

#[cfg(test)]
mod tests {
    use countersign_protocol::random::SystemRandom;

    use super::*;

    // By Python's argon2-cffi 25.1.0 (the reference implementation in C):
    // argon2.low_level.hash_secret(PASSWORD, salt, time_cost=t, memory_cost=m, parallelism=p, …, type=Type.ID)
    const PASSWORD: &str = "correct horse battery staple — 正しい馬";
    const TODAY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$BmgLb3iAy6ftTm1CL0ERWEtrJjkXOeCe0NC0NyQeEnE";
    const DEARER: &str =
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQxMjM0NTY3OA$9LHSb67hKX/weRNsiZZLqVIyt4QF+PeexqNn5wv4YSE";
    const CHEAPER: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$neolx+ggG6vpzIOLbwTHMQ";
    const ARGON2I: &str =
        "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$boT59arFhG4LJP5xxRB/gUXSyLX7WWAGmqQz+zNdxaY";

    fn hasher(permits: usize, queue: usize) -> PasswordHasher {
        PasswordHasher::new(permits, queue, Arc::new(SystemRandom::new()))
    }

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    /// A source of randomness that gives 1, 2, 3, …
    struct Counting;
    impl Random for Counting {
        fn fill(&self, into: &mut [u8]) {
            (1..).zip(into).for_each(|(n, byte)| *byte = n);
        }
    }

    #[tokio::test]
    async fn a_hash_is_what_the_reference_implementation_makes_of_it() {
        let hasher = PasswordHasher::new(1, 0, Arc::new(Counting));
        assert_eq!(hasher.hash(secret(PASSWORD)).await.unwrap(), TODAY);
    }

    #[tokio::test]
    async fn stored_hashes_verify_whatever_their_parameters_and_say_when_they_are_old() {
        let hasher = hasher(2, 8);
        // Twice around: the memory that one leaves behind serves the next.
        for (stored, old) in [(TODAY, false), (DEARER, true), (CHEAPER, true), (TODAY, false)] {
            assert!(hasher.verify(secret(PASSWORD), Some(stored)).await.unwrap(), "{stored}");
            assert!(!hasher.verify(secret("correct horse"), Some(stored)).await.unwrap(), "{stored}");
            assert_eq!(PasswordHasher::needs_rehash(stored), old, "{stored}");
        }
    }

    #[tokio::test]
    async fn what_was_hashed_verifies_and_is_salted() {
        let hasher = hasher(2, 8);
        let one = hasher.hash(secret("open sesame")).await.unwrap();
        let other = hasher.hash(secret("open sesame")).await.unwrap();
        assert_ne!(one, other);
        assert!(hasher.verify(secret("open sesame"), Some(&one)).await.unwrap());
        assert!(!hasher.verify(secret("open sesame "), Some(&one)).await.unwrap());
        assert!(!PasswordHasher::needs_rehash(&one));
    }

    #[tokio::test]
    async fn an_unknown_user_costs_what_a_known_one_costs() {
        let hasher = hasher(1, 1);
        let mut cost_of = Vec::new();
        for (password, stored) in [(PASSWORD, Some(TODAY)), ("wrong", Some(TODAY)), (PASSWORD, None)] {
            let before = hasher.work();
            let right = hasher.verify(secret(password), stored).await.unwrap();
            assert_eq!(right, password == PASSWORD && stored.is_some());
            cost_of.push(hasher.work() - before);
        }
        assert_eq!(cost_of, [2 * 19_456; 3]);
    }

    #[tokio::test]
    async fn a_stored_hash_that_cannot_be_used_lets_nobody_in_and_costs_the_same() {
        let hasher = hasher(1, 1);
        let too_dear = |from: &str, to: &str| TODAY.replace(from, to);
        let unusable = [
            String::new(),
            PASSWORD.to_owned(),
            ARGON2I.to_owned(),
            TODAY.replace("v=19", "v=16"),
            TODAY.replace("$v=19", ""),
            too_dear("m=19456", "m=4000000000"),
            too_dear("m=19456", "m=65537"),
            too_dear("t=2", "t=11"),
            too_dear("p=1", "p=5"),
            TODAY.replace("p=1", "p=1,data=AAAA"),
            TODAY[..TODAY.rfind('$').unwrap()].to_owned(),
            format!("{}$BmgLb3iAy6ftTm1CL0ER", &TODAY[..TODAY.rfind('$').unwrap()]),
        ];
        for stored in unusable {
            let before = hasher.work();
            assert!(!hasher.verify(secret(PASSWORD), Some(&stored)).await.unwrap(), "{stored}");
            assert_eq!(hasher.work() - before, 2 * 19_456, "{stored}");
            assert!(PasswordHasher::needs_rehash(&stored), "{stored}");
        }
    }

    #[tokio::test]
    async fn a_password_has_a_longest_length() {
        let hasher = hasher(1, 1);
        let longest = "é".repeat(MAX_LENGTH / 2);
        let stored = hasher.hash(secret(&longest)).await.unwrap();
        assert!(hasher.verify(secret(&longest), Some(&stored)).await.unwrap());
        let longer = format!("{longest}x");
        assert_eq!(hasher.hash(secret(&longer)).await, Err(HashError::TooLong));
        assert_eq!(hasher.verify(secret(&longer), Some(&stored)).await, Ok(false));
    }

    #[tokio::test]
    async fn whoever_comes_after_the_queue_is_told_at_once_and_the_queue_is_served() {
        let hasher = hasher(1, 2);
        // Hold the one permit: nothing runs, so what follows does not hang on how fast the machine is.
        let held = Arc::clone(&hasher.shared.permits).acquire_owned().await.unwrap();
        let seat = Arc::clone(&hasher.shared.seats).try_acquire_owned().unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify(secret(PASSWORD), Some(TODAY)).await })
            })
            .collect();
        while hasher.shared.seats.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hasher.verify(secret(PASSWORD), Some(TODAY)).await, Err(Busy));
        assert_eq!(hasher.verify(secret(PASSWORD), None).await, Err(Busy));
        assert_eq!(hasher.hash(secret(PASSWORD)).await, Err(HashError::Busy(Busy)));
        assert_eq!(hasher.work(), 0);

        drop((held, seat));
        for waited in waiting {
            assert_eq!(waited.await.unwrap(), Ok(true));
        }
        assert_eq!(hasher.verify(secret(PASSWORD), Some(TODAY)).await, Ok(true));
    }

    #[tokio::test]
    async fn who_gives_up_waiting_gives_up_the_place() {
        let hasher = hasher(1, 1);
        let held = Arc::clone(&hasher.shared.permits).acquire_owned().await.unwrap();
        let waiting = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.verify(secret(PASSWORD), None).await }
        });
        while hasher.shared.seats.available_permits() > 1 {
            tokio::task::yield_now().await;
        }
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        drop(held);
        assert_eq!(hasher.shared.seats.available_permits(), 2);
        assert_eq!(hasher.work(), 0);
    }

    #[tokio::test]
    async fn no_more_memory_is_kept_than_runs_at_once() {
        let hasher = hasher(2, 16);
        let all: Vec<_> = (0..6)
            .map(|n| {
                let hasher = hasher.clone();
                let stored = if n % 2 == 0 { DEARER } else { TODAY };
                tokio::spawn(async move { hasher.verify(secret(PASSWORD), Some(stored)).await })
            })
            .collect();
        for one in all {
            assert_eq!(one.await.unwrap(), Ok(true));
        }
        let kept = hasher.shared.memory.lock().unwrap();
        assert!(kept.len() <= 2, "{}", kept.len());
        assert!(kept.iter().all(|blocks| blocks.capacity() <= 19_456));
    }
}
