//! The file with the master keys: made, read and rotated, and readable by nobody else.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countersign_protocol::random::Random;
use zeroize::Zeroizing;

use crate::domain::key_ring::KeyRing;
use crate::domain::seal::{KeyTextError, MasterKeyId, MasterKeys, new_key_line};

const HEAD: &str = "\
# The master keys of this Countersign server. Whoever has this file and the database has every secret
# in it; without this file, nobody has. Keep a copy apart from the copies of the database.
# `current` seals new secrets. The other keys open what was sealed before.
";

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("the key file {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error(
        "the key file {path} may be used by others than its owner (mode {mode:03o}): run `chmod 600 {path}`, \
         and if strangers could have read it, rotate the keys",
        path = path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It holds no such key.
    #[error("the key file {} holds no key {id}: its lines `key ID …` say which it holds", path.display())]
    NotHeld {
        /// The file.
        path: PathBuf,
        /// The key.
        id: MasterKeyId,
    },
    /// What another change began to write is in the way.
    #[error(
        "{path} is in the way: another change of the key file is under way, or was interrupted; if none is, \
         remove {path} and try again",
        path = path.display()
    )]
    Beside {
        /// The file.
        path: PathBuf,
    },
    /// Its text is wrong.
    #[error("the key file {} is wrong: {source}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeyTextError,
    },
}

/// Reads the master keys.
///
/// # Errors
/// The file cannot be read, is not its owner's alone, or its text is wrong.
pub fn read(path: &Path) -> Result<MasterKeys, KeyFileError> {
    let text = read_private(path)?;
    MasterKeys::parse(&text).map_err(|source| KeyFileError::Text { path: path.to_owned(), source })
}

/// Makes a key file with one new key. An existing file is left alone: that is an error.
///
/// # Errors
/// The file exists or cannot be written.
pub fn create(path: &Path, random: &dyn Random) -> Result<MasterKeyId, KeyFileError> {
    let (id, line) = new_key_line(random);
    let text = Zeroizing::new(format!("{HEAD}current {id}\n{}\n", *line));
    write_new(path, &text).map_err(io_error(path))?;
    Ok(id)
}

/// `keys` as they were read from `path`, to be read again from there when need be.
pub fn ring(path: &Path, keys: MasterKeys) -> KeyRing {
    let path = path.to_owned();
    KeyRing::new(keys, move || {
        let read = read(&path);
        read.inspect_err(|error| tracing::error!(%error, "the key file could not be read again")).ok()
    })
}

/// Adds a new key and makes it the current one. A running server goes by it within a minute.
///
/// # Errors
/// As [`read`], or the new file cannot be written; then the old one stays.
pub fn rotate(path: &Path, random: &dyn Random) -> Result<MasterKeyId, KeyFileError> {
    let text = Text::read(path)?;
    let (id, line) = text.new_key(random);
    text.swap(Some(id), Some(&line))?;
    Ok(id)
}

/// Adds a new key that seals nothing yet.
///
/// # Errors
/// As [`rotate`].
pub fn prepare(path: &Path, random: &dyn Random) -> Result<MasterKeyId, KeyFileError> {
    let text = Text::read(path)?;
    let (id, line) = text.new_key(random);
    text.swap(None, Some(&line))?;
    Ok(id)
}

/// Makes a key that the file holds the current one.
///
/// # Errors
/// As [`rotate`], or the file does not hold that key.
pub fn make_current(path: &Path, id: MasterKeyId) -> Result<(), KeyFileError> {
    let text = Text::read(path)?;
    if !text.keys.holds(id) {
        return Err(KeyFileError::NotHeld { path: path.to_owned(), id });
    }
    text.swap(Some(id), None)
}

/// A key file, as it is to be changed.
struct Text {
    /// Where it lies, behind any links.
    path: PathBuf,
    text: Zeroizing<String>,
    keys: MasterKeys,
}

