//! Why the phone asks for a face or a finger: said once, before it is asked for the first time.

use crate::app::Core;
use crate::error::Error;

/// Where it is noted that the explanation was read.
const STORED: &str = "countersign.biometrics_explained";

impl Core {
    /// Whether to show [`crate::texts::biometrics_why`] before the next call that asks for a biometric:
    /// [`Core::pair`] or [`Core::approve`], whichever comes first on this phone.
    ///
    /// # Errors
    /// The storage's.
    pub async fn explains_biometrics(&self) -> Result<bool, Error> {
        Ok(self.ports().storage.get(STORED.into()).await?.is_none())
    }

    /// Notes that the person has read it: it is not shown again.
    ///
    /// # Errors
    /// The storage's.
    pub async fn biometrics_explained(&self) -> Result<(), Error> {
        Ok(self.ports().storage.put(STORED.into(), b"1".to_vec()).await?)
    }
}
