//! E-mailed codes: six digits for one login, for a few minutes, once. The code is read from the mail that the
//! mail server took.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_server::domain::factor::FactorRules;
use countersign_tests::ways::{assert_wrong, copy_of, send_code, signs_in, type_code};
use countersign_tests::{EMAIL, On, PASSWORD, Setup, World};
use futures_util::future::join_all;

stories!(
    a_mailed_code_signs_in,
    a_code_is_refused_whatever_is_wrong_with_it_in_the_same_words,
    a_code_signs_in_once_however_often_it_is_sent_at_once,
    five_codes_are_sent_in_a_quarter_of_an_hour_in_all_logins_together,
    of_many_wishes_at_once_five_are_granted,
    without_a_login_nothing_is_sent,
);

/// E-mail will do.
pub(crate) const ASKED: FactorRules = FactorRules::USUAL;

pub(crate) async fn by_mail(on: On) -> World {
    let world = World::with(on, Setup::with_mail()).await;
    world.cheapen_passwords().await;
    world.require(ASKED).await;
    world
}

/// A login that waits in a browser of its own.
pub(crate) async fn waiting(world: &World) -> Browser {
    let browser = world.browser();
    world.begin(&browser).await;
    browser
}

async fn a_mailed_code_signs_in(on: On) {
    let world = by_mail(on).await;
    let browser = waiting(&world).await;
    let page = browser.get("/login/code").await.unwrap();
    assert!(page.body.contains("a•••@example.com") && !page.body.contains(EMAIL), "{}", page.body);
    assert_eq!(world.mail_server().taken(), 0, "nothing is sent unasked");
    send_code(&browser).await;
    let code = world.mailed_code(1).await;
    let mail = world.mail_server().mails(1).await.remove(0);
    assert_eq!(mail.recipient, EMAIL);
    assert!(!mail.subject().contains(&code), "a subject is shown on locked screens");
    for text in [mail.plain(), mail.html()] {
        for words in [code.as_str(), "Chrome", "Linux", "127.0.0.1"] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
    // As one pastes it, in the digits of a Japanese keyboard.
    let wide: String =
        code.chars().map(|digit| char::from_u32(digit as u32 - '0' as u32 + '０' as u32).unwrap()).collect();
    let typed = type_code(&browser, "email", &format!(" {}　{} ", &wide[..9], &wide[9..])).await;
    assert!(signs_in(&typed), "{}", typed.body);
    assert_eq!(world.count("SELECT COUNT(*) FROM sessions WHERE amr = 'pwd mca otp'").await, 1);
    assert!(!browser.cookies().contains_key("countersign-login"));
    let told = world.events_of_user().await;
    for event in ["login.started", "email_code.sent", "login.proved", "session.started"] {
        assert!(told.iter().any(|told| told == event), "{event}: {told:?}");
    }
}

async fn a_code_is_refused_whatever_is_wrong_with_it_in_the_same_words(on: On) {
    let world = by_mail(on).await;
    world.add_user("bob@example.com").await;
    let (mine, other, bobs) = (waiting(&world).await, waiting(&world).await, world.browser());
    world.begin_as(&bobs, "bob@example.com").await;
    send_code(&mine).await;
    let first = world.mailed_code(1).await;
    assert_wrong(&type_code(&mine, "email", countersign_tests::ways::other_than(&first)).await, "wrong");
    for nonsense in ["", "12345", "1234567", "abcdef", "' OR 1=1"] {
        assert_wrong(&type_code(&mine, "email", nonsense).await, nonsense);
    }
    assert_wrong(&type_code(&other, "email", &first).await, "of another login, which was sent none");
    assert_wrong(&type_code(&bobs, "email", &first).await, "of another user");
    world.change("UPDATE factor_records SET failures = 0").await;

    send_code(&mine).await;
    let second = world.mailed_code(2).await;
    send_code(&other).await;
    let others = world.mailed_code(3).await;
    assert_wrong(&type_code(&mine, "email", &first).await, "a newer one was sent");
    assert_wrong(&type_code(&mine, "email", &others).await, "of another login");
    world.clock.advance(Duration::from_secs(180));
    assert_wrong(&type_code(&mine, "email", &second).await, "late");

    send_code(&mine).await;
    let fourth = world.mailed_code(4).await;
    assert_eq!(world.change("UPDATE users SET email = 'new@example.com', email_key = 'new@example.com' WHERE email = 'ada@example.com'").await, 1);
    assert_wrong(&type_code(&mine, "email", &fourth).await, "of an address that is hers no more");
    assert_eq!(world.sessions().await, 0);

    send_code(&mine).await;
    let fifth = world.mailed_code(5).await;
    let copy = copy_of(&world, &mine);
    let mails = world.mail_server().mails(5).await;
    assert_eq!(mails.last().unwrap().recipient, "new@example.com");
    assert!(signs_in(&type_code(&mine, "email", &fifth).await));
    assert!(!signs_in(&type_code(&copy, "email", &fifth).await), "used");
    let next = world.browser();
    assert_eq!(next.sign_in("new@example.com", PASSWORD).await.unwrap().status, 303);
    assert_wrong(&type_code(&next, "email", &fifth).await, "used in another login");
    assert_eq!(world.sessions().await, 1);
}

async fn a_code_signs_in_once_however_often_it_is_sent_at_once(on: On) {
    let world = by_mail(on).await;
    let browser = waiting(&world).await;
    send_code(&browser).await;
    let code = world.mailed_code(1).await;
    let page = browser.get("/login/code").await.unwrap();
    let tabs: Vec<_> = (0..8).map(|_| copy_of(&world, &browser)).collect();
    let fields = [("way", "email"), ("code", code.as_str())];
    let answers = join_all(tabs.iter().map(|tab| tab.submit(&page, "/login/code", &fields))).await;
    assert_eq!(answers.iter().filter(|answer| signs_in(answer.as_ref().unwrap())).count(), 1);
    assert_eq!(world.sessions().await, 1);
}

async fn five_codes_are_sent_in_a_quarter_of_an_hour_in_all_logins_together(on: On) {
    let world = by_mail(on).await;
    let browsers = [waiting(&world).await, waiting(&world).await];
    for n in 1..=5 {
        send_code(&browsers[n % 2]).await;
        world.mailed_code(n).await;
        world.clock.advance(Duration::from_secs(60));
    }
    for browser in [&browsers[0], &browsers[1], &waiting(&world).await] {
        send_code(browser).await;
        let page = browser.get("/login/code").await.unwrap();
        assert!(page.body.contains("No more than five codes in 15 minutes"), "{}", page.body);
    }
    let queued = "SELECT (SELECT COUNT(*) FROM mails) + (SELECT COUNT(*) FROM email_codes)";
    assert_eq!((world.mail_server().taken(), world.count(queued).await), (5, 5));
    // Five minutes are over: the first is a quarter of an hour old in ten.
    world.clock.advance(Duration::from_secs(10 * 60));
    let browser = waiting(&world).await;
    send_code(&browser).await;
    assert!(signs_in(&type_code(&browser, "email", &world.mailed_code(6).await).await));
}

async fn of_many_wishes_at_once_five_are_granted(on: On) {
    let world = by_mail(on).await;
    let mut browsers = Vec::new();
    for _ in 0..12 {
        browsers.push(waiting(&world).await);
    }
    join_all(browsers.iter().map(send_code)).await;
    assert_eq!(world.mail_server().mails(5).await.len(), 5);
    crate::mail::none_waits(&world).await;
    assert_eq!(world.mail_server().taken(), 5);
    assert_eq!(world.count("SELECT COUNT(*) FROM email_codes").await, 5);
}

async fn without_a_login_nothing_is_sent(on: On) {
    let world = by_mail(on).await;
    let (browser, other) = (waiting(&world).await, waiting(&world).await);
    let stranger = world.browser();
    let form = stranger.get("/login").await.unwrap();
    let asked = stranger.submit(&form, "/login/email", &[]).await.unwrap();
    assert_eq!(asked.location.as_deref(), Some("/login/code"));
    // The id of one login with the secret of another.
    let [id, secret] = [&browser, &other].map(|browser| browser.cookies()["countersign-login"].clone());
    let forged = format!("{}.{}", id.split_once('.').unwrap().0, secret.split_once('.').unwrap().1);
    stranger.set_cookie("countersign-login", &forged);
    stranger.submit(&form, "/login/email", &[]).await.unwrap();
    world.clock.advance(Duration::from_secs(600));
    let form = browser.get("/login").await.unwrap();
    let asked = browser.submit(&form, "/login/email", &[]).await.unwrap();
    assert_eq!(asked.location.as_deref(), Some("/login/code"));
    assert_eq!(world.count("SELECT COUNT(*) FROM email_codes").await, 0, "nor for a login that is over");
    assert_eq!(world.mail_server().taken(), 0);
}
