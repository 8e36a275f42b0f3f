//! A question to a passkey has one answer: from this origin, to this very question, once, in time.

use std::time::Duration;

use countersign_tests::passkeys::{ADD, ANSWER, ASK, Asking, OPTIONS};
use countersign_tests::{Authenticator, On, World};

stories!(
    an_answer_from_another_origin_is_refused,
    an_answer_to_another_question_is_refused,
    an_answer_is_taken_once,
    an_answer_that_comes_late_is_refused,
);

async fn an_answer_from_another_origin_is_refused(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    let origins = [
        "https://evil.example".to_owned(),
        world.origin.replace("localhost", "evil.localhost"),
        world.origin.replace("http:", "https:"),
        format!("{}0", world.origin),
    ];
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let at = Asking::on(&browser, ADD).await;
    for origin in &origins {
        let answer = authenticator.get(&code.asked(ASK).await, origin).unwrap();
        code.refused(ANSWER, &answer, 403, "refused").await;
        let made = Authenticator::in_a_device().create(&at.asked(OPTIONS).await, origin).unwrap();
        at.refused(ADD, &made, 400, "refused").await;
    }
    assert_eq!(world.passkeys_of(world.user).await.len(), 1);
}

async fn an_answer_to_another_question_is_refused(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, phone) = World::with_passkey(on, &mut authenticator).await;
    let elsewhere = world.browser();
    world.sign_in(&elsewhere, &phone).await;
    let (first, second) = (world.browser(), world.browser());
    let (one, other) = (world.code_screen(&first).await, world.code_screen(&second).await);
    // Two logins of the same person: the answer to one is none to the other.
    let mine = one.asked(ASK).await;
    other.asked(ASK).await;
    let answer = authenticator.get(&mine, &world.origin).unwrap();
    other.refused(ANSWER, &answer, 403, "refused").await;
    assert!(world.evidence(&first, &answer).await.is_some(), "where it was asked for, it is right");

    // Whoever asks anew has nothing of the first question.
    let before = one.asked(ASK).await;
    one.asked(ASK).await;
    let answer = authenticator.get(&before, &world.origin).unwrap();
    one.refused(ANSWER, &answer, 403, "refused").await;

    // The same for what is added: another session of the same person.
    let (here, there) = (Asking::on(&browser, ADD).await, Asking::on(&elsewhere, ADD).await);
    let made = Authenticator::in_a_device().create(&here.asked(OPTIONS).await, &world.origin).unwrap();
    there.refused(ADD, &made, 410, "too_late").await;
    there.asked(OPTIONS).await;
    there.refused(ADD, &made, 400, "refused").await;
    assert_eq!(here.post(ADD, &[("credential", &made)]).await.status, 200);
}

async fn an_answer_is_taken_once(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    assert_eq!(code.post(ANSWER, &[("credential", &answer)]).await.status, 200);
    code.refused(ANSWER, &answer, 403, "refused").await;

    // A wrong answer uses the question up as well.
    let right = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    for junk in ["", "{}", "null", &answer] {
        code.refused(ANSWER, junk, 403, "refused").await;
    }
    code.refused(ANSWER, &right, 403, "refused").await;

    let at = Asking::on(&browser, ADD).await;
    let made = Authenticator::in_a_device().create(&at.asked(OPTIONS).await, &world.origin).unwrap();
    assert_eq!(at.post(ADD, &[("credential", &made)]).await.status, 200);
    at.refused(ADD, &made, 410, "too_late").await;
    assert_eq!(world.count("SELECT COUNT(*) FROM ceremonies").await, 0);
}

async fn an_answer_that_comes_late_is_refused(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let at = Asking::on(&browser, ADD).await;
    let made = Authenticator::in_a_device().create(&at.asked(OPTIONS).await, &world.origin).unwrap();
    world.clock.advance(Duration::from_secs(300));
    assert!(world.evidence(&waits, &answer).await.is_none());
    at.refused(ADD, &made, 410, "too_late").await;

    at.asked(OPTIONS).await;
    world.clock.advance(Duration::from_secs(300));
    world.app.forget().await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM ceremonies").await, 0, "and nothing is left lying about");
}
