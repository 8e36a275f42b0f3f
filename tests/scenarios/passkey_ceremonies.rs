//! A question to a passkey has one answer: from this origin, to this very question, once, in time.

use std::time::Duration;

use countersign_tests::passkeys::{ADD, ASK, Asking, OPTIONS};
use countersign_tests::{Authenticator, EMAIL, On, Setup, World};

stories!(
    an_answer_from_another_origin_is_refused,
    an_answer_to_another_question_is_refused,
    an_answer_is_taken_once,
    an_answer_that_comes_late_is_refused,
);

async fn an_answer_from_another_origin_is_refused(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, browser, _phone) = World::with_passkey(on, &mut authenticator).await;
    world.confirm_by_passkey(&browser, &mut authenticator).await;
    let origins = [
        "https://evil.example".to_owned(),
        world.origin.replace("localhost", "evil.localhost"),
        world.origin.replace("http:", "https:"),
        format!("{}0", world.origin),
    ];
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let page = Asking::on(&browser, ADD).await;
    for origin in &origins {
        let answer = authenticator.get(&code.asked(ASK).await, origin).unwrap();
        code.proves_nothing(&answer).await;
        let made = Authenticator::in_a_device().create(&page.asked(OPTIONS).await, origin).unwrap();
        page.refused(ADD, &made, 400, "refused").await;
    }
    assert_eq!(world.passkeys_of(world.user).await.len(), 1);
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    code.signs_in(&answer).await;
}

async fn an_answer_to_another_question_is_refused(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, ..) = World::with_passkey(on, &mut authenticator).await;
    let (first, second) = (world.browser(), world.browser());
    let (one, other) = (world.code_screen(&first).await, world.code_screen(&second).await);
    // Two logins of the same person: the answer to one is none to the other.
    let mine = one.asked(ASK).await;
    other.asked(ASK).await;
    let answer = authenticator.get(&mine, &world.origin).unwrap();
    other.proves_nothing(&answer).await;

    // Whoever asks anew has nothing of the first question.
    one.asked(ASK).await;
    one.proves_nothing(&answer).await;
    let answer = authenticator.get(&one.asked(ASK).await, &world.origin).unwrap();
    one.signs_in(&answer).await;

    // The same for what is added: another session of the same person.
    let [here, there] = [world.browser(), world.browser()];
    for browser in [&here, &there] {
        let code = world.code_screen(browser).await;
        code.signs_in(&authenticator.get(&code.asked(ASK).await, &world.origin).unwrap()).await;
    }
    let (here, there) = (Asking::on(&here, ADD).await, Asking::on(&there, ADD).await);
    let made = Authenticator::in_a_device().create(&here.asked(OPTIONS).await, &world.origin).unwrap();
    there.refused(ADD, &made, 410, "too_late").await;
    there.asked(OPTIONS).await;
    there.refused(ADD, &made, 400, "refused").await;
    assert_eq!(here.post(ADD, &[("credential", &made)]).await.status, 200);
}

async fn an_answer_is_taken_once(on: On) {
    let mut authenticator = Authenticator::in_a_device();
    let (world, ..) = World::with_passkey(on, &mut authenticator).await;
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    // A wrong answer uses the question up.
    let right = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    for junk in ["", "{}", "null"] {
        code.proves_nothing(junk).await;
    }
    code.proves_nothing(&right).await;

    let right = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    let cookies = waits.cookies();
    code.signs_in(&right).await;
    // The same answer in the same login, and in the next one.
    waits.set_cookie("countersign-login", &cookies["countersign-login"]);
    assert_eq!(code.answer(&right).await.location.as_deref(), Some("/login/code"));
    let again = world.browser();
    let code = world.code_screen(&again).await;
    code.proves_nothing(&right).await;
    code.asked(ASK).await;
    code.proves_nothing(&right).await;

    let page = Asking::on(&waits, ADD).await;
    let made = Authenticator::in_a_device().create(&page.asked(OPTIONS).await, &world.origin).unwrap();
    assert_eq!(page.post(ADD, &[("credential", &made)]).await.status, 200);
    page.refused(ADD, &made, 410, "too_late").await;
    assert_eq!(world.count("SELECT COUNT(*) FROM ceremonies").await, 0);
}

async fn an_answer_that_comes_late_is_refused(on: On) {
    const FIVE_MINUTES: Duration = Duration::from_secs(300);
    let world = World::with(on, Setup::by_name()).await;
    let browser = world.signed_in_by_password(EMAIL).await;
    let page = Asking::on(&browser, ADD).await;
    let made = Authenticator::in_a_device().create(&page.asked(OPTIONS).await, &world.origin).unwrap();
    world.clock.advance(FIVE_MINUTES);
    page.refused(ADD, &made, 410, "too_late").await;
    page.asked(OPTIONS).await;
    world.clock.advance(FIVE_MINUTES - Duration::from_secs(1));
    world.app.forget().await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM ceremonies").await, 1);
    world.clock.advance(Duration::from_secs(1));
    world.app.forget().await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM ceremonies").await, 0, "and nothing is left lying about");

    let mut authenticator = Authenticator::in_a_device();
    let browser = world.signed_in_by_password(EMAIL).await;
    world.add_passkey(&browser, &mut authenticator).await;
    // There is no phone that could be too late: the login itself goes on for longer.
    let waits = world.browser();
    let code = world.code_screen(&waits).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    world.clock.advance(FIVE_MINUTES);
    code.proves_nothing(&answer).await;
    let answer = authenticator.get(&code.asked(ASK).await, &world.origin).unwrap();
    world.clock.advance(FIVE_MINUTES - Duration::from_secs(30));
    code.signs_in(&answer).await;
}
