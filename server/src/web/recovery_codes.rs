//! Recovery codes, shown this once: to be copied, printed or kept as a file.

use std::fmt::Write as _;

use askama::Template;

use super::Page;

/// The page that shows new recovery codes. It is never shown again.
#[derive(Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodesPage<'a> {
    /// What all pages have.
    pub page: Page<'a>,
    /// Whose codes they are.
    pub email: &'a str,
    /// When they were made, ready to be read.
    pub made: &'a str,
    /// The codes.
    pub codes: &'a [String],
    /// Where the page leads to.
    pub next: &'a str,
}

impl RecoveryCodesPage<'_> {
    /// The page as HTML.
    pub fn render(&self) -> Result<String, askama::Error> {
        Template::render(self)
    }

    /// The codes, one a line.
    fn lines(&self) -> String {
        self.codes.join("\n")
    }

    /// What the file says.
    fn file(&self) -> String {
        let title = self.page.t_with("codes-file-title", "tenant", self.page.tenant_name);
        let head = [title.as_str(), self.email, self.made, "", &self.page.t("codes-file-text"), ""];
        let lines = head.into_iter().chain(self.codes.iter().map(String::as_str));
        // As Notepad wants it, and nobody else minds.
        lines.map(|line| format!("{line}\r\n")).collect()
    }

    /// The file as an address that needs neither a script nor a second request (RFC 2397).
    fn file_address(&self) -> String {
        let mut address = "data:text/plain;charset=utf-8,".to_owned();
        for byte in self.file().bytes() {
            let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            let written = if plain {
                address.push(char::from(byte));
                Ok(())
            } else {
                write!(address, "%{byte:02X}")
            };
            // Writing into a string cannot fail.
            if written.is_err() {
                break;
            }
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Lang;
    use crate::web::PageBrand;

    #[test]
    fn the_file_holds_every_code_and_whose_they_are() {
        let codes = ["7f3a-9k2m".to_owned(), "p4qx-t8wz".to_owned()];
        let page = Page {
            lang: Lang::Ja,
            tenant_name: "Acme & 日本",
            csrf: "",
            brand: PageBrand::default(),
            path: "",
        };
        let page =
            RecoveryCodesPage { page, email: "aiko@acme.example", made: "today", codes: &codes, next: "/" };
        let file = page.file();
        for part in ["Acme & 日本", "aiko@acme.example", "7f3a-9k2m\r\np4qx-t8wz\r\n"] {
            assert!(file.contains(part), "{file}");
        }
        let address = page.file_address();
        assert!(address.is_ascii() && !address.contains(['&', '"', '<', ' ', '\n', '#']), "{address}");
        assert!(
            address.contains("%E6%97%A5%E6%9C%AC%0D%0A") || address.contains("%E6%97%A5%E6%9C%AC"),
            "{address}"
        );
        assert!(address.ends_with("7f3a-9k2m%0D%0Ap4qx-t8wz%0D%0A"), "{address}");
    }
}
