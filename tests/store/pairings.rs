//! Pairings: offered, claimed, confirmed; or over.

use countersign_protocol::bytes::sha256;
use countersign_protocol::ids::{PairingId, TenantId};
use countersign_server::domain::pairing::{CODE_TRIES, PairingState};
use countersign_server::store::pairings::{self, Pairing};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_pairing, unit};

stories!(
    a_pairing_is_read_as_it_was_offered,
    a_newer_offer_ends_the_older_ones,
    a_pairing_is_claimed_once_and_in_time,
    a_try_is_counted_and_there_are_three,
    a_pairing_is_confirmed_once,
    what_is_confirmed_cannot_be_ended,
);

impl Fixture {
    async fn offer(&self) -> Pairing {
        let (tenant, pairing) = (self.tenant, new_pairing(self.user));
        let offered = pairing.clone();
        self.write(unit!([offered] | tx | pairings::offer(tx, tenant, &offered, at(0)).await)).await;
        pairing
    }

    async fn pairing(&self, id: PairingId) -> Pairing {
        let tenant = self.tenant;
        self.read(move |tx| Box::pin(pairings::by_id(tx, tenant, id))).await.unwrap()
    }

    async fn claim(&self, id: PairingId, now: i64) -> bool {
        let (tenant, device) = (self.tenant, self.device);
        self.write(move |tx| Box::pin(pairings::claim(tx, tenant, id, device, sha256("code"), at(now)))).await
    }
}

async fn a_pairing_is_read_as_it_was_offered(on: On) {
    let f = Fixture::new(on).await;
    let offered = f.offer().await;
    let read = f.pairing(offered.id).await;
    assert_eq!((read.id, read.user, read.state), (offered.id, f.user, PairingState::Offered));
    assert_eq!((read.claim_hash, read.code_hash, read.device), (offered.claim_hash, None, None));
    assert_eq!((read.tries_left, read.expires_at), (CODE_TRIES, at(300)));
    let (id, other) = (offered.id, TenantId(Uuid::from_u128(7)));
    assert!(f.read(move |tx| Box::pin(pairings::by_id(tx, other, id))).await.is_none());
}

async fn a_newer_offer_ends_the_older_ones(on: On) {
    let f = Fixture::new(on).await;
    let (first, second) = (f.offer().await.id, f.offer().await.id);
    f.claim(second, 1).await;
    let third = f.offer().await.id;
    for (id, state) in
        [(first, PairingState::Over), (second, PairingState::Over), (third, PairingState::Offered)]
    {
        assert_eq!(f.pairing(id).await.state, state);
    }
    let (tenant, user) = (f.tenant, f.user);
    let newest = f.read(move |tx| Box::pin(pairings::newest_of_user(tx, tenant, user))).await;
    assert!(newest.is_some());
}

async fn a_pairing_is_claimed_once_and_in_time(on: On) {
    let f = Fixture::new(on).await;
    let id = f.offer().await.id;
    assert!(!f.claim(id, 300).await, "too late");
    let (tenant, device) = (f.tenant, f.device);
    let won = f
        .race(16, move |tx| Box::pin(pairings::claim(tx, tenant, id, device, sha256("code"), at(299))))
        .await;
    assert_eq!(won, 1);
    let read = f.pairing(id).await;
    assert_eq!((read.state, read.device), (PairingState::Claimed, Some(device)));
    assert_eq!(read.code_hash, Some(sha256("code")));
}

async fn a_try_is_counted_and_there_are_three(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.offer().await.id);
    let early = f.write(move |tx| Box::pin(pairings::count_try(tx, tenant, id, at(1)))).await;
    assert!(early.is_none(), "nothing to type yet");
    f.claim(id, 1).await;
    let late = f.write(move |tx| Box::pin(pairings::count_try(tx, tenant, id, at(300)))).await;
    assert!(late.is_none());
    let counted = f
        .race(16, move |tx| {
            Box::pin(async move { Ok(pairings::count_try(tx, tenant, id, at(2)).await?.is_some()) })
        })
        .await;
    assert_eq!(i64::try_from(counted).unwrap(), CODE_TRIES, "however many come at once");
    assert_eq!(f.pairing(id).await.tries_left, 0);
}

async fn a_pairing_is_confirmed_once(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, id) = (f.tenant, f.offer().await.id);
    assert!(!f.write(move |tx| Box::pin(pairings::confirm(tx, tenant, id))).await, "nobody claimed it");
    f.claim(id, 1).await;
    assert_eq!(f.race(16, move |tx| Box::pin(pairings::confirm(tx, tenant, id))).await, 1);
    assert_eq!(f.pairing(id).await.state, PairingState::Confirmed);
}

async fn what_is_confirmed_cannot_be_ended(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let id = f.offer().await.id;
    assert_eq!(f.race(8, move |tx| Box::pin(pairings::end(tx, tenant, id))).await, 1);
    assert!(!f.claim(id, 1).await, "what is over stays over");
    let id = f.offer().await.id;
    f.claim(id, 1).await;
    f.write(move |tx| Box::pin(pairings::confirm(tx, tenant, id))).await;
    assert!(!f.write(move |tx| Box::pin(pairings::end(tx, tenant, id))).await);
    // Confirming and ending at once: one of the two.
    let id = f.offer().await.id;
    f.claim(id, 1).await;
    let (confirmed, ended) = tokio::join!(
        f.race(4, move |tx| Box::pin(pairings::confirm(tx, tenant, id))),
        f.race(4, move |tx| Box::pin(pairings::end(tx, tenant, id))),
    );
    assert_eq!(confirmed + ended, 1);
}
