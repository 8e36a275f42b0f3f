//! Making a new server's folder: settings and master key.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use countersign_protocol::random::Random;

use crate::config::key_file::{self, KeyFileError};
use crate::config::{documented_file, file_in};

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initialised {
    /// The settings, documented.
    pub settings_file: PathBuf,
    /// The master key.
    pub key_file: PathBuf,
}

/// Why a folder was not made. Then nothing was left behind in it.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// One of the files is there already.
    #[error(
        "{} is already there, and is left as it is: use it, or name another folder",
        .0.display()
    )]
    Exists(PathBuf),
    /// The folder or a file cannot be made.
    #[error("{} cannot be made: {source}", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The key file cannot be made.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
}

/// Makes `dir` (mode 700) if need be, and in it `countersign.toml` and `master.key` (mode 600 each).
///
/// # Errors
/// One of the files exists, or something cannot be written.
pub fn init(dir: &Path, random: &dyn Random) -> Result<Initialised, InitError> {
    let made = Initialised { settings_file: file_in(dir), key_file: dir.join("master.key") };
    for file in [&made.settings_file, &made.key_file] {
        // A link that leads nowhere is there, too.
        if file.symlink_metadata().is_ok() {
            return Err(InitError::Exists(file.clone()));
        }
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(dir).map_err(|source| InitError::Io { path: dir.to_owned(), source })?;

    key_file::create(&made.key_file, random)?;
    // The settings come last: where they are, all is there.
    if let Err(source) = key_file::write_new(&made.settings_file, &documented_file()) {
        // Nothing was sealed under this key yet, and it would stand in the way of the next attempt.
        let _ = std::fs::remove_file(&made.key_file);
        return Err(InitError::Io { path: made.settings_file, source });
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use countersign_protocol::random::SystemRandom;

    use super::*;
    use crate::config::Settings;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_new_folder_has_settings_that_load_and_a_key_that_seals() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("etc/countersign");
        let made = init(&dir, &SystemRandom::new()).unwrap();
        assert_eq!((mode(&dir), mode(&made.settings_file), mode(&made.key_file)), (0o700, 0o600, 0o600));

        let settings = Settings::load(&made.settings_file, []).unwrap();
        assert_eq!(settings.keys.file, made.key_file);
        let keys = key_file::read(&settings.keys.file).unwrap();
        let sealed = keys.seal(b"owner", b"secret", [1; 12]);
        assert_eq!(keys.open(b"owner", &sealed).unwrap().as_slice(), b"secret");
    }

    #[test]
    fn what_is_there_is_left_as_it_is() {
        for there in ["countersign.toml", "master.key"] {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join(there);
            std::fs::write(&file, "mine").unwrap();
            let error = init(dir.path(), &SystemRandom::new()).unwrap_err();
            assert!(matches!(&error, InitError::Exists(path) if *path == file), "{error}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing was added");
        }
    }

    #[test]
    fn two_folders_have_two_keys() {
        let home = tempfile::tempdir().unwrap();
        let key = |name: &str| {
            let made = init(&home.path().join(name), &SystemRandom::new()).unwrap();
            key_file::read(&made.key_file).unwrap()
        };
        let (one, other) = (key("one"), key("other"));
        assert!(other.open(b"owner", &one.seal(b"owner", b"secret", [1; 12])).is_err());
    }
}
