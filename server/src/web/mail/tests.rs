//! Every mail in both languages.

use countersign_protocol::approval::Place;
use countersign_protocol::time::NumericDate;

use super::*;
use crate::domain::mail::{FactorChange, Removed, Seen};

const HOSTILE: &str = r#"<img src=x onerror="alert(1)">'&"#;
const ORIGIN: &str = "https://login.acme.example";
const LINK: &str = "https://login.acme.example/login/recover/link#0s8Kq1cXh2Tn5yVb7Wm4zA";
const AT: NumericDate = NumericDate(1_795_381_500);
const UNTIL: NumericDate = NumericDate(1_795_467_900);

fn seen(browser: &str, place: &Place) -> Seen {
    let (browser, system) = (browser.to_owned(), "Windows".to_owned());
    Seen { browser, system, address: "203.0.113.7".parse().unwrap(), place: place.clone(), at: AT }
}

/// Every mail, by a name that can be a file's.
fn mails(name: &str, place: &Place) -> Vec<(String, Mail)> {
    let by = || seen(name, place);
    let (email, link, name, at) = ("aiko@acme.example".to_owned(), LINK.to_owned(), name.to_owned(), AT);
    let address = Some("192.0.2.7".parse().unwrap());
    let codes = |left| Mail::RecoveryCodeUsed { left, seen: by() };
    let removed = vec![
        Removed::Phone(name.clone()),
        Removed::Passkey("YubiKey".into()),
        Removed::Authenticator,
        Removed::RecoveryCodes,
    ];
    let mut all = vec![
        ("code", Mail::SignInCode { code: "471902".into(), minutes: 3, seen: by() }),
        ("wrong", Mail::WrongCodes { seen: by() }),
        ("used", codes(6)),
        ("used-last", codes(0)),
        ("copied", Mail::BrowserCopied { address: "203.0.113.7".parse().unwrap(), at }),
        ("reported", Mail::ReportedToUser { seen: by() }),
        (
            "reported-admin",
            Mail::ReportedToAdministrators { email: email.clone(), name: name.clone(), seen: by() },
        ),
        ("password", Mail::PasswordChanged { address, at }),
        ("email", Mail::EmailChanged { old: email.clone(), new: "aiko.mori@acme.example".into(), at }),
        ("device", Mail::DeviceAdded { device: name.clone(), address, at }),
        ("reset", Mail::FactorsReset { at }),
        ("recover", Mail::RecoveryInstructions { link: link.clone(), minutes: 30, seen: by() }),
        ("waiting", Mail::RecoveryWaiting { stop: link.clone(), until: UNTIL, seen: by() }),
        (
            "waiting-admin",
            Mail::RecoveryWaitingToAdministrators {
                email,
                name: name.clone(),
                stop: link,
                until: UNTIL,
                seen: by(),
            },
        ),
        (
            "off-own",
            Mail::TurnedOffByOwner { removed: removed.clone(), address: "192.0.2.7".parse().unwrap(), at },
        ),
        ("recovered", Mail::RecoveryDone { removed, address: "192.0.2.7".parse().unwrap(), at }),
        ("stopped", Mail::RecoveryStopped { address, at }),
        ("on", Mail::TurnedOn { until: None, ready: false, at }),
        ("on-until", Mail::TurnedOn { until: Some(UNTIL), ready: false, at }),
        ("on-ready", Mail::TurnedOn { until: None, ready: true, at }),
        ("off", Mail::TurnedOff { removed: true, at }),
        ("off-kept", Mail::TurnedOff { removed: false, at }),
        ("due", Mail::SetUpDue { until: UNTIL }),
        ("reset-asked", Mail::ResetAsked { until: UNTIL, at }),
        (
            "reset-waits",
            Mail::ResetAskedToAdministrators {
                email: "aiko@acme.example".to_owned(),
                name: name.clone(),
                by: "Grace Hopper".to_owned(),
                until: UNTIL,
                at,
            },
        ),
    ]
    .into_iter()
    .map(|(file, mail)| (file.to_owned(), mail))
    .collect::<Vec<_>>();
    all.extend(FactorChange::ALL.map(|change| {
        let mail = Mail::FactorChanged { change, name: Some(name.clone()), address, at };
        (format!("{change:?}").to_lowercase(), mail)
    }));
    all
}

