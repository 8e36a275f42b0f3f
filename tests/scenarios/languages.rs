//! The language of mails to people who never signed in: that of the table or of whoever added them, end to end.

use std::time::Duration;

use countersign_demo::browser::Browser;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::factor::Assurance;
use countersign_server::domain::policy::rule::{Rule, Scope, SecondFactor};
use countersign_tests::settings::mails_about;
use countersign_tests::{On, Setup, World};

stories!(
    a_user_of_a_japanese_table_is_written_to_in_japanese,
    whoever_adds_a_user_gives_them_the_language_of_the_page,
    a_reset_and_a_report_are_told_in_japanese,
);

const TURNED_ON: &str = "今後、サインインに2段階の確認が必要になります";
const TURNED_OFF: &str = "サインインはパスワードだけになりました";
const DUE: &str = "までに2段階の確認を設定してください";

async fn language_of(world: &World, email: &str) -> Option<String> {
    world.app.find_user(world.tenant, email).await.unwrap().unwrap().language
}

async fn a_user_of_a_japanese_table_is_written_to_in_japanese(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world
        .change_policy(|policy| {
            policy.rules = vec![Rule::new("chosen", Scope::Chosen, SecondFactor::Required)];
            policy.base = SecondFactor::Off;
            policy.factors.floor = Assurance::Medium;
            policy.grace_days = 7;
        })
        .await;
    let (at, by) = (world.at().await, By::CommandLine);
    let table = "email,language\naiko@example.com,JA\nbob@example.com,\neve@example.com,fr\n";
    let lines = world.app.look_at_import(&at, &by, table, usize::MAX).await.unwrap().unwrap();
    let done = world.app.import_users(&at, &by, lines, Some("en")).await.unwrap();
    assert_eq!((done.new, done.wrong), (2, 1), "nobody is written to in a language that there is not");
    assert_eq!(language_of(&world, "bob@example.com").await.as_deref(), Some("en"));
    // A table that comes again says nothing of users who are there.
    let other = "email,language\naiko@example.com,en\n";
    let lines = world.app.look_at_import(&at, &by, other, usize::MAX).await.unwrap().unwrap();
    assert_eq!(world.app.import_users(&at, &by, lines, None).await.unwrap().same, 1);
    assert_eq!(language_of(&world, "aiko@example.com").await.as_deref(), Some("ja"));

    let aiko = world.app.find_user(world.tenant, "aiko@example.com").await.unwrap().unwrap().id;
    let act = async |action| world.app.act_on(&at, &by, aiko, action).await.unwrap();
    act(Action::TurnOn).await;
    let on = mails_about(&world, TURNED_ON, 1).await.remove(0);
    assert_eq!(on.recipient, "aiko@example.com");
    assert!(on.html().contains("<html lang=\"ja\">"), "{}", on.html());
    world.clock.advance(Duration::from_hours(24 * 6));
    world.app.do_due_jobs().await.unwrap();
    assert_eq!(mails_about(&world, DUE, 1).await[0].recipient, "aiko@example.com");
    act(Action::TurnOff).await;
    assert_eq!(mails_about(&world, TURNED_OFF, 1).await[0].recipient, "aiko@example.com");
}

/// The page of a list, in Japanese, with a form.
async fn add(browser: &Browser, email: &str) {
    let page = browser.get("/admin/users/add?lang=ja").await.unwrap();
    assert!(page.body.contains("<html lang=\"ja\""), "{}", page.body);
    let fields = [("email", email), ("name", "愛子"), ("role", "member"), ("password", "a fine password")];
    let added = browser.submit(&page, "/admin/users/add", &fields).await.unwrap();
    assert_eq!(added.status, 303, "{}", added.body);
}

async fn whoever_adds_a_user_gives_them_the_language_of_the_page(on: On) {
    let (world, root) = crate::settings::world(on).await;
    add(&root, "aiko@example.com").await;
    assert_eq!(language_of(&world, "aiko@example.com").await.as_deref(), Some("ja"));
    let page = root.get("/admin/users/import").await.unwrap();
    let table = "email,language\nken@example.com,\nann@example.com,en\n";
    let done = root.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(language_of(&world, "ken@example.com").await.as_deref(), Some("ja"), "the page's");
    assert_eq!(language_of(&world, "ann@example.com").await.as_deref(), Some("en"), "the table's");
    let table = root.get("/admin/users/export.csv").await.unwrap().body;
    assert!(table.contains("aiko@example.com,愛子,member,,ja,false,"), "{table}");
}

async fn a_reset_and_a_report_are_told_in_japanese(on: On) {
    let world = World::with(on, Setup::with_mail()).await;
    world.change("UPDATE users SET language = 'ja'").await;
    let phone = world.paired_phone("愛子のスマートフォン").await;
    world.begin(&world.browser()).await;
    phone.core.report(phone.request().await).await.unwrap();
    let told = mails_about(&world, "報告されたサインインを中止しました", 1).await.remove(0);
    assert!(told.html().contains("<html lang=\"ja\">"), "{}", told.html());
    let at = world.at().await;
    world.app.act_on(&at, &By::CommandLine, world.user, Action::Reset).await.unwrap();
    let told = mails_about(&world, "サインインの確認方法が管理者によりリセットされました", 1).await.remove(0);
    assert!(told.html().contains("<html lang=\"ja\">"), "{}", told.html());
}
