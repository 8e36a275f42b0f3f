//! What all pages have in common.

use super::{Lang, PageBrand, assets, texts};

/// The part that every page carries. Not `Debug`, and so no page is: it holds a token.
#[derive(Clone, Copy)]
pub struct Page<'a> {
    /// The language it is written in.
    pub lang: Lang,
    /// The tenant's name, as its people know it.
    pub tenant_name: &'a str,
    /// The token that forms send back.
    pub csrf: &'a str,
    /// The tenant's colour and picture.
    pub brand: PageBrand<'a>,
    /// The path of an address that shows this page by GET: the language switch leads there.
    pub path: &'a str,
}

impl Page<'_> {
    /// The text for `key` in the page's language.
    pub fn t(&self, key: &'static str) -> String {
        texts::text(self.lang, key)
    }

    /// The text for `key` with one value filled in.
    pub fn t_with<'v>(
        &self,
        key: &'static str,
        name: &'static str,
        value: impl Into<texts::Value<'v>>,
    ) -> String {
        texts::text_with(self.lang, key, &[(name, value.into())])
    }

    /// The address of an asset, with its content's hash so that it can be kept for ever.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// The first letter of the tenant's name, for the mark beside it.
    pub fn initial(&self) -> String {
        self.tenant_name.chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_default()
    }
}

/// Seconds as `m:ss`.
pub(super) fn clock_face(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
