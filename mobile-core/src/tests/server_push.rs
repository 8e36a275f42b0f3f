//! The server's side of push endpoints: the later of two counts, by the second in which it was signed.

use countersign_protocol::api::{ErrorCode, Problem, PushAnswer, PushBody, PushState};
use countersign_protocol::call::Call;
use countersign_protocol::pairing::{PairingClaim, PushEndpoint};

use super::server::problem;

/// Where wakes go, as the server knows it.
#[derive(Default)]
pub(super) struct PushOnServer {
    pub(super) endpoint: Option<PushEndpoint>,
    /// The push service knows the endpoint no more.
    pub(super) lost: bool,
    /// Answers everything about push with this error.
    pub(super) refuse: Option<ErrorCode>,
    /// How often it was told.
    pub(super) told: usize,
    pub(super) signed_at: i64,
}

impl PushOnServer {
    pub(super) fn pair(&mut self, claim: &PairingClaim) {
        self.endpoint.clone_from(&claim.push);
        self.signed_at = claim.iat.0;
    }

    pub(super) fn put(&mut self, call: &Call, body: &[u8]) -> Result<String, Problem> {
        self.told += 1;
        if let Some(code) = self.refuse {
            return Err(problem(code));
        }
        let PushBody { push } = serde_json::from_slice(body).unwrap();
        if call.iat.0 >= self.signed_at {
            (self.endpoint, self.signed_at, self.lost) = (push, call.iat.0, false);
        }
        Ok(serde_json::to_string(&PushAnswer { push: self.state() }).unwrap())
    }

    pub(super) fn state(&self) -> PushState {
        match self.endpoint {
            None => PushState::None,
            Some(_) if self.lost => PushState::Lost,
            Some(_) => PushState::Working,
        }
    }
}
