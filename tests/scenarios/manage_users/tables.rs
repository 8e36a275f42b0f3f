//! Users as a table: exported, imported.

use countersign_demo::browser::Page;
use countersign_server::domain::actor::By;
use countersign_server::domain::directory::Action;
use countersign_server::domain::user::Role;
use countersign_tests::jobs::by;
use countersign_tests::{On, World};

use super::{administrator, get, signed_in};

stories!(
    a_table_comes_back_as_it_went_out,
    wrong_lines_are_told_and_left_out,
    only_a_super_administrator_imports_roles,
    a_table_changes_what_it_names_alone,
    whoever_is_no_administrator_any_more_takes_nothing_in,
);

async fn a_table_comes_back_as_it_went_out(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.user_types = ["staff".to_owned()].into()).await;
    let browser = administrator(&world).await;
    world.paired_phone("Ada’s phone").await;
    world.crowd(3).await;
    world.change("UPDATE users SET name = '=HYPERLINK(\"x\"), \"東京\"', user_type = 'staff' WHERE email_key = 'user001@example.com'").await;
    let table = get(&browser, "/admin/users/export.csv").await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<_> = table.body.lines().collect();
    assert_eq!(lines[0], "email,name,role,type,language,disabled,second_factor,holds,last_sign_in");
    assert_eq!(lines[1], "ada@example.com,Ada Lovelace,member,,,false,optional,push,");
    assert!(
        lines[4].starts_with("user001@example.com,\"'=HYPERLINK(\"\"x\"\"), \"\"東京\"\"\",member,staff,"),
        "{}",
        lines[4]
    );
    let some = get(&browser, "/admin/users/export.csv?q=user0").await;
    assert_eq!(some.body.lines().count(), 4);

    let page = get(&browser, "/admin/users/import").await;
    let same = browser.submit(&page, "/admin/users/import", &[("table", &table.body)]).await.unwrap();
    assert_eq!(figures(&same), ["0", "0", "5", "0"], "{}", same.body);
    let more = table.body.replace("User 0,", "Nobody,") + "New@Example.com,New,,staff,ja,,,,\r\n";
    let looked_at = browser.submit(&page, "/admin/users/import", &[("table", &more)]).await.unwrap();
    assert_eq!(figures(&looked_at), ["1", "1", "4", "0"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM users").await, 5, "nothing is done yet");
    let carried = looked_at.body.contains("東京");
    let done = browser.submit(&looked_at, "/admin/users/import/do", &[("table", &more)]).await.unwrap();
    assert_eq!((figures(&done), carried), (["1", "1", "4", "0"].map(str::to_owned).to_vec(), true));
    let again = browser.submit(&page, "/admin/users/import/do", &[("table", &more)]).await.unwrap();
    assert_eq!(figures(&again), ["0", "0", "6", "0"]);
    let new = world.app.find_user(world.tenant, "new@example.com").await.unwrap().unwrap();
    assert_eq!((new.name.as_str(), new.user_type.as_deref()), ("New", Some("staff")));
    assert_eq!(new.language.as_deref(), Some("ja"));
    assert_eq!(world.browser().sign_in("new@example.com", "").await.unwrap().status, 401);
    assert_eq!(
        world.app.find_user(world.tenant, "user000@example.com").await.unwrap().unwrap().name,
        "Nobody"
    );
}

async fn wrong_lines_are_told_and_left_out(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    let page = get(&browser, "/admin/users/import").await;
    let table = "email,name,type,role,password\n\
        good@example.com,Good,,,a fine password\n\
        not-an-address,X,,,\n\
        good@example.com,Twice,,,\n\
        b@example.com,B,pirate,,\n\
        c@example.com,C,,king,\n\
        d@example.com,D,,,short\n\
        grace@example.com,Not me,,,\n\
        e@example.com,too few\n";
    let table = &format!("{table}f@example.com,F,,,{}\n", "long".repeat(257));
    let looked_at = browser.submit(&page, "/admin/users/import", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&looked_at), ["1", "0", "0", "8"], "{}", looked_at.body);
    for line in 3..=10 {
        assert!(looked_at.body.contains(&format!("\">{line}</td>")), "{line}");
    }
    let done = browser.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&done), ["1", "0", "0", "8"]);
    assert_eq!(world.count("SELECT COUNT(*) FROM users").await, 3);
    let good = world.browser();
    good.sign_in("good@example.com", "a fine password").await.unwrap();
    assert_eq!(good.get("/account/security").await.unwrap().location.as_deref(), Some("/account/password"));
    // As long as promised, and three times that by the letters of a form.
    let names = "東京".repeat(180_000);
    let most = format!("email,name\nnot-an-address,{}\n", &names[..1_000_000 / 6 * 6]);
    let answer = browser.submit(&page, "/admin/users/import", &[("table", &most)]).await.unwrap();
    assert_eq!((answer.status, figures(&answer)), (200, ["0", "0", "0", "1"].map(str::to_owned).to_vec()));
    for (table, said) in [
        ("name\nAda", "The first line must name the columns, and one of them must be email."),
        (
            "email,colour\n",
            "There’s no column “colour”. The columns are email, name, type, role, language and password.",
        ),
        ("email\n", "There’s no line but the first."),
        (
            &format!("email{}", "\na@b.c".repeat(20_001)),
            "More than 20,000 lines. Split the file, and import its parts one after the other.",
        ),
        (&"x".repeat(1024 * 1024 + 1), "This is more than 1 MB. Import it in parts, or by the command line."),
    ] {
        let answer = browser.submit(&page, "/admin/users/import", &[("table", table)]).await.unwrap();
        assert_eq!((answer.status, answer.text_of("import-problem").as_deref()), (422, Some(said)));
    }
    let most = format!("email{}", "\nx".repeat(20_000));
    let answer = browser.submit(&page, "/admin/users/import", &[("table", &most)]).await.unwrap();
    assert_eq!((answer.status, figures(&answer)[3].as_str()), (200, "20,000"));
}

