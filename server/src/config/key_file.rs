//! The file with the master keys: made, read and rotated, and readable by nobody else.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countersign_protocol::random::Random;
use zeroize::Zeroizing;

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

/// Adds a new key and makes it the current one. A running server uses it once it is started again.
///
/// # Errors
/// As [`read`], or the new file cannot be written; then the old one stays.
pub fn rotate(path: &Path, random: &dyn Random) -> Result<MasterKeyId, KeyFileError> {
    let old = read_private(path)?;
    let keys =
        MasterKeys::parse(&old).map_err(|source| KeyFileError::Text { path: path.to_owned(), source })?;
    let (id, line) = loop {
        let (id, line) = new_key_line(random);
        if !keys.holds(id) {
            break (id, line);
        }
    };
    let mut text = Zeroizing::new(String::with_capacity(old.len() + line.len() + 32));
    for kept in old.lines() {
        let current = kept.split_whitespace().next() == Some("current");
        text.push_str(&if current { format!("current {id}") } else { String::new() });
        text.push_str(if current { "" } else { kept });
        text.push('\n');
    }
    text.push_str(&line);
    text.push('\n');

    let beside = path.with_extension("new");
    write_new(&beside, &text).map_err(io_error(&beside))?;
    let swapped = std::fs::rename(&beside, path).and_then(|()| sync_folder(path));
    swapped.map_err(io_error(path))?;
    Ok(id)
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
    fn errors_do_not_show_keys() {
        let (_dir, path) = made();
        let text = std::fs::read_to_string(&path).unwrap();
        let key = text.split_whitespace().last().unwrap().to_owned();
        std::fs::write(&path, text.replace("key ", "kee ")).unwrap();
        let error = read(&path).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(&key), "{error:?}");
    }
}
