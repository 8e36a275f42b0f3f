//! Passkeys and their ceremonies.

use countersign_protocol::ids::{TenantId, UserId};
use countersign_server::store::ceremonies::{self, Ceremony, CeremonyKind};
use countersign_server::store::passkeys::{self, Passkey, Used};
use countersign_server::store::{StoreError, sweep, tenants, users};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_tenant, new_user, random, unit};

stories!(
    a_passkey_is_read_as_it_was_added,
    a_credential_is_known_once_in_a_tenant,
    a_passkey_is_used_up_as_it_was_checked,
    of_many_uses_at_once_one_moves_the_counter,
    a_passkey_is_renamed_and_removed_by_its_owner,
    a_ceremony_is_taken_once_in_time_by_its_owner,
    a_newer_ceremony_takes_the_place_of_the_one_before,
    of_many_who_take_a_ceremony_one_gets_it,
    ceremonies_past_their_end_are_swept,
    the_list_of_permitted_models_is_kept,
);

fn new_passkey(user: UserId, n: u8) -> Passkey {
    Passkey {
        id: Uuid::from_u128(n.into()),
        user,
        credential_id: vec![n; 32],
        credential: format!("{{\"counter\":{n}}}"),
        name: "Ada’s key ‘東京’".into(),
        host: "a.example".into(),
        created_at: at(n.into()),
        last_used_at: None,
    }
}

impl Fixture {
    async fn add_passkey(&self, passkey: &Passkey) -> Result<(), StoreError> {
        let (tenant, passkey) = (self.tenant, passkey.clone());
        self.db.write(unit!([passkey] | tx | passkeys::add(tx, tenant, &passkey).await)).await
    }

    async fn passkeys(&self) -> Vec<Passkey> {
        let (tenant, user) = (self.tenant, self.user);
        self.read(move |tx| Box::pin(passkeys::of_user(tx, tenant, user))).await
    }

    async fn use_up(&self, user: UserId, used: Used, now: i64) -> bool {
        let tenant = self.tenant;
        self.write(unit!([used] | tx | passkeys::use_up(tx, tenant, user, &used, at(now)).await)).await
    }

    async fn begin_ceremony(&self, id: u128, kind: CeremonyKind, state: &str) {
        let (tenant, user) = (self.tenant, self.user);
        let ceremony = Ceremony {
            id: Uuid::from_u128(id),
            user,
            belongs_to: OWNER,
            kind,
            state: state.into(),
            expires_at: at(300),
        };
        self.write(unit!([ceremony] | tx | ceremonies::begin(tx, tenant, &ceremony).await)).await;
    }

    async fn take(&self, user: UserId, owner: Uuid, kind: CeremonyKind, now: i64) -> Option<String> {
        let tenant = self.tenant;
        self.write(move |tx| Box::pin(ceremonies::take(tx, tenant, user, owner, kind, at(now)))).await
    }
}

const OWNER: Uuid = Uuid::from_u128(11);

fn used(passkey: &Passkey, becomes: &str) -> Used {
    Used { id: passkey.id, was: passkey.credential.clone(), becomes: becomes.into() }
}

async fn a_passkey_is_read_as_it_was_added(on: On) {
    let f = Fixture::new(on).await;
    let (second, first) = (new_passkey(f.user, 2), new_passkey(f.user, 1));
    for passkey in [&second, &first] {
        f.add_passkey(passkey).await.unwrap();
    }
    assert_eq!(f.passkeys().await, [first, second], "oldest first");
    let (tenant, user) = (TenantId(Uuid::from_u128(7)), f.user);
    assert!(f.read(move |tx| Box::pin(passkeys::of_user(tx, tenant, user))).await.is_empty());
}

async fn a_credential_is_known_once_in_a_tenant(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    let (bob, other) = (UserId::new(at(0), &random()), TenantId::new(at(0), &random()));
    f.write(move |tx| {
        Box::pin(async move { users::add(tx, &new_user(tenant, bob, "bob@example.com")).await })
    })
    .await;
    f.add_passkey(&new_passkey(f.user, 1)).await.unwrap();
    let same = Passkey { id: Uuid::from_u128(2), user: bob, ..new_passkey(f.user, 1) };
    let refused = f.add_passkey(&same).await;
    assert!(
        matches!(&refused, Err(StoreError::Conflict { constraint }) if constraint.starts_with("passkeys_")),
        "{refused:?}"
    );

    // Another tenant is another relying party.
    f.write(move |tx| {
        Box::pin(async move { tenants::add(tx, &new_tenant(other, "https://b.example")).await })
    })
    .await;
    let eve = UserId::new(at(0), &random());
    f.write(move |tx| {
        Box::pin(async move { users::add(tx, &new_user(other, eve, "eve@example.com")).await })
    })
    .await;
    let same = Passkey { id: Uuid::from_u128(3), user: eve, ..same };
    f.write(unit!([same] | tx | passkeys::add(tx, other, &same).await)).await;
}

