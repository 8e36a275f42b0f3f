//! People are told by mail, on a way that is not the one that was used.

use std::time::Duration;

use countersign_server::app::Confirmed;
use countersign_server::domain::actor::By;
use countersign_test_mail::{Fault, PASSWORD};
use countersign_tests::logs::Logs;
use countersign_tests::mail::SENDER;
use countersign_tests::{EMAIL, On, Setup, World, until};
use tracing_subscriber::filter::LevelFilter;

stories!(
    a_new_phone_is_told_by_mail,
    a_new_password_is_told_by_mail,
    a_report_is_told_to_the_person_and_to_administrators,
    mail_is_in_the_language_of_the_person,
    mail_that_could_not_be_sent_goes_out_later_and_once,
    a_mail_on_its_way_when_the_server_stops_is_not_sent_again,
    a_refused_mail_is_dropped,
    mail_waits_until_the_password_is_right,
    mail_is_of_use_for_three_days,
    many_mails_go_out_once_each_though_two_servers_send_them,
    without_a_mail_server_nothing_is_queued,
);

const MAILS: &str = "SELECT COUNT(*) FROM mails";
const TRIES: &str = "SELECT CAST(COALESCE(SUM(attempts), 0) AS BIGINT) FROM mails";

pub(crate) async fn none_waits(world: &World) {
    until("the mail leaves the outbox", || async { world.count(MAILS).await == 0 }).await;
}

pub(crate) async fn tried(world: &World, times: i64) {
    until("the failed try is noted", || async { world.count(TRIES).await == times }).await;
}

