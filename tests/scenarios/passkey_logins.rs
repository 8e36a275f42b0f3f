//! A login that is proved by a passkey or security key, as far as the evidence goes.

use countersign_protocol::bytes::to_base64url;
use countersign_tests::passkeys::{ADD, ANSWER, ASK, Asking};
use countersign_tests::{Authenticator, On, World};
use serde_json::Value;

stories!(
    a_passkey_is_added_and_proves_a_login,
    a_key_without_a_pin_is_enough,
    who_verified_once_has_to_verify_each_time,
    somebody_elses_passkey_proves_nothing,
    a_copied_key_is_noticed,
    of_two_answers_at_once_the_later_count_is_believed,
    a_removed_passkey_proves_nothing,
    a_login_that_is_over_is_not_proved,
);

async fn a_passkey_is_added_and_proves_a_login(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, account, _phone) = World::with_passkey(on, &mut authenticator).await;
    let list = account.get(ADD).await.unwrap();
    assert_eq!(list.text_of("passkey-name").as_deref(), Some("Passkey"));
    assert!(list.body.contains("Not used yet"));

    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    assert!(code.page.body.contains("data-passkey=\"use\""), "the Code screen offers it");
    let options = code.asked(ASK).await;
    let parsed: Value = serde_json::from_str(&options).unwrap();
    assert_eq!(
        (&parsed["publicKey"]["rpId"], &parsed["publicKey"]["timeout"]),
        (&"localhost".into(), &300_000.into())
    );
    let answer = authenticator.get(&options, &world.origin).unwrap();
    let evidence = world.evidence(&browser, &answer).await.unwrap();
    let passkey = &world.passkeys_of(world.user).await[0];
    assert_eq!((evidence.user, evidence.used.id), (world.user, passkey.id));
    assert_eq!((&evidence.used.was, &evidence.used.becomes), (&passkey.credential, &passkey.credential));
    assert!(world.use_up(evidence).await);
    assert!(world.passkeys_of(world.user).await[0].last_used_at.is_some());

    let options = code.asked(ASK).await;
    let answer = authenticator.get(&options, &world.origin).unwrap();
    let taken = code.post(ANSWER, &[("credential", &answer)]).await;
    assert_eq!(taken.status, 200, "{}", taken.body);
    assert_eq!(world.events_of_user().await.iter().filter(|event| *event == "passkey.added").count(), 1);
}

