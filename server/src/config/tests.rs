//! What an operator writes, and what the server makes of it.

use std::net::SocketAddr;

use secrecy::ExposeSecret;

use super::catalogue::{CATALOGUE, entries};
use super::document::assignment;
use super::environment::variable_of;
use super::error::Origin;
use super::*;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::from_text(text, Path::new("/etc/countersign/countersign.toml"), environment)
}

fn problems(text: &str, environment: &[(&str, &str)]) -> Vec<Problem> {
    match load(text, environment) {
        Err(SettingsError::Wrong(problems)) => problems,
        other => panic!("{text} {environment:?} → {other:?}"),
    }
}

/// The one problem, as an operator reads it.
fn refused(text: &str, environment: &[(&str, &str)]) -> String {
    let problems = problems(text, environment);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].to_string()
}

#[test]
fn the_documented_file_holds_the_defaults() {
    let documented = load(&documented_file(), &[]).unwrap();
    assert_eq!(format!("{documented:?}"), format!("{:?}", load("", &[]).unwrap()));
    assert_eq!(documented.http.listen, "127.0.0.1:8080".parse::<SocketAddr>().unwrap());
    assert_eq!(documented.http.trusted_proxies, []);
    assert_eq!(documented.database.url.expose_secret(), "sqlite:countersign.db");
    assert_eq!(documented.login.answer_time().as_secs(), 120);
    assert_eq!(documented.login.complete_time().as_secs(), 60);
    assert_eq!((documented.login.password_hashers, documented.login.password_queue), (2, 64));
    assert_eq!(documented.session.lifetime().as_secs(), 12 * 60 * 60);
    assert!(!documented.push.allow_private_endpoints);
    assert_eq!(documented.push.vapid_subject, None);
    assert_eq!((&documented.push.extra_roots, &documented.fcm.service_account_file), (&None, &None));
    assert_eq!((&documented.apns.key_file, &documented.apns.key_id), (&None, &None));
    assert_eq!(documented.apns.production_url.url().as_str(), "https://api.push.apple.com/");
    assert_eq!(documented.apns.sandbox_url.url().as_str(), "https://api.sandbox.push.apple.com/");
    assert_eq!(documented.fcm.url.url().as_str(), "https://fcm.googleapis.com/");
    assert_eq!((documented.log.level.as_str(), documented.log.format), ("info", LogFormat::Text));
}

/// The documented file with the "# " removed before one setting's line, as it tells operators to do.
fn with_one_uncommented(section: &str, line: &str) -> String {
    let (commented, heading) = (format!("# {line}"), format!("[{section}]"));
    let (mut here, mut found) = (false, 0);
    let mut uncomment = |known: &str| {
        here = if known.starts_with('[') { known == heading } else { here };
        let wanted = here && known == commented;
        found += usize::from(wanted);
        if wanted { line.to_owned() } else { known.to_owned() }
    };
    let text = documented_file().lines().map(&mut uncomment).collect::<Vec<_>>().join("\n");
    assert_eq!(found, 1, "{section}: {line}");
    text
}

#[test]
fn every_setting_is_documented_with_words_range_variable_and_default() {
    let text = documented_file();
    // What `Debug` shows is the struct itself, so that a field that bypassed the catalogue would be seen.
    let shown = format!("{:#?}", load("", &[]).unwrap());
    let fields = shown.lines().filter(|line| line.starts_with("        ") && !line.starts_with("         "));
    let fields = fields.filter(|line| line.contains(": ")).count();
    assert_eq!(fields, entries().count());
    for entry in entries() {
        assert!(shown.contains(&format!("        {}: ", entry.key)), "{}", entry.name);
        assert!(entry.words.concat().len() > 20, "{} is explained", entry.name);
        assert!(text.contains(&format!("# ({})\n", variable_of(entry.name))), "{}", entry.name);
    }
    for section in CATALOGUE {
        for entry in section.entries {
            let line = assignment(entry);
            assert!(load(&with_one_uncommented(section.name, &line), &[]).is_ok(), "{line}");
        }
    }
    assert!(text.lines().all(|line| line.len() <= 110), "lines fit a terminal");
}

