//! Google's list of certificates that it took back, from a file: a server need not reach Google. Whoever runs the
//! server fetches `https://android.googleapis.com/attestation/status` now and then; the file is read again when it
//! has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The list.
#[derive(Debug)]
pub struct Revocations {
    path: PathBuf,
    read: Mutex<Read>,
}

#[derive(Debug)]
struct Read {
    /// When the file was last changed, and how long it was.
    stamp: Stamp,
    serials: Arc<BTreeSet<String>>,
}

type Stamp = (Option<SystemTime>, u64);

/// The list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The file.
    #[error("cannot be read ({0})")]
    File(#[from] io::Error),
    /// What is in it.
    #[error("is not the list as Google publishes it ({0})")]
    Content(#[from] serde_json::Error),
}

#[derive(Deserialize)]
struct List {
    entries: BTreeMap<String, IgnoredAny>,
}

impl Revocations {
    /// Reads the file for the first time.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn read(path: &Path) -> Result<Self, Unread> {
        let read = Mutex::new(read(path)?);
        Ok(Self { path: path.to_owned(), read })
    }

    /// The serial numbers that are on the list now, suspended ones too.
    ///
    /// # Errors
    /// [`Unread`]: what it held before is not gone by.
    pub fn serials(&self) -> Result<Arc<BTreeSet<String>>, Unread> {
        let stamp = stamp(&self.path)?;
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if known.stamp != stamp {
            *known = read(&self.path)?;
        }
        Ok(Arc::clone(&known.serials))
    }
}

fn read(path: &Path) -> Result<Read, Unread> {
    // The stamp first: what is changed while it is read is read again.
    let stamp = stamp(path)?;
    let list: List = serde_json::from_slice(&std::fs::read(path)?)?;
    let serials = list.entries.keys().map(|serial| spelt(serial)).collect();
    Ok(Read { stamp, serials: Arc::new(serials) })
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let about = std::fs::metadata(path)?;
    Ok((about.modified().ok(), about.len()))
}

/// A serial number as the list spells it: hexadecimal, lower case, without zeros before it.
pub(super) fn serial(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    spelt(&text)
}

fn spelt(serial: &str) -> String {
    serial.trim_start_matches('0').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_again_when_it_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        assert!(matches!(Revocations::read(&path), Err(Unread::File(_))));
        std::fs::write(&path, r#"{"entries":{"0C35bc":{"status":"REVOKED","reason":"KEY_COMPROMISE"}}}"#)
            .unwrap();
        let list = Revocations::read(&path).unwrap();
        assert_eq!(*list.serials().unwrap(), ["c35bc".to_owned()].into());
        std::fs::write(&path, r#"{"entries":{"c35bc":{"status":"REVOKED"},"2":{"status":"SUSPENDED"}}}"#)
            .unwrap();
        assert_eq!(*list.serials().unwrap(), ["2".to_owned(), "c35bc".to_owned()].into());
        std::fs::write(&path, "not json").unwrap();
        assert!(matches!(list.serials(), Err(Unread::Content(_))), "what it held before is not gone by");
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(list.serials(), Err(Unread::File(_))));
    }

    #[test]
    fn a_serial_number_has_one_spelling() {
        assert_eq!(serial(&[0, 0x0c, 0x35, 0xbc]), "c35bc");
        assert_eq!(serial(&[1]), "1");
        assert_eq!(serial(&[0xd6, 0x02]), "d602");
    }
}
