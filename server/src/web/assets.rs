//! The files that pages load: compiled in, addressed by their content's hash.

use std::sync::LazyLock;

/// One file, ready to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// A strong entity tag, with its quotes.
    pub etag: &'static str,
}

struct File {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    etag: String,
}

impl File {
    fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        Self { name, content_type, bytes, etag: format!("\"{:016x}\"", fnv1a(bytes)) }
    }
}

static FILES: LazyLock<[File; 8]> = LazyLock::new(|| {
    [
        File::new("app.css", "text/css; charset=utf-8", include_bytes!("../../web/assets/app.css")),
        File::new("admin.css", "text/css; charset=utf-8", include_bytes!("../../web/assets/admin.css")),
        File::new("audit.css", "text/css; charset=utf-8", include_bytes!("../../web/assets/audit.css")),
        File::new("settings.css", "text/css; charset=utf-8", include_bytes!("../../web/assets/settings.css")),
        File::new("code.js", "text/javascript; charset=utf-8", include_bytes!("../../web/assets/code.js")),
        File::new("page.js", "text/javascript; charset=utf-8", include_bytes!("../../web/assets/page.js")),
        File::new(
            "passkey.js",
            "text/javascript; charset=utf-8",
            include_bytes!("../../web/assets/passkey.js"),
        ),
        File::new("icon.svg", "image/svg+xml", include_bytes!("../../web/assets/icon.svg")),
    ]
});

/// The file at `path`: a bare name, or the path of its address (`/assets/app.css`).
pub fn asset(path: &str) -> Option<Asset> {
    let name = path.strip_prefix("/assets/").unwrap_or(path);
    let file = FILES.iter().find(|file| file.name == name)?;
    Some(Asset { content_type: file.content_type, bytes: file.bytes, etag: &file.etag })
}

/// The address of a file. Its query changes with the content, so the answer may be cached for ever.
pub fn url(name: &str) -> String {
    match asset(name) {
        Some(asset) => format!("/assets/{name}?v={}", asset.etag.trim_matches('"')),
        None => format!("/assets/{name}"),
    }
}

/// FNV-1a: tells versions of our own files apart; no secrecy is asked of it.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_and_by_path() {
        let by_name = asset("app.css").unwrap();
        assert_eq!(by_name.content_type, "text/css; charset=utf-8");
        assert_eq!(by_name.etag, asset("/assets/app.css").unwrap().etag);
        assert!(asset("../Cargo.toml").is_none());
        assert!(asset("").is_none());
    }

    #[test]
    fn the_address_carries_the_hash() {
        let etag = asset("code.js").unwrap().etag.trim_matches('"');
        assert_eq!(etag.len(), 16);
        assert_eq!(url("code.js"), format!("/assets/code.js?v={etag}"));
    }

    #[test]
    fn the_hash_is_fnv1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn nothing_inline_that_the_content_policy_would_refuse() {
        for file in FILES.iter().filter(|file| file.name.ends_with(".js")) {
            let source = std::str::from_utf8(file.bytes).unwrap();
            assert!(!source.contains("innerHTML") && !source.contains("eval("), "{}", file.name);
            assert!(!source.contains("setAttribute(\"style\""), "{}", file.name);
        }
    }
}
