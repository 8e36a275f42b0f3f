//! Links of the form `otpauth://totp/Issuer:name?secret=…` (Google's "Key Uri Format").

use std::fmt::Write as _;

use data_encoding::BASE32_NOPAD;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::code::Algorithm;

/// The longest secret that is taken, in bytes. Real ones have 10 to 64.
const LONGEST: usize = 128;

/// What a link says.
pub(super) struct Parsed {
    pub(super) issuer: String,
    pub(super) name: String,
    pub(super) secret: Zeroizing<Vec<u8>>,
    pub(super) algorithm: Algorithm,
    pub(super) digits: u8,
    pub(super) period: u32,
}

/// Reads a link. None where it is no such link, or says what no code can be made from.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    let (before_fragment, _) = text.trim().split_once('#').unwrap_or((text.trim(), ""));
    let (page, query) = before_fragment.split_once('?')?;
    let path = path(page)?;
    let value = |wanted: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == wanted);
        // Twice the same is nobody's honest link.
        pairs.next().map(|(_, value)| value.into_owned()).filter(|_| pairs.next().is_none())
    };
    let secret = secret(&Zeroizing::new(value("secret")?))?;
    let algorithm = match value("algorithm") {
        None => Algorithm::Sha1,
        Some(name) => {
            let name = name.to_ascii_uppercase().replace('-', "");
            Algorithm::ALL.into_iter().find(|(_, spelt)| *spelt == name)?.0
        }
    };
    let digits = value("digits").map_or(Some(6), |digits| digits.parse().ok())?;
    let period = value("period").map_or(Some(30), |period| period.parse().ok())?;
    if !matches!(digits, 6 | 8) || !(10..=300).contains(&period) {
        return None;
    }
    let (before, name) = label(path);
    let issuer = value("issuer").filter(|issuer| !issuer.trim().is_empty()).or(before).unwrap_or_default();
    Some(Parsed { issuer: issuer.trim().to_owned(), name, secret, algorithm, digits, period })
}

/// What follows scheme and host, which are `otpauth` and `totp` in whatever case.
fn path(page: &str) -> Option<&str> {
    const START: &str = "otpauth://totp";
    let (start, path) = page.split_at_checked(START.len())?;
    (start.eq_ignore_ascii_case(START) && (path.is_empty() || path.starts_with('/'))).then_some(path)
}

/// What stands before the colon, and the rest. A plus is a plus in a path.
fn label(path: &str) -> (Option<String>, String) {
    let label = percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy();
    match label.split_once(':') {
        Some((issuer, name)) => (Some(issuer.trim().to_owned()), name.trim().to_owned()),
        None => (None, label.trim().to_owned()),
    }
}

/// Base32 as people copy it: in lower case, in groups, with padding.
fn secret(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let kept = |c: &char| !c.is_whitespace() && *c != '-' && *c != '=';
    let text: Zeroizing<String> = Zeroizing::new(text.chars().filter(kept).collect());
    let text = Zeroizing::new(text.to_ascii_uppercase());
    let secret = Zeroizing::new(BASE32_NOPAD.decode(text.as_bytes()).ok()?);
    (1..=LONGEST).contains(&secret.len()).then_some(secret)
}

/// The link of an account.
pub(super) fn format(account: &Parsed) -> String {
    let Parsed { issuer, name, secret, algorithm, digits, period } = account;
    let label =
        if issuer.is_empty() { encoded(name) } else { format!("{}:{}", encoded(issuer), encoded(name)) };
    let mut link = format!("otpauth://totp/{label}?secret={}", BASE32_NOPAD.encode(secret));
    if !issuer.is_empty() {
        let _infallible = write!(link, "&issuer={}", encoded(issuer));
    }
    // What is usual is left out: some apps refuse links that say it.
    if let Some((_, spelt)) =
        Algorithm::ALL.iter().find(|(known, _)| known == algorithm && *known != Algorithm::Sha1)
    {
        let _infallible = write!(link, "&algorithm={spelt}");
    }
    if *digits != 6 {
        let _infallible = write!(link, "&digits={digits}");
    }
    if *period != 30 {
        let _infallible = write!(link, "&period={period}");
    }
    link
}

/// Percent-encoded, with no plus for a space, which not every app undoes.
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_whole() {
        let read = parse(
            "otpauth://totp/ACME%20Co:ada%2Bx@example.com?secret=jbsw y3dp-ehpk3pxp==&issuer=ACME%20Co&algorithm=SHA256\
             &digits=8&period=60",
        )
        .unwrap();
        assert_eq!((read.issuer.as_str(), read.name.as_str()), ("ACME Co", "ada+x@example.com"));
        assert_eq!(&read.secret[..5], b"Hello");
        assert_eq!((read.algorithm, read.digits, read.period), (Algorithm::Sha256, 8, 60));
    }

    #[test]
    fn what_is_not_said_is_usual() {
        let read = parse("otpauth://totp/ada+x?secret=JBSWY3DPEHPK3PXP").unwrap();
        assert_eq!((read.issuer.as_str(), read.name.as_str()), ("", "ada+x"));
        assert_eq!((read.algorithm, read.digits, read.period), (Algorithm::Sha1, 6, 30));
        for link in [
            "otpauth://totp/ACME%3A%20ada?secret=JBSWY3DPEHPK3PXP",
            "OTPAUTH://TOTP/ACME:ada?secret=JBSWY3DPEHPK3PXP#x",
            " otpauth://totp/ACME:%20ada?secret=JBSWY3DPEHPK3PXP\n",
        ] {
            let read = parse(link).unwrap();
            assert_eq!((read.issuer.as_str(), read.name.as_str()), ("ACME", "ada"), "{link}");
        }
        assert_eq!(parse("otpauth://totp?secret=JBSWY3DPEHPK3PXP").unwrap().name, "");
        let read = parse("otpauth://totp/A&B:a=b@c?secret=JBSWY3DPEHPK3PXP").unwrap();
        assert_eq!(
            (read.issuer.as_str(), read.name.as_str()),
            ("A&B", "a=b@c"),
            "what is no query stays whole"
        );
    }

    #[test]
    fn what_gives_no_codes_is_refused() {
        for wrong in [
            "",
            "https://totp/x?secret=JBSWY3DP",
            "otpauth://hotp/x?secret=JBSWY3DP&counter=1",
            "otpauth://totp/x",
            "otpauth://totp/x?secret=",
            "otpauth://totp/x?secret=JBSWY3D1",
            "otpauth://totp/x?secret=JBSWY3DP&secret=JBSWY3DQ",
            "otpauth://totp/x?secret=JBSWY3DP&algorithm=MD5",
            "otpauth://totp/x?secret=JBSWY3DP&digits=7",
            "otpauth://totp/x?secret=JBSWY3DP&period=0",
            "otpauth-migration://offline?data=x",
            "otpauth://totp",
            "otpauth://totpx/ada?secret=JBSWY3DP",
            "otpauth://ada@totp/ada?secret=JBSWY3DP",
            "otpauth://tot日/ada?secret=JBSWY3DP",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_link_survives_being_read_and_written() {
        for link in [
            "otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP",
            "otpauth://totp/%E6%9D%B1%E4%BA%AC:a%20b%2Bc?secret=JBSWY3DPEHPK3PXP&issuer=%E6%9D%B1%E4%BA%AC&algorithm=SHA512&digits=8&period=60",
        ] {
            assert_eq!(format(&parse(link).unwrap()), link);
        }
    }
}
