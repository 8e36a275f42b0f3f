//! The contract of key stores: kept by a sound one, and each fault found.

use super::now;
use super::phone::{FakeKeys, Signing};
use crate::contract::{Finding, key_store_contract};
use crate::ports::KeyUnlock;

fn broken(store: &FakeKeys) -> Vec<&'static str> {
    let findings = now(key_store_contract(store, "test"));
    findings.into_iter().filter(|finding| !finding.is_kept()).map(|finding| finding.rule).collect()
}

#[test]
fn a_sound_store_keeps_it_and_nothing_is_left() {
    let store = FakeKeys::default();
    assert!(broken(&store).is_empty(), "{:?}", broken(&store));
    assert!(store.keys.lock().unwrap().is_empty());
}

#[test]
fn a_store_that_signs_by_another_key_is_found_out() {
    for signing in [Signing::ByAnotherKey, Signing::Garbage] {
        let store = FakeKeys::default();
        *store.signing.lock().unwrap() = signing;
        let broken = broken(&store);
        assert!(broken.iter().any(|rule| rule.starts_with("both purposes sign")), "{broken:?}");
        assert!(store.keys.lock().unwrap().is_empty(), "a broken rule leaves no keys behind");
    }
}

#[test]
fn an_approval_key_that_asks_nobody_is_found_out() {
    let store = FakeKeys::default();
    store.unlock.lock().unwrap().0 = KeyUnlock::NotAsked;
    let broken = broken(&store);
    assert!(broken.iter().any(|rule| rule.starts_with("a device key asks nobody")), "{broken:?}");
    store.unlock.lock().unwrap().0 = KeyUnlock::DevicePasscode;
    let by_passcode = now(key_store_contract(&store, "test"));
    assert!(by_passcode.iter().all(Finding::is_kept), "{by_passcode:?}");
}

#[test]
fn an_attestation_that_is_not_the_keys_is_found_out() {
    let store = FakeKeys::default();
    *store.attested.lock().unwrap() = true;
    assert!(broken(&store)[0].starts_with("keys are attested"));
}
