//! What attestations are verified by, as the settings give it.

use std::path::{Path, PathBuf};

use super::BeginError;
use crate::attestation::revocations::Revocations;
use crate::attestation::{Accepted, Verifier};
use crate::config;

/// A file of attestation cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{setting}: {} {what}: {fix}", path.display())]
pub struct AttestationFileError {
    setting: &'static str,
    path: PathBuf,
    what: String,
    fix: &'static str,
}

/// Makes the verifier.
///
/// # Errors
/// [`BeginError::Attestation`]: a file that the settings name cannot be used.
pub(super) fn verifier(settings: &config::Attestation) -> Result<Verifier, BeginError> {
    let extra_roots = match &settings.extra_roots {
        Some(path) => {
            std::fs::read(path).map_err(|error| bad_roots(path, format!("cannot be read ({error})")))?
        }
        None => Vec::new(),
    };
    let revocations = settings.revocation_file.as_deref().map(revocations).transpose()?;
    let verifier = Verifier::new(Accepted {
        android_apps: settings.android_apps.clone(),
        apple_apps: settings.apple_apps.clone(),
        development_builds: settings.development_builds,
        extra_roots,
        revocations,
    });
    let roots = settings.extra_roots.clone().unwrap_or_default();
    Ok(verifier.map_err(|error| bad_roots(&roots, error.to_string()))?)
}

fn bad_roots(path: &Path, what: String) -> AttestationFileError {
    let fix = "name a file with certificates in PEM";
    AttestationFileError { setting: "attestation.extra_roots", path: path.to_owned(), what, fix }
}

fn revocations(path: &Path) -> Result<Revocations, AttestationFileError> {
    Revocations::read(path).map_err(|error| AttestationFileError {
        setting: "attestation.revocation_file",
        path: path.to_owned(),
        what: error.to_string(),
        fix: "fetch it from https://android.googleapis.com/attestation/status",
    })
}
