//! A mail as a row: what it has to say, and who says it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::brand::Colour;
pub use crate::domain::mail::{FactorChange, Mail, Removed, Seen};
use crate::web::{self, Lang, RenderedMail};

/// A mail as its row holds it: what it says, and which organisation says it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Letter {
    /// The tenant's name, as its people know it.
    pub tenant: String,
    /// Where the tenant is reached: links lead there.
    pub origin: String,
    /// Its colour; rows of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// What it says.
    #[serde(flatten)]
    pub mail: Mail,
}

/// A row says nothing that this version could send.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the mail is of a kind that this version does not know, or its detail is damaged")]
pub struct UnknownLetter;

impl Letter {
    /// As the columns `kind` and `detail` hold it.
    #[must_use]
    pub fn columns(&self) -> Option<(String, String)> {
        let Ok(Value::Object(mut members)) = serde_json::to_value(self) else { return None };
        let Some(Value::String(kind)) = members.remove("kind") else { return None };
        Some((kind, Value::Object(members).to_string()))
    }

    /// From the columns `kind` and `detail`.
    ///
    /// # Errors
    /// [`UnknownLetter`]. The row may be one of a newer version.
    pub fn from_columns(kind: &str, detail: &str) -> Result<Self, UnknownLetter> {
        let mut value: Value = serde_json::from_str(detail).map_err(|_| UnknownLetter)?;
        value.as_object_mut().ok_or(UnknownLetter)?.insert("kind".into(), kind.into());
        serde_json::from_value(value).map_err(|_| UnknownLetter)
    }

    /// Its subject and its text, in the language with the code `language`; in English if there is none.
    ///
    /// # Errors
    /// If a template fails; tests hold that none does.
    pub fn render(&self, language: &str) -> Result<RenderedMail, web::MailError> {
        let lang = Lang::parse(language).unwrap_or_default();
        web::render_letter(lang, &self.tenant, &self.origin, self.colour, &self.mail)
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::approval::Place;
    use countersign_protocol::time::NumericDate;

    use super::*;

    fn letter(mail: Mail) -> Letter {
        Letter { tenant: "ACME".into(), origin: "https://login.example.com".into(), colour: None, mail }
    }

    #[test]
    fn a_letter_comes_back_from_its_row() {
        let at = NumericDate(1_795_381_500);
        let seen = Seen {
            browser: "Firefox".into(),
            system: "Windows".into(),
            address: "203.0.113.7".parse().unwrap(),
            place: Place::Unknown,
            at,
        };
        let (email, name) = ("ada@example.com".to_owned(), "Ada".to_owned());
        for (kind, mail) in [
            ("reported_to_user", Mail::ReportedToUser { seen: seen.clone() }),
            ("reported_to_administrators", Mail::ReportedToAdministrators { email, name, seen }),
            ("device_added", Mail::DeviceAdded { device: "Pixel".into(), address: None, at }),
        ] {
            let letter = letter(mail);
            let (found, detail) = letter.columns().unwrap();
            assert_eq!(found, kind);
            assert!(!detail.contains("kind"), "{detail}");
            assert_eq!(Letter::from_columns(&found, &detail).as_ref(), Ok(&letter));
        }
    }

    #[test]
    fn a_row_of_a_newer_version_is_no_letter() {
        let at = NumericDate(0);
        let letter = letter(Mail::DeviceAdded { device: "Pixel".into(), address: None, at });
        let (kind, detail) = letter.columns().unwrap();
        assert_eq!(Letter::from_columns("holiday_greetings", &detail), Err(UnknownLetter));
        assert_eq!(Letter::from_columns(&kind, "[]"), Err(UnknownLetter));
        assert_eq!(Letter::from_columns(&kind, "{"), Err(UnknownLetter));
    }

    #[test]
    fn an_unknown_language_is_english() {
        let at = NumericDate(0);
        let letter = letter(Mail::DeviceAdded { device: "Pixel".into(), address: None, at });
        let subject = |language| letter.render(language).unwrap().subject;
        assert_eq!(subject("fr"), subject("en"));
        assert_ne!(subject("ja"), subject("en"));
    }
}
