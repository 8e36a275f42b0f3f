//! Android's key hardware.

use countersign_protocol::attestation::{Attestation, Blob};
use countersign_protocol::bytes::{Bytes, Digest};
use countersign_protocol::key::PublicKey;
use rcgen::CustomExtension;

use super::authority::{Authority, Dates};
use super::der;

const EXTENSION: [u64; 10] = [1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// The package of the app that these phones run.
pub const PACKAGE: &str = "com.example.login";
/// The SHA-256 of the certificate that the app is signed with.
pub const SIGNER: Digest = Bytes([0xab; 32]);

/// What a phone says of a key. [`Description::of`] is one that holds.
#[derive(Clone, Debug)]
pub struct Description {
    /// Where the attestation is made: 0 software, 1 trusted environment, 2 StrongBox.
    pub attestation_level: u32,
    /// Where the key is.
    pub key_level: u32,
    /// For what.
    pub challenge: Digest,
    /// What the key is for: 2 is to sign.
    pub purposes: Vec<u32>,
    /// 3 is EC.
    pub algorithm: u32,
    /// 0 is made in the hardware, 2 imported.
    pub origin: u32,
    /// What unlocks it, as bits: 2 is biometrics. None: it needs no one.
    pub unlocked_by: Option<u32>,
    /// For how many seconds; none for one use.
    pub unlocked_for: Option<u32>,
    /// Whether the bootloader is locked.
    pub locked: bool,
    /// 0 is verified.
    pub boot_state: u32,
    /// The app's package.
    pub package: &'static str,
    /// Who signed the app.
    pub signer: Digest,
}

impl Description {
    /// A key in StrongBox whose every use is unlocked by biometrics.
    #[must_use]
    pub fn of(challenge: Digest) -> Self {
        Self {
            attestation_level: 2,
            key_level: 2,
            challenge,
            purposes: vec![2],
            algorithm: 3,
            origin: 0,
            unlocked_by: Some(2),
            unlocked_for: None,
            locked: true,
            boot_state: 0,
            package: PACKAGE,
            signer: SIGNER,
        }
    }

    fn der(&self) -> Vec<u8> {
        let info = der::sequence(&[der::octets(self.package.as_bytes()), der::number(7)]);
        let app = der::sequence(&[der::set(&[info]), der::set(&[der::octets(&self.signer.0)])]);
        let software = [
            der::tagged(701, &der::number(1_800_000_000)),
            der::tagged(709, &der::octets(&app)),
            // Of a later version.
            der::tagged(724, &der::octets(b"modules")),
        ];
        der::sequence(&[
            der::number(400),
            der::enumerated(self.attestation_level),
            der::number(400),
            der::enumerated(self.key_level),
            der::octets(&self.challenge.0),
            der::octets(b""),
            der::sequence(&software),
            der::sequence(&self.hardware()),
        ])
    }

    fn hardware(&self) -> Vec<Vec<u8>> {
        let purposes: Vec<_> = self.purposes.iter().map(|purpose| der::number(*purpose)).collect();
        let started = [
            der::octets(&[7; 32]),
            der::boolean(self.locked),
            der::enumerated(self.boot_state),
            der::octets(&[8; 32]),
        ];
        let unlocked = self
            .unlocked_by
            .map_or_else(|| der::tagged(503, &der::null()), |by| der::tagged(504, &der::number(by)));
        let mut members = vec![
            der::tagged(1, &der::set(&purposes)),
            der::tagged(2, &der::number(self.algorithm)),
            der::tagged(3, &der::number(256)),
            unlocked,
        ];
        members.extend(self.unlocked_for.map(|seconds| der::tagged(505, &der::number(seconds))));
        members.extend([
            der::tagged(702, &der::number(self.origin)),
            der::tagged(704, &der::sequence(&started)),
            der::tagged(705, &der::number(160_000)),
            der::tagged(706, &der::number(202_611)),
        ]);
        members
    }

    fn extension(&self) -> Vec<CustomExtension> {
        vec![CustomExtension::from_oid_content(&EXTENSION, self.der())]
    }
}

/// A maker of Android phones, with a root of its own.
pub struct AndroidMaker(Authority);

impl Default for AndroidMaker {
    fn default() -> Self {
        Self::new(Dates::Good)
    }
}

impl AndroidMaker {
    /// A maker whose authority below the root is good at these dates.
    #[must_use]
    pub fn new(dates: Dates) -> Self {
        Self(Authority::new("Key Attestation", dates))
    }

    /// Its root certificate, in PEM.
    #[must_use]
    pub fn root_pem(&self) -> String {
        self.0.root_pem()
    }

    /// The chain of a key. The phone's clock is long past.
    #[must_use]
    pub fn chain(&self, key: &PublicKey, says: &Description) -> Vec<Blob> {
        self.below(vec![self.0.certify(key, Dates::Past, says.extension())])
    }

    /// The chain of a key that was certified by another key of an app.
    #[must_use]
    pub fn chain_through_an_apps_key(&self, key: &PublicKey, says: &Description) -> Vec<Blob> {
        let app = Description::of(Bytes([0; 32])).extension();
        self.below(self.0.certify_through(app, key, says.extension()).into())
    }

    fn below(&self, certificates: Vec<Vec<u8>>) -> Vec<Blob> {
        certificates.into_iter().chain(self.0.chain()).map(Blob).collect()
    }

    /// An attestation of both keys that says the same of them.
    #[must_use]
    pub fn attest(&self, device: &PublicKey, approval: &PublicKey, says: &Description) -> Attestation {
        Attestation::AndroidKey { device: self.chain(device, says), approval: self.chain(approval, says) }
    }
}
