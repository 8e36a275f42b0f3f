//! The settings of administrators, as a browser sees them: a form whose fields are read from the page.

use std::collections::BTreeMap;

use countersign_demo::browser::{Browser, Page};
use countersign_test_mail::Received;

use crate::world::World;

/// The page.
pub const SETTINGS: &str = "/admin/settings";
/// Where what was typed is looked at.
pub const PREVIEW: &str = "/admin/settings/preview";
/// Where it is saved.
pub const SAVE: &str = "/admin/settings/save";

/// Opens the settings, types something, and looks at what it leads to. A field without a value is left out: a box
/// that is not ticked.
///
/// # Panics
/// When the page cannot be read.
pub async fn type_settings(browser: &Browser, edits: &[(&str, Option<&str>)]) -> Page {
    let page = browser.get(SETTINGS).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    let mut fields = fields(&page);
    for (name, value) in edits {
        match value {
            Some(value) => fields.insert((*name).to_owned(), (*value).to_owned()),
            None => fields.remove(*name),
        };
    }
    send(browser, &page, PREVIEW, &fields).await
}

/// Presses Save on the page of a change.
///
/// # Panics
/// When no answer comes.
pub async fn save(browser: &Browser, preview: &Page) -> Page {
    send(browser, preview, SAVE, &carried(preview)).await
}

/// Changes the settings, as an administrator does who has looked at what that leads to.
///
/// # Panics
/// When they are not saved.
pub async fn change_settings(browser: &Browser, edits: &[(&str, Option<&str>)]) {
    let preview = type_settings(browser, edits).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    let saved = save(browser, &preview).await;
    assert_eq!(saved.location.as_deref(), Some("/admin/settings?done=saved"), "{}", saved.body);
}

/// Presses the button of a preset, and saves it.
///
/// # Panics
/// When it is not saved.
pub async fn use_preset(browser: &Browser, name: &str) {
    let page = browser.get(SETTINGS).await.unwrap();
    let preview = browser.submit(&page, PREVIEW, &[("preset", name)]).await.unwrap();
    assert_eq!(preview.status, 200, "{}", preview.body);
    let saved = save(browser, &preview).await;
    assert_eq!(saved.location.as_deref(), Some("/admin/settings?done=saved"), "{}", saved.body);
}

/// Presses a button of the page of a change, beside Save.
///
/// # Panics
/// When no answer comes.
pub async fn press(browser: &Browser, preview: &Page, name: &str, value: &str) -> Page {
    let mut fields = carried(preview);
    fields.insert(name.to_owned(), value.to_owned());
    send(browser, preview, PREVIEW, &fields).await
}

/// What the forms of the page of a change carry on.
///
/// # Panics
/// When they carry nothing.
#[must_use]
pub fn carried(preview: &Page) -> BTreeMap<String, String> {
    let field = |name: &str| {
        let value = preview.field(name).unwrap_or_else(|| panic!("{name} in {}", preview.body));
        (name.to_owned(), plain(&value))
    };
    ["policy", "revision", "preset"].map(field).into()
}

/// How many users an effect is for, by the page of a change.
#[must_use]
pub fn users_with(preview: &Page, effect: &str) -> u64 {
    preview.text_of(&format!("effect-{effect}-users")).map_or(0, |text| text.parse().unwrap_or(u64::MAX))
}

/// Sends a form.
///
/// # Panics
/// When no answer comes.
pub async fn send(browser: &Browser, on: &Page, path: &str, fields: &BTreeMap<String, String>) -> Page {
    let fields: Vec<_> = fields
        .iter()
        .filter(|(name, _)| *name != "csrf")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.submit(on, path, &fields).await.unwrap()
}

/// What a browser would send of the settings' form.
///
/// # Panics
/// When there is none on the page.
#[must_use]
pub fn fields(page: &Page) -> BTreeMap<String, String> {
    let (_, form) = page.body.split_once("data-testid=\"settings-form\"").expect("the form of the settings");
    let form = form.split("</form>").next().unwrap_or_default();
    let mut fields = BTreeMap::new();
    for tag in form.split("<input ").skip(1).filter_map(|rest| rest.split('>').next()) {
        let (name, value) = (attribute(tag, "name"), attribute(tag, "value").unwrap_or_default());
        let boxed = ["radio", "checkbox"].iter().any(|kind| attribute(tag, "type").as_deref() == Some(*kind));
        if let Some(name) = name.filter(|_| !boxed || tag.contains(" checked")) {
            fields.insert(name, value);
        }
    }
    for (name, inside) in elements(form, "select") {
        let chosen = inside.split("<option ").skip(1).find(|tag| tag.contains(" selected"));
        fields.extend(chosen.and_then(|tag| attribute(tag, "value")).map(|value| (name, value)));
    }
    for (name, inside) in elements(form, "textarea") {
        fields.insert(name, plain(inside));
    }
    fields
}

/// Elements with a name, and what is inside.
fn elements<'a>(form: &'a str, kind: &str) -> Vec<(String, &'a str)> {
    let (begin, end) = (format!("<{kind} "), format!("</{kind}>"));
    let read = |rest: &'a str| {
        let (tag, inside) = rest.split_once('>')?;
        Some((attribute(tag, "name")?, inside.split_once(end.as_str())?.0))
    };
    form.split(begin.as_str()).skip(1).filter_map(read).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(plain(rest.split_once('"')?.0))
}

/// Text without the marks that HTML needs.
#[must_use]
pub fn plain(html: &str) -> String {
    let marks = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    marks.into_iter().fold(html.to_owned(), |text, (mark, sign)| text.replace(mark, sign))
}

/// The mails with this in their subject, once there are so many.
///
/// # Panics
/// When they do not come.
pub async fn mails_about(world: &World, subject: &str, count: usize) -> Vec<Received> {
    for taken in count.. {
        let mut mails = world.mail_server().mails(taken).await;
        mails.retain(|mail| mail.subject().contains(subject));
        if mails.len() >= count {
            return mails;
        }
    }
    unreachable!("a test waits for a while alone")
}