/// An Android app and the digest of its signing certificate.
const ONE_APP: &str =
    "[\"com.example.login/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"]";

#[test]
fn each_setting_can_be_changed_in_the_file_and_by_its_variable() {
    let changes = [
        ("http.listen", "\"[::1]:9000\"", "[::1]:9000"),
        ("http.trusted_proxies", "[\"10.0.0.0/8\", \"::1\"]", "10.0.0.0/8, ::1"),
        ("http.max_connections", "500", "500"),
        ("database.url", "\"postgres://u:p@h/n\"", "postgres://u:p@h/n"),
        ("database.max_connections", "3", "3"),
        ("keys.file", "\"/k\"", "/k"),
        ("login.answer_seconds", "30", "30"),
        ("login.complete_seconds", "120", "120"),
        ("login.password_hashers", "64", "64"),
        ("login.password_queue", "0", "0"),
        ("session.lifetime_hours", "1", "1"),
        ("app.minimum_version", "[\"ios 2.4\", \"android 3\"]", "ios 2.4, android 3"),
        ("push.allow_private_endpoints", "true", "true"),
        ("push.vapid_subject", "\"mailto:a@example.com\"", "mailto:a@example.com"),
        ("push.extra_roots", "\"/r.pem\"", "/r.pem"),
        ("apns.key_file", "\"/k.p8\"", "/k.p8"),
        ("apns.key_id", "\"KEY1234567\"", "KEY1234567"),
        ("apns.team_id", "\"TEAM123456\"", "TEAM123456"),
        ("apns.topics", "[\"com.example.a\", \"com.example.b\"]", "com.example.a, com.example.b"),
        ("apns.production_url", "\"https://relay.example/apple\"", "https://relay.example/apple"),
        ("apns.sandbox_url", "\"https://relay.example:8443\"", "https://relay.example:8443"),
        ("fcm.service_account_file", "\"/s.json\"", "/s.json"),
        ("fcm.url", "\"https://relay.example\"", "https://relay.example"),
        ("attestation.android_apps", ONE_APP, ONE_APP.trim_matches(['[', ']', '"'])),
        ("attestation.apple_apps", "[\"ABCDE12345.com.example.login\"]", "ABCDE12345.com.example.login"),
        ("attestation.development_builds", "true", "true"),
        ("attestation.revocation_file", "\"/status.json\"", "/status.json"),
        ("attestation.extra_roots", "\"/r.pem\"", "/r.pem"),
        ("mail.server", "\"smtp.example.com:465\"", "smtp.example.com:465"),
        ("mail.security", "\"tls\"", "tls"),
        ("mail.user", "\"u\"", "u"),
        ("mail.password", "\"p\"", "p"),
        ("mail.from", "\"ACME <no-reply@example.com>\"", "ACME <no-reply@example.com>"),
        ("mail.extra_roots", "\"/ca.pem\"", "/ca.pem"),
        ("log.level", "\"info,sqlx=warn\"", "info,sqlx=warn"),
        ("log.format", "\"json\"", "json"),
    ];
    assert_eq!(changes.map(|(name, ..)| name).as_slice(), entries().map(|e| e.name).collect::<Vec<_>>());
    // A secret looks the same whatever it is; beside `Debug`, its text is compared.
    let seen = |settings: &Settings| format!("{settings:?} {}", settings.database.url.expose_secret());
    let defaults = seen(&load("", &[]).unwrap());
    for (name, toml, variable) in changes {
        let (section, key) = name.split_once('.').unwrap();
        // Of [apns], one alone is refused.
        let rest: String = ["key_file", "key_id", "team_id", "topics"]
            .into_iter()
            .filter(|part| section == "apns" && *part != key && !key.ends_with("_url"))
            .map(|part| format!("{part} = \"ABCDEFGHIJ\"\n"))
            .collect();
        let by_file = seen(&load(&format!("[{section}]\n{key} = {toml}\n{rest}"), &[]).unwrap());
        let by_variable =
            seen(&load(&format!("[{section}]\n{rest}"), &[(&variable_of(name), variable)]).unwrap());
        assert_ne!(by_file, defaults, "{name}");
        assert_eq!(by_file, by_variable, "{name}");
    }
}