impl Text {
    fn read(path: &Path) -> Result<Self, KeyFileError> {
        let path = path.canonicalize().map_err(io_error(path))?;
        let text = read_private(&path)?;
        match MasterKeys::parse(&text) {
            Ok(keys) => Ok(Self { path, text, keys }),
            Err(source) => Err(KeyFileError::Text { path, source }),
        }
    }

    /// A key of which the file has no other with the same id.
    fn new_key(&self, random: &dyn Random) -> (MasterKeyId, Zeroizing<String>) {
        loop {
            let (id, line) = new_key_line(random);
            if !self.keys.holds(id) {
                return (id, line);
            }
        }
    }

    /// Puts the changed file in the place of the old one: whoever reads sees one or the other, whole.
    fn swap(&self, current: Option<MasterKeyId>, added: Option<&str>) -> Result<(), KeyFileError> {
        let (path, beside) = (&self.path, self.path.with_extension("new"));
        write_new(&beside, &self.changed(current, added)).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Beside { path: beside.clone() },
            _ => KeyFileError::Io { path: beside.clone(), source },
        })?;
        let swapped = keep_owner(path, &beside)
            .and_then(|()| std::fs::rename(&beside, path))
            .and_then(|()| sync_folder(path));
        swapped.map_err(|source| {
            // If it was renamed already, there is nothing to remove.
            let _ = std::fs::remove_file(&beside);
            KeyFileError::Io { path: path.clone(), source }
        })
    }

    fn changed(&self, current: Option<MasterKeyId>, added: Option<&str>) -> Zeroizing<String> {
        let room = self.text.len() + added.map_or(0, str::len) + 32;
        let mut text = Zeroizing::new(String::with_capacity(room));
        for kept in self.text.lines() {
            match current.filter(|_| kept.split_whitespace().next() == Some("current")) {
                Some(id) => text.push_str(&format!("current {id}")),
                None => text.push_str(kept),
            }
            text.push('\n');
        }
        if let Some(line) = added {
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// Gives a file the owner of another one: who runs the command need not be who runs the server.
fn keep_owner(of: &Path, to: &Path) -> io::Result<()> {
    let (wanted, is) = (std::fs::metadata(of)?, std::fs::metadata(to)?);
    if (wanted.uid(), wanted.gid()) == (is.uid(), is.gid()) {
        return Ok(());
    }
    std::os::unix::fs::chown(to, Some(wanted.uid()), Some(wanted.gid()))
}

/// The text of a file that nobody but its owner may read or write.
///
/// # Errors
/// The file cannot be read, is not UTF-8, or is not its owner's alone.
pub(crate) fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let mut file = File::open(path).map_err(io_error(path))?;
    // Of the opened file, not of the path: nobody can put another in between.
    let metadata = file.metadata().map_err(io_error(path))?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Open { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
    file.read_to_string(&mut text).map_err(io_error(path))?;
    Ok(text)
}

/// Writes a file that must not exist, for its owner alone, and has it on the disk before it returns.
pub(crate) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written =
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    if written.is_err() {
        // Half a file would stand in the way of the next attempt.
        let _ = std::fs::remove_file(path);
    }
    written
}

fn sync_folder(of: &Path) -> io::Result<()> {
    match of.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> KeyFileError {
    let path = path.to_owned();
    |source| KeyFileError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use countersign_protocol::random::SystemRandom;

    use super::*;

    fn made() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("master.key");
        create(&path, &SystemRandom::new()).unwrap();
        (dir, path)
    }

    #[test]
    fn a_new_key_file_is_its_owners_alone_and_can_be_read() {
        let (_dir, path) = made();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let keys = read(&path).unwrap();
        let sealed = keys.seal(b"owner", b"secret", [1; 12]);
        assert_eq!(read(&path).unwrap().open(b"owner", &sealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn a_key_file_that_others_may_use_is_refused_and_the_cure_is_named() {
        let (_dir, path) = made();
        for mode in [0o640, 0o604, 0o620, 0o644, 0o610] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(&format!("chmod 600 {}", path.display())), "{mode:o}: {error}");
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
        assert!(read(&path).is_ok());
    }

    #[test]
    fn an_existing_key_file_is_never_overwritten() {
        let (_dir, path) = made();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(create(&path, &SystemRandom::new()), Err(KeyFileError::Io { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_rotation_adds_a_key_and_keeps_the_old_ones_and_the_comments() {
        let (_dir, path) = made();
        let old = read(&path).unwrap();
        let sealed = old.seal(b"owner", b"secret", [1; 12]);
        let id = rotate(&path, &SystemRandom::new()).unwrap();
        let new = read(&path).unwrap();
        assert_eq!(new.current(), id);
        assert!(new.current() != old.current() && new.holds(old.current()));
        assert_eq!(new.open(b"owner", &sealed).unwrap().as_slice(), b"secret");
        assert!(std::fs::read_to_string(&path).unwrap().starts_with(HEAD));
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        rotate(&path, &SystemRandom::new()).unwrap();
        assert!(read(&path).unwrap().holds(id));
    }

    #[test]
    fn a_prepared_key_opens_and_seals_only_once_it_is_current() {
        let (_dir, path) = made();
        let old = read(&path).unwrap().current();
        let id = prepare(&path, &SystemRandom::new()).unwrap();
        let prepared = read(&path).unwrap();
        assert!(prepared.current() == old && prepared.holds(id));
        make_current(&path, id).unwrap();
        let rotated = read(&path).unwrap();
        assert!(rotated.current() == id && rotated.holds(old));
        make_current(&path, id).unwrap();

        let (_other, elsewhere) = made();
        let refused = make_current(&elsewhere, id).unwrap_err();
        assert!(matches!(refused, KeyFileError::NotHeld { .. }), "{refused}");
    }

    #[test]
    fn a_link_stays_a_link_and_the_owner_the_owner() {
        let (dir, path) = made();
        let link = dir.path().join("link.key");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        // Only root can give files away; for anybody else, the owner is the same anyway.
        let root = std::fs::metadata(&path).unwrap().uid() == 0;
        let owner = if root { 4242 } else { std::fs::metadata(&path).unwrap().uid() };
        std::os::unix::fs::chown(&path, Some(owner), None).unwrap();
        let id = rotate(&link, &SystemRandom::new()).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let metadata = std::fs::metadata(&path).unwrap();
        assert_eq!((metadata.uid(), metadata.mode() & 0o777), (owner, 0o600));
        assert_eq!(read(&path).unwrap().current(), id);
    }

    #[test]
    fn what_an_interrupted_change_left_is_named_and_not_overwritten() {
        let (dir, path) = made();
        let beside = dir.path().join("master.new");
        std::fs::write(&beside, "half").unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = rotate(&path, &SystemRandom::new()).unwrap_err().to_string();
        assert!(error.contains(&format!("remove {}", beside.display())), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::remove_file(&beside).unwrap();
        rotate(&path, &SystemRandom::new()).unwrap();
        assert!(!beside.exists());
    }

    #[test]
    fn a_ring_goes_by_the_file_as_it_is_now() {
        let (_dir, path) = made();
        let ring = ring(&path, read(&path).unwrap());
        let id = rotate(&path, &SystemRandom::new()).unwrap();
        let sealed = read(&path).unwrap().seal(b"owner", b"secret", [1; 12]);
        assert_eq!(ring.open(b"owner", &sealed).unwrap().as_slice(), b"secret");
        assert!(read(&path).unwrap().is_current(&ring.seal(b"owner", b"", [2; 12])), "{id}");
    }

    #[test]
    fn errors_do_not_show_keys() {
        let (_dir, path) = made();
        let text = std::fs::read_to_string(&path).unwrap();
        let key = text.split_whitespace().last().unwrap().to_owned();
        std::fs::write(&path, text.replace("key ", "kee ")).unwrap();
        let error = read(&path).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&key), "{error:?}");
    }
}
