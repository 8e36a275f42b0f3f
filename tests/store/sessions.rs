//! Sessions and trusted browsers: known by the hash of a token, each within its tenant.

use countersign_protocol::bytes::{Digest, sha256};
use countersign_protocol::ids::{TenantId, UserId};
use countersign_server::domain::session::Proof;
use countersign_server::store::StoreError;
use countersign_server::store::browsers::{self, TrustedBrowser};
use countersign_server::store::circumstances::Question;
use countersign_server::store::sessions::{self, Session};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, unit};

stories!(
    a_session_is_read_as_it_was_added_until_it_ends,
    a_session_is_ended_once,
    a_token_is_good_for_one_session,
    a_browser_is_trusted_for_one_user,
    a_browsers_token_is_rotated_once,
);

fn session(f: &Fixture, n: u128, proof: Proof) -> Session {
    let token_hash = sha256(n.to_string());
    Session {
        id: Uuid::from_u128(n),
        user: f.user,
        token_hash,
        proof,
        amr: "pwd".into(),
        address: Some("2001:db8::1".parse().unwrap()),
        browser: "Firefox".into(),
        system: "Linux".into(),
        created_at: at(0),
        expires_at: at(60),
        proved_at: at(0),
        proved_by: proof.factor(),
    }
}

impl Fixture {
    async fn add_session(&self, session: &Session) -> Result<(), StoreError> {
        let (tenant, added) = (self.tenant, session.clone());
        self.db.write(unit!([added] | tx | sessions::add(tx, tenant, &added).await)).await
    }

    async fn session(&self, tenant: TenantId, token: Digest, now: i64) -> Option<Session> {
        let found = self.read(move |tx| Box::pin(sessions::by_token_hash(tx, tenant, token, at(now)))).await;
        let (session, user) = found?;
        assert_eq!(session.user, user.id);
        Some(session)
    }

    async fn trust(&self, browser: &TrustedBrowser) {
        let (tenant, added) = (self.tenant, browser.clone());
        self.write(unit!([added] | tx | browsers::add(tx, tenant, &added).await)).await;
    }

    async fn trusted(&self, user: UserId, token: Digest) -> Option<std::net::IpAddr> {
        let question = Question { user, token_hash: Some(token), ..self.question() };
        self.known(question).await.trusted_at
    }
}

async fn a_session_is_read_as_it_was_added_until_it_ends(on: On) {
    let f = Fixture::new(on).await;
    let proofs = [
        Proof::PasswordAlone,
        Proof::Device { device: f.device, number: true },
        Proof::Device { device: f.device, number: false },
    ];
    for (n, proof) in (1..).zip(proofs) {
        let added = session(&f, n, proof);
        f.add_session(&added).await.unwrap();
        let read = f.session(f.tenant, added.token_hash, 59).await.unwrap();
        assert_eq!((read.id, read.user, read.proof), (added.id, f.user, proof));
        assert_eq!((read.created_at, read.expires_at), (at(0), at(60)));
        assert!(f.session(f.tenant, added.token_hash, 60).await.is_none(), "its time is over");
        assert!(f.session(TenantId(Uuid::from_u128(7)), added.token_hash, 1).await.is_none());
    }
}

async fn a_session_is_ended_once(on: On) {
    let f = Fixture::new(on).await;
    let added = session(&f, 1, Proof::PasswordAlone);
    f.add_session(&added).await.unwrap();
    let (tenant, token) = (f.tenant, added.token_hash);
    assert_eq!(f.race(8, move |tx| Box::pin(sessions::end(tx, tenant, token))).await, 1);
    assert!(f.session(tenant, token, 1).await.is_none());
}

async fn a_token_is_good_for_one_session(on: On) {
    let f = Fixture::new(on).await;
    let added = session(&f, 1, Proof::PasswordAlone);
    f.add_session(&added).await.unwrap();
    let again = Session { id: Uuid::from_u128(2), ..added };
    assert!(matches!(f.add_session(&again).await, Err(StoreError::Conflict { .. })));
}

fn browser(f: &Fixture, n: u128) -> TrustedBrowser {
    let address = "198.51.100.7".parse().unwrap();
    TrustedBrowser {
        id: Uuid::from_u128(n),
        user: f.user,
        token_hash: sha256(n.to_string()),
        address,
        browser: "Firefox".into(),
        system: "Linux".into(),
        used_at: at(0),
        remembered_until: None,
    }
}

async fn a_browser_is_trusted_for_one_user(on: On) {
    let f = Fixture::new(on).await;
    let known = browser(&f, 1);
    f.trust(&known).await;
    assert_eq!(f.trusted(f.user, known.token_hash).await, Some(known.address));
    assert_eq!(f.trusted(UserId(Uuid::from_u128(7)), known.token_hash).await, None);
    assert_eq!(f.trusted(f.user, sha256("another")).await, None);
}

async fn a_browsers_token_is_rotated_once(on: On) {
    let f = Fixture::new(on).await;
    let old = browser(&f, 1);
    f.trust(&old).await;
    let (tenant, old_token) = (f.tenant, old.token_hash);
    let new = TrustedBrowser { address: "2001:db8::1".parse().unwrap(), used_at: at(5), ..browser(&f, 2) };
    let rotated = new.clone();
    let won =
        f.race(8, unit!([rotated] | tx | browsers::rotate(tx, tenant, old_token, &rotated).await)).await;
    assert_eq!(won, 1);
    assert_eq!(f.trusted(f.user, old_token).await, None);
    assert_eq!(f.trusted(f.user, new.token_hash).await, Some(new.address));
}
