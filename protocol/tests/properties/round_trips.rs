//! What is signed is read again as it was.

use countersign_protocol::approval::{ApprovalRequest, DecisionStatement};
use countersign_protocol::bytes::Bytes;
use countersign_protocol::ids::PairingId;
use countersign_protocol::pairing::{ApprovalUnlock, KeyProtection, PairingClaim, PairingLink, PushEndpoint};
use countersign_protocol::statement::{Signer as _, Statement, StatementError, Unverified, sign};
use proptest::prelude::*;

use crate::make::{TestKey, call, date, decision, digest, id, request, statement_id};

/// Signs, reads, and wants the same again; and nothing of another type.
fn returns<T: Statement + PartialEq + std::fmt::Debug, Other: Statement + std::fmt::Debug>(
    payload: &T,
) -> Result<(), TestCaseError> {
    let key = TestKey::new();
    let compact = sign(payload, &key).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let read = Unverified::parse(&compact).map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!(read.typ(), T::TYP);
    prop_assert_eq!(read.kid(), key.kid());
    let verified = read.verify::<T>(&key.public());
    prop_assert_eq!(verified.as_ref(), Ok(payload));
    prop_assert_eq!(read.verify::<Other>(&key.public()).map(|_| ()), Err(StatementError::WrongType));
    prop_assert_eq!(read.verify::<T>(&TestKey::new().public()).map(|_| ()), Err(StatementError::UnknownKey));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_request_returns_as_it_was(request in request()) {
        returns::<_, DecisionStatement>(&request)?;
    }

    #[test]
    fn a_decision_returns_as_it_was(decision in decision()) {
        returns::<_, ApprovalRequest>(&decision)?;
    }

    #[test]
    fn a_call_returns_as_it_was(call in call()) {
        returns::<_, DecisionStatement>(&call)?;
    }

    #[test]
    fn a_pairing_claim_returns_as_it_was(
        pairing in id(PairingId::new), aud in ".{0,40}", model in ".{0,40}", secret_hash in digest(),
        push in proptest::option::of(".{0,60}"), attestation in proptest::option::of(digest()),
        hardware in any::<bool>(), iat in date(),
    ) {
        let (device, approval) = (TestKey::new(), TestKey::new());
        let push = push.map(|endpoint| PushEndpoint::WebPush { endpoint, p256dh: Bytes([4; 65]), auth: Bytes([1; 16]) });
        let protection = if hardware { KeyProtection::Hardware } else { KeyProtection::Software };
        let claim = PairingClaim {
            approval_unlock: ApprovalUnlock::default(),
            aud, pairing, secret_hash, device_key: device.public().jwk(), approval_key: approval.public().jwk(),
            protection, platform: "desk".to_owned(), model, push, attestation, iat,
        };
        let (first, second) = (sign(&claim, &device).unwrap(), sign(&claim, &approval).unwrap());
        prop_assert_eq!(PairingClaim::verify(&first, &second), Ok(claim));
        prop_assert_eq!(PairingClaim::verify(&second, &first), Err(StatementError::UnknownKey));
    }

    #[test]
    fn a_pairing_link_returns_as_it_was(
        id in id(PairingId::new), secret in statement_id(), server_key in digest(),
        host in "[a-z0-9][a-z0-9.-]{0,30}", port in proptest::option::of(any::<u16>()), tls in any::<bool>(),
    ) {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let origin = format!("{}://{host}{port}", if tls { "https" } else { "http" });
        let link = PairingLink { origin, id, secret, server_key };
        let text = link.to_string();
        let read = text.parse::<PairingLink>();
        prop_assert_eq!(read.as_ref(), Ok(&link));
        prop_assert_eq!(format!(" {text}\n").parse::<PairingLink>(), Ok(link.clone()));
        prop_assert!(!format!("{link:?}").contains(&link.secret.to_string()), "the secret is shown");
    }
}
