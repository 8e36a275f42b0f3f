//! Devices: unconfirmed, then active, then perhaps without a push endpoint.

use countersign_protocol::api::DeviceState;
use countersign_protocol::ids::{DeviceId, TenantId};
use countersign_protocol::pairing::PushEndpoint;
use countersign_protocol::time::NumericDate;
use countersign_server::store::{StoreError, devices};
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_device, random, unit};

stories!(
    a_device_is_read_as_it_was_claimed,
    a_device_is_activated_once,
    a_key_belongs_to_one_device,
    active_devices_come_with_the_last_used_first,
    a_push_endpoint_is_lost_only_if_it_is_still_the_one,
    what_was_signed_later_stays,
);

async fn a_device_is_read_as_it_was_claimed(on: On) {
    let f = Fixture::new(on).await;
    let device = f.add_device(DeviceId::new(at(0), &random())).await;
    let (tenant, kid, other) = (f.tenant, device.device_key.id(), TenantId(Uuid::from_u128(7)));
    let read = f.read(move |tx| Box::pin(devices::by_device_kid(tx, tenant, kid))).await.unwrap();
    assert_eq!(
        (read.id, read.tenant, read.user, read.state),
        (device.id, tenant, f.user, DeviceState::Unconfirmed)
    );
    assert_eq!(
        (&read.name, &read.platform, read.protection),
        (&device.name, &device.platform, device.protection)
    );
    assert_eq!((&read.device_key, &read.approval_key), (&device.device_key, &device.approval_key));
    assert_eq!((read.push.as_ref(), read.created_at, read.last_used_at), (device.push.as_ref(), at(0), None));
    assert_eq!(read.attestation, device.attestation);
    let approval = device.approval_key.id();
    assert!(f.read(move |tx| Box::pin(devices::by_device_kid(tx, tenant, approval))).await.is_none());
    assert!(f.read(move |tx| Box::pin(devices::by_device_kid(tx, other, kid))).await.is_none());
}

async fn a_device_is_activated_once(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let id = f.add_device(DeviceId::new(at(0), &random())).await.id;
    let active = async || f.read(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await;
    assert_eq!(active().await.len(), 1);
    assert_eq!(f.race(16, move |tx| Box::pin(devices::activate(tx, tenant, id, at(1)))).await, 1);
    assert_eq!(active().await.len(), 2);
}

async fn a_key_belongs_to_one_device(on: On) {
    let f = Fixture::new(on).await;
    let first = f.add_device(DeviceId::new(at(0), &random())).await;
    for same_device_key in [true, false] {
        let mut second = new_device(f.tenant, f.user, DeviceId::new(at(0), &random()));
        if same_device_key {
            second.device_key = first.device_key.clone();
        } else {
            second.approval_key = first.approval_key.clone();
        }
        let refused = f.db.write(unit!([second] | tx | devices::add_unconfirmed(tx, &second).await)).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
}

async fn active_devices_come_with_the_last_used_first(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user, first) = (f.tenant, f.user, f.device);
    let second = f.add_device(DeviceId::new(at(0), &random())).await.id;
    f.write(move |tx| Box::pin(devices::activate(tx, tenant, second, at(1)))).await;
    for (used, when) in [(second, 5), (first, 6)] {
        f.write(move |tx| Box::pin(devices::used(tx, tenant, used, at(when)))).await;
        let active = f.read(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await;
        assert_eq!((active[0].id, active[0].last_used_at), (used, Some(at(when))));
    }
}

async fn a_push_endpoint_is_lost_only_if_it_is_still_the_one(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user, device) = (f.tenant, f.user, f.device);
    let active =
        async || f.read(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await.remove(0);
    let old = active().await.push.unwrap();
    let lose = async |tenant, push: &PushEndpoint| {
        let push = push.clone();
        f.write(unit!([push] | tx | devices::lose_push(tx, tenant, device, &push, at(5)).await)).await
    };
    assert!(!lose(TenantId(Uuid::from_u128(7)), &old).await, "not by another tenant");
    assert!(!lose(tenant, &fcm("another")).await, "not for another endpoint");
    assert!(lose(tenant, &old).await);
    assert_eq!((active().await.push, active().await.push_lost_at), (None, Some(at(5))));
    assert!(!lose(tenant, &old).await, "once");
}

async fn what_was_signed_later_stays(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user, device) = (f.tenant, f.user, f.device);
    let set = async |push: Option<PushEndpoint>, signed_at| {
        let signed_at = NumericDate(signed_at);
        f.write(unit!([push] | tx | devices::set_push(tx, tenant, device, push.as_ref(), signed_at).await))
            .await
    };
    assert!(set(Some(fcm("second")), 20).await);
    assert!(!set(Some(fcm("first")), 19).await, "it was on its way for longer");
    let active = f.read(move |tx| Box::pin(devices::active_of_user(tx, tenant, user))).await.remove(0);
    assert_eq!(active.push, Some(fcm("second")));
    assert!(set(None, 20).await, "of the same second, the last to arrive");
}

fn fcm(token: &str) -> PushEndpoint {
    PushEndpoint::Fcm { token: token.into() }
}
