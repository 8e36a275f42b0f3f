//! The relying party of one tenant (WebAuthn, section 7): both halves of both ceremonies.

use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    AuthenticatorAttachment, Credential, PublicKeyCredential, RegisterPublicKeyCredential, SecurityKey,
    SecurityKeyAuthentication, SecurityKeyRegistration, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::models::Aaguid;
use super::permitted::Permitted;
use super::{CEREMONY, answer};
use crate::domain::tenant::Origin;

/// The relying party of one tenant.
pub struct RelyingParty(Webauthn);

/// The tenant is reached by an address of the network, and browsers have passkeys for names alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("passkeys need a host name: this tenant is reached at a network address")]
pub struct NoPasskeysHere;

/// What is kept cannot be read, or not be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub(super) &'static str);

impl Unreadable {
    /// What it is about, for the log.
    #[must_use]
    pub const fn what(self) -> &'static str {
        self.0
    }
}

/// The first half of a ceremony.
pub struct Begun {
    /// For the browser: JSON with one member, `publicKey`.
    pub options: String,
    /// For the second half, and for nobody else.
    pub state: String,
}

/// Who gets a credential.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// The user's id.
    pub id: Uuid,
    /// The sign-in name.
    pub email: &'a str,
    /// What the person is called; may be empty.
    pub name: &'a str,
}

/// What is to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In the device or a password manager: to be found without being asked for by its id.
    Passkey,
    /// A key to plug in or to hold near. It is not asked to keep anything, which would need a PIN.
    SecurityKey,
}

/// A credential that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id.
    pub id: Vec<u8>,
    /// Its public key and what else is to be known of it. No secret.
    pub credential: String,
    /// The model it says it is of.
    pub model: Option<Aaguid>,
}

/// Why a credential is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationRefused {
    /// Not of a permitted model, or nobody vouches for it.
    #[error("not a permitted authenticator: {0}")]
    NotPermitted(String),
    /// The person has it already.
    #[error("known already")]
    Known,
    /// Not an answer to this ceremony.
    #[error("{0}")]
    Wrong(String),
    /// The state cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// An answer that a credential of the user has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The credential from now on: its counter may have moved.
    pub credential: String,
}

/// Why an answer is not taken.
#[derive(Debug, thiserror::Error)]
pub enum CheckRefused {
    /// Not an answer to this ceremony by this credential.
    #[error("{0}")]
    Wrong(String),
    /// What is kept cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl RelyingParty {
    /// The relying party of the tenant called `name` that is reached at `origin`: its id is the host.
    ///
    /// # Errors
    /// [`NoPasskeysHere`].
    pub fn new(origin: &Origin, name: &str) -> Result<Self, NoPasskeysHere> {
        let url = Url::parse(&origin.to_string()).map_err(|_| NoPasskeysHere)?;
        let id = url.domain().ok_or(NoPasskeysHere)?;
        let builder = WebauthnBuilder::new(id, &url).map_err(|_| NoPasskeysHere)?;
        builder.rp_name(name).timeout(CEREMONY).build().map(Self).map_err(|_| NoPasskeysHere)
    }

