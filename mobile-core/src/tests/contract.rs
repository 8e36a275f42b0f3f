//! The contract of key stores: kept by a sound one, and each fault found.

use super::now;
use super::phone::{FakeKeys, Signing};
use crate::contract::{Finding, Prompts, key_store_contract};
use crate::ports::{KeyPurpose, KeyStoreError, KeyUnlock};

/// The prompts of a phone whose approval keys alone ask.
fn prompts(store: &FakeKeys) -> Result<u64, KeyStoreError> {
    let uses = store.uses.lock().unwrap();
    Ok(uses.iter().filter(|(purpose, _)| *purpose == KeyPurpose::Approval).count() as u64)
}

fn broken(store: &FakeKeys) -> Vec<&'static str> {
    broken_where(store, &|| prompts(store))
}

fn broken_where(store: &FakeKeys, prompts: Prompts<'_>) -> Vec<&'static str> {
    let findings = now(key_store_contract(store, "test", prompts));
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
fn a_store_that_asks_too_seldom_or_too_often_is_found_out() {
    let each_use = |store: &FakeKeys| store.uses.lock().unwrap().len() as u64;
    let first_alone = |store: &FakeKeys| prompts(store).unwrap().min(1);
    let never = |_: &FakeKeys| 0;
    let twice = |store: &FakeKeys| 2 * prompts(store).unwrap();
    let ways: [&(dyn Fn(&FakeKeys) -> u64 + Sync); 4] = [&never, &first_alone, &each_use, &twice];
    for (way, asks) in ways.into_iter().enumerate() {
        let store = FakeKeys::default();
        let broken = broken_where(&store, &|| Ok(asks(&store)));
        assert_eq!(broken.len(), 1, "{way}: {broken:?}");
        assert!(broken[0].starts_with("each signature by an approval key asks"), "{way}: {broken:?}");
        assert!(store.keys.lock().unwrap().is_empty(), "a broken rule leaves no keys behind");
    }
}

#[test]
fn prompts_that_cannot_be_counted_are_a_broken_rule() {
    let store = FakeKeys::default();
    assert_eq!(broken_where(&store, &|| Err(KeyStoreError::Failed("no count".into()))).len(), 1);
}

#[test]
fn a_store_that_says_of_an_approval_key_that_nothing_unlocks_it_is_found_out() {
    let store = FakeKeys::default();
    store.unlock.lock().unwrap().0 = KeyUnlock::NotAsked;
    let broken = broken(&store);
    assert!(broken.iter().any(|rule| rule.starts_with("of an approval key it is said")), "{broken:?}");
    store.unlock.lock().unwrap().0 = KeyUnlock::DevicePasscode;
    let by_passcode = now(key_store_contract(&store, "test", &|| prompts(&store)));
    assert!(by_passcode.iter().all(Finding::is_kept), "{by_passcode:?}");
}

#[test]
fn an_attestation_that_is_not_the_keys_is_found_out() {
    let store = FakeKeys::default();
    *store.attested.lock().unwrap() = true;
    assert!(broken(&store)[0].starts_with("keys are attested"));
}
