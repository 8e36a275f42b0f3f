//! The message catalogues: one sentence by its key and language.
//!
//! The catalogues are compiled in. Tests hold that both have the same keys and variables, that every
//! key named in templates and code exists, and that no key is left over.

use std::{borrow::Cow, collections::HashMap};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid};

use super::Lang;

fluent_templates::static_loader! {
    static CATALOGUES = {
        locales: "./web/locales",
        fallback_language: "en",
        // The isolation marks around values would end up in titles and copied text.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ENGLISH: LanguageIdentifier = langid!("en");
const JAPANESE: LanguageIdentifier = langid!("ja");

const fn identifier(lang: Lang) -> LanguageIdentifier {
    match lang {
        Lang::En => ENGLISH,
        Lang::Ja => JAPANESE,
    }
}

/// A value put into a text.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// A name or another piece of text.
    Text(&'a str),
    /// A count: chooses the plural form.
    Count(u32),
}

// Templates hand in references to references, so anything that is text in the end will do.
impl<'a, T: AsRef<str> + ?Sized> From<&'a T> for Value<'a> {
    fn from(text: &'a T) -> Self {
        Self::Text(text.as_ref())
    }
}

impl From<u32> for Value<'_> {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

/// The text for `key`.
pub fn text(lang: Lang, key: &'static str) -> String {
    CATALOGUES.lookup(&identifier(lang), key)
}

/// The text for `key` with its variables filled in.
pub fn text_with(lang: Lang, key: &'static str, values: &[(&'static str, Value<'_>)]) -> String {
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> = values
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => FluentValue::from(*text),
                Value::Count(count) => FluentValue::from(*count),
            };
            (Cow::Borrowed(*name), value)
        })
        .collect();
    CATALOGUES.lookup_complete(&identifier(lang), key, Some(&values))
}
