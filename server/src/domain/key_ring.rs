//! The master keys of a server that runs: read again when something turns up that was sealed under a key it
//! does not hold, so that keys can be rotated beside it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use ring::aead::NONCE_LEN;
use zeroize::Zeroizing;

use super::seal::{MasterKeyId, MasterKeys, OpenError};

/// Where the keys are read from; none if that fails, which it says itself.
type Source = dyn Fn() -> Option<MasterKeys> + Send + Sync;

/// Master keys that can change.
pub struct KeyRing {
    held: RwLock<Arc<MasterKeys>>,
    source: Box<Source>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.held().fmt(f)
    }
}

impl KeyRing {
    /// Holds `keys` until `source` gives others.
    #[must_use]
    pub fn new(keys: MasterKeys, source: impl Fn() -> Option<MasterKeys> + Send + Sync + 'static) -> Self {
        Self { held: RwLock::new(Arc::new(keys)), source: Box::new(source) }
    }

    /// As [`MasterKeys::seal`].
    #[must_use]
    pub fn seal(&self, belongs_to: &[u8], plain: &[u8], nonce: [u8; NONCE_LEN]) -> Vec<u8> {
        self.held().seal(belongs_to, plain, nonce)
    }

    /// As [`MasterKeys::open`]. If the key is not held, the keys are read again first.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, belongs_to: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        match self.held().open(belongs_to, sealed) {
            Err(OpenError::UnknownKey(_)) => {
                self.refresh();
                self.held().open(belongs_to, sealed)
            }
            opened => opened,
        }
    }

    /// Reads the keys again. Which one is current now, if it was another one before. What cannot be read
    /// changes nothing.
    pub fn refresh(&self) -> Option<MasterKeyId> {
        let new = (self.source)()?;
        let current = new.current();
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *held, Arc::new(new)).current();
        (before != current).then_some(current)
    }

    fn held(&self) -> Arc<MasterKeys> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const FIRST: &str = "key 00000001 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
    const SECOND: &str = "key 00000002 ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n";

    fn keys(lines: &[&str]) -> MasterKeys {
        MasterKeys::parse(&lines.concat()).unwrap()
    }

    /// A ring of the first key, what its source gives, and how often it was asked.
    fn ring() -> (KeyRing, Arc<Mutex<(String, u32)>>) {
        let first = format!("{FIRST}current 00000001");
        let source = Arc::new(Mutex::new((first.clone(), 0)));
        let read = Arc::clone(&source);
        let ring = KeyRing::new(MasterKeys::parse(&first).unwrap(), move || {
            let mut read = read.lock().unwrap();
            read.1 += 1;
            MasterKeys::parse(&read.0).ok()
        });
        (ring, source)
    }

    #[test]
    fn what_a_newer_key_sealed_opens_once_the_source_has_it() {
        let (ring, source) = ring();
        let mine = ring.seal(b"owner", b"old", [1; 12]);
        let newer = keys(&[FIRST, SECOND, "current 00000002"]).seal(b"owner", b"new", [2; 12]);
        assert!(matches!(ring.open(b"owner", &newer), Err(OpenError::UnknownKey(_))));
        source.lock().unwrap().0 = format!("{FIRST}{SECOND}current 00000002");
        assert_eq!(ring.open(b"owner", &newer).unwrap().as_slice(), b"new");
        assert_eq!(ring.open(b"owner", &mine).unwrap().as_slice(), b"old");
        assert!(keys(&[SECOND, "current 00000002"]).is_current(&ring.seal(b"owner", b"", [3; 12])));
        assert_eq!(source.lock().unwrap().1, 2, "read only when a key was not held");
    }

    #[test]
    fn a_source_that_fails_changes_nothing() {
        let (ring, source) = ring();
        let mine = ring.seal(b"owner", b"old", [1; 12]);
        source.lock().unwrap().0 = "key 0000".to_owned();
        assert_eq!(ring.refresh(), None);
        assert_eq!(ring.open(b"owner", &mine).unwrap().as_slice(), b"old");
    }

    #[test]
    fn a_new_current_key_is_told_once() {
        let (ring, source) = ring();
        assert_eq!(ring.refresh(), None);
        source.lock().unwrap().0 = format!("{FIRST}{SECOND}current 00000002");
        assert_eq!(ring.refresh().map(|id| id.to_string()).as_deref(), Some("00000002"));
        assert_eq!(ring.refresh(), None);
    }

    #[test]
    fn what_was_altered_is_not_tried_again() {
        let (ring, source) = ring();
        let mut mine = ring.seal(b"owner", b"old", [1; 12]);
        mine[20] ^= 1;
        assert_eq!(ring.open(b"owner", &mine), Err(OpenError::Refused));
        assert_eq!(source.lock().unwrap().1, 0);
    }

    #[test]
    fn keys_are_not_shown() {
        assert_eq!(format!("{:?}", ring().0), "MasterKeys(1 keys, current 00000001)");
    }
}
