//! `countersign tenant`, as an operator and a script run it.

use serde_json::{Value, json};

use crate::bench::{Bench, ONE};

const WHICH: [&str; 2] = ["--tenant", ONE];
const OTHER: &str = "https://other.example.com";

impl Bench {
    fn tenant(&self, arguments: &[&str]) -> String {
        self.said(&[&["tenant"], arguments, &WHICH].concat())
    }

    fn of_tenant(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.tenant(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// What a command says that is refused: one sentence.
    fn no_tenant(&self, arguments: &[&str]) -> String {
        let said = self.complaint(&[&["tenant"], arguments, &WHICH].concat());
        assert!(said.starts_with("countersign: ") && said.lines().count() == 1, "{said}");
        said
    }
}

/// A list: one object a line.
fn lines(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_is_done_to_a_tenant_is_told_to_scripts() {
    let bench = Bench::with_two_tenants();
    let (third, second) = ("https://third.example.com", "https://login.acme.example");
    let added = lines(&bench.said(&["tenant", "add", "--name", "third", third, "--json"]));
    let shown = lines(&bench.said(&["tenant", "show", "--tenant", third, "--json"]));
    assert_eq!((&added[0]["id"], &added[0]["origin"]), (&shown[0]["id"], &json!(third)), "{added:?}");
    for command in ["add", "main"] {
        assert_eq!(bench.of_tenant(&["host", command, second]), json!({ "origin": second }));
    }
    let removed = bench.of_tenant(&["host", "remove", ONE]);
    assert_eq!(removed, json!({ "origin": ONE, "phones": 0, "passkeys": 0 }));
    let at = ["--tenant", second, "--json"];
    let of = |arguments: &[&str]| lines(&bench.said(&[&["tenant"], arguments, &at].concat())).remove(0);
    assert_eq!(of(&["limits", "--per-day", "7"])["per_day"], 7);
    assert_eq!(of(&["passkeys"]), json!({ "any": true, "authorities": 0, "models": [] }));
}

#[test]
fn tenants_are_listed_and_shown() {
    let bench = Bench::with_two_tenants();
    let all = lines(&bench.said(&["tenant", "list", "--json"]));
    let names: Vec<_> = all.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["one", "other"]);
    assert_eq!(bench.said(&["tenant", "list"]), format!("one  {ONE}\nother  {OTHER}\n"));
    let one = bench.of_tenant(&["show"]);
    assert_eq!(one, all[0]);
    assert_eq!((&one["main"], &one["hosts"], &one["plan"]), (&json!(ONE), &json!([ONE]), &Value::Null));
    assert!(bench.tenant(&["show"]).contains(&format!("main      {ONE}")));
}

#[test]
fn name_plan_features_and_colour_are_changed_and_kept() {
    let bench = Bench::with_two_tenants();
    assert_eq!(bench.of_tenant(&["set", "--name", "ACME ‘東京’"])["name"], "ACME ‘東京’");
    assert_eq!(bench.of_tenant(&["plan", "enterprise"])["plan"], "enterprise");
    assert_eq!(bench.of_tenant(&["feature", "finance", "on"])["features"], json!({ "finance": true }));
    assert_eq!(bench.of_tenant(&["brand", "--colour", "#0a5c36"])["colour"], "#0a5c36");
    let shown = bench.of_tenant(&["show"]);
    assert_eq!((&shown["name"], &shown["plan"]), (&json!("ACME ‘東京’"), &json!("enterprise")));
    assert_eq!(bench.of_tenant(&["plan", "none"])["plan"], Value::Null);
    assert_eq!(bench.of_tenant(&["feature", "finance", "off"])["features"], json!({ "finance": false }));
    assert_eq!(bench.of_tenant(&["brand", "--colour", "none"])["colour"], Value::Null);
    let others: Value =
        serde_json::from_str(&bench.said(&["tenant", "show", "--json", "--tenant", OTHER])).unwrap();
    assert_eq!(
        (&others["name"], &others["features"]),
        (&json!("other"), &json!({})),
        "nobody else is changed"
    );
    for (arguments, said) in [
        (&["set", "--name", ""][..], "--name has 1 to"),
        (&["plan", "a/b"], "cannot be a name"),
        (&["feature", "finance", "maybe"], "say on or off"),
        (&["brand", "--colour", "green"], "#"),
        (&["brand", "--logo", "no-such-file"], "no-such-file"),
    ] {
        let refused = bench.no_tenant(arguments);
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn hosts_are_added_made_the_main_one_and_removed() {
    let bench = Bench::with_two_tenants();
    let second = "https://login.acme.example";
    bench.tenant(&["host", "add", second]);
    let hosts = lines(&bench.tenant(&["host", "list", "--json"]));
    assert_eq!(
        hosts,
        [
            json!({ "origin": ONE, "main": true, "phones": 0, "passkeys": 0 }),
            json!({ "origin": second, "main": false, "phones": 0, "passkeys": 0 }),
        ]
    );
    assert!(bench.no_tenant(&["host", "remove", ONE]).contains("main"), "not the main one");
    assert!(bench.tenant(&["host", "main", second]).contains(second));
    assert_eq!(bench.of_tenant(&["show"])["main"], second);
    assert!(bench.tenant(&["host", "remove", ONE, "--sure"]).contains("is not reached at"));
    let gone = bench.complaint(&["tenant", "show", "--tenant", ONE]);
    assert!(gone.contains("no tenant is reached at"), "{gone}");
    let at = ["--tenant", second];
    let taken = bench.complaint(&[&["tenant", "host", "add", OTHER][..], &at].concat());
    assert!(
        taken.contains("another tenant is reached at other.example.com already"),
        "it is another tenant's: {taken}"
    );
    for (arguments, said) in [
        (
            &["host", "main", "https://nowhere.example"][..],
            "is not reached at https://nowhere.example: add it first",
        ),
        (&["host", "add", "nonsense"], "nonsense"),
    ] {
        let refused = bench.complaint(&[&["tenant"], arguments, &at].concat());
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn a_tenant_that_cannot_be_is_refused() {
    let bench = Bench::with_two_tenants();
    for (arguments, said) in [
        (&["--name", "", "https://new.example.com"][..], "--name must not be empty"),
        (&["--name", "New", "new.example.com"], "new.example.com"),
        (&["--name", "New", "--digits", "4", "https://new.example.com"], "--digits is 2, 3 or 6"),
        (&["--name", "New", "--number", "often", "https://new.example.com"], "--number is when-unusual"),
        (&["--name", "New", ONE], "one.example.com"),
    ] {
        let refused = bench.complaint(&[&["tenant", "add"], arguments].concat());
        assert!(refused.starts_with("countersign: ") && refused.contains(said), "{refused}");
    }
    assert_eq!(lines(&bench.said(&["tenant", "list", "--json"])).len(), 2);
}

#[test]
fn limits_of_pushes_are_shown_changed_and_bounded() {
    let bench = Bench::with_two_tenants();
    let usual = bench.tenant(&["limits"]);
    let changed = bench.tenant(&["limits", "--per-day", "7"]);
    assert_ne!(usual, changed);
    assert!(changed.lines().any(|line| line.split_whitespace().take(2).eq(["per-day", "7"])), "{changed}");
    assert_eq!(bench.tenant(&["limits"]), changed);
    assert!(bench.no_tenant(&["limits", "--per-day", "51"]).contains("per-day"));
    assert_eq!(bench.tenant(&["limits"]), changed);
}