#[test]
fn a_variable_wins_over_the_file_and_an_empty_one_does_not() {
    let text = "[login]\nanswer_seconds = 90\ncomplete_seconds = 30";
    let variable = "COUNTERSIGN_LOGIN__ANSWER_SECONDS";
    assert_eq!(load(text, &[(variable, "45")]).unwrap().login.answer_seconds, 45);
    assert_eq!(load(text, &[(variable, "45")]).unwrap().login.complete_seconds, 30);
    assert_eq!(load(text, &[(variable, "")]).unwrap().login.answer_seconds, 90);
}

#[test]
fn a_wrong_setting_is_named_with_its_source_what_was_found_and_what_to_write() {
    assert_eq!(
        refused("[login]\nanswer_seconds = 5", &[]),
        "login.answer_seconds (file /etc/countersign/countersign.toml): found 5; \
         write a whole number from 30 to 300"
    );
    assert_eq!(
        refused("", &[("COUNTERSIGN_HTTP__LISTEN", "8080")]),
        "http.listen (environment variable COUNTERSIGN_HTTP__LISTEN): found \"8080\"; \
         write an address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\""
    );
}

#[test]
fn values_of_the_wrong_kind_or_out_of_range_are_refused() {
    for (name, toml) in [
        ("login.answer_seconds", "29"),
        ("login.answer_seconds", "301"),
        ("login.answer_seconds", "-60"),
        ("login.answer_seconds", "60.4"),
        ("login.answer_seconds", "true"),
        ("login.answer_seconds", "\"sixty\""),
        ("login.answer_seconds", "\"\""),
        ("login.answer_seconds", "{ value = 60 }"),
        ("login.password_hashers", "0"),
        ("http.listen", "\"localhost:8080\""),
        ("http.listen", "8080"),
        ("http.trusted_proxies", "[\"10.0.0.0/33\"]"),
        ("http.trusted_proxies", "[\"proxy.example.com\"]"),
        ("http.trusted_proxies", "[\"0.0.0.0/0\"]"),
        ("http.trusted_proxies", "[\"::/0\"]"),
        ("http.trusted_proxies", "[1]"),
        ("database.url", "\"mysql://host/db\""),
        ("database.url", "\"countersign.db\""),
        ("database.url", "\"sqlite:\""),
        ("database.url", "\"postgres:host\""),
        ("keys.file", "\"\""),
        ("push.allow_private_endpoints", "1"),
        ("push.allow_private_endpoints", "\"yes\""),
        ("push.vapid_subject", "\"me@example.com\""),
        ("push.vapid_subject", "\"mailto:\""),
        ("push.vapid_subject", "\"mailto:Me <me@example.com>\""),
        ("push.vapid_subject", "\"http://example.com\""),
        ("mail.server", "\"smtp.example.com\""),
        ("mail.server", "\"smtp://smtp.example.com:25\""),
        ("mail.security", "\"ssl\""),
        ("mail.user", "1"),
        ("mail.from", "\"ACME\""),
        ("push.extra_roots", "1"),
        ("apns.key_id", "\"key1234567\""),
        ("apns.key_id", "\"KEY\""),
        ("apns.team_id", "1234567890"),
        ("apns.topics", "[\"com.example.*\"]"),
        ("apns.topics", "[\"\"]"),
        ("apns.topics", "[1]"),
        ("apns.production_url", "\"http://api.push.apple.com\""),
        ("apns.sandbox_url", "\"api.sandbox.push.apple.com\""),
        ("fcm.service_account_file", "true"),
        ("fcm.url", "\"https://user@relay.example\""),
        ("fcm.url", "\"https://relay.example/?key=1\""),
        ("fcm.url", "\"\""),
        ("log.level", "\"inof\""),
        ("log.level", "\"\""),
        ("log.level", "3"),
        ("log.format", "\"xml\""),
    ] {
        let (section, key) = name.split_once('.').unwrap();
        let found = problems(&format!("[{section}]\n{key} = {toml}"), &[]);
        assert!(!found.is_empty() && found.iter().all(|p| p.setting == name), "{name} = {toml}: {found:?}");
    }
}

