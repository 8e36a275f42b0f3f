//! `countersign user`, as an operator and a script run it.

use serde_json::{Value, json};

use crate::bench::{Bench, ONE};

const WHICH: [&str; 2] = ["--tenant", ONE];
const PASSWORD: &str = "correct horse battery";

/// Two tenants; in one of them Ada, an administrator, and Bob.
fn peopled() -> Bench {
    let bench = Bench::with_two_tenants();
    let shown = bench.said(&[&["policy", "show", "--json"][..], &WHICH].concat());
    let mut policy: Value = serde_json::from_str(&shown).unwrap();
    policy["rules"] = json!([{ "name": "chosen", "who": "chosen", "ask": "required" }]);
    policy["user_types"] = json!(["staff", "client"]);
    bench.said_of(&policy.to_string(), &[&["policy", "set", "-"][..], &WHICH].concat());
    bench.add(&["ada@example.com", "--name", "Ada Lovelace", "--role", "administrator"]);
    bench.add(&["bob@example.com", "--name", "Bob ‘東京’", "--type", "staff"]);
    bench
}

impl Bench {
    fn add(&self, arguments: &[&str]) -> Value {
        let said = self.said_of(PASSWORD, &[&["user", "add", "--json"], arguments, &WHICH].concat());
        serde_json::from_str(&said).unwrap()
    }

    fn user(&self, arguments: &[&str]) -> String {
        self.said(&[&["user"], arguments, &WHICH].concat())
    }

