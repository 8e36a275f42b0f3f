//! A login that is proved by a passkey or security key.

use countersign_protocol::bytes::to_base64url;
use countersign_tests::passkeys::{ADD, ASK, Asking};
use countersign_tests::{Authenticator, EMAIL, On, Setup, World};
use serde_json::Value;

stories!(
    a_passkey_is_added_and_signs_in,
    a_passkey_is_all_that_one_needs_beside_the_password,
    a_key_without_a_pin_is_enough,
    who_verified_once_has_to_verify_each_time,
    somebody_elses_passkey_proves_nothing,
    a_copied_key_is_noticed,
    of_two_answers_the_later_count_is_believed,
    a_removed_passkey_proves_nothing,
    a_login_that_is_over_is_not_proved,
    many_refusals_suspend_passkeys_and_not_the_phone,
);

async fn a_passkey_is_added_and_signs_in(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, _, phone) = World::with_passkey(on, &mut authenticator).await;

    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    assert!(code.page.body.contains("data-passkey-use"), "the Code screen offers it");
    let options = code.asked(ASK).await;
    let asked: Value = serde_json::from_str(&options).unwrap();
    let asked = &asked["publicKey"];
    assert_eq!((&asked["rpId"], &asked["timeout"]), (&"localhost".into(), &300_000.into()));
    let answer = authenticator.get(&options, &world.origin).unwrap();
    code.signs_in(&answer).await;
    assert!(world.passkeys_of(world.user).await[0].last_used_at.is_some());
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|event| *event == "passkey.added").count(), 1, "{told:?}");
    assert!(told.contains(&"login.proved".to_owned()), "{told:?}");
    assert_eq!(phone.requests().await.len(), 0, "the phone is asked no more");
}

async fn a_passkey_is_all_that_one_needs_beside_the_password(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let world = World::with(on, Setup::by_name()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    world.add_passkey(&browser, &mut authenticator).await;
    let other = world.browser();
    let code = world.code_screen(&other).await;
    assert!(code.page.body.contains("button-main\" type=\"button\" data-passkey"), "it is the main action");
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    code.signs_in(&answer).await;
}

async fn a_key_without_a_pin_is_enough(on: On) {
    let mut key = Authenticator::key();
    let (world, ..) = World::with_passkey(on, &mut key).await;
    for count in 6..9 {
        let browser = world.browser();
        let code = world.code_screen(&browser).await;
        let options = code.asked(ASK).await;
        let asked: Value = serde_json::from_str(&options).unwrap();
        assert_eq!(asked["publicKey"]["userVerification"], "preferred");
        let answer = key.get(&options, &world.origin).unwrap();
        code.signs_in(&answer).await;
        let credential = world.passkeys_of(world.user).await.remove(0).credential;
        assert!(credential.contains(&format!("\"counter\":{count}")), "{credential}");
    }
}

async fn who_verified_once_has_to_verify_each_time(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, ..) = World::with_passkey(on, &mut authenticator).await;
    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    let options = code.asked(ASK).await;
    let asked: Value = serde_json::from_str(&options).unwrap();
    assert_eq!(asked["publicKey"]["userVerification"], "required");
    authenticator.verifies = false;
    let answer = authenticator.get(&options, &world.origin).unwrap();
    code.proves_nothing(&answer).await;
}

async fn somebody_elses_passkey_proves_nothing(on: On) {
    let mut adas = Authenticator::in_a_device();
    let (world, ..) = World::with_passkey(on, &mut adas).await;
    let bob = world.add_user("bob@example.com").await;
    let mut bobs = Authenticator::in_a_device();
    world.add_passkey(&world.signed_in_by_password("bob@example.com").await, &mut bobs).await;
    let his = to_base64url(&world.passkeys_of(bob).await[0].credential_id);
    let hers = to_base64url(&world.passkeys_of(world.user).await[0].credential_id);

    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let options = code.asked(ASK).await;
    assert!(options.contains(&hers) && !options.contains(&his));
    assert!(bobs.get(&options, &world.origin).is_none(), "it is not asked for");
    // Signed all the same: the right question, by a passkey that is not hers.
    let answer = bobs.get(&options.replace(&hers, &his), &world.origin).unwrap();
    code.proves_nothing(&answer).await;

    // And passed off as hers.
    let options = code.asked(ASK).await.replace(&hers, &his);
    let answer = bobs.get(&options, &world.origin).unwrap();
    code.proves_nothing(&answer.replace(&his, &hers)).await;
}

