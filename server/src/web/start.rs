//! The start page: who is signed in, how it was proved, and the phones.

use askama::Template;

use super::Page;

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
}

/// How a login was proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the password alone.
    PasswordAlone,
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

    /// The platform as its maker spells it; one that is not known as the phone did.
    fn platform_name(&self, platform: &str) -> String {
        match platform {
            "ios" => "iOS".to_owned(),
            "android" => "Android".to_owned(),
            "desk" => self.page.t("start-platform-desk"),
            other => other.to_owned(),
        }
    }

    fn proof_text(&self) -> String {
        match &self.proof {
            Proof::PasswordAlone => self.page.t("start-proof-password"),
            Proof::Phone { device, number: false } => self.page.t_with("start-proof-phone", "device", device),
            Proof::Phone { device, number: true } => {
                self.page.t_with("start-proof-phone-number", "device", device)
            }
        }
    }
}