async fn a_key_without_a_pin_is_enough(on: On) {
    let mut key = Authenticator::key();
    let (world, ..) = World::with_passkey(on, &mut key).await;
    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    for count in 6..9 {
        let options = code.asked(ASK).await;
        let asked: Value = serde_json::from_str(&options).unwrap();
        assert_eq!(asked["publicKey"]["userVerification"], "preferred");
        let answer = key.get(&options, &world.origin).unwrap();
        let evidence = world.evidence(&browser, &answer).await.unwrap();
        assert!(evidence.used.becomes.contains(&format!("\"counter\":{count}")), "{}", evidence.used.becomes);
        assert!(world.use_up(evidence).await);
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
    code.refused(ANSWER, &answer, 403, "refused").await;
}

async fn somebody_elses_passkey_proves_nothing(on: On) {
    let mut adas = Authenticator::in_a_device();
    let (world, ..) = World::with_passkey(on, &mut adas).await;
    let bob = world.add_user("bob@example.com").await;
    let mut bobs = Authenticator::in_a_device();
    world.add_passkey(&world.signed_in_by_password("bob@example.com").await, &mut bobs).await;
    let [his, hers] = [bob, world.user];
    let his = to_base64url(&world.passkeys_of(his).await[0].credential_id);
    let hers = to_base64url(&world.passkeys_of(hers).await[0].credential_id);

    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let options = code.asked(ASK).await;
    assert!(options.contains(&hers) && !options.contains(&his));
    assert!(bobs.get(&options, &world.origin).is_none(), "it is not asked for");
    // Signed all the same: the right question, by a passkey that is not hers.
    let answer = bobs.get(&options.replace(&hers, &his), &world.origin).unwrap();
    code.refused(ANSWER, &answer, 403, "refused").await;

    // And passed off as hers.
    let options = code.asked(ASK).await.replace(&hers, &his);
    let answer = bobs.get(&options, &world.origin).unwrap();
    code.refused(ANSWER, &answer.replace(&his, &hers), 403, "refused").await;
}

async fn a_copied_key_is_noticed(on: On) {
    let mut key = Authenticator::key();
    let (world, ..) = World::with_passkey(on, &mut key).await;
    let mut copy = key.clone();
    let browser = world.browser();
    let code = world.code_screen(&browser).await;
    for _ in 0..2 {
        let answer = key.get(&code.asked(ASK).await, &world.origin).unwrap();
        let evidence = world.evidence(&browser, &answer).await.unwrap();
        assert!(world.use_up(evidence).await);
    }
    // It has signed less often than the one that it was copied from; the second try is as far.
    for _ in 0..2 {
        let answer = copy.get(&code.asked(ASK).await, &world.origin).unwrap();
        code.refused(ANSWER, &answer, 403, "refused").await;
    }
    copy.counter = None;
    let answer = copy.get(&code.asked(ASK).await, &world.origin).unwrap();
    code.refused(ANSWER, &answer, 403, "refused").await;
    let told = world.events_of_user().await;
    assert_eq!(told.iter().filter(|event| *event == "passkey.refused").count(), 3, "{told:?}");
}

async fn of_two_answers_at_once_the_later_count_is_believed(on: On) {
    let mut key = Authenticator::key();
    let (world, ..) = World::with_passkey(on, &mut key).await;
    let (first, second) = (world.browser(), world.browser());
    let (one, other) = (world.code_screen(&first).await, world.code_screen(&second).await);
    let (asked, asked_too) = (one.asked(ASK).await, other.asked(ASK).await);
    let earlier = key.get(&asked, &world.origin).unwrap();
    let later = key.get(&asked_too, &world.origin).unwrap();
    // Both were checked before either was used up: whoever comes second is too late.
    let (earlier, later) =
        (world.evidence(&first, &earlier).await.unwrap(), world.evidence(&second, &later).await.unwrap());
    assert!(world.use_up(later.clone()).await);
    assert!(!world.use_up(earlier).await);
    assert!(!world.use_up(later).await, "and nothing is used up twice where there is a counter");

    // Asked for before, checked after the other was used up.
    let (asked, asked_too) = (one.asked(ASK).await, other.asked(ASK).await);
    let earlier = key.get(&asked, &world.origin).unwrap();
    let later = key.get(&asked_too, &world.origin).unwrap();
    let later = world.evidence(&second, &later).await.unwrap();
    assert!(world.use_up(later).await);
    assert!(world.evidence(&first, &earlier).await.is_none());
}

async fn a_removed_passkey_proves_nothing(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let first = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let first = world.evidence(&waits, &first).await.unwrap();
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let list = browser.get(ADD).await.unwrap();
    let id = list.field("id").unwrap();
    let removed = browser.submit(&list, "/account/passkeys/remove", &[("id", &id)]).await.unwrap();
    assert_eq!((removed.status, removed.location.as_deref()), (303, Some(ADD)));
    code.refused(ANSWER, &answer, 403, "refused").await;
    assert!(!world.use_up(first).await, "nor what was checked just before");
    let nothing = code.post(ASK, &[]).await;
    assert_eq!(nothing.status, 409, "there is none to ask for");
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
    code.refused(ANSWER, &answer, 403, "refused").await;
    let asked = code.post(ASK, &[]).await;
    assert_eq!(asked.status, 409, "{}", asked.body);

    // With another browser's login, or none.
    let other = world.browser();
    let code = world.code_screen(&other).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let (login, _) = other.cookies()["countersign-login"]
        .split_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    other.set_cookie("countersign-login", &format!("{login}.{}", "A".repeat(43)));
    code.refused(ANSWER, &answer, 403, "refused").await;
    assert_eq!(code.post(ASK, &[]).await.status, 409);
    let stranger = world.browser();
    let page = stranger.get("/login").await.unwrap();
    let at = Asking { browser: &stranger, page };
    at.refused(ANSWER, &answer, 409, "no_login").await;
}
