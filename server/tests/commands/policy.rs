//! `countersign policy`, as an operator runs it.

use serde_json::{Value, json};

use crate::bench::{Bench, ONE};

const WHICH: [&str; 2] = ["--tenant", ONE];

/// Two tenants, and one user in one of them.
fn peopled() -> Bench {
    let bench = Bench::with_two_tenants();
    bench.said_of("correct horse battery", &[&["user", "add", "ada@example.com"][..], &WHICH].concat());
    bench
}

impl Bench {
    fn policy(&self, input: &str, arguments: &[&str]) -> String {
        self.said_of(input, &[&["policy"], arguments, &WHICH].concat())
    }

    fn json(&self, input: &str, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.policy(input, &[arguments, &["--json"]].concat())).unwrap()
    }

    fn refused(&self, input: &str, arguments: &[&str]) -> String {
        let output = self.run(input, &[&["policy"], arguments, &WHICH].concat());
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

fn has(said: &str, name: &str, value: &str) -> bool {
    said.lines().any(|line| line.split_whitespace().take(2).eq([name, value]))
}

#[test]
fn single_options_are_changed_and_kept() {
    let bench = peopled();
    let usual = bench.policy("", &["show"]);
    assert!(usual.starts_with("Everybody: optional.\n"), "{usual}");
    for (name, value) in [
        ("floor", "low"),
        ("email-code-seconds", "180"),
        ("totp-algorithm", "sha1"),
        ("totp-strict", "false"),
        ("remember-days", "0"),
        ("recovery-hours", "24"),
        ("grace-days", "0"),
        ("attestation", "not-asked"),
    ] {
        assert!(has(&usual, name, value), "{name}: {usual}");
    }
    let changed = bench.policy("", &["set", "--base", "required", "--floor", "medium", "--digits", "3"]);
    let more = ["set", "--totp-strict", "true", "--remember-days", "30", "--grace-days", "5"];
    let more = bench.policy("", &[&more[..], &["--attestation", "recorded"]].concat());
    assert!(has(&changed, "floor", "medium") && !has(&changed, "totp-strict", "true"));
    for (name, value) in
        [("digits", "3"), ("remember-days", "30"), ("grace-days", "5"), ("attestation", "recorded")]
    {
        assert!(has(&more, name, value), "{name}: {more}");
    }
    assert!(more.starts_with("Everybody: required.\n"));
    assert_eq!(bench.policy("", &["show"]), more, "they are kept");
    for wrong in [
        &["set", "--email-code-seconds", "601"][..],
        &["set", "--recovery-hours", "0"],
        &["set", "--floor", "none"],
        &["set", "--base", "on"],
        &["set", "-", "--floor", "low"],
        &["set"],
        &["preset", "productx"],
    ] {
        let said = bench.refused("{}", wrong);
        assert!(said.starts_with("countersign: ") && said.lines().count() == 1, "{said}");
    }
    assert_eq!(bench.policy("", &["show"]), more);
}

#[test]
fn a_policy_that_is_shown_can_be_set_again_and_what_is_none_is_refused() {
    let bench = peopled();
    let mut policy = bench.json("", &["show"]);
    policy["networks"]["allowed"] = json!(["192.0.2.0/24"]);
    policy["base"] = json!("required");
    let set = bench.json(&policy.to_string(), &["set", "-"]);
    assert_eq!(set["networks"]["allowed"], json!(["192.0.2.0/24"]));
    assert_eq!(bench.json("", &["show"]), set);
    let again = bench.json(&set.to_string(), &["set", "-"]);
    assert_eq!(again, set, "the same is no change");
    for (change, words) in [
        (json!({ "sms": true }), "unknown field"),
        (json!({ "networks": { "allowed": ["192.0.2.7/24"] } }), "write 192.0.2.0/24"),
        (json!({ "grace_days": 91 }), "from 0 to 90"),
    ] {
        let mut wrong = set.clone();
        for (name, value) in change.as_object().unwrap() {
            wrong[name] = value.clone();
        }
        let said = bench.refused(&wrong.to_string(), &["set", "-"]);
        assert!(said.contains(words), "{said}");
    }
    assert!(bench.refused("", &["set", "no-such-file"]).contains("cannot be read"));
    assert_eq!(bench.json("", &["show"]), set);
}

#[test]
fn a_preset_is_applied_and_its_plug_in_is_off_where_nothing_was_said() {
    let bench = peopled();
    let said = bench.policy("", &["preset", "proworkflow"]);
    assert!(said.contains("required for everybody, while the feature finance is on"), "{said}");
    let what_if = bench.json("", &["what-if", "ada@example.com", "192.0.2.1"]);
    assert_eq!(what_if["requirement"], "password-alone", "{what_if}");
    assert_eq!(what_if["asked"], "optional");
}

#[test]
fn a_preview_and_a_what_if_say_what_would_be() {
    let bench = peopled();
    let mut policy = bench.json("", &["show"]);
    assert_eq!(bench.json(&policy.to_string(), &["preview", "-"]), json!({ "same": true }));
    policy["base"] = json!("required");
    let preview = bench.json(&policy.to_string(), &["preview", "-"]);
    assert_eq!((&preview["users"], &preview["effects"]["set-up"]), (&json!(1), &json!(1)), "{preview}");
    assert_eq!((&preview["asked_before"], &preview["asked_after"]), (&json!(0), &json!(1)));
    assert!(bench.policy(&policy.to_string(), &["preview", "-"]).contains("1 must set one up"));
    assert_eq!(bench.json("", &["show"])["base"], "optional", "a preview changes nothing");

    bench.policy(&policy.to_string(), &["set", "-"]);
    let what_if = bench.json("", &["what-if", "ada@example.com", "2001:db8::7"]);
    assert_eq!((&what_if["requirement"], &what_if["rule"]), (&json!("set-up"), &Value::Null), "{what_if}");
    assert!(bench.refused("", &["what-if", "eve@example.com", "192.0.2.1"]).contains("has no user"));
    policy["networks"]["trusted"] = json!(["192.0.2.0/24"]);
    let looked_at = ["what-if", "ada@example.com", "192.0.2.1", "--policy", "-"];
    assert_eq!(bench.json(&policy.to_string(), &looked_at)["reason"], "trusted-network");
    assert_eq!(bench.json("", &looked_at[..3])["requirement"], "set-up", "it was looked at alone");
    assert!(bench.refused("", &["what-if", "ada@example.com", "office"]).contains("office"));
}

#[test]
fn a_preview_lists_users_finds_one_by_name_and_tells_of_networks() {
    let bench = peopled();
    let named = ["user", "add", "grace@example.com", "--name", "Grace Hopper"];
    bench.said_of("correct horse battery", &[&named[..], &WHICH].concat());
    let mut policy = bench.json("", &["show"]);
    policy["networks"] = json!({ "trusted": ["0.0.0.0/0"], "allowed": ["192.0.2.0/24"] });
    policy["base"] = json!("required");
    let text = policy.to_string();
    let look = |options: &[&str]| bench.json(&text, &[&["preview", "-"], options].concat());

    let shown = look(&["--show", "set-up"]);
    let emails: Vec<_> = shown["shown"].as_array().unwrap().iter().map(|one| &one["email"]).collect();
    assert_eq!(emails, ["ada@example.com", "grace@example.com"], "{shown}");
    assert_eq!((&shown["shown"][0]["after"], &shown["next"]), (&json!("set-up"), &Value::Null));
    assert_eq!(shown["networks"], json!({ "trusted": ["0.0.0.0/0"], "allowed_only": ["192.0.2.0/24"] }));
    assert_eq!(shown["found"], Value::Null, "nobody was looked for");
    let after = look(&["--show", "set-up", "--after", "Ada@example.com"]);
    assert_eq!(after["shown"].as_array().map(Vec::len), Some(1), "{after}");

    let hopper = look(&["--find", "hopper"]);
    assert_eq!(hopper["found"]["users"][0]["email"], "grace@example.com", "{hopper}");
    assert_eq!(hopper["found"]["users"][0]["effects"], json!(["set-up"]));
    let several = look(&["--find", "example.com"]);
    assert_eq!(several["found"]["users"].as_array().map(Vec::len), Some(2), "{several}");
    assert_eq!(look(&["--find", "nobody"])["found"], json!({ "users": [], "more": false }));
    let said = bench.policy(&text, &["preview", "-", "--show", "set-up", "--find", "hopper"]);
    assert!(said.contains("networks trusted: [\"0.0.0.0/0\"]"), "{said}");
    assert!(said.contains("grace@example.com: not-asked -> set-up"), "{said}");
    let refused = bench.refused(&text, &["preview", "-", "--show", "all"]);
    assert!(refused.contains("--show is set-up"), "{refused}");
}
