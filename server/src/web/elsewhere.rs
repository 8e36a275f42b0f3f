//! What somebody has set up answers at another address of the tenant alone: where to go.

use askama::Template;

use super::Page;

/// The page that leads to the other address.
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub struct ElsewherePage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// The addresses where it works; none, if the tenant has none of them any more.
    pub origins: Vec<String>,
}

impl ElsewherePage<'_> {
    /// The page as HTML.
    ///
    /// # Errors
    /// If the template fails.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }
}
