//! Every mail in both languages.

use super::*;

const HOSTILE: &str = r#"<img src=x onerror="alert(1)">'&"#;
const ORIGIN: &str = "https://login.acme.example";

fn seen<'a>(browser: &'a str, place: &'a Place) -> SeenSignIn<'a> {
    let (address, at) = ("203.0.113.7".parse().unwrap(), Timestamp::from_seconds(1_795_381_500));
    SeenSignIn { browser, system: "Windows", address, place, at }
}

fn texts<'a>(name: &'a str, place: &'a Place) -> [(&'static str, MailText<'a>); 4] {
    let at = Timestamp::from_seconds(1_795_381_500);
    let (device, email) = (name, "aiko@acme.example");
    [
        ("reported", MailText::ReportedToUser { seen: seen(name, place) }),
        ("reported-admin", MailText::ReportedToAdministrators { email, name, seen: seen("Firefox", place) }),
        ("password", MailText::PasswordChanged { address: Some("192.0.2.7".parse().unwrap()), at }),
        ("device", MailText::DeviceAdded { device, address: Some("2001:db8::7".parse().unwrap()), at }),
    ]
}

#[test]
fn every_mail_renders_whole_in_both_languages() {
    let place = Place::Named("Berlin".into());
    for lang in Lang::ALL {
        for (name, text) in texts("Aiko Mori", &place) {
            let mail = render_mail(lang, "Acme Japan", ORIGIN, &text).unwrap();
            assert!(mail.subject.contains("Acme Japan") && !mail.subject.contains('\n'), "{}", mail.subject);
            assert!(mail.html.contains(&format!("<html lang=\"{}\">", lang.code())), "{name}");
            assert!(mail.html.contains(&format!("href=\"{ORIGIN}/\"")), "{name}");
            assert!(mail.html.trim_end().ends_with("</html>"), "{name}");
            for form in [&mail.html, &mail.plain] {
                assert!(!form.contains("Unknown localization") && !form.contains("{$"), "{name}: {form}");
                assert!(form.contains("Acme Japan") && form.contains(ORIGIN), "{name}: {form}");
                assert!(form.contains("21:05") && form.contains("UTC"), "{name}: {form}");
            }
            assert!(!mail.plain.contains('<'), "{name}: {}", mail.plain);
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    for (name, text) in texts(HOSTILE, &Place::Unknown) {
        let mail = render_mail(Lang::En, HOSTILE, ORIGIN, &text).unwrap();
        assert!(!mail.html.contains("<img"), "{name}: {}", mail.html);
        assert!(mail.html.contains("&#60;img src=x"), "{name}: {}", mail.html);
    }
}

#[test]
fn a_mail_reads_as_one_text() {
    let text = MailText::DeviceAdded { device: "Pixel", address: None, at: Timestamp::from_seconds(0) };
    let mail = render_mail(Lang::En, "ACME", ORIGIN, &text).unwrap();
    let expected = "A phone was added\n\n\
        Pixel can now approve your sign-ins.\n\n\
        Phone: Pixel\nWhen: 1 Jan 1970, 00:00 UTC\n\n\
        Was it you?\nThen there is nothing to do.\n\n\
        It wasn’t you?\nTell your administrator at once: whoever holds this phone can approve sign-ins in \
        your name. Then ask for a new password.\n\n\
        See your phones\nhttps://login.acme.example\n\n\
        ACME\nSent automatically, because this concerns the safety of your account at ACME. \
        Nobody reads replies.\n";
    assert_eq!(mail.plain, expected);
}

#[test]
fn what_is_not_known_is_left_out() {
    let text = MailText::ReportedToUser { seen: seen("Firefox", &Place::Unknown) };
    assert!(!render_mail(Lang::En, "ACME", ORIGIN, &text).unwrap().plain.contains("Place:"));
    let seen = seen("Firefox", &Place::PrivateNetwork);
    let text = MailText::ReportedToAdministrators { email: "a@acme.example", name: " ", seen };
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
        for (name, text) in texts("Aiko Mori", &place) {
            let html = render_mail(lang, "Acme Japan", ORIGIN, &text).unwrap().html;
            std::fs::write(folder.join(format!("mail-{name}.html")), html).unwrap();
        }
    }
}
