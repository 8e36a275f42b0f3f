//! The sign-in page: e-mail and password.

use askama::Template;

use super::Page;

/// The sign-in page.
#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// The e-mail address as it was typed, or empty.
    pub email: &'a str,
    /// What to say above the form.
    pub message: Option<LoginMessage>,
}

/// Why the sign-in page is shown (again).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMessage {
    /// E-mail and password did not match; says nothing on which of them.
    WrongCredentials,
    /// Too many passwords are being checked at once.
    Busy,
    /// The form's token was too old.
    FormExpired,
    /// The user signed out.
    SignedOut,
    /// The login ended, here or elsewhere.
    LoginOver,
}

impl LoginMessage {
    /// Every message.
    pub const ALL: [Self; 5] =
        [Self::WrongCredentials, Self::Busy, Self::FormExpired, Self::SignedOut, Self::LoginOver];

    const fn key(self) -> &'static str {
        match self {
            Self::WrongCredentials => "login-message-wrong",
            Self::Busy => "login-message-busy",
            Self::FormExpired => "login-message-form-expired",
            Self::SignedOut => "login-message-signed-out",
            Self::LoginOver => "login-message-over",
        }
    }

    const fn is_problem(self) -> bool {
        !matches!(self, Self::SignedOut)
    }
}

impl LoginPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn fields_wrong(&self) -> bool {
        self.message == Some(LoginMessage::WrongCredentials)
    }
}
