//! Mail as people read it: subject, plain text and HTML, from the same sentences.

use std::net::IpAddr;

use askama::Template;
use countersign_protocol::approval::Place;
use countersign_protocol::time::Timestamp;

use super::texts::{Value, text_with};
use super::{Lang, when};

/// Why a mail cannot be rendered.
pub type MailError = askama::Error;

/// What a mail says.
pub enum MailText<'a> {
    /// To the user: a sign-in was reported on the user's phone.
    ReportedToUser {
        /// Who tried to sign in.
        seen: SeenSignIn<'a>,
    },
    /// To an administrator: the same.
    ReportedToAdministrators {
        /// Whose sign-in it was to be.
        email: &'a str,
        /// What that person is called; may be empty.
        name: &'a str,
        /// Who tried to sign in.
        seen: SeenSignIn<'a>,
    },
    /// To the user: the account has a new password.
    PasswordChanged {
        /// Where it was typed.
        address: Option<IpAddr>,
        /// When.
        at: Timestamp,
    },
    /// To the user: a phone was paired.
    DeviceAdded {
        /// The phone's name.
        device: &'a str,
        /// Where it was confirmed.
        address: Option<IpAddr>,
        /// When.
        at: Timestamp,
    },
}

/// A sign-in as the server saw it.
pub struct SeenSignIn<'a> {
    /// The browser, by name.
    pub browser: &'a str,
    /// The system that it runs on.
    pub system: &'a str,
    /// The network address.
    pub address: IpAddr,
    /// Where that is.
    pub place: &'a Place,
    /// When it began.
    pub at: Timestamp,
}

/// A mail in words.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject: one line.
    pub subject: String,
    /// For those who read no HTML.
    pub plain: String,
    /// A whole document, with its styles in it.
    pub html: String,
}

/// A mail before it takes a form.
#[derive(Template)]
#[template(path = "mail/letter.html")]
struct LetterPage<'a> {
    lang: Lang,
    tenant_name: &'a str,
    subject: String,
    title: String,
    lead: String,
    facts: Vec<(String, String)>,
    sections: Vec<Section>,
    link_words: String,
    origin: &'a str,
    why: String,
}

struct Section {
    heading: String,
    lines: Vec<String>,
}

/// The mail in `lang`, from the tenant `tenant_name` that is reached at `origin`.
///
/// # Errors
/// If the template fails.
pub fn render_mail(
    lang: Lang,
    tenant_name: &str,
    origin: &str,
    mail: &MailText<'_>,
) -> Result<RenderedMail, MailError> {
    let words = Words { lang, tenant: tenant_name, device: "", person: String::new() };
    let letter = match mail {
        MailText::ReportedToUser { seen } => words.reported_to_user(origin, seen),
        MailText::ReportedToAdministrators { email, name, seen } => {
            let person = words.person(name, email);
            Words { person, ..words }.reported_to_administrators(origin, seen)
        }
        MailText::PasswordChanged { address, at } => words.password_changed(origin, *address, *at),
        MailText::DeviceAdded { device, address, at } => {
            Words { device, ..words }.device_added(origin, *address, *at)
        }
    };
    let plain = letter.plain();
    let html = letter.render()?;
    Ok(RenderedMail { subject: letter.subject, plain, html })
}

/// What the sentences of one mail name.
struct Words<'a> {
    lang: Lang,
    tenant: &'a str,
    device: &'a str,
    person: String,
}

impl<'a> Words<'a> {
    /// A sentence; each may name what it needs of the four.
    fn t(&self, key: &'static str) -> String {
        let values: [(&'static str, Value<'_>); 3] = [
            ("tenant", self.tenant.into()),
            ("device", self.device.into()),
            ("person", (&self.person).into()),
        ];
        text_with(self.lang, key, &values)
    }

    fn person(&self, name: &str, email: &str) -> String {
        if name.trim().is_empty() {
            return email.to_owned();
        }
        text_with(self.lang, "mail-person", &[("name", name.into()), ("email", email.into())])
    }