    /// Asks for a new credential. `held` are the ids of those that the person has; with `permitted`, the
    /// authenticator has to prove its model.
    ///
    /// # Errors
    /// [`Unreadable`] if the state cannot be written down.
    pub fn begin_registration(
        &self,
        person: Person<'_>,
        kind: Kind,
        held: Vec<Vec<u8>>,
        permitted: Option<Permitted>,
    ) -> Result<Begun, Unreadable> {
        let called = if person.name.is_empty() { person.email } else { person.name };
        let permitted = permitted.map(|permitted| permitted.0);
        let attachment = (kind == Kind::SecurityKey).then_some(AuthenticatorAttachment::CrossPlatform);
        let (mut options, state) = self
            .0
            .start_securitykey_registration(
                person.id,
                person.email,
                called,
                Some(held),
                permitted,
                attachment,
            )
            .map_err(|_| Unreadable("a passkey's ceremony cannot be written down"))?;
        let asked = &mut options.public_key;
        if let Some(extensions) = &mut asked.extensions {
            // The library asks to protect the credential by a PIN, which a key may not have.
            extensions.cred_protect = None;
        }
        if kind == Kind::Passkey {
            // The library takes all that is not bound to a PIN for a key, and sends people to look for one.
            asked.hints = None;
        }
        let mut options = serde_json::to_value(&options)
            .map_err(|_| Unreadable("a passkey's ceremony cannot be written down"))?;
        if kind == Kind::Passkey {
            options["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
        }
        Ok(Begun { options: options.to_string(), state: written(&state)? })
    }

    /// The new credential, if `answer` is one to the ceremony of `state`.
    ///
    /// # Errors
    /// [`RegistrationRefused`].
    pub fn finish_registration(
        &self,
        state: &str,
        answer: &str,
    ) -> Result<NewCredential, RegistrationRefused> {
        let state: SecurityKeyRegistration = read(state, "a passkey's ceremony cannot be read")?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)
            .map_err(|_| RegistrationRefused::Wrong("the answer cannot be read".to_owned()))?;
        let key = self.0.finish_securitykey_registration(&answer, &state)?;
        Ok(NewCredential {
            id: key.cred_id().clone(),
            credential: written(&key)?,
            model: answer::aaguid(&answer.response.attestation_object),
        })
    }

    /// Asks for any of `credentials`, which are as [`NewCredential::credential`] or [`Check::credential`]
    /// had them.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn begin_check<'a>(
        &self,
        credentials: impl IntoIterator<Item = &'a str>,
    ) -> Result<Begun, Unreadable> {
        let read = |text| read::<SecurityKey>(text, "a passkey's credential cannot be read");
        let keys = credentials.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let (mut options, state) = self
            .0
            .start_securitykey_authentication(&keys)
            .map_err(|_| Unreadable("a passkey's ceremony cannot be written down"))?;
        options.public_key.hints = None;
        let verified = |key: SecurityKey| Credential::from(key).user_verified;
        let required = !keys.is_empty() && keys.into_iter().all(verified);
        let mut options = serde_json::to_value(&options)
            .map_err(|_| Unreadable("a passkey's ceremony cannot be written down"))?;
        if required {
            // Each has to verify its user: asked outright, none leaves it out because it seems optional.
            options["publicKey"]["userVerification"] = "required".into();
        }
        Ok(Begun { options: options.to_string(), state: written(&state)? })
    }

    /// The id of the credential that `answer` says it is from: which one to hand to
    /// [`RelyingParty::finish_check`].
    #[must_use]
    pub fn answered_by(answer: &str) -> Option<Vec<u8>> {
        serde_json::from_str::<PublicKeyCredential>(answer).ok().map(|answer| answer.raw_id)
    }

    /// Checks that `answer` is one to the ceremony of `state`, signed by `credential` as it is kept now,
    /// whose counter moved on if it has one.
    ///
    /// # Errors
    /// [`CheckRefused`].
    pub fn finish_check(&self, state: &str, answer: &str, credential: &str) -> Result<Check, CheckRefused> {
        let wrong = |why: &str| CheckRefused::Wrong(why.to_owned());
        let state: SecurityKeyAuthentication = read(state, "a passkey's ceremony cannot be read")?;
        let mut key: SecurityKey = read(credential, "a passkey's credential cannot be read")?;
        let answer: PublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| wrong("the answer cannot be read"))?;
        let result = self
            .0
            .finish_securitykey_authentication(&answer, &state)
            .map_err(|error| CheckRefused::Wrong(error.to_string()))?;
        // The state knows the counter as it was when the ceremony began; it may have moved on since.
        let counter = Credential::from(key.clone()).counter;
        if (counter > 0 || result.counter() > 0) && result.counter() <= counter {
            return Err(wrong("its counter did not move on: there may be a copy of it"));
        }
        match key.update_credential(&result) {
            Some(_) => Ok(Check { credential: written(&key)? }),
            None => Err(wrong("it is another credential")),
        }
    }
}

