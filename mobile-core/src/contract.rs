//! What every key store must do, as one suite: for fakes in tests, and for an app's own tests on real phones.
//!
//! ```text
//! let findings = key_store_contract(&store, "test", &|| Ok(prompt.count())).await;
//! assert!(findings.iter().all(Finding::is_kept), "{findings:?}");
//! ```
//!
//! On a real phone each use of the approval key asks for a biometric: three times.

use std::fmt;

use countersign_protocol::key::{PublicKey, signature_from_der};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::ports::{KeyPurpose, KeyStore, KeyStoreError, KeyUnlock};
use crate::together::together;

/// One rule, kept or broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What must be true.
    pub rule: &'static str,
    /// What happened instead; none where the rule is kept.
    pub broken: Option<String>,
}

impl Finding {
    /// Whether the rule is kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.broken.is_none()
    }
}

/// Nothing, or what is wrong.
type Check = Result<(), String>;

/// How many prompts the owner of the phone has been shown so far; an error is a broken rule.
pub type Prompts<'a> = &'a (dyn Fn() -> Result<u64, KeyStoreError> + Sync);

/// Holds `store` to its contract. Its keys' names begin with `prefix`, and all are deleted in the end. `prompts` is
/// counted where the prompt is shown, not by the store: a store that asks nobody cannot be told by its signatures.
pub async fn key_store_contract(store: &dyn KeyStore, prefix: &str, prompts: Prompts<'_>) -> Vec<Finding> {
    let bench = Bench { store, prefix, prompts };
    let checks = [
        ("a new key gives out its point, and the same one when asked again", bench.points().boxed()),
        (
            "both purposes sign by ECDSA P-256 with SHA-256, in DER, also an empty message and a long one",
            bench.signs().boxed(),
        ),
        (
            "of an approval key it is said what unlocks it, of a device key that nothing does",
            bench.unlocks().boxed(),
        ),
        ("each signature by an approval key asks its owner once, all else asks nobody", bench.asks().boxed()),
        ("each key signs as itself, also when several are used at once", bench.at_once().boxed()),
        ("a key that is not there is not found", bench.absent().boxed()),
        ("a deleted key is gone, and leaves the others", bench.deleted().boxed()),
        (
            "keys are attested for a challenge alone, the key's own certificate first",
            bench.attested().boxed(),
        ),
    ];
    let mut findings = Vec::new();
    for (rule, check) in checks {
        findings.push(Finding { rule, broken: check.await.err() });
    }
    // A rule that is broken leaves its keys behind, and the next run would find their names taken.
    for name in NAMES {
        let _gone_already = store.delete(bench.alias(name)).await;
    }
    findings
}

/// What the keys of all rules are called.
const NAMES: [&str; 16] = [
    "one",
    "two",
    "device",
    "approval",
    "a",
    "b",
    "c",
    "never made",
    "gone",
    "kept",
    "plain",
    "attested",
    "silent",
    "guarded",
    "asked",
    "unasked",
];

struct Bench<'a> {
    store: &'a dyn KeyStore,
    prefix: &'a str,
    prompts: Prompts<'a>,
}

fn said(error: impl fmt::Display) -> String {
    error.to_string()
}