async fn a_passkey_is_used_up_as_it_was_checked(on: On) {
    let f = Fixture::new(on).await;
    let passkey = new_passkey(f.user, 1);
    f.add_passkey(&passkey).await.unwrap();
    let moved = used(&passkey, "{\"counter\":2}");
    assert!(!f.use_up(UserId(Uuid::from_u128(7)), moved.clone(), 5).await, "not for another user");
    assert!(f.use_up(f.user, moved.clone(), 5).await);
    assert!(!f.use_up(f.user, moved, 6).await, "it was checked by what is not so any more");
    let now = &f.passkeys().await[0];
    assert_eq!((now.credential.as_str(), now.last_used_at), ("{\"counter\":2}", Some(at(5))));
    // One that does not count stays as it is.
    assert!(f.use_up(f.user, used(now, &now.credential), 7).await);
    assert!(f.use_up(f.user, used(now, &now.credential), 8).await);
}

async fn of_many_uses_at_once_one_moves_the_counter(on: On) {
    let f = Fixture::new(on).await;
    let passkey = new_passkey(f.user, 1);
    f.add_passkey(&passkey).await.unwrap();
    let (tenant, user) = (f.tenant, f.user);
    let moved = used(&passkey, "{\"counter\":2}");
    let won = f
        .race(16, move |tx| {
            let moved = moved.clone();
            Box::pin(async move { passkeys::use_up(tx, tenant, user, &moved, at(5)).await })
        })
        .await;
    assert_eq!(won, 1);
}

async fn a_passkey_is_renamed_and_removed_by_its_owner(on: On) {
    let f = Fixture::new(on).await;
    let passkey = new_passkey(f.user, 1);
    f.add_passkey(&passkey).await.unwrap();
    let (tenant, user, id, other) = (f.tenant, f.user, passkey.id, UserId(Uuid::from_u128(7)));
    assert!(!f.write(move |tx| Box::pin(passkeys::rename(tx, tenant, other, id, "Eve’s"))).await);
    assert_eq!(f.write(move |tx| Box::pin(passkeys::remove(tx, tenant, other, id))).await, None);
    assert!(f.write(move |tx| Box::pin(passkeys::rename(tx, tenant, user, id, "Blue"))).await);
    assert_eq!(f.passkeys().await, [Passkey { name: "Blue".into(), ..passkey.clone() }]);
    let removed = f.write(move |tx| Box::pin(passkeys::remove(tx, tenant, user, id))).await;
    assert_eq!(removed.as_deref(), Some("Blue"));
    assert_eq!(f.write(move |tx| Box::pin(passkeys::remove(tx, tenant, user, id))).await, None);
    assert!(!f.use_up(f.user, used(&passkey, "{}"), 5).await, "it is gone");
    f.add_passkey(&passkey).await.unwrap();
}

async fn a_ceremony_is_taken_once_in_time_by_its_owner(on: On) {
    use CeremonyKind::{Check, Register};
    let f = Fixture::new(on).await;
    let (other_user, other_owner) = (UserId(Uuid::from_u128(7)), Uuid::from_u128(12));
    f.begin_ceremony(1, Check, "{}").await;
    assert_eq!(f.take(other_user, OWNER, Check, 1).await, None);
    assert_eq!(f.take(f.user, other_owner, Check, 1).await, None);
    assert_eq!(f.take(f.user, OWNER, Register, 1).await, None);
    assert_eq!(f.take(f.user, OWNER, Check, 299).await.as_deref(), Some("{}"));
    assert_eq!(f.take(f.user, OWNER, Check, 299).await, None);
    f.begin_ceremony(2, Check, "{}").await;
    assert_eq!(f.take(f.user, OWNER, Check, 300).await, None, "its time is over");
}

async fn a_newer_ceremony_takes_the_place_of_the_one_before(on: On) {
    use CeremonyKind::{Check, Register};
    let f = Fixture::new(on).await;
    f.begin_ceremony(1, Check, "first").await;
    f.begin_ceremony(2, Register, "another kind").await;
    f.begin_ceremony(3, Check, "second").await;
    assert_eq!(f.count("SELECT COUNT(*) FROM ceremonies").await, 2);
    assert_eq!(f.take(f.user, OWNER, Check, 1).await.as_deref(), Some("second"));
    assert_eq!(f.take(f.user, OWNER, Register, 1).await.as_deref(), Some("another kind"));
}

async fn of_many_who_take_a_ceremony_one_gets_it(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    f.begin_ceremony(1, CeremonyKind::Check, "{}").await;
    let won = f
        .race(16, move |tx| {
            Box::pin(async move {
                let taken = ceremonies::take(tx, tenant, user, OWNER, CeremonyKind::Check, at(1)).await?;
                Ok(taken.is_some())
            })
        })
        .await;
    assert_eq!(won, 1);
}

async fn ceremonies_past_their_end_are_swept(on: On) {
    let f = Fixture::new(on).await;
    f.begin_ceremony(1, CeremonyKind::Check, "{}").await;
    f.write(|tx| Box::pin(sweep::forget(tx, at(299)))).await;
    assert_eq!(f.count("SELECT COUNT(*) FROM ceremonies").await, 1);
    f.write(|tx| Box::pin(sweep::forget(tx, at(300)))).await;
    assert_eq!(f.count("SELECT COUNT(*) FROM ceremonies").await, 0);
}

async fn the_list_of_permitted_models_is_kept(on: On) {
    let f = Fixture::new(on).await;
    let tenant = f.tenant;
    for models in [Some("{\"cas\":{}}"), None] {
        f.write(move |tx| Box::pin(tenants::set_passkey_models(tx, tenant, models))).await;
        let found = f.read(|tx| Box::pin(tenants::by_authority(tx, "a.example"))).await.unwrap();
        assert_eq!(found.passkey_models.as_deref(), models);
    }
}