async fn a_copied_key_is_noticed(on: On) {
    let mut key = Authenticator::key();
    let (world, ..) = World::with_passkey(on, &mut key).await;
    let mut copy = key.clone();
    for _ in 0..2 {
        let browser = world.browser();
        let code = world.code_screen(&browser).await;
        let answer = key.get(&code.asked(ASK).await, &world.origin).unwrap();
        code.signs_in(&answer).await;
    }
    // It has signed less often than the one that it was copied from; the second try is as far.
    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    for _ in 0..2 {
        let answer = copy.get(&code.asked(ASK).await, &world.origin).unwrap();
        code.proves_nothing(&answer).await;
    }
    copy.counter = None;
    let answer = copy.get(&code.asked(ASK).await, &world.origin).unwrap();
    code.proves_nothing(&answer).await;
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|event| *event == "passkey.refused").count(), 3, "{told:?}");
}

async fn of_two_answers_the_later_count_is_believed(on: On) {
    let mut key = Authenticator::key();
    let (world, ..) = World::with_passkey(on, &mut key).await;
    let (first, second) = (world.browser(), world.browser());
    let (one, other) = (world.code_screen(&first).await, world.code_screen(&second).await);
    let (asked, asked_too) = (one.asked(ASK).await, other.asked(ASK).await);
    let earlier = key.get(&asked, &world.origin).unwrap();
    let later = key.get(&asked_too, &world.origin).unwrap();
    other.signs_in(&later).await;
    one.proves_nothing(&earlier).await;
    let answer = key.get(&one.asked(ASK).await, &world.origin).unwrap();
    one.signs_in(&answer).await;
}

async fn a_removed_passkey_proves_nothing(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    world.confirm_by_passkey(&browser, &mut authenticator).await;
    let list = Asking::on(&browser, ADD).await;
    let id = list.page.field("id").unwrap();
    let removed = list.post("/account/passkeys/remove", &[("id", &id)]).await;
    assert_eq!((removed.status, removed.location.as_deref()), (303, Some(ADD)));
    assert_eq!(code.answer(&answer).await.status, 403, "the way is not offered any more");
    assert_eq!(code.post(ASK, &[]).await.status, 409, "there is none to ask for");
    assert!(!waits.get("/login/code").await.unwrap().body.contains("data-passkey"));
}

async fn a_login_that_is_over_is_not_proved(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, _, phone) = World::with_passkey(on, &mut authenticator).await;
    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let request = phone.request().await;
    phone.core.deny(request).await.unwrap();
    assert_eq!(code.answer(&answer).await.location.as_deref(), Some("/login/code"));
    assert_eq!(code.post(ASK, &[]).await.status, 409);
    assert_eq!(browser.get("/").await.unwrap().location.as_deref(), Some("/login"));

    // With the id of another browser's login, and a secret made up.
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let stranger = world.browser();
    let at = Asking::on(&stranger, "/login").await;
    let cookie = waits.cookies()["countersign-login"].clone();
    let (login, _) = cookie.split_once('.').unwrap();
    stranger.set_cookie("countersign-login", &format!("{login}.{}", "A".repeat(43)));
    assert_eq!(at.answer(&answer).await.location.as_deref(), Some("/login/code"));
    at.refused(ASK, "", 409, "not_offered").await;
    code.signs_in(&answer).await;
}

async fn many_refusals_suspend_passkeys_and_not_the_phone(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, _, phone) = World::with_passkey(on, &mut authenticator).await;
    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    for _ in 0..9 {
        code.proves_nothing("{}").await;
    }
    assert_eq!(code.answer("{}").await.status, 422, "the tenth");
    assert_eq!(code.answer(&answer).await.status, 429);
    assert_eq!(code.post(ASK, &[]).await.status, 409, "nothing is asked for either");
    assert!(browser.get("/login/code").await.unwrap().text_of("passkey-note").unwrap().contains("minute"));
    let request = phone.request().await;
    phone.core.approve(request, None).await.unwrap();
    assert_eq!(world.complete(&browser).await.location.as_deref(), Some("/"));
}
