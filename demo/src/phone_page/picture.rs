//! A tenant's picture: the phone fetches it, since the page takes pictures from nowhere but its own phone.

use countersign_mobile_core::ports::{HttpClient, HttpRequest};

/// A picture that a page may show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// Such as `image/png`: by how the picture begins, whatever its server calls it.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// The most bytes that are read of one; servers take at most half of it.
    const MOST: usize = 256 * 1024;

    /// PNG, JPEG or WebP; nothing else, and above all no SVG, which may hold script.
    pub(super) fn read(bytes: Vec<u8>) -> Option<Self> {
        let media_type = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            "image/png"
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            "image/jpeg"
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            "image/webp"
        } else {
            return None;
        };
        Some(Self { media_type, bytes })
    }

    /// The picture at `url`; none where it cannot be had.
    pub(super) async fn fetch(http: &dyn HttpClient, url: String) -> Option<Self> {
        let request = HttpRequest { method: "GET".into(), url, headers: Vec::new(), body: Vec::new() };
        let answer = http.open(request).await.ok().filter(|answer| answer.status() == 200)?;
        let mut bytes = Vec::new();
        while let Some(piece) = answer.next().await.ok()? {
            bytes.extend(piece);
            if bytes.len() > Self::MOST {
                return None;
            }
        }
        Self::read(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_begins_like_one() {
        let kinds: [(&[u8], _); 6] = [
            (b"\x89PNG\r\n\x1a\nx", Some("image/png")),
            (b"\xff\xd8\xff\xe0x", Some("image/jpeg")),
            (b"RIFF1234WEBPx", Some("image/webp")),
            (b"RIFF1234WAVEx", None),
            (b"<svg xmlns=\"x\"><script/></svg>", None),
            (b"", None),
        ];
        for (bytes, kind) in kinds {
            assert_eq!(Picture::read(bytes.to_vec()).map(|picture| picture.media_type), kind, "{bytes:?}");
        }
    }
}