#[test]
fn every_mail_renders_whole_in_both_languages() {
    let place = Place::Named("Berlin".into());
    for lang in Lang::ALL {
        for (name, mail) in mails("Aiko Mori", &place) {
            let mail = render_mail(lang, "Acme Japan", ORIGIN, &mail).unwrap();
            assert!(mail.subject.contains("Acme Japan") && !mail.subject.contains('\n'), "{}", mail.subject);
            assert!(mail.html.contains(&format!("<html lang=\"{}\">", lang.code())), "{name}");
            assert!(mail.html.trim_end().ends_with("</html>"), "{name}");
            for form in [&mail.html, &mail.plain] {
                assert!(!form.contains("Unknown localization") && !form.contains("{$"), "{name}: {form}");
                assert!(form.contains("Acme Japan"), "{name}: {form}");
                assert!(form.contains("21:05") && form.contains("UTC"), "{name}: {form}");
            }
            assert!(!mail.plain.contains('<'), "{name}: {}", mail.plain);
            assert_eq!(mail.plain.contains(ORIGIN), mail.html.contains("href=\"https://login.acme.example/"));
        }
    }
}

#[test]
fn a_code_stands_in_the_text_and_nowhere_else() {
    let mail = Mail::SignInCode { code: "471902".into(), minutes: 1, seen: seen("Firefox", &Place::Unknown) };
    for lang in Lang::ALL {
        let mail = render_mail(lang, "ACME", ORIGIN, &mail).unwrap();
        assert!(!mail.subject.contains("471902"));
        assert!(mail.plain.contains("\n471902\n") && mail.html.contains(">471902<"));
        assert!(!mail.html.contains("<a "), "a page that takes codes is not reached from a mail");
    }
}

#[test]
fn links_lead_where_they_say() {
    for (name, mail) in mails("Aiko Mori", &Place::Unknown) {
        let mail = render_mail(Lang::En, "ACME", ORIGIN, &mail).unwrap();
        let own = matches!(name.as_str(), "recover" | "waiting" | "waiting-admin");
        assert_eq!(mail.html.contains(&format!("href=\"{LINK}\"")), own, "{name}");
        assert_eq!(mail.plain.contains(&format!("\n{LINK}\n")), own, "{name}");
    }
}

#[test]
fn hostile_names_stay_text() {
    for (name, mail) in mails(HOSTILE, &Place::Unknown) {
        let mail = render_mail(Lang::En, HOSTILE, ORIGIN, &mail).unwrap();
        assert!(!mail.html.contains("<img"), "{name}: {}", mail.html);
        assert!(mail.html.contains("&#60;img src=x"), "{name}: {}", mail.html);
    }
}

#[test]
fn a_mail_reads_as_one_text() {
    let text = Mail::DeviceAdded { device: "Pixel".into(), address: None, at: NumericDate(0) };
    let mail = render_mail(Lang::En, "ACME", ORIGIN, &text).unwrap();
    let expected = "A phone was added\n\n\
        Pixel can now approve your sign-ins.\n\n\
        Phone: Pixel\nWhen: 1 Jan 1970, 00:00 UTC\n\n\
        Was it you?\nThen there is nothing to do.\n\n\
        It wasn’t you?\nTell your administrator at once: whoever holds this phone can approve sign-ins in \
        your name. Then ask for a new password.\n\n\
        See your phones\nhttps://login.acme.example/\n\n\
        ACME\nSent automatically, because this concerns the safety of your account at ACME. \
        Nobody reads replies.\n";
    assert_eq!(mail.plain, expected);
}

#[test]
fn what_is_not_known_is_left_out() {
    let text = Mail::ReportedToUser { seen: seen("Firefox", &Place::Unknown) };
    assert!(!render_mail(Lang::En, "ACME", ORIGIN, &text).unwrap().plain.contains("Place:"));
    let seen = seen("Firefox", &Place::PrivateNetwork);
    let text = Mail::ReportedToAdministrators { email: "a@acme.example".into(), name: " ".into(), seen };
    let plain = render_mail(Lang::En, "ACME", ORIGIN, &text).unwrap().plain;
    assert!(
        plain.contains("Place: A private network") && plain.contains("\na@acme.example answered"),
        "{plain}"
    );
}

/// With `COUNTERSIGN_GALLERY` set to a folder, writes every mail there to be looked at.
#[test]
fn the_gallery_can_be_written() {
    let Some(folder) = std::env::var_os("COUNTERSIGN_GALLERY") else { return };
    let place = Place::Named("Osaka".into());
    for lang in Lang::ALL {
        let folder = std::path::Path::new(&folder).join(lang.code());
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in mails("Aiko Mori", &place) {
            let html = render_mail(lang, "Acme Japan", ORIGIN, &text).unwrap().html;
            std::fs::write(folder.join(format!("mail-{name}.html")), html).unwrap();
        }
    }
}