#[test]
fn half_an_account_at_apple_is_refused_and_the_missing_half_named() {
    let found = problems("[apns]\nkey_id = \"KEY1234567\"\nteam_id = \"TEAM123456\"", &[]);
    let names: Vec<_> = found.iter().map(|p| p.setting.as_str()).collect();
    assert_eq!(names, ["apns.key_file", "apns.topics"]);
    assert_eq!(
        refused("[apns]\nkey_file = \"/k\"\nkey_id = \"KEY1234567\"\nteam_id = \"TEAM123456\"", &[]),
        "apns.topics (file /etc/countersign/countersign.toml): it is empty; write the bundle ids of your apps, \
         or empty the other settings of [apns]"
    );
    let whole =
        "[apns]\nkey_file = \"/k\"\nkey_id = \"KEY1234567\"\nteam_id = \"TEAM123456\"\ntopics = [\"a.b\"]";
    assert_eq!(load(whole, &[]).unwrap().apns.topics.as_slice(), ["a.b"]);
}

#[test]
fn an_unknown_setting_is_named_with_the_nearest_known_one() {
    let file = |text| refused(text, &[]);
    assert!(file("[http]\nlisen = 1").ends_with("there is no such setting; did you mean http.listen?"));
    assert!(file("listen = 1").starts_with("listen (file "));
    assert!(file("listen = 1").ends_with("did you mean http.listen?"));
    assert!(file("[logins]\nanswer_seconds = 60").ends_with("did you mean login.answer_seconds?"));
    assert!(file("[telemetry]").ends_with("there is no such setting; remove it"));
    assert!(file("http = 5").ends_with("write a section, [http], and its settings below it"));
    assert_eq!(
        refused("", &[("COUNTERSIGN_HTTP__LISEN", "x")]),
        "http.lisen (environment variable COUNTERSIGN_HTTP__LISEN): there is no such setting; \
         did you mean COUNTERSIGN_HTTP__LISTEN?"
    );
    assert!(
        refused("", &[("COUNTERSIGN_HTTP_LISTEN", "x")])
            .ends_with("call the variable COUNTERSIGN_HTTP__LISTEN")
    );
}