    /// What a command answers in JSON, a value a line.
    fn answers(&self, arguments: &[&str]) -> Vec<Value> {
        let said = self.user(&[arguments, &["--json"]].concat());
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn answer(&self, arguments: &[&str]) -> Value {
        let mut answers = self.answers(arguments);
        assert_eq!(answers.len(), 1, "one answer: {arguments:?}");
        answers.remove(0)
    }

    /// What a command says that is refused: one sentence.
    fn user_refused(&self, arguments: &[&str]) -> String {
        let said = self.complaint(&[&["user"], arguments, &WHICH].concat());
        assert!(said.starts_with("countersign: ") && said.lines().count() == 1, "{said}");
        said
    }

    fn emails(&self, arguments: &[&str]) -> Vec<String> {
        let users = self.answers(&[&["list"], arguments].concat());
        users.iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn users_are_listed_by_what_they_are() {
    let bench = peopled();
    let both = ["ada@example.com", "bob@example.com"];
    assert_eq!(bench.emails(&[]), both);
    for (arguments, expected) in [
        (&["--search", "LOVELACE"][..], &both[..1]),
        (&["--search", "東京"], &both[1..]),
        (&["--search", "nobody"], &[]),
        (&["--role", "administrator"], &both[..1]),
        (&["--type", "staff"], &both[1..]),
        (&["--disabled", "true"], &[]),
        (&["--chosen", "false"], &both),
        (&["--holds", "nothing"], &both),
        (&["--holds", "push"], &[]),
    ] {
        assert_eq!(bench.emails(arguments), expected, "{arguments:?}");
    }
    let lines = bench.user(&["list"]);
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.starts_with("ada@example.com ") && lines.contains("administrator"), "{lines}");
    assert!(bench.user_refused(&["list", "--role", "king"]).contains("--role is member, administrator or"));
    assert!(
        bench.user_refused(&["list", "--holds", "email"]).contains("--holds is nothing, something, push")
    );
    let theirs = bench.said(&["user", "list", "--json", "--tenant", "https://other.example.com"]);
    assert_eq!(theirs, "", "nobody of another tenant");
}

#[test]
fn one_user_is_shown_with_all_that_a_script_needs() {
    let bench = peopled();
    let bob = bench.answer(&["show", "bob@example.com"]);
    for (name, expected) in [
        ("email", json!("bob@example.com")),
        ("name", json!("Bob ‘東京’")),
        ("role", json!("member")),
        ("type", json!("staff")),
        ("disabled", json!(false)),
        ("chosen_since", Value::Null),
        ("second_factor", json!("optional")),
        ("holds", json!([])),
        ("phones", json!([])),
        ("sessions", json!(0)),
        ("suspended", json!(false)),
        ("last_sign_in", Value::Null),
    ] {
        assert_eq!(bob[name], expected, "{name}: {bob}");
    }
    let listed = bench.answers(&["list"]);
    assert_eq!(listed[1]["id"], bob["id"], "the list says the same");
    let words = bench.user(&["show", "bob@example.com"]);
    assert!(words.lines().any(|line| line.split_whitespace().eq(["role", "member"])), "{words}");
    assert!(!words.contains("argon2"), "{words}");
    assert!(bench.user_refused(&["show", "eve@example.com"]).contains("one has no user eve@example.com"));
}

#[test]
fn a_user_is_changed_and_what_was_so_already_is_said() {
    let bench = peopled();
    let set = |arguments: &[&str]| {
        bench.answer(&[&["set", "bob@example.com"], arguments].concat())["changed"].clone()
    };
    for (arguments, name, becomes) in [
        (&["--name", "Robert"][..], "name", json!("Robert")),
        (&["--type", "client"], "type", json!("client")),
        (&["--type", ""], "type", Value::Null),
        (&["--role", "super-administrator"], "role", json!("super-administrator")),
        (&["--second-factor", "on"], "second_factor", json!("required")),
    ] {
        assert_eq!(set(arguments), true, "{arguments:?}");
        assert_eq!(bench.answer(&["show", "bob@example.com"])[name], becomes);
        assert_eq!(set(arguments), false, "{arguments:?}: it is so already");
    }
    assert_eq!(bench.answer(&["show", "bob@example.com"])["rule"], "chosen");
    let words = bench.user(&["set", "bob@example.com", "--name", "Bob"]);
    assert_eq!(words, "bob@example.com is changed.\n");
    assert_eq!(bench.user(&["set", "bob@example.com"]), "bob@example.com was so already.\n");
    for (arguments, said) in [
        (&["--role", "king"][..], "--role is member, administrator or super-administrator"),
        (&["--second-factor", "maybe"], "--second-factor is on or off"),
        (&["--type", "guest"], "no such user type"),
    ] {
        let refused = bench.user_refused(&[&["set", "bob@example.com"], arguments].concat());
        assert!(refused.contains(said), "{refused}");
    }
    let last = bench.user_refused(&["set", "bob@example.com", "--role", "member"]);
    assert!(last.contains("last super administrator"), "{last}");
    assert_eq!(bench.answer(&["show", "bob@example.com"])["role"], "super-administrator");
}

#[test]
fn users_are_disabled_enabled_unlocked_reset_and_signed_out() {
    let bench = peopled();
    let done = |command: &[&str]| bench.answer(&[command, &["bob@example.com"]].concat());
    assert_eq!(done(&["disable"])["changed"], true);
    assert_eq!(done(&["disable"])["changed"], false);
    assert_eq!(bench.emails(&["--disabled", "true"]), ["bob@example.com"]);
    assert_eq!(bench.user(&["enable", "bob@example.com"]), "bob@example.com is now enabled.\n");
    assert_eq!(bench.user(&["enable", "bob@example.com"]), "bob@example.com was already enabled.\n");
    assert_eq!(done(&["reset"])["removed"], 0);
    assert_eq!(done(&["sessions", "end"])["email"], "bob@example.com");
    assert_eq!(
        bench.user(&["sessions", "end", "bob@example.com"]),
        "bob@example.com is signed out everywhere.\n"
    );
    assert!(bench.user(&["unlock", "bob@example.com"]).contains("Nothing of bob@example.com is suspended"));
    for command in [&["disable"][..], &["reset"], &["sessions", "end"], &["unlock"], &["pair"]] {
        assert!(
            bench.user_refused(&[command, &["eve@example.com"]].concat()).contains("has no user"),
            "{command:?}"
        );
    }
}

#[test]
fn a_table_is_looked_at_taken_in_and_written_again() {
    let bench = peopled();
    let table = "email,name,type\nbob@example.com,Robert,client\n\"eve@example.com\",\"Eve, of \"\"X\"\"\",\n\
                 nonsense,N,\nada@example.com,Ada Lovelace,guest\n";
    let file = bench.file("users.csv", table);
    let looked = bench.answers(&["import", &file, "--look"]);
    let done = json!({ "done": false, "new": 1, "changed": 1, "same": 0, "wrong": 2 });
    assert_eq!(looked.last(), Some(&done), "{looked:?}");
    let wrong: Vec<_> =
        looked[..2].iter().map(|line| (&line["line"], line["wrong"].as_str().unwrap())).collect();
    assert_eq!(wrong[0], (&json!(4), "this is not an e-mail address"));
    assert_eq!(wrong[1], (&json!(5), "the policy has no such user type"));
    assert_eq!(bench.emails(&[]).len(), 2, "a look changes nothing");

    let said = bench.user(&["import", &file]);
    assert!(said.ends_with("Were new: 1, changed: 1; the same: 0, left out: 2.\n"), "{said}");
    assert_eq!(bench.answer(&["show", "eve@example.com"])["name"], "Eve, of \"X\"");
    assert_eq!(bench.answer(&["show", "bob@example.com"])["type"], "client");
    let again = bench.answers(&["import", &file]);
    assert_eq!(again.last().unwrap()["same"], 2, "the same table again changes nothing");

    let written = bench.user(&["export"]);
    assert!(written.lines().next().unwrap().starts_with("email,"), "{written}");
    assert_eq!(written.lines().count(), 4);
    assert!(written.contains("\"Eve, of \"\"X\"\"\""), "{written}");
    assert_eq!(bench.answers(&["export", "--search", "eve"]), bench.answers(&["list", "--search", "eve"]));
    let no_column = bench.file("wrong.csv", "mail\nx@example.com\n");
    assert!(bench.user_refused(&["import", &no_column]).contains("wrong.csv"));
    assert!(bench.user_refused(&["import", &bench.path("none.csv")]).contains("cannot be read"));
}

#[test]
fn what_stands_in_the_way_of_a_new_user_is_said() {
    let bench = peopled();
    let add = |input: &str, arguments: &[&str]| {
        let output = bench.run(input, &[&["user", "add"], arguments, &WHICH].concat());
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(add(PASSWORD, &["bob@example.com"]).contains("has a user with this e-mail address already"));
    for (input, email) in [("short", "new@example.com"), (PASSWORD, "nobody")] {
        let said = add(input, &[email]);
        assert!(said.starts_with("countersign: ") && !said.contains(input), "{said}");
    }
    assert_eq!(bench.emails(&[]).len(), 2);
    let several = bench.complaint(&["user", "list"]);
    assert!(several.contains("there are several tenants: say which with --tenant ORIGIN"), "{several}");
    let nowhere = bench.complaint(&["user", "list", "--tenant", "https://nowhere.example.com"]);
    assert!(nowhere.contains("no tenant is reached at https://nowhere.example.com"), "{nowhere}");
    let none = Bench::empty().complaint(&["user", "list"]);
    assert!(none.contains("add one with `countersign tenant add`"), "{none}");
}
