//! Apple's provider token: how this server makes itself known to APNs.
//!
//! An ES256 JWT that says which team and which key ("Establishing a token-based connection to APNs").
//! Apple refuses one that is older than an hour, and a provider that makes them more often than every
//! 20 minutes; so one is used for 40 minutes, by all sends together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_protocol::bytes::to_base64url;
use countersign_protocol::statement::Signer;
use countersign_protocol::time::{Clock, Timestamp};
use reqwest::header::HeaderValue;

/// A token of this age is replaced.
const RENEW_AT: Duration = Duration::from_mins(40);
/// Apple takes no two tokens in a shorter time.
const BETWEEN: Duration = Duration::from_mins(20);
/// A clock that was set back by more gets a new token: one from the future is refused.
const SET_BACK: Duration = Duration::from_mins(1);

/// Makes and keeps the token.
pub(super) struct ProviderToken {
    key_id: String,
    team_id: String,
    signer: Arc<dyn Signer + Send + Sync>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Token>,
    made: u64,
    /// When Apple last called a token expired and another was made for that reason.
    replaced_at: Option<Timestamp>,
}

/// One token, as it is sent.
#[derive(Clone)]
pub(super) struct Token {
    /// The `authorization` header, not to be shown.
    pub(super) header: HeaderValue,
    number: u64,
    issued_at: Timestamp,
}

impl ProviderToken {
    pub(super) fn new(
        key_id: String,
        team_id: String,
        signer: Arc<dyn Signer + Send + Sync>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { key_id, team_id, signer, clock, state: Mutex::default() }
    }

    /// The token to send with; none if key id or team id cannot stand in a header.
    pub(super) fn current(&self) -> Option<Token> {
        let now = self.clock.now();
        let mut state = self.state();
        match state.current.as_ref().filter(|token| token.is_fresh(now)) {
            Some(token) => Some(token.clone()),
            None => self.issue(&mut state, now),
        }
    }

    /// The token to send with after Apple has called `expired` so. However many sends are told so at
    /// once, one new token is made; and none if the last one that was made for this reason is younger
    /// than Apple allows: then it is a clock that is wrong, and another token would not help.
    pub(super) fn instead_of(&self, expired: &Token) -> Option<Token> {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(current) = state.current.as_ref().filter(|current| current.number != expired.number) {
            return Some(current.clone());
        }
        if state.replaced_at.is_some_and(|at| at.until(now) < BETWEEN && now.until(at) < BETWEEN) {
            return None;
        }
        state.replaced_at = Some(now);
        self.issue(&mut state, now)
    }

    // A signature takes microseconds, so it is made under the lock, and only once.
    fn issue(&self, state: &mut State, now: Timestamp) -> Option<Token> {
        let header = serde_json::json!({ "alg": "ES256", "kid": self.key_id });
        let claims = serde_json::json!({ "iss": self.team_id, "iat": now.seconds() });
        let input = format!("{}.{}", to_base64url(header.to_string()), to_base64url(claims.to_string()));
        let signature = to_base64url(self.signer.sign(input.as_bytes()));
        let mut header = HeaderValue::try_from(format!("bearer {input}.{signature}")).ok()?;
        header.set_sensitive(true);
        state.made += 1;
        let token = Token { header, number: state.made, issued_at: now };
        state.current = Some(token.clone());
        Some(token)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Token {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.issued_at.until(now) < RENEW_AT && now.until(self.issued_at) <= SET_BACK
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use countersign_protocol::bytes::from_base64url;
    use serde_json::{Value, json};

    use super::super::vapid::testing::{TestClock, TestSigner};
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const MINUTE: i64 = 60;

    fn tokens() -> (Arc<TestSigner>, Arc<TestClock>, ProviderToken) {
        let (signer, clock) = (Arc::new(TestSigner::new()), TestClock::at(NOW));
        let token = ProviderToken::new("KEY".into(), "TEAM".into(), signer.clone(), clock.clone());
        (signer, clock, token)
    }

    #[test]
    fn a_token_names_key_and_team_verifies_and_is_not_shown() {
        let (signer, _, tokens) = tokens();
        let header = tokens.current().unwrap().header;
        assert!(header.is_sensitive() && !format!("{header:?}").contains("bearer"));
        let token = header.to_str().unwrap().strip_prefix("bearer ").unwrap();
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = from_base64url(signature).unwrap().try_into().unwrap();
        assert!(signer.public_key().verifies(input.as_bytes(), &signature));
        let (header, claims) = input.split_once('.').unwrap();
        let read = |part| serde_json::from_slice::<Value>(&from_base64url(part).unwrap()).unwrap();
        assert_eq!(read(header), json!({ "alg": "ES256", "kid": "KEY" }));
        assert_eq!(read(claims), json!({ "iss": "TEAM", "iat": NOW }));
    }

    #[test]
    fn one_token_is_used_for_forty_minutes() {
        let (signer, clock, tokens) = tokens();
        let first = tokens.current().unwrap().header;
        clock.set(NOW + 40 * MINUTE - 1);
        assert_eq!(tokens.current().unwrap().header, first);
        clock.set(NOW + 40 * MINUTE);
        assert_ne!(tokens.current().unwrap().header, first);
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_clock_that_is_corrected_a_little_keeps_the_token_and_one_set_back_does_not() {
        let (signer, clock, tokens) = tokens();
        tokens.current().unwrap();
        clock.set(NOW - MINUTE);
        tokens.current().unwrap();
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 1);
        clock.set(NOW - MINUTE - 1);
        tokens.current().unwrap();
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn an_expired_token_is_replaced_once_and_not_again_for_twenty_minutes() {
        let (signer, clock, tokens) = tokens();
        let first = tokens.current().unwrap();
        let second = tokens.instead_of(&first).unwrap();
        for _ in 0..50 {
            assert_eq!(tokens.instead_of(&first).unwrap().header, second.header);
        }
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 2);
        clock.set(NOW + 20 * MINUTE - 1);
        assert!(tokens.instead_of(&second).is_none(), "Apple would call it too many updates");
        clock.set(NOW + 20 * MINUTE);
        assert!(tokens.instead_of(&second).is_some());
        assert_eq!(signer.signatures.load(Ordering::Relaxed), 3);
    }
}