async fn only_a_super_administrator_imports_roles(on: On) {
    let world = World::new(on).await;
    let browser = administrator(&world).await;
    world.add_super_administrator("boss@example.com").await;
    let page = get(&browser, "/admin/users/import").await;
    let table = "email,role\nada@example.com,administrator\nnew@example.com,super-administrator\n\
        boss@example.com,member\n";
    let done = browser.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&done), ["0", "0", "0", "3"]);
    let boss = signed_in(&world, "boss@example.com").await;
    let page = get(&boss, "/admin/users/import").await;
    let done = boss.submit(&page, "/admin/users/import/do", &[("table", table)]).await.unwrap();
    assert_eq!(figures(&done), ["1", "1", "0", "1"], "but not their own");
    assert_eq!(world.person().await.role, Role::Administrator);
    let events = world.events_of_user().await;
    assert_eq!(events.last().map(String::as_str), Some("user.role_changed"), "{events:?}");
}

/// New, changed, the same, left out.
fn figures(page: &Page) -> Vec<String> {
    page.body.split("<dd>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

async fn a_table_changes_what_it_names_alone(on: On) {
    let world = World::new(on).await;
    world.change_policy(|policy| policy.user_types = ["staff".to_owned()].into()).await;
    let boss = world.add_super_administrator("boss@example.com").await;
    let (at, by) = (world.at().await, by(boss, Role::SuperAdministrator));
    world.app.set_role(&at, &By::CommandLine, world.user, Role::Administrator).await.unwrap();
    let table = "email,type\nada@example.com,staff\n";
    let lines = world.app.look_at_import(&at, &by, table, 9).await.unwrap().unwrap();
    world.app.set_role(&at, &By::CommandLine, world.user, Role::Member).await.unwrap();
    world.app.set_name(&at, &By::CommandLine, world.user, "Ada King").await.unwrap();
    assert_eq!(world.app.import_users(&at, &by, lines, None).await.unwrap().changed, 1);
    let now = world.person().await;
    assert_eq!((now.role, now.name.as_str(), now.user_type.as_deref()), {
        (Role::Member, "Ada King", Some("staff"))
    });
}

async fn whoever_is_no_administrator_any_more_takes_nothing_in(on: On) {
    let world = World::new(on).await;
    let grace = world.add_administrator("grace@example.com").await;
    let (at, by) = (world.at().await, by(grace, Role::Administrator));
    let table = "email,name\nnew@example.com,New\nada@example.com,Other\n";
    let lines = world.app.look_at_import(&at, &by, table, 9).await.unwrap().unwrap();
    world.app.act_on(&at, &By::CommandLine, grace, Action::Disable).await.unwrap();
    let done = world.app.import_users(&at, &by, lines, None).await.unwrap();
    assert_eq!((done.new, done.changed), (0, 0));
    assert_eq!(world.person().await.name, "Ada Lovelace");
}
