//! The senders of wakes that the settings give.

use std::path::Path;
use std::sync::Arc;

use countersign_protocol::random::Random;
use countersign_protocol::time::Clock;
use reqwest::Certificate;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::{BeginError, make_ring_the_provider};
use crate::config::key_file::read_private;
use crate::config::{self, Settings};
use crate::push::apns::{Apns, ApnsAccount};
use crate::push::fcm::Fcm;
use crate::push::guard::{Guard, SystemLookup};
use crate::push::sender::WakeSender;
use crate::push::senders::Senders;
use crate::push::service_account::ServiceAccount;
use crate::push::vapid::Vapid;
use crate::push::webpush::WebPush;
use crate::push::wire::Wire;
use crate::signing_key::SigningKey;

/// Makes the senders: Web Push, which identifies itself by `vapid_key`, and those of Apple and Google
/// that have credentials. Makes the process's TLS provider ring, if nobody chose before.
///
/// # Errors
/// [`BeginError`]: a file that the settings name cannot be used.
pub fn senders(
    settings: &Settings,
    vapid_key: SigningKey,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Result<Senders, BeginError> {
    make_ring_the_provider();
    let extra_roots = settings.push.extra_roots.as_deref().map_or(Ok(Vec::new()), roots)?;
    let wire = Wire { extra_roots, ..Wire::default() };
    let contact = settings.push.vapid_subject.as_ref().map(|subject| subject.as_str());
    let public = vapid_key.public_key().clone();
    let vapid = Arc::new(Vapid::new(Arc::new(vapid_key), &public, contact, Arc::clone(clock))?);
    let guard = Guard::new(settings.push.allow_private_endpoints, Arc::new(SystemLookup));
    let webpush = WebPush::new(guard.clone(), vapid, &wire, Arc::clone(clock), Arc::clone(random))?;
    Ok(Senders {
        guard,
        webpush: Arc::new(webpush),
        apns: apns(&settings.apns, &wire, clock)?,
        fcm: fcm(&settings.fcm, &wire, clock)?,
    })
}

type WithTopics = (Arc<dyn WakeSender>, Vec<String>);

/// The settings are either all there or all empty: reading them made sure.
fn apns(
    settings: &config::Apns,
    wire: &Wire,
    clock: &Arc<dyn Clock>,
) -> Result<Option<WithTopics>, BeginError> {
    let (Some(path), Some(key_id), Some(team_id)) = (&settings.key_file, &settings.key_id, &settings.team_id)
    else {
        return Ok(None);
    };
    let pem = secret("apns.key_file", path)?;
    let unusable = || BeginError::ApnsKey(path.clone());
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable())?;
    let key = SigningKey::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| unusable())?;
    let account = ApnsAccount {
        key_id: key_id.as_str().to_owned(),
        team_id: team_id.as_str().to_owned(),
        signer: Arc::new(key),
        production: settings.production_url.url().clone(),
        sandbox: settings.sandbox_url.url().clone(),
    };
    let sender = Apns::new(account, wire.clone(), Arc::clone(clock))?;
    Ok(Some((Arc::new(sender), settings.topics.as_slice().to_vec())))
}

fn fcm(
    settings: &config::Fcm,
    wire: &Wire,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<dyn WakeSender>>, BeginError> {
    let Some(path) = &settings.service_account_file else { return Ok(None) };
    let account = ServiceAccount::parse(&secret("fcm.service_account_file", path)?)
        .map_err(|source| BeginError::ServiceAccount { path: path.clone(), source })?;
    let sender = Fcm::new(account, settings.url.url().clone(), wire.clone(), Arc::clone(clock))?;
    Ok(Some(Arc::new(sender)))
}

fn secret(setting: &'static str, path: &Path) -> Result<zeroize::Zeroizing<String>, BeginError> {
    read_private(path).map_err(|source| BeginError::Secret { setting, source })
}

fn roots(path: &Path) -> Result<Vec<Certificate>, BeginError> {
    let wrong = |what: String| BeginError::ExtraRoots { path: path.to_owned(), what };
    let pem = std::fs::read(path).map_err(|error| wrong(format!("cannot be read ({error})")))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(wrong("holds no certificate".into())),
    }
}
