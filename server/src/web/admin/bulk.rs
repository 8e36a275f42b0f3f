//! The page that says what an action on many users does.

use askama::Template;

use super::counts::{clamped, number};
use super::{AdminFrame, actions};
use crate::domain::directory::Action;
use crate::web::{Page, texts};

/// The page that says what an action on many users does, and asks once.
#[derive(Template)]
#[template(path = "admin/bulk.html")]
pub struct BulkPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// What pages of administrators have.
    pub admin: AdminFrame<'a>,
    /// What is to be done.
    pub action: &'a Action,
    /// To how many.
    pub count: u64,
    /// How many of these have set something up.
    pub holding: u64,
    /// Some of them, by name, the first of the list.
    pub some: Vec<String>,
    /// What the form sends back, so that it is done.
    pub fields: Vec<(&'static str, String)>,
    /// Where one comes from.
    pub back: &'a str,
}

impl BulkPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    fn title(&self) -> String {
        let number = number(&self.count);
        let values = [("count", clamped(self.count).into()), ("number", (&number).into())];
        texts::text_with(self.page.lang, actions::words(self.action)[1], &values)
    }

    fn why(&self) -> String {
        let number = number(&self.holding);
        let kind = match self.action {
            Action::SetType(Some(name)) => name.as_str(),
            _ => "",
        };
        let values =
            [("holding", clamped(self.holding).into()), ("number", (&number).into()), ("type", kind.into())];
        texts::text_with(self.page.lang, actions::words(self.action)[2], &values)
    }

    /// That there are more than those that are named.
    fn left_out(&self) -> Option<String> {
        let left = self.count.saturating_sub(u64::try_from(self.some.len()).unwrap_or(u64::MAX));
        (left > 0).then(|| self.page.t_with("bulk-more", "number", &number(&left)))
    }
}
