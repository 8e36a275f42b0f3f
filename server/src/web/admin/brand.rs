//! The page on which a super administrator sets how the tenant looks.

use askama::Template;

use super::AdminFrame;
use crate::web::Page;

/// The page on which name, colour and picture are set.
#[derive(Template)]
#[template(path = "admin/brand.html")]
pub struct BrandPage<'a> {
    /// What all pages have. The name and the picture are those that it shows.
    pub page: Page<'a>,
    /// What all pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// What came of the last change.
    pub notice: Option<BrandNotice>,
    /// The colour, as `#rrggbb`; none is the usual one.
    pub colour: Option<&'a str>,
    /// The most characters of a name.
    pub longest_name: usize,
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrandNotice {
    /// It is so from now on.
    Saved,
    /// The name cannot be one.
    Name,
    /// The colour is none.
    Colour,
    /// The picture is too large.
    LogoTooLarge,
    /// The picture is of a kind that is not taken.
    LogoKind,
}

impl BrandNotice {
    /// Each of them.
    pub const ALL: [Self; 5] = [Self::Saved, Self::Name, Self::Colour, Self::LogoTooLarge, Self::LogoKind];

    const fn key(self) -> &'static str {
        match self {
            Self::Saved => "brand-saved",
            Self::Name => "brand-bad-name",
            Self::Colour => "brand-bad-colour",
            Self::LogoTooLarge => "brand-bad-size",
            Self::LogoKind => "brand-bad-kind",
        }
    }

    const fn is_problem(self) -> bool {
        !matches!(self, Self::Saved)
    }
}

impl BrandPage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// If the template fails.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    /// What the colour field begins with: the usual colour, if the tenant has none.
    fn shown_colour(&self) -> &str {
        self.colour.unwrap_or("#2450c2")
    }
}
