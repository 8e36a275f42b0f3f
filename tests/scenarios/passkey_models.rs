//! A tenant permits certain authenticators, if their makers vouch for them.

use std::time::Duration;

use countersign_server::app::PermittedPasskeys;
use countersign_tests::authenticator::Maker;
use countersign_tests::passkeys::{ADD, Asking, OPTIONS};
use countersign_tests::{Authenticator, EMAIL, On, Setup, World};
use serde_json::Value;
use uuid::Uuid;

stories!(only_permitted_models_are_added, a_list_that_cannot_be_read_permits_nothing,);

const MODEL: Uuid = Uuid::from_u128(0x2fc0_579f_8113_47ea_b116_bb5a_8db9_202a);

async fn permit(world: &World, maker: &Maker, model: Uuid) {
    let model = model.to_string().parse().unwrap();
    let permitted = PermittedPasskeys::new(maker.pem().as_bytes(), &[model]).unwrap();
    world.app.set_permitted_passkeys(world.tenant, Some(&permitted)).await.unwrap();
    // Until the tenant is read anew.
    world.clock.advance(Duration::from_secs(6));
}

async fn only_permitted_models_are_added(on: On) {
    let world = World::with(on, Setup::by_name()).await;
    let (maker, other_maker) = (Maker::new("Maker"), Maker::new("Other maker"));
    permit(&world, &maker, MODEL).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let at = Asking::on(&browser, ADD).await;
    let asked: Value = serde_json::from_str(&at.asked(OPTIONS).await).unwrap();
    assert_eq!(asked["publicKey"]["attestation"], "direct");

    let other_model = Uuid::from_u128(7);
    for mut wrong in [
        Authenticator::in_a_device(),
        Authenticator::key().of(MODEL, &other_maker),
        Authenticator::key().of(other_model, &maker),
    ] {
        let made = wrong.create(&at.asked(OPTIONS).await, &world.origin).unwrap();
        at.refused(ADD, &made, 403, "not_permitted").await;
    }
    // One that says it is of a model that its certificate does not name.
    let mut liar = Authenticator::key().of(other_model, &maker);
    liar.model = MODEL;
    let made = liar.create(&at.asked(OPTIONS).await, &world.origin).unwrap();
    at.refused(ADD, &made, 400, "refused").await;
    assert_eq!(world.passkeys_of(world.user).await.len(), 0);

    let mut right = Authenticator::key().of(MODEL, &maker);
    world.add_passkey(&browser, &mut right).await;
    assert_eq!(world.passkeys_of(world.user).await[0].name, "YubiKey 5");
    world.app.set_permitted_passkeys(world.tenant, None).await.unwrap();
    world.clock.advance(Duration::from_secs(6));
    world.confirm_by_passkey(&browser, &mut right).await;
    world.add_passkey(&browser, &mut Authenticator::in_a_device()).await;
}

async fn a_list_that_cannot_be_read_permits_nothing(on: On) {
    let world = World::with(on, Setup::by_name()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let at = Asking::on(&browser, ADD).await;
    world
        .app
        .db()
        .write(|tx| Box::pin(tx.query("UPDATE tenants SET passkey_models = '{}'").execute()))
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(6));
    at.refused(OPTIONS, "", 500, "internal").await;
}