async fn a_new_phone_is_told_by_mail(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let phone = world.phone("Ada’s phone");
    let at = world.at().await;
    let link = world.app.offer_pairing(&at, world.user).await.unwrap();
    let started = phone.core.pair(link.to_string(), Some(phone.push.clone())).await.unwrap();
    assert_eq!(world.count(MAILS).await, 0, "a phone that is not confirmed is no news yet");
    let from = Some("203.0.113.7".parse().unwrap());
    let confirmed = world.app.confirm_pairing(&at, world.user, link.id, &started.code, from).await.unwrap();
    assert_eq!(confirmed, Confirmed::Active("Ada’s phone".into()));
    let mail = world.mail_server().mails(1).await.remove(0);
    assert_eq!((mail.sender.as_str(), mail.recipient.as_str()), (SENDER, EMAIL));
    assert_eq!(mail.subject(), "ACME: a phone was added to your account");
    for text in [mail.plain(), mail.html()] {
        for words in ["Ada’s phone", "203.0.113.7", "UTC", &world.origin] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
    none_waits(&world).await;
    let again = world.app.confirm_pairing(&at, world.user, link.id, &started.code, from).await.unwrap();
    assert_eq!(again, Confirmed::Over);
    assert_eq!(world.count(MAILS).await, 0);
}

async fn a_report_is_told_to_the_person_and_to_administrators(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.add_administrator("root@example.com").await;
    let phone = world.paired_phone("Ada’s phone").await;
    world.begin(&world.browser()).await;
    let request = phone.request().await;
    phone.core.deny(request).await.unwrap();
    assert_eq!(world.mail_server().mails(1).await.len(), 1, "a denial is told to nobody but the phone");
    world.begin(&world.browser()).await;
    phone.core.report(phone.request().await).await.unwrap();
    let mails = world.mail_server().mails(3).await;
    let to = |recipient: &str| {
        let found = mails.iter().rfind(|mail| mail.recipient == recipient);
        found.unwrap_or_else(|| panic!("a mail to {recipient}"))
    };
    for text in [to(EMAIL).plain(), to(EMAIL).html()] {
        for words in ["127.0.0.1", "wasn’t you", "password", "UTC"] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
    for text in [to("root@example.com").plain(), to("root@example.com").html()] {
        for words in ["127.0.0.1", EMAIL, "Ada Lovelace"] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
    none_waits(&world).await;

    world.begin(&world.browser()).await;
    phone.core.report(phone.request().await).await.unwrap();
    assert_eq!(world.count(MAILS).await, 0, "once, until the password is changed");
}

async fn a_new_password_is_told_by_mail(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let password = "another horse, another battery".to_owned();
    let at = world.at().await;
    world.app.set_password(&at, &By::CommandLine, world.user, password.clone().into(), false).await.unwrap();
    let mail = world.mail_server().mails(1).await.remove(0);
    assert_eq!(mail.subject(), "ACME: your password was changed");
    assert!(!mail.plain().contains(&password) && mail.plain().contains("administrator"));
}

async fn mail_is_in_the_language_of_the_person(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    let sql = "UPDATE users SET language = 'ja'";
    world.app.db().write(move |tx| Box::pin(tx.query(sql).execute())).await.unwrap();
    world.paired_phone("Ada’s phone").await;
    let mail = world.mail_server().mails(1).await.remove(0);
    assert_eq!(mail.subject(), "【ACME】スマートフォンが追加されました");
    assert!(mail.plain().contains("心当たりがない場合"), "{}", mail.plain());
    assert!(mail.html().contains("<html lang=\"ja\">"), "{}", mail.html());
}

async fn mail_that_could_not_be_sent_goes_out_later_and_once(on: On) {
    let mut world = World::with(on, Setup::with_mail()).await;
    world.mail_server().go_down().await;
    world.paired_phone("one").await;
    world.paired_phone("other").await;
    tried(&world, 2).await;
    world.restart().await;
    world.mail_server().come_up().await;
    world.clock.advance(Duration::from_secs(29));
    assert_eq!(world.app.send_due_mails().await.unwrap(), 0, "not before its time");
    world.clock.advance(Duration::from_secs(1));
    world.app.send_due_mails().await.unwrap();
    let mails = world.mail_server().mails(2).await;
    assert!(mails[0].plain() != mails[1].plain());
    none_waits(&world).await;
    world.restart().await;
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(world.app.send_due_mails().await.unwrap(), 0);
    assert_eq!(world.mail_server().taken(), 2);
}

async fn a_mail_on_its_way_when_the_server_stops_is_not_sent_again(on: On) {
    let mut world = World::with(on, Setup::with_mail()).await;
    world.mail_server().fail_with(Fault::Hold);
    world.paired_phone("Ada’s phone").await;
    let server = world.mail.take().unwrap();
    server.failures(1).await;
    let release = async {
        // By then the stop has begun, and waits.
        tokio::task::yield_now().await;
        server.release();
    };
    tokio::join!(world.stop(), release);
    world.restart().await;
    assert_eq!((world.count(MAILS).await, server.taken()), (0, 1));
}

async fn a_refused_mail_is_dropped(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.mail_server().fail_with(Fault::Recipient(550));
    world.paired_phone("Ada’s phone").await;
    world.mail_server().failures(1).await;
    none_waits(&world).await;
    world.mail_server().recover();
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(world.app.send_due_mails().await.unwrap(), 0);
    assert_eq!(world.mail_server().taken(), 0);
}

async fn mail_waits_until_the_password_is_right(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.mail_server().fail_with(Fault::SignIn(535));
    world.paired_phone("Ada’s phone").await;
    // The pause doubles with each try, up to half an hour.
    for (tries, pause) in [30, 60, 120, 240, 480, 960, 1_800, 1_800].into_iter().enumerate() {
        tried(&world, i64::try_from(tries).unwrap() + 1).await;
        world.clock.advance(Duration::from_secs(pause - 1));
        assert_eq!(world.app.send_due_mails().await.unwrap(), 0, "not before {pause} seconds");
        world.clock.advance(Duration::from_secs(1));
        world.app.send_due_mails().await.unwrap();
    }
    tried(&world, 9).await;
    world.mail_server().recover();
    world.clock.advance(Duration::from_mins(30));
    world.app.send_due_mails().await.unwrap();
    world.mail_server().mails(1).await;
    none_waits(&world).await;
}

async fn mail_is_of_use_for_three_days(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.mail_server().go_down().await;
    world.paired_phone("Ada’s phone").await;
    tried(&world, 1).await;
    world.clock.advance(Duration::from_hours(72) - Duration::from_secs(1));
    world.app.forget().await.unwrap();
    assert_eq!(world.count(MAILS).await, 1);
    world.clock.advance(Duration::from_secs(1));
    world.mail_server().come_up().await;
    world.app.send_due_mails().await.unwrap();
    world.app.forget().await.unwrap();
    assert_eq!((world.count(MAILS).await, world.mail_server().taken()), (0, 0));
}

async fn many_mails_go_out_once_each_though_two_servers_send_them(on: On) {
    const MANY: usize = 12;
    let world = World::with(on, Setup::with_mail()).await;
    world.mail_server().go_down().await;
    for number in 0..MANY {
        world.paired_phone(&format!("Phone {number}")).await;
    }
    tried(&world, i64::try_from(MANY).unwrap()).await;
    world.mail_server().come_up().await;
    world.clock.advance(Duration::from_secs(30));
    // The worker of the server looks as well.
    let (one, other) = tokio::join!(world.app.send_due_mails(), world.app.send_due_mails());
    assert!(one.unwrap() + other.unwrap() <= MANY);
    let mails = world.mail_server().mails(MANY).await;
    none_waits(&world).await;
    let mut subjects: Vec<_> = mails.iter().map(|mail| mail.header("Message-ID").unwrap()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!((subjects.len(), world.mail_server().taken()), (MANY, MANY));
}

async fn without_a_mail_server_nothing_is_queued(on: On) {
    let world = World::new(on).await;
    world.paired_phone("Ada’s phone").await;
    assert_eq!(world.count(MAILS).await, 0);
    assert_eq!(world.app.send_due_mails().await.unwrap(), 0);
}

/// With one thread, so that every line of the server is seen.
#[tokio::test]
async fn the_log_says_what_to_do_and_nothing_of_the_person() {
    let (logs, _guard) = Logs::of_this_thread(LevelFilter::TRACE);
    let world = World::with(On::Sqlite, Setup::with_mail()).await;
    world.mail_server().fail_with(Fault::SignIn(535));
    world.paired_phone("Ada’s phone").await;
    tried(&world, 1).await;
    world.mail_server().fail_with(Fault::Recipient(550));
    world.clock.advance(Duration::from_secs(30));
    world.app.send_due_mails().await.unwrap();
    none_waits(&world).await;
    world.mail_server().recover();
    world.paired_phone("Ada’s other phone").await;
    world.mail_server().mails(1).await;
    none_waits(&world).await;
    let text = logs.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("countersign_server::app::mails")).collect();
    let said = |words: &str| lines.iter().any(|line| line.contains(words));
    assert!(said("535 5.1.1: the mail server refused the user name or the password"), "{lines:#?}");
    assert!(said("a mail is refused: it is dropped") && said("550 5.1.1"), "{lines:#?}");
    assert!(said("a mail is sent"), "{lines:#?}");
    for secret in [EMAIL, PASSWORD, "Ada"] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret} in {lines:#?}");
        assert!(!text.contains(PASSWORD), "{secret}");
    }
}

#[tokio::test]
async fn the_log_says_that_mail_is_off() {
    let (logs, _guard) = Logs::of_this_thread(LevelFilter::WARN);
    let _world = World::new(On::Sqlite).await;
    until("the server has started", || async { logs.text().contains("mail is off") }).await;
    assert!(logs.text().contains("set mail.server"), "{}", logs.text());
}
