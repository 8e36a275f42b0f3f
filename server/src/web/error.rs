//! The page for what went wrong: what happened, and what to do next.

use askama::Template;

use super::Page;

/// The error page.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What happened.
    pub kind: ErrorKind,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Nothing is at this address.
    NotFound,
    /// No tenant is at this host.
    UnknownHost,
    /// The request came from another origin, or is not allowed.
    Forbidden,
    /// The tenant does not let anybody sign in from this network.
    NotFromHere,
    /// The form's token was too old.
    FormExpired,
    /// The request was longer than any page's own.
    TooLong,
    /// The request did not arrive whole, or not in time.
    Incomplete,
    /// A limit was reached.
    TooManyRequests,
    /// The service can't answer at the moment.
    Unavailable,
    /// The audit log is not as it was written, so it is not given out as if it were.
    AuditBroken,
    /// Our fault.
    Internal,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::NotFound,
        Self::UnknownHost,
        Self::Forbidden,
        Self::NotFromHere,
        Self::FormExpired,
        Self::TooLong,
        Self::Incomplete,
        Self::TooManyRequests,
        Self::Unavailable,
        Self::AuditBroken,
        Self::Internal,
    ];

    const fn title_key(self) -> &'static str {
        match self {
            Self::NotFound => "error-not-found-title",
            Self::UnknownHost => "error-host-title",
            Self::Forbidden => "error-forbidden-title",
            Self::NotFromHere => "error-not-from-here-title",
            Self::FormExpired => "error-form-expired-title",
            Self::TooLong => "error-too-long-title",
            Self::Incomplete => "error-incomplete-title",
            Self::TooManyRequests => "error-too-many-title",
            Self::Unavailable => "error-unavailable-title",
            Self::AuditBroken => "error-audit-broken-title",
            Self::Internal => "error-internal-title",
        }
    }

    const fn text_key(self) -> &'static str {
        match self {
            Self::NotFound => "error-not-found-text",
            Self::UnknownHost => "error-host-text",
            Self::Forbidden => "error-forbidden-text",
            Self::NotFromHere => "error-not-from-here-text",
            Self::FormExpired => "error-form-expired-text",
            Self::TooLong => "error-too-long-text",
            Self::Incomplete => "error-incomplete-text",
            Self::TooManyRequests => "error-too-many-text",
            Self::Unavailable => "error-unavailable-text",
            Self::AuditBroken => "error-audit-broken-text",
            Self::Internal => "error-internal-text",
        }
    }

    /// Where to go next, and the text of that link. An unknown host has no page to lead to.
    const fn next(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::UnknownHost => None,
            Self::NotFound => Some(("/", "error-next-start")),
            Self::AuditBroken => Some(("/admin/audit", "error-next-audit")),
            Self::Forbidden
            | Self::NotFromHere
            | Self::FormExpired
            | Self::TooLong
            | Self::Incomplete
            | Self::TooManyRequests
            | Self::Unavailable
            | Self::Internal => Some(("/", "error-next-again")),
        }
    }
}

impl ErrorPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}
