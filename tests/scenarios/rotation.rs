//! A phone's push service hands it another token: the server ends up with the newest, whatever came between.

use std::time::Duration;

use countersign_mobile_core::{PushEndpoint, PushState};
use countersign_protocol::time::Clock as _;
use countersign_tests::providers::{android, iphone, iphone_token};
use countersign_tests::stand_ins::apns::TokenState;
use countersign_tests::{On, Phone, Setup, World, until};
use futures_util::future::join_all;

use crate::phones::stands;
use crate::real_phones::{at_apple, at_google, sign_in_by_app};

stories!(
    of_two_tokens_at_once_the_later_one_is_woken,
    of_many_tokens_at_once_phone_and_server_agree_on_one,
    an_answer_that_was_lost_leaves_no_old_token,
    a_token_that_comes_back_while_an_answer_is_lost_is_told_again,
    a_wake_under_way_to_the_old_token_goes_to_the_new_one,
    a_wake_that_waits_for_its_next_try_goes_to_the_new_token,
    what_apple_says_of_the_old_token_does_not_harm_the_new_one,
);

const LOST: &str = "SELECT COUNT(*) FROM devices WHERE push_lost_at IS NOT NULL";

async fn with_iphone(on: On) -> (World, Phone) {
    let world = World::with(on, Setup::with_providers()).await;
    let phone = world.paired_iphone(1).await;
    // As an app does at each start.
    phone.core.set_push(Some(iphone(1))).await.unwrap();
    (world, phone)
}

async fn push_state(phone: &Phone) -> PushState {
    phone.core.accounts().await.unwrap()[0].push
}

/// The one endpoint that a login wakes.
async fn is_woken(world: &World, n: usize) {
    let before = world.apple().received();
    world.begin(&world.browser()).await;
    let sent = world.apple().wait_for(before + 1).await.remove(before);
    assert_eq!(sent.path, format!("/3/device/{}", iphone_token(n)));
}

async fn of_two_tokens_at_once_the_later_one_is_woken(on: On) {
    let (world, phone) = with_iphone(on).await;
    let (first, second) =
        tokio::join!(phone.core.set_push(Some(iphone(2))), phone.core.set_push(Some(iphone(3))),);
    first.and(second).unwrap();
    assert_eq!(push_state(&phone).await, PushState::Working);
    is_woken(&world, 3).await;
}

async fn of_many_tokens_at_once_phone_and_server_agree_on_one(on: On) {
    let (world, phone) = with_iphone(on).await;
    let calls = (2..12).map(|n| phone.core.set_push(Some(iphone(n))));
    join_all(calls).await.into_iter().for_each(Result::unwrap);
    let calls = phone.http.count();
    phone.core.set_push(Some(iphone(11))).await.unwrap();
    assert_eq!(phone.http.count(), calls, "the server is known to have it");
    is_woken(&world, 11).await;
}

async fn an_answer_that_was_lost_leaves_no_old_token(on: On) {
    let (world, phone) = with_iphone(on).await;
    phone.http.lose_answers(true);
    phone.core.set_push(Some(iphone(2))).await.unwrap();
    phone.http.lose_answers(false);
    is_woken(&world, 2).await;
    let before = phone.http.count();
    phone.requests().await;
    assert_eq!(phone.http.count(), before + 2, "the list, and the endpoint once more");
    phone.requests().await;
    assert_eq!(phone.http.count(), before + 3, "the list alone");
    assert_eq!(push_state(&phone).await, PushState::Working);
}

async fn a_token_that_comes_back_while_an_answer_is_lost_is_told_again(on: On) {
    let (world, phone) = with_iphone(on).await;
    phone.http.lose_answers(true);
    phone.core.set_push(Some(iphone(2))).await.unwrap();
    phone.http.lose_answers(false);
    phone.core.set_push(Some(iphone(1))).await.unwrap();
    is_woken(&world, 1).await;
    assert_eq!(at_apple(&world, 2).len(), 0);
}

/// Until the wake of the login that waits is due again at its device's newest endpoint, and sent there.
async fn sent_to_the_new_one(world: &World) {
    until("the new one is woken", || async {
        world.app.take_due().await.unwrap();
        at_apple(world, 2) == ["alert"]
    })
    .await;
}

async fn a_wake_under_way_to_the_old_token_goes_to_the_new_one(on: On) {
    let (world, phone) = with_iphone(on).await;
    world.apple().set_token(&iphone_token(1), Some(TokenState::Unregistered(world.clock.now())));
    world.apple().hang(true);
    let browser = world.browser();
    world.begin(&browser).await;
    world.apple().wait_for(1).await;
    // Apple has the old token in its hands, and says nothing yet.
    phone.core.set_push(Some(iphone(2))).await.unwrap();
    world.apple().hang(false);
    sent_to_the_new_one(&world).await;
    stands(&browser, "asked").await;
    assert_eq!(world.count(LOST).await, 0);
    assert_eq!(
        phone.core.refresh_account(phone.core.accounts().await.unwrap().remove(0).id).await.unwrap().push,
        PushState::Working
    );
    sign_in_by_app(&world, &browser, &phone).await;
    assert_eq!((at_apple(&world, 1).len(), at_apple(&world, 2).len()), (1, 1));
}

async fn a_wake_that_waits_for_its_next_try_goes_to_the_new_token(on: On) {
    let (world, phone) = with_iphone(on).await;
    world.apple().answer_token(&iphone_token(1), 503, "ServiceUnavailable", None);
    let browser = world.browser();
    world.begin(&browser).await;
    stands(&browser, "trouble").await;
    phone.core.set_push(Some(iphone(2))).await.unwrap();
    world.clock.advance(Duration::from_secs(2));
    sent_to_the_new_one(&world).await;
    stands(&browser, "asked").await;
    assert_eq!(at_apple(&world, 1).len(), 1);
}

/// Here the phone gave up Apple's token altogether: it is woken by Google from now on.
async fn what_apple_says_of_the_old_token_does_not_harm_the_new_one(on: On) {
    let (world, phone) = with_iphone(on).await;
    world.apple().set_token(&iphone_token(1), Some(TokenState::Expired));
    world.apple().hang(true);
    world.begin(&world.browser()).await;
    world.apple().wait_for(1).await;
    phone.core.set_push(Some(android(1))).await.unwrap();
    // The old token once more, as a call that was signed before and was late.
    let late = PushEndpoint::Fcm { token: "late:token".into() };
    let answer = crate::push_endpoints::name(&phone, Some(late), 30).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    world.apple().hang(false);
    until("Google wakes it", || async {
        world.app.take_due().await.unwrap();
        at_google(&world, 1) == ["high"]
    })
    .await;
    assert_eq!((world.count(LOST).await, world.google().messages().len()), (0, 1));
}