#[test]
fn variables_of_others_are_passed_over() {
    let orchestrator = [
        ("PATH", "/bin"),
        ("HTTP__LISTEN", "x"),
        ("COUNTERSIGN_PORT", "tcp://10.0.0.1:80"),
        ("COUNTERSIGN_SERVICE_HOST", "10.0.0.1"),
        ("COUNTERSIGN_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("COUNTERSIGN_CONFIG", "/etc/x"),
    ];
    assert!(load("", &orchestrator).is_ok());
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let found = problems(
        "[http]\nlisen = 1\n[login]\nanswer_seconds = 5\ncomplete_seconds = 5",
        &[("COUNTERSIGN_LOG__FORMAT", "xml")],
    );
    let names: Vec<_> = found.iter().map(|p| p.setting.as_str()).collect();
    assert_eq!(names, ["http.lisen", "login.answer_seconds", "login.complete_seconds", "log.format"]);
    assert_eq!(found[3].origin, Origin::Variable("COUNTERSIGN_LOG__FORMAT".into()));
    let text = SettingsError::Wrong(found).to_string();
    assert!(text.starts_with("4 settings are wrong:\n  http.lisen (file "), "{text}");
}

#[test]
fn secrets_are_never_shown() {
    let secret = "hunter2";
    for text in [
        "[database]\nurl = \"mysql://u:hunter2@h/d\"",
        "[database]\nulr = \"postgres://u:hunter2@h/d\"",
        "[database]\nurl = \"postgres://u:hunter2@h/d",
        "[database]\nurl = postgres://u:hunter2@h/d",
        "[database]\nurl = [\"hunter2\"]",
        "[database]\nurl = { hunter2 = 1 }",
        "[database]\nurl = \"hunter2\"\nurl = \"hunter2\"",
        "[mail]\npassword = [\"hunter2\"]",
        "[mail]\npasword = \"hunter2\"",
    ] {
        let error = load(text, &[]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret), "{text}: {error}");
    }
    for variable in ["COUNTERSIGN_DATABASE__URL", "COUNTERSIGN_DATABASE_URL", "COUNTERSIGN_DATABASE__ULR"] {
        let error = load("", &[(variable, "mysql://u:hunter2@h/d")]).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret), "{variable}: {error}");
    }
    let right = load("[database]\nurl = \"postgres://u:hunter2@h/d\"", &[]).unwrap();
    assert!(!format!("{right:?}").contains(secret));
}

#[test]
fn a_file_that_is_not_toml_is_told_by_line_and_column() {
    let text = load("[http]\nlisten = \"a\" b", &[]).unwrap_err().to_string();
    assert!(
        text.starts_with("the settings file /etc/countersign/countersign.toml is not valid TOML: "),
        "{text}"
    );
    assert!(text.contains("line 2, column 14"), "{text}");
    assert!(!text.contains('\n'), "{text}");
}

#[test]
fn relative_paths_are_relative_to_the_folder_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("50% ready?");
    std::fs::create_dir(&folder).unwrap();
    let file = file_in(&folder);
    let url_of = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let settings = Settings::load(&file, []).unwrap();
        assert_eq!(settings.keys.file, folder.join("master.key"));
        settings.database.url.expose_secret().to_owned()
    };
    // As the driver wants it: percent-encoded up to the question mark.
    let encoded = format!("sqlite://{}", dir.path().join("50%25 ready%3F").display());
    assert_eq!(url_of(""), format!("{encoded}/countersign.db"));
    assert_eq!(
        url_of("[database]\nurl = \"sqlite://data/x.db?mode=rwc\""),
        format!("{encoded}/data/x.db?mode=rwc")
    );
    assert_eq!(url_of("[database]\nurl = \"sqlite:///var/x.db\""), "sqlite:///var/x.db");
    assert_eq!(url_of("[database]\nurl = \"sqlite:/var/x.db\""), "sqlite:/var/x.db");
    assert_eq!(url_of("[database]\nurl = \"sqlite::memory:\""), "sqlite::memory:");
    assert_eq!(url_of("[database]\nurl = \"postgres://h/n\""), "postgres://h/n");

    std::fs::write(&file, "[push]\nextra_roots = \"ca.pem\"\n[fcm]\nservice_account_file = \"/s.json\"")
        .unwrap();
    let settings = Settings::load(&file, []).unwrap();
    assert_eq!(settings.push.extra_roots, Some(folder.join("ca.pem")));
    assert_eq!(settings.fcm.service_account_file, Some("/s.json".into()));
    assert_eq!(settings.apns.key_file, None);
}

#[test]
fn a_missing_file_says_how_to_make_one() {
    let dir = tempfile::tempdir().unwrap();
    let error = Settings::load(&file_in(dir.path()), []).unwrap_err().to_string();
    assert!(error.contains("countersign.toml") && error.contains("countersign init"), "{error}");
}
