//! The mail outbox, and who is written to.

use countersign_protocol::ids::UserId;
use countersign_server::domain::mail::Rank;
use countersign_server::domain::user::Role;
use countersign_server::store::mails::{self, NewMail, QueuedMail};
use countersign_server::store::users;
use countersign_tests::On;
use uuid::Uuid;

use crate::fixture::{Fixture, at, new_user, random, unit};

stories!(
    a_mail_is_kept_as_it_was_written,
    a_mail_that_somebody_waits_for_goes_before_what_many_are_told,
    of_many_nodes_one_sends_a_mail,
    a_mail_that_failed_is_put_off,
    a_mail_that_nobody_needs_any_more_is_forgotten,
    mails_go_one_by_one,
    a_user_is_written_to_in_the_language_of_the_last_sign_in,
    administrators_are_those_of_the_tenant,
);

impl Fixture {
    /// A mail that is due at `at(due)` and of use until `at(100)`.
    async fn mail(&self, due: i64) -> Uuid {
        self.mail_of(Rank::News, due).await
    }

    async fn mail_of(&self, rank: Rank, due: i64) -> Uuid {
        let id = uuid::Builder::from_random_bytes(countersign_protocol::random::bytes(&random())).into_uuid();
        let mail = NewMail {
            id,
            tenant: self.tenant,
            recipient: "Ada <‘東京’@example.com>".into(),
            language: "ja".into(),
            kind: "device_added".into(),
            sealed: b"sealed".to_vec(),
            about: None,
            rank,
            due_at: at(due),
            expires_at: at(100),
        };
        self.write(unit!([mail] | tx | mails::add(tx, &mail).await)).await;
        id
    }

    async fn due_mails(&self, now: i64) -> Vec<QueuedMail> {
        self.read(move |tx| Box::pin(mails::due(tx, at(now), 10))).await
    }

    async fn administrators(&self) -> Vec<String> {
        let tenant = self.tenant;
        let found = self.read(move |tx| Box::pin(mails::administrators(tx, tenant))).await;
        found.into_iter().map(|recipient| recipient.email).collect()
    }
}

async fn a_mail_is_kept_as_it_was_written(on: On) {
    let f = Fixture::new(on).await;
    let id = f.mail(10).await;
    assert!(f.due_mails(9).await.is_empty());
    let due = f.due_mails(10).await;
    assert_eq!(due.len(), 1);
    let QueuedMail { recipient, language, kind, sealed, attempts, .. } = &due[0];
    assert_eq!((due[0].id, *attempts), (id, 0));
    assert_eq!((recipient.as_str(), language.as_str()), ("Ada <‘東京’@example.com>", "ja"));
    assert_eq!((kind.as_str(), sealed.as_deref()), ("device_added", Some(b"sealed".as_slice())));
    f.mail(5).await;
    assert_eq!(f.due_mails(10).await[1].id, id, "longest due first");
    let one = f.read(|tx| Box::pin(mails::due(tx, at(10), 1))).await;
    assert_eq!(one.len(), 1, "at most so many");
}

async fn a_mail_that_somebody_waits_for_goes_before_what_many_are_told(on: On) {
    let f = Fixture::new(on).await;
    let many = f.mail_of(Rank::Many, 1).await;
    let news = f.mail_of(Rank::News, 5).await;
    let code = f.mail_of(Rank::Awaited, 9).await;
    let due: Vec<_> = f.due_mails(10).await.iter().map(|mail| mail.id).collect();
    assert_eq!(due, [code, news, many]);
}

async fn of_many_nodes_one_sends_a_mail(on: On) {
    let f = Fixture::new(on).await;
    let id = f.mail(10).await;
    assert_eq!(f.race(16, move |tx| Box::pin(mails::lease(tx, id, at(9), at(70)))).await, 0, "not due");
    assert_eq!(f.race(16, move |tx| Box::pin(mails::lease(tx, id, at(10), at(70)))).await, 1);
    assert!(f.due_mails(69).await.is_empty());
    assert_eq!(f.due_mails(70).await.len(), 1, "and another one when the lease ends");
}

async fn a_mail_that_failed_is_put_off(on: On) {
    let f = Fixture::new(on).await;
    let id = f.mail(0).await;
    f.write(move |tx| Box::pin(mails::put_off(tx, id, at(30)))).await;
    assert!(f.due_mails(29).await.is_empty());
    assert_eq!(f.due_mails(30).await[0].attempts, 1);
}

async fn a_mail_that_nobody_needs_any_more_is_forgotten(on: On) {
    let f = Fixture::new(on).await;
    f.mail(0).await;
    assert_eq!(f.write(|tx| Box::pin(mails::forget_expired(tx, at(99)))).await, 0);
    assert_eq!(f.due_mails(99).await.len(), 1);
    assert!(f.due_mails(100).await.is_empty(), "not sent any more, forgotten or not");
    assert_eq!(f.write(|tx| Box::pin(mails::forget_expired(tx, at(100)))).await, 1);
    assert_eq!(f.count("SELECT COUNT(*) FROM mails").await, 0);
}

async fn mails_go_one_by_one(on: On) {
    let f = Fixture::new(on).await;
    let (sent, stays) = (f.mail(0).await, f.mail(0).await);
    f.write(move |tx| Box::pin(mails::remove(tx, sent))).await;
    let due = f.due_mails(0).await;
    assert_eq!((due.len(), due[0].id), (1, stays));
}

async fn a_user_is_written_to_in_the_language_of_the_last_sign_in(on: On) {
    let f = Fixture::new(on).await;
    let (tenant, user) = (f.tenant, f.user);
    let found = f.read(move |tx| Box::pin(mails::recipient(tx, tenant, user))).await.unwrap();
    assert_eq!((found.email.as_str(), found.language), ("ADA@EXAMPLE.COM", None));
    f.write(|tx| Box::pin(tx.query("UPDATE users SET language = 'ja'").execute())).await;
    let found = f.read(move |tx| Box::pin(mails::recipient(tx, tenant, user))).await.unwrap();
    assert_eq!(found.language.as_deref(), Some("ja"));
    let nobody = UserId::new(at(0), &random());
    assert!(f.read(move |tx| Box::pin(mails::recipient(tx, tenant, nobody))).await.is_none());
}

async fn administrators_are_those_of_the_tenant(on: On) {
    let f = Fixture::new(on).await;
    assert_eq!(f.administrators().await, ["ADA@EXAMPLE.COM"]);
    let tenant = f.tenant;
    for (email, role) in [("b@example.com", Role::SuperAdministrator), ("c@example.com", Role::Member)] {
        let id = UserId::new(at(0), &random());
        f.write(move |tx| {
            Box::pin(async move {
                let mut new = new_user(tenant, id, email);
                new.user.role = role;
                users::add(tx, &new).await
            })
        })
        .await;
    }
    assert_eq!(f.administrators().await, ["ADA@EXAMPLE.COM", "B@EXAMPLE.COM"]);
    let elsewhere = countersign_protocol::ids::TenantId::new(at(0), &random());
    let none = f.read(move |tx| Box::pin(mails::administrators(tx, elsewhere))).await;
    assert!(none.is_empty());
}
