//! What the person changes about an account from the phone: its name, and its end. And whether its keys are
//! still there.

use countersign_protocol::api::{DeviceAnswer, NameBody, RemovedAnswer, path};
use countersign_protocol::key::PublicKey;

use crate::account::{self, Account, Key, Record};
use crate::app::Core;
use crate::error::{Error, Reason};
use crate::ports::{KeyStoreError, Ports};
use crate::shown::shown;
use crate::totp;

impl Core {
    /// Gives this phone another name on an account's server: what the person's other pages show.
    ///
    /// # Errors
    /// [`Reason::EmptyName`], [`Reason::DeviceUnconfirmed`], [`Reason::UnknownDevice`],
    /// [`Reason::UnknownAccount`], and those of the ports.
    pub async fn rename_device(&self, id: String, name: String) -> Result<Account, Error> {
        let name = shown(name.trim());
        if name.is_empty() {
            return Err(Reason::EmptyName.into());
        }
        let record = self.find(&id).await?;
        let answer: DeviceAnswer = self.transport.put(&record, path::NAME, &NameBody { name }).await?;
        let changed = self.change(&id, |record| record.device_name = Some(shown(&answer.name))).await?;
        Ok(changed.account())
    }

    /// Ends an account: tells its server, which tells the person by mail, and removes it from this phone. Where
    /// the server knows this phone no more, or was never told the code, only the phone is left to forget.
    ///
    /// # Errors
    /// [`Reason::UnknownAccount`], and those of the ports. The account then stays; [`Core::remove_account`]
    /// removes it without its server.
    pub async fn unpair(&self, id: String) -> Result<(), Error> {
        let record = self.find(&id).await?;
        match self.transport.delete::<RemovedAnswer>(&record, path::DEVICE).await {
            Ok(RemovedAnswer {}) => {}
            Err(error) => match error.reason() {
                Reason::UnknownDevice | Reason::DeviceUnconfirmed | Reason::KeysLost => {}
                _ => return Err(error),
            },
        }
        self.remove_account(id).await
    }
}

impl Core {
    /// Forgets what is stored and cannot be read, after [`Reason::StorageDamaged`], and keeps what can: so that a
    /// phone whose storage outlives the app can be paired again. Keys of accounts that are forgotten so stay in the
    /// key store, where nothing uses them. Ask the person first: a newer version of the app may still read it.
    ///
    /// # Errors
    /// The storage's.
    pub async fn forget_damaged(&self) -> Result<(), Error> {
        let _changing = self.changing.lock().await;
        account::forget_damaged(self.ports()).await?;
        totp::forget_damaged(self.ports()).await
    }
}

/// Why an account works no more on this phone, whatever its server says: its storage came here from another
/// phone, whose keys did not, or its keys were lost.
pub(crate) async fn fault(ports: &Ports, record: &Record) -> Option<Error> {
    for key in [&record.keys.device, &record.keys.approval] {
        if let Some(reason) = fault_of(ports, key).await {
            return Some(reason.into());
        }
    }
    None
}

/// A key store that cannot say anything now, before the phone was unlocked say, has lost nothing.
async fn fault_of(ports: &Ports, key: &Key) -> Option<Reason> {
    match ports.keys.public_key(key.alias.clone()).await {
        Ok(point) => (PublicKey::from_sec1(&point) != Some(key.public())).then_some(Reason::KeysLost),
        Err(KeyStoreError::NotFound) => Some(Reason::KeysLost),
        Err(KeyStoreError::BiometricsChanged) => Some(Reason::BiometricsChanged),
        Err(_) => None,
    }
}