    fn section(&self, heading: &'static str, lines: &[&'static str]) -> Section {
        Section { heading: self.t(heading), lines: lines.iter().map(|key| self.t(key)).collect() }
    }

    fn reported_to_user(&self, origin: &'a str, seen: &SeenSignIn<'_>) -> LetterPage<'a> {
        LetterPage {
            lang: self.lang,
            tenant_name: self.tenant,
            subject: self.t("mail-reported-subject"),
            title: self.t("mail-reported-title"),
            lead: self.t("mail-reported-lead"),
            facts: self.facts_of(seen),
            sections: vec![
                self.section(
                    "mail-done",
                    &[
                        "mail-reported-stopped",
                        "mail-reported-sessions",
                        "mail-reported-popups",
                        "mail-reported-password",
                    ],
                ),
                self.section("mail-next", &["mail-reported-next"]),
                self.section("mail-reported-mistake-title", &["mail-reported-mistake"]),
            ],
            link_words: self.t("mail-link-sign-in"),
            origin,
            why: self.t("mail-why-user"),
        }
    }

    fn reported_to_administrators(&self, origin: &'a str, seen: &SeenSignIn<'_>) -> LetterPage<'a> {
        LetterPage {
            lang: self.lang,
            tenant_name: self.tenant,
            subject: self.t("mail-reported-admin-subject"),
            title: self.t("mail-reported-admin-title"),
            lead: self.t("mail-reported-admin-lead"),
            facts: self.facts_of(seen),
            sections: vec![
                self.section(
                    "mail-done",
                    &[
                        "mail-reported-admin-stopped",
                        "mail-reported-admin-sessions",
                        "mail-reported-admin-popups",
                        "mail-reported-admin-password",
                    ],
                ),
                self.section("mail-next", &["mail-reported-admin-next"]),
            ],
            link_words: self.t("mail-link-sign-in"),
            origin,
            why: self.t("mail-why-admin"),
        }
    }

    fn password_changed(&self, origin: &'a str, address: Option<IpAddr>, at: Timestamp) -> LetterPage<'a> {
        LetterPage {
            lang: self.lang,
            tenant_name: self.tenant,
            subject: self.t("mail-password-subject"),
            title: self.t("mail-password-title"),
            lead: self.t("mail-password-lead"),
            facts: self.when_and_where(address, at),
            sections: vec![
                self.section("mail-device-you-title", &["mail-device-you"]),
                self.section("mail-device-not-you-title", &["mail-password-not-you"]),
            ],
            link_words: self.t("mail-link-sign-in"),
            origin,
            why: self.t("mail-why-user"),
        }
    }

    fn when_and_where(&self, address: Option<IpAddr>, at: Timestamp) -> Vec<(String, String)> {
        let mut facts = vec![(self.t("mail-fact-when"), when::for_people(at, self.lang))];
        facts.extend(address.map(|address| (self.t("mail-fact-address"), address.to_string())));
        facts
    }

    fn device_added(&self, origin: &'a str, address: Option<IpAddr>, at: Timestamp) -> LetterPage<'a> {
        let mut facts = vec![(self.t("mail-fact-phone"), self.device.to_owned())];
        facts.extend(self.when_and_where(address, at));
        LetterPage {
            lang: self.lang,
            tenant_name: self.tenant,
            subject: self.t("mail-device-subject"),
            title: self.t("mail-device-title"),
            lead: self.t("mail-device-lead"),
            facts,
            sections: vec![
                self.section("mail-device-you-title", &["mail-device-you"]),
                self.section("mail-device-not-you-title", &["mail-device-not-you"]),
            ],
            link_words: self.t("mail-link-phones"),
            origin,
            why: self.t("mail-why-user"),
        }
    }

    fn facts_of(&self, seen: &SeenSignIn<'_>) -> Vec<(String, String)> {
        let values = [("browser", seen.browser.into()), ("system", seen.system.into())];
        let browser = text_with(self.lang, "mail-browser", &values);
        let mut facts = vec![
            (self.t("mail-fact-when"), when::for_people(seen.at, self.lang)),
            (self.t("mail-fact-browser"), browser),
            (self.t("mail-fact-address"), seen.address.to_string()),
        ];
        let place = match seen.place {
            Place::Named(name) => Some(name.clone()),
            Place::ThisComputer => Some(self.t("mail-place-server")),
            Place::PrivateNetwork => Some(self.t("mail-place-private")),
            Place::Unknown => None,
        };
        facts.extend(place.map(|place| (self.t("mail-fact-place"), place)));
        facts
    }
}

impl LetterPage<'_> {
    fn plain(&self) -> String {
        let mut parts = vec![self.title.clone(), self.lead.clone()];
        let colon = match self.lang {
            Lang::En => ": ",
            Lang::Ja => "：",
        };
        let facts: Vec<_> = self.facts.iter().map(|(name, value)| format!("{name}{colon}{value}")).collect();
        parts.push(facts.join("\n"));
        for Section { heading, lines } in &self.sections {
            let list: Vec<_> = match lines.as_slice() {
                [one] => vec![one.clone()],
                several => several.iter().map(|line| format!("* {line}")).collect(),
            };
            parts.push(format!("{heading}\n{}", list.join("\n")));
        }
        parts.push(format!("{}\n{}", self.link_words, self.origin));
        parts.push(format!("{}\n{}", self.tenant_name, self.why));
        parts.join("\n\n") + "\n"
    }

    /// The first letter of the tenant's name, for the mark beside it.
    fn initial(&self) -> String {
        self.tenant_name.chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_default()
    }

    /// The system's font, as mail programs understand it.
    const fn font(&self) -> &'static str {
        match self.lang {
            Lang::En => "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
            Lang::Ja => {
                "system-ui,-apple-system,'Hiragino Sans','Yu Gothic UI',Meiryo,'Noto Sans JP','Noto Sans CJK JP',sans-serif"
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
            (
                "reported-admin",
                MailText::ReportedToAdministrators { email, name, seen: seen("Firefox", place) },
            ),
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
                assert!(
                    mail.subject.contains("Acme Japan") && !mail.subject.contains('\n'),
                    "{}",
                    mail.subject
                );
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
}