impl From<WebauthnError> for RegistrationRefused {
    fn from(error: WebauthnError) -> Self {
        use WebauthnError as E;
        match error {
            E::AttestationNotVerifiable
            | E::AttestationUntrustedAaguid
            | E::AttestationFormatMissingAaguid
            | E::AttestationChainNotTrusted(_)
            | E::AttestationNotSupported => Self::NotPermitted(error.to_string()),
            // The library says "altered algorithm" of one that it was asked to leave out as well.
            E::CredentialAlteredAlgFromRequest | E::CredentialExcludedFromRequest => Self::Known,
            _ => Self::Wrong(error.to_string()),
        }
    }
}

fn written(value: &impl serde::Serialize) -> Result<String, Unreadable> {
    serde_json::to_string(value).map_err(|_| Unreadable("a passkey or its ceremony cannot be written down"))
}

fn read<T: serde::de::DeserializeOwned>(text: &str, what: &'static str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_| Unreadable(what))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn party(origin: &str) -> Result<RelyingParty, NoPasskeysHere> {
        RelyingParty::new(&Origin::parse(origin).unwrap(), "ACME")
    }

    fn options(kind: Kind) -> Value {
        let person = Person { id: Uuid::from_u128(7), email: "ada@example.com", name: "" };
        let begun = party("https://login.example.com:8443").unwrap();
        let begun = begun.begin_registration(person, kind, vec![vec![1, 2]], None).unwrap();
        serde_json::from_str::<Value>(&begun.options).unwrap()["publicKey"].take()
    }

    #[test]
    fn the_id_is_the_host_and_an_address_has_none() {
        let options = options(Kind::Passkey);
        assert_eq!(options["rp"], serde_json::json!({ "id": "login.example.com", "name": "ACME" }));
        assert_eq!(options["user"]["displayName"], "ada@example.com", "a person without a name");
        assert!(party("http://localhost:8080").is_ok());
        for address in ["http://127.0.0.1:8080", "http://[::1]:8080", "https://192.0.2.1"] {
            assert_eq!(party(address).err(), Some(NoPasskeysHere), "{address}");
        }
    }

    #[test]
    fn a_passkey_is_found_by_itself_and_a_key_needs_no_pin() {
        let passkey = options(Kind::Passkey);
        assert_eq!(passkey["authenticatorSelection"]["residentKey"], "preferred");
        assert!(
            passkey.get("hints").is_none()
                && passkey["authenticatorSelection"].get("authenticatorAttachment").is_none()
        );
        let key = options(Kind::SecurityKey);
        assert_eq!(key["authenticatorSelection"]["residentKey"], "discouraged");
        assert_eq!(key["authenticatorSelection"]["authenticatorAttachment"], "cross-platform");
        for options in [passkey, key] {
            assert_eq!(options["authenticatorSelection"]["userVerification"], "preferred");
            assert_eq!(options["attestation"], "none");
            assert_eq!(options["excludeCredentials"][0]["id"], "AQI");
            assert!(options["extensions"].get("credentialProtectionPolicy").is_none());
        }
    }

    #[test]
    fn a_state_that_is_not_one_is_said_to_be_unreadable() {
        let party = party("http://localhost").unwrap();
        assert!(matches!(party.finish_registration("{}", "{}"), Err(RegistrationRefused::Unreadable(_))));
        assert!(matches!(party.finish_check("{}", "{}", "{}"), Err(CheckRefused::Unreadable(_))));
        assert!(party.begin_check(["{}"]).is_err());
        assert_eq!(RelyingParty::answered_by("{}"), None);
    }
}
