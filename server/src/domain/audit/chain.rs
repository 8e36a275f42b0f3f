//! The chain of a tenant's audit lines: each has a number and a link, which is a digest of the link before it and
//! of the line. Whoever changes, removes, inserts or moves a line breaks all links after it.
//!
//! ```text
//! link(0) = 32 zero bytes
//! link(n) = SHA-256("countersign-audit-v1" ‖ link(n − 1) ‖ n ‖ each column of line n)
//! ```
//!
//! Numbers are 8 bytes, big-endian; a column is its length (8 bytes) and its bytes after 0x01, or 0x00 alone where
//! there is no value. In this order: id (16 bytes), tenant (16), user (16), at (8, microseconds), event, result,
//! actor, address, detail; texts in UTF-8.

use std::fmt;

use countersign_protocol::bytes::{Bytes, Digest, sha256};
use countersign_protocol::ids::{TenantId, UserId};
use countersign_protocol::time::Timestamp;
use uuid::Uuid;

const DOMAIN: &[u8] = b"countersign-audit-v1";

/// A line, as it lies in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: Uuid,
    /// Where it happened.
    pub tenant: TenantId,
    /// To whom.
    pub user: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: String,
    /// What came of it. Lines of old have none.
    pub result: Option<String>,
    /// Who did it. Lines of old have none.
    pub actor: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// Particulars: the text of a JSON object.
    pub detail: String,
}

/// A line with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chained {
    /// Its number: lines are counted from 1, without gaps.
    pub seq: i64,
    /// Its link.
    pub link: Digest,
    /// The line.
    pub line: Line,
}

/// The end of a chain: its last line's number and link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the last line; 0 before the first.
    pub seq: i64,
    /// Its link.
    pub link: Digest,
}

impl Head {
    /// Before the first line.
    pub const START: Self = Self { seq: 0, link: Bytes([0; 32]) };

    /// The end of the chain once `line` is appended.
    #[must_use]
    pub fn followed_by(&self, line: &Line) -> Self {
        let seq = self.seq.saturating_add(1);
        Self { seq, link: link(&self.link, seq, line) }
    }

    /// From the spelling of [`fmt::Display`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, link) = text.split_once(':')?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0)?;
        Some(Self { seq, link: Digest::parse(link)? })
    }

    /// What the head's seal is made of.
    #[must_use]
    pub fn to_be_sealed(&self, tenant: TenantId) -> Vec<u8> {
        let parts: [&[u8]; 4] =
            [b"countersign-audit-head-v1", tenant.0.as_bytes(), &self.seq.to_be_bytes(), &self.link.0];
        parts.concat()
    }
}

/// As `SEQ:LINK`, the link in base64url.
impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.link)
    }
}

/// The link of line `seq`, which follows the link `previous`.
#[must_use]
pub fn link(previous: &Digest, seq: i64, line: &Line) -> Digest {
    let mut bytes = Vec::with_capacity(256 + line.detail.len());
    bytes.extend_from_slice(DOMAIN);
    bytes.extend_from_slice(&previous.0);
    bytes.extend_from_slice(&seq.to_be_bytes());
    let texts = [line.result.as_deref(), line.actor.as_deref(), line.address.as_deref()];
    put(&mut bytes, Some(line.id.as_bytes()));
    put(&mut bytes, Some(line.tenant.0.as_bytes()));
    put(&mut bytes, line.user.as_ref().map(|user| user.0.as_bytes().as_slice()));
    put(&mut bytes, Some(&line.at.micros().to_be_bytes()));
    put(&mut bytes, Some(line.event.as_bytes()));
    for text in texts {
        put(&mut bytes, text.map(str::as_bytes));
    }
    put(&mut bytes, Some(line.detail.as_bytes()));
    sha256(bytes)
}

/// A column after its length, so that no two rows give the same bytes.
fn put(bytes: &mut Vec<u8>, column: Option<&[u8]>) {
    let Some(column) = column else {
        bytes.push(0);
        return;
    };
    bytes.push(1);
    bytes.extend_from_slice(&(column.len() as u64).to_be_bytes());
    bytes.extend_from_slice(column);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn line(number: u128) -> Line {
        Line {
            id: Uuid::from_u128(number),
            tenant: TenantId(Uuid::from_u128(7)),
            user: Some(UserId(Uuid::from_u128(8))),
            at: Timestamp::from_seconds(1_800_000_000),
            event: "login.denied".into(),
            result: Some("refused".into()),
            actor: Some("server".into()),
            address: Some("192.0.2.1".into()),
            detail: r#"{"login":"x"}"#.into(),
        }
    }

    #[test]
    fn every_column_is_part_of_the_link() {
        let base = line(1);
        let of = |line: &Line| link(&Head::START.link, 1, line);
        let changed = [
            Line { id: Uuid::from_u128(2), ..base.clone() },
            Line { tenant: TenantId(Uuid::from_u128(9)), ..base.clone() },
            Line { user: None, ..base.clone() },
            Line { user: Some(UserId(Uuid::from_u128(9))), ..base.clone() },
            Line { at: Timestamp::from_micros(base.at.micros() + 1), ..base.clone() },
            Line { event: "login.approved".into(), ..base.clone() },
            Line { result: None, ..base.clone() },
            Line { result: Some("succeeded".into()), ..base.clone() },
            Line { actor: None, ..base.clone() },
            Line { address: Some("192.0.2.2".into()), ..base.clone() },
            Line { detail: "{}".into(), ..base.clone() },
            // What is moved from one column to the next.
            Line { actor: Some("server1".into()), address: Some("92.0.2.1".into()), ..base.clone() },
            // An empty text is not no text.
            Line { address: Some(String::new()), ..base.clone() },
            Line { address: None, ..base.clone() },
        ];
        let mut links: Vec<_> = changed.iter().map(of).collect();
        links.extend([of(&base), link(&Head::START.link, 2, &base), link(&sha256("x"), 1, &base)]);
        for (at, one) in links.iter().enumerate() {
            assert_eq!(links.iter().position(|other| other == one), Some(at));
        }
    }

    #[test]
    fn the_link_of_a_known_line_stays_what_it_is() {
        // Computed by another program from the description above.
        assert_eq!(Head::START.followed_by(&line(1)).to_string(), KNOWN);
    }

    const KNOWN: &str = "1:Va20eaTHeUsOO-X4RC9WVCRKlDZcIaxagzaWuFBiCjc";

    #[test]
    fn a_head_has_one_spelling() {
        let head = Head::START.followed_by(&line(1));
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        for not in ["", "1", "1:", ":x", "x:AAAA", "-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Head::parse(not), None, "{not}");
        }
    }
}
