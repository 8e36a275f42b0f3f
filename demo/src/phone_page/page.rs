//! The page and its assets, in the visitor's language.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

const INDEX: &str = include_str!("assets/index.html");
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Name, media type, content.
const ASSETS: [(&str, &str, &str); 12] = [
    ("phone.css", CSS, include_str!("assets/phone.css")),
    ("icon.svg", SVG, include_str!("assets/icon.svg")),
    ("main.js", SCRIPT, include_str!("assets/main.js")),
    ("api.js", SCRIPT, include_str!("assets/api.js")),
    ("brand.js", SCRIPT, include_str!("assets/brand.js")),
    ("home.js", SCRIPT, include_str!("assets/home.js")),
    ("lock.js", SCRIPT, include_str!("assets/lock.js")),
    ("primer.js", SCRIPT, include_str!("assets/primer.js")),
    ("results.js", SCRIPT, include_str!("assets/results.js")),
    ("sheet.js", SCRIPT, include_str!("assets/sheet.js")),
    ("texts.js", SCRIPT, include_str!("assets/texts.js")),
    ("ui.js", SCRIPT, include_str!("assets/ui.js")),
];

#[derive(Deserialize)]
pub(super) struct IndexQuery {
    lang: Option<String>,
}

pub(super) async fn index(Query(query): Query<IndexQuery>, headers: HeaderMap) -> Html<String> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Html(INDEX.replace("{{lang}}", language(query.lang.as_deref(), accepted)))
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, content)) => ([(header::CONTENT_TYPE, *kind)], *content).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// English or Japanese: as asked for, else whichever the browser likes better, else English.
pub(crate) fn language(asked: Option<&str>, accepted: Option<&str>) -> &'static str {
    if let Some(known) = asked.and_then(known) {
        return known;
    }
    let mut best = ("en", 0.0);
    for range in accepted.unwrap_or_default().split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, "q=1"));
        let quality = parameters.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).unwrap_or(0.0);
        if let Some(name) = known(tag.trim())
            && quality > best.1
        {
            best = (name, quality);
        }
    }
    best.0
}

fn known(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or_default();
    ["en", "ja"].into_iter().find(|known| primary.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_as_asked_for_then_as_the_browser_likes() {
        let table = [
            (Some("ja"), Some("en"), "ja"),
            (Some("fr"), Some("ja"), "ja"),
            (None, Some("ja,en-US;q=0.9,en;q=0.8"), "ja"),
            (None, Some("en-GB, ja;q=0.5"), "en"),
            (None, Some("fr, ja;q=0.2, en;q=0.1"), "ja"),
            (None, Some("JA-JP"), "ja"),
            (None, Some("ja;q=0"), "en"),
            (None, Some("fr"), "en"),
            (None, None, "en"),
        ];
        for (asked, accepted, expected) in table {
            assert_eq!(language(asked, accepted), expected, "{asked:?} {accepted:?}");
        }
    }

    #[test]
    fn nothing_in_the_page_is_inline_or_from_elsewhere() {
        for (name, _, content) in ASSETS.iter().chain([&("index.html", "", INDEX)]) {
            let foreign = content.replace("http://www.w3.org/", "");
            assert!(!foreign.contains("http://") && !foreign.contains("https://"), "{name}");
        }
        assert!(!INDEX.contains("style=") && !INDEX.contains("<style") && !INDEX.contains("onclick"));
        assert_eq!(INDEX.matches("<script").count(), INDEX.matches("<script type=\"module\" src=").count());
    }
}
