//! The server's side of a decision: every field is verified.

use countersign_protocol::api::{DecisionAnswer, DecisionBody, ErrorCode, Outcome, Problem};
use countersign_protocol::approval::{Decision, DecisionStatement, UserVerification};
use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::LoginId;
use countersign_protocol::key::PublicKey;
use countersign_protocol::pairing::ApprovalUnlock;
use countersign_protocol::statement::Unverified;

use super::server::{State, problem};

pub(super) fn decide(state: &mut State, origin: &str, rest: &str, body: &[u8]) -> Result<String, Problem> {
    let login: LoginId = rest.trim_start_matches('/').strip_suffix("/decision").unwrap().parse().unwrap();
    let body: DecisionBody = serde_json::from_slice(body).unwrap();
    let device = state.device.as_ref().unwrap();
    let statement = Unverified::parse(&body.decision).unwrap();
    let keys = [&device.claim.approval_key, &device.claim.device_key].map(PublicKey::from);
    let by_approval_key = statement.kid() == keys[0].id();
    let decision: DecisionStatement = statement.verify(&keys[usize::from(!by_approval_key)]).unwrap();
    let (signed, number) = state.requests.remove(&login).ok_or_else(|| problem(ErrorCode::AlreadyDecided))?;

    assert_eq!((decision.iss, decision.sub, decision.login), (device.id, device.user, login));
    assert_eq!(decision.aud, origin);
    assert_eq!(decision.request, sha256(&signed), "what was shown is what is signed");
    assert!(decision.iat.0 < decision.exp.0);
    let outcome = match decision.decision {
        Decision::Approve => {
            assert!(by_approval_key, "an approval needs the approval key");
            let unlocked_by = match device.claim.approval_unlock {
                ApprovalUnlock::Biometric => UserVerification::Biometric,
                ApprovalUnlock::DevicePasscode => UserVerification::DeviceCredential,
            };
            assert_eq!(decision.verification, unlocked_by, "as the pairing said");
            if decision.number == number { Outcome::Approved } else { Outcome::WrongNumber }
        }
        Decision::Deny => Outcome::Denied,
        Decision::Report => Outcome::Reported,
    };
    state.decisions.push(decision);
    Ok(serde_json::to_string(&DecisionAnswer { outcome }).unwrap())
}
