//! The start page: who is signed in, how it was proved, and the phones.

use askama::Template;

use super::{Due, Page};
use crate::domain::factor::Factor;

/// The start page.
#[derive(Template)]
#[template(path = "start.html")]
pub struct StartPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// The user's e-mail address.
    pub email: &'a str,
    /// The user's name.
    pub name: &'a str,
    /// How this login was proved.
    pub proof: Proof,
    /// When, ready to be read.
    pub signed_in_at: &'a str,
    /// The user's phones.
    pub devices: Vec<DeviceRow>,
    /// When something must be set up, if it must.
    pub due: Option<Due<'a>>,
    /// Whether a phone may be added.
    pub add_phone: bool,
    /// Whether the user manages others.
    pub manages: bool,
}

/// How a login was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the password alone.
    PasswordAlone,
    /// By the password, in a browser that is remembered.
    Remembered,
    /// By the password and another way than the phone.
    Other(Factor),
    /// By the password and a phone.
    Phone {
        /// The phone's name.
        device: String,
        /// Whether a number was typed on it.
        number: bool,
    },
}

/// One phone in the list. Times are ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its id, as forms send it back.
    pub id: String,
    /// The phone's name.
    pub name: String,
    /// The kind of phone.
    pub platform: String,
    /// When it was added.
    pub added: String,
    /// When it was last used, if ever.
    pub last_used: Option<String>,
    /// Whether it approved this login.
    pub this_login: bool,
    /// Whether its keys are held in software: a phone for practice.
    pub software: bool,
    /// Whether its push service said that popups do not reach it any more.
    pub push_lost: bool,
}

impl StartPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn proof_text(&self) -> String {
        self.proof.text(&self.page)
    }
}

impl DeviceRow {
    /// The platform as its maker spells it; one that is not known as the phone did.
    pub(super) fn platform_name(&self, page: &Page<'_>) -> String {
        match self.platform.as_str() {
            "ios" => "iOS".to_owned(),
            "android" => "Android".to_owned(),
            "desk" => page.t("start-platform-desk"),
            other => other.to_owned(),
        }
    }
}

impl Proof {
    pub(super) fn text(&self, page: &Page<'_>) -> String {
        match self {
            Self::PasswordAlone => page.t("start-proof-password"),
            Self::Remembered => page.t("start-proof-remembered"),
            Self::Phone { device, number: false } => page.t_with("start-proof-phone", "device", device),
            Self::Phone { device, number: true } => page.t_with("start-proof-phone-number", "device", device),
            Self::Other(factor) => page.t(match factor {
                // The phone's name is not known any more.
                Factor::Push => "start-proof-some-phone",
                Factor::Passkey => "start-proof-passkey",
                Factor::Totp => "start-proof-totp",
                Factor::EmailCode => "start-proof-email",
                Factor::RecoveryCode => "start-proof-recovery",
            }),
        }
    }
}