impl Bench<'_> {
    fn alias(&self, name: &str) -> String {
        debug_assert!(NAMES.contains(&name), "{name} would not be deleted in the end");
        format!("{}.contract.{name}", self.prefix)
    }

    // Boxed, as all that is awaited in many places: an app links it once.
    fn make<'f>(&'f self, name: &'f str, purpose: KeyPurpose) -> BoxFuture<'f, Result<PublicKey, String>> {
        async move {
            let made = self.store.create(self.alias(name), purpose, None).await.map_err(said)?;
            let point = PublicKey::from_sec1(&made.public_key);
            point.ok_or_else(|| "the point is not uncompressed SEC 1".to_owned())
        }
        .boxed()
    }

    fn delete<'f>(&'f self, names: &'f [&'f str]) -> BoxFuture<'f, Check> {
        async move {
            for name in names {
                self.store.delete(self.alias(name)).await.map_err(said)?;
            }
            Ok(())
        }
        .boxed()
    }

    fn verified<'f>(&'f self, name: &'f str, key: &'f PublicKey, message: &'f [u8]) -> BoxFuture<'f, Check> {
        async move {
            let reason = Some("A check of the key store".to_owned());
            let signed = self.store.sign(self.alias(name), message.to_vec(), reason).await;
            let signature =
                signature_from_der(&signed.map_err(said)?).ok_or("the signature is not strict DER")?;
            if key.verifies(message, &signature) {
                Ok(())
            } else {
                Err("the signature does not verify".to_owned())
            }
        }
        .boxed()
    }

    async fn points(&self) -> Check {
        let (one, two) =
            (self.make("one", KeyPurpose::Device).await?, self.make("two", KeyPurpose::Device).await?);
        let again = self.store.public_key(self.alias("one")).await.map_err(said)?;
        self.delete(&["one", "two"]).await?;
        if again != one.sec1() {
            return Err("asked again, the store gives another point".to_owned());
        }
        if one == two { Err("two keys are the same".to_owned()) } else { Ok(()) }
    }

    async fn signs(&self) -> Check {
        let lengths = [&b""[..], &[7; 64], &[0; 8192]];
        // A person is asked for the second.
        let table = [
            ("device", KeyPurpose::Device, &lengths[..]),
            ("approval", KeyPurpose::Approval, &lengths[1..2]),
        ];
        for (name, purpose, messages) in table {
            let key = self.make(name, purpose).await?;
            for message in messages {
                self.verified(name, &key, message).await?;
            }
            self.delete(&[name]).await?;
        }
        Ok(())
    }

    async fn unlocks(&self) -> Check {
        for (name, purpose) in [("silent", KeyPurpose::Device), ("guarded", KeyPurpose::Approval)] {
            let made = self.store.create(self.alias(name), purpose, None).await.map_err(said)?;
            self.delete(&[name]).await?;
            if (made.unlock == KeyUnlock::NotAsked) != (purpose == KeyPurpose::Device) {
                return Err(format!("of the {name} key it says {:?}", made.unlock));
            }
        }
        Ok(())
    }

    async fn asks(&self) -> Check {
        // Twice: one that unlocks the key for a while is not asked the second time.
        let table = [("unasked", KeyPurpose::Device, 0), ("asked", KeyPurpose::Approval, 2)];
        for (name, purpose, expected) in table {
            let before = self.shown()?;
            let key = self.make(name, purpose).await?;
            self.store.public_key(self.alias(name)).await.map_err(said)?;
            if self.shown()? != before {
                return Err(format!("making the {name} key or giving out its point asked somebody"));
            }
            for _ in 0..2 {
                self.verified(name, &key, b"asked for").await?;
            }
            self.delete(&[name]).await?;
            let asked = self.shown()?.saturating_sub(before);
            if asked != expected {
                return Err(format!("two signatures by the {name} key asked {asked} times, not {expected}"));
            }
        }
        Ok(())
    }

    fn shown(&self) -> Result<u64, String> {
        (self.prompts)().map_err(|error| format!("the prompts could not be counted: {error}"))
    }

    async fn at_once(&self) -> Check {
        let names = ["a", "b", "c"];
        let mut keys = Vec::new();
        for name in names {
            keys.push(self.make(name, KeyPurpose::Device).await?);
        }
        let uses = names.iter().zip(&keys).map(|(name, key)| self.verified(name, key, name.as_bytes()));
        together(uses).await.into_iter().collect::<Check>()?;
        self.delete(&names).await
    }

    async fn absent(&self) -> Check {
        let alias = self.alias("never made");
        let not_found = Some(KeyStoreError::NotFound);
        if self.store.public_key(alias.clone()).await.err() != not_found {
            return Err("asked for its point, the store does not say NotFound".to_owned());
        }
        if self.store.sign(alias.clone(), Vec::new(), None).await.err() != not_found {
            return Err("asked to sign, the store does not say NotFound".to_owned());
        }
        self.store.delete(alias).await.map_err(|error| format!("deleting it is an error: {error}"))
    }

    async fn deleted(&self) -> Check {
        self.make("gone", KeyPurpose::Device).await?;
        let kept = self.make("kept", KeyPurpose::Device).await?;
        self.delete(&["gone"]).await?;
        if self.store.sign(self.alias("gone"), Vec::new(), None).await != Err(KeyStoreError::NotFound) {
            return Err("it still signs, or the store does not say NotFound".to_owned());
        }
        self.verified("kept", &kept, b"still here").await?;
        self.delete(&["gone", "kept"]).await
    }

    async fn attested(&self) -> Check {
        let plain = self.store.create(self.alias("plain"), KeyPurpose::Device, None).await.map_err(said)?;
        let challenge = Some(vec![7; 32]);
        let made =
            self.store.create(self.alias("attested"), KeyPurpose::Device, challenge).await.map_err(said)?;
        self.delete(&["plain", "attested"]).await?;
        if plain.attestation.is_some() {
            return Err("without a challenge there is an attestation".to_owned());
        }
        match made.attestation {
            Some(chain) if chain.is_empty() => Err("the chain is empty: none is said by no chain".to_owned()),
            Some(chain) if !contains(&chain[0], &made.public_key) => {
                Err("the first certificate is not that of the key".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// A certificate holds its key's point as it is: RFC 5480, section 2.2.
fn contains(certificate: &[u8], point: &[u8]) -> bool {
    certificate.windows(point.len()).any(|window| window == point)
}
