//! A phone whose approval key is unlocked by its passcode: taken where the tenant's policy allows it.

use countersign_mobile_core::{Error, Outcome, Reason};
use countersign_tests::{On, Setup, World};

stories!(
    a_passcode_pairs_no_phone_unless_the_policy_allows_it,
    an_approval_by_passcode_says_so,
    a_passcode_that_is_no_longer_allowed_approves_nothing_and_denies_still,
);

async fn a_passcode_pairs_no_phone_unless_the_policy_allows_it(on: On) {
    let world = World::with(on, Setup::by_tap()).await;
    let core = world.phone("Ada’s phone").passcode_core();
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap().to_string();
    let refused = core.pair(link.clone(), None).await.unwrap_err();
    assert_eq!(refused, Error::TellUser(Reason::DevicePasscodeNotAllowed));
    assert!(refused.message(countersign_mobile_core::Lang::English).contains("passcode"));
    assert_eq!(world.count("SELECT COUNT(*) FROM devices").await, 0);
    world.change_policy(|policy| policy.factors.device_passcode = true).await;
    core.pair(link, None).await.unwrap();
}

/// A world that allows it, and a phone that is paired there.
async fn allowed(on: On) -> (World, countersign_mobile_core::Core) {
    let world = World::with(on, Setup::by_tap()).await;
    world.change_policy(|policy| policy.factors.device_passcode = true).await;
    let core = world.phone("Ada’s phone").passcode_core();
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap().to_string();
    let started = core.pair(link, None).await.unwrap();
    world.app.confirm_newest_pairing(&at, world.user, &started.code).await.unwrap();
    (world, core)
}

async fn an_approval_by_passcode_says_so(on: On) {
    let (world, core) = allowed(on).await;
    world.begin(&world.browser()).await;
    let request = core.pending().await.unwrap().requests.remove(0);
    assert_eq!(core.approve(request, None).await, Ok(Outcome::Approved));
    let said = world.texts("SELECT detail FROM audit WHERE event = 'login.approved'").await;
    assert!(said[0].as_ref().unwrap().contains(r#""verification":"device_credential""#), "{said:?}");
    let said = world.texts("SELECT detail FROM audit WHERE event = 'pairing.claimed'").await;
    assert!(said[0].as_ref().unwrap().contains(r#""approval_unlock":"device_passcode""#), "{said:?}");
}

async fn a_passcode_that_is_no_longer_allowed_approves_nothing_and_denies_still(on: On) {
    let (world, core) = allowed(on).await;
    world.begin(&world.browser()).await;
    let request = core.pending().await.unwrap().requests.remove(0);
    world.change_policy(|policy| policy.factors.device_passcode = false).await;
    let refused = core.approve(request.clone(), None).await;
    assert_eq!(refused, Err(Error::TellUser(Reason::DevicePasscodeNotAllowed)));
    assert_eq!(core.deny(request).await, Ok(Outcome::Denied));
}
