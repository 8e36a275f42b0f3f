//! A mail before it takes a form: the same sentences as plain text and as HTML.

use askama::Template;

use crate::domain::brand::{Colour, Shade, Shades};
use crate::web::Lang;

/// As in `app.css`.
pub(super) const USUAL_SHADES: Shades = Shades {
    light: Shade { accent: Colour::new(0x24, 0x50, 0xc2), on_accent: Colour::new(0xff, 0xff, 0xff) },
    dark: Shade { accent: Colour::new(0x9d, 0xb8, 0xff), on_accent: Colour::new(0x0c, 0x17, 0x36) },
};

#[derive(Template)]
#[template(path = "mail/letter.html")]
pub(super) struct LetterPage<'a> {
    pub(super) lang: Lang,
    pub(super) tenant_name: &'a str,
    pub(super) subject: String,
    pub(super) title: String,
    pub(super) lead: String,
    /// The tenant's colour.
    pub(super) shades: Shades,
    /// A code to be typed, shown large.
    pub(super) code: Option<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) sections: Vec<Section>,
    pub(super) action: Option<Action>,
    pub(super) why: String,
}

/// The one thing that a mail leads to.
pub(super) struct Action {
    pub(super) words: String,
    pub(super) address: String,
}

pub(super) struct Section {
    pub(super) heading: String,
    pub(super) lines: Vec<String>,
}

impl LetterPage<'_> {
    pub(super) fn plain(&self) -> String {
        let mut parts = vec![self.title.clone(), self.lead.clone()];
        parts.extend(self.code.clone());
        let colon = match self.lang {
            Lang::En => ": ",
            Lang::Ja => "：",
        };
        let facts: Vec<_> = self.facts.iter().map(|(name, value)| format!("{name}{colon}{value}")).collect();
        parts.push(facts.join("\n"));
        for Section { heading, lines } in &self.sections {
            let list: Vec<_> = match lines.as_slice() {
                [one] => vec![one.clone()],
                several => several.iter().map(|line| format!("* {line}")).collect(),
            };
            parts.push(format!("{heading}\n{}", list.join("\n")));
        }
        parts.extend(self.action.as_ref().map(|action| format!("{}\n{}", action.words, action.address)));
        parts.push(format!("{}\n{}", self.tenant_name, self.why));
        parts.join("\n\n") + "\n"
    }

    /// The first letter of the tenant's name, for the mark beside it.
    fn initial(&self) -> String {
        self.tenant_name.chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_default()
    }

    /// The system's font, as mail programs understand it.
    const fn font(&self) -> &'static str {
        match self.lang {
            Lang::En => "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif",
            Lang::Ja => {
                "system-ui,-apple-system,'Hiragino Sans','Yu Gothic UI',Meiryo,'Noto Sans JP','Noto Sans CJK JP',sans-serif"
            }
        }
    }
}
