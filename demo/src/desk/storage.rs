//! Small values in a folder or in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use countersign_mobile_core::ports::{SecureStorage, StorageError};

/// One file a value, readable by its owner only.
///
/// Files are small, so they are read and written where they stand instead of on another thread.
#[derive(Clone, Debug)]
pub struct DirStorage {
    folder: PathBuf,
}

impl DirStorage {
    /// A storage in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Names come from the core and are plain; anything else would be able to leave the folder.
    fn path(&self, name: &str) -> Result<PathBuf, StorageError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(StorageError::Failed("the name is not plain".into()));
        }
        Ok(self.folder.join(name))
    }

    /// A new file (0600, as temporary files are) takes the old one's place: there is always a whole one.
    fn write(&self, path: &Path, value: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(value)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        fs::File::open(&self.folder)?.sync_all()
    }
}

fn failed(error: io::Error) -> StorageError {
    StorageError::Failed(error.to_string())
}

/// `None` where there is no such file.
fn found<T>(result: io::Result<T>) -> Result<Option<T>, StorageError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

#[async_trait]
impl SecureStorage for DirStorage {
    async fn get(&self, name: String) -> Result<Option<Vec<u8>>, StorageError> {
        found(fs::read(self.path(&name)?))
    }

    async fn put(&self, name: String, value: Vec<u8>) -> Result<(), StorageError> {
        self.write(&self.path(&name)?, &value).map_err(failed)
    }

    async fn delete(&self, name: String) -> Result<(), StorageError> {
        found(fs::remove_file(self.path(&name)?)).map(|_| ())
    }
}

/// Gone with the process.
#[derive(Default)]
pub struct MemoryStorage {
    values: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl MemoryStorage {
    fn values(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The values are secrets.
impl std::fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemoryStorage({} values)", self.values().len())
    }
}

#[async_trait]
impl SecureStorage for MemoryStorage {
    async fn get(&self, name: String) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.values().get(&name).cloned())
    }

    async fn put(&self, name: String, value: Vec<u8>) -> Result<(), StorageError> {
        self.values().insert(name, value);
        Ok(())
    }

    async fn delete(&self, name: String) -> Result<(), StorageError> {
        self.values().remove(&name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every storage does.
    async fn behaves(storage: &dyn SecureStorage) {
        assert_eq!(storage.get("a".into()).await, Ok(None));
        storage.delete("a".into()).await.unwrap();
        for value in [b"first".to_vec(), b"".to_vec(), vec![0, 255]] {
            storage.put("a".into(), value.clone()).await.unwrap();
            assert_eq!(storage.get("a".into()).await, Ok(Some(value)));
        }
        storage.put("b".into(), b"other".to_vec()).await.unwrap();
        storage.delete("a".into()).await.unwrap();
        assert_eq!(storage.get("a".into()).await, Ok(None));
        assert_eq!(storage.get("b".into()).await, Ok(Some(b"other".to_vec())));
    }

    #[tokio::test]
    async fn both_behave_alike() {
        behaves(&MemoryStorage::default()).await;
        let folder = tempfile::tempdir().unwrap();
        behaves(&DirStorage::open(&folder.path().join("phone")).unwrap()).await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn files_are_their_owners_and_nothing_is_left_over() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("phone");
        let storage = DirStorage::open(&home).unwrap();
        storage.put("key".into(), b"1".to_vec()).await.unwrap();
        storage.put("key".into(), b"2".to_vec()).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&home), mode(&home.join("key"))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&home).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_name_cannot_leave_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let storage = DirStorage::open(folder.path()).unwrap();
        for name in ["", "../x", "..", ".hidden", "a/b", "a\\b"] {
            assert!(storage.put(name.into(), Vec::new()).await.is_err(), "{name}");
        }
    }
}
