//! Approval requests on a terminal: for people, and as JSON for programs.

use std::io::{self, Write};

use countersign_mobile_core::{Lang, LoginId, Mode, PendingRequest, Place, Purpose, Timestamp, texts};
use serde::Serialize;

/// Prints a request for people. `now` is the phone's clock.
///
/// # Errors
/// Those of `out`.
pub fn print(out: &mut impl Write, request: &PendingRequest, now: Timestamp, lang: Lang) -> io::Result<()> {
    let (digits_to_type, seconds_left) = match lang {
        Lang::English => ("digits to type:", "seconds left:"),
        Lang::Japanese => ("入力する桁数：", "残り秒数："),
    };
    writeln!(out, "{}", request.login)?;
    writeln!(out, "  {}", texts::question(request.purpose, lang))?;
    writeln!(out, "  {} — {} ({})", request.application, request.account, request.tenant_name)?;
    writeln!(out, "  {} / {}", request.browser, request.system)?;
    writeln!(out, "  {} — {}", request.address, texts::place(&request.place, lang))?;
    if let Mode::Number { digits } = request.mode {
        writeln!(out, "  {digits_to_type} {digits}")?;
    }
    writeln!(out, "  {seconds_left} {}", now.until(request.expires_at).as_secs())?;
    out.flush()
}

/// Prints requests for programs: a JSON array. Times are seconds since 1970.
///
/// # Errors
/// Those of `out`.
pub fn print_json(out: &mut impl Write, requests: &[PendingRequest]) -> io::Result<()> {
    let shown: Vec<_> = requests.iter().map(Shown::from).collect();
    serde_json::to_writer_pretty(&mut *out, &shown)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Shown<'a> {
    id: LoginId,
    account_id: &'a str,
    account: &'a str,
    tenant_name: &'a str,
    origin: &'a str,
    application: &'a str,
    browser: &'a str,
    system: &'a str,
    address: &'a str,
    place: &'a Place,
    asked_at: i64,
    expires_at: i64,
    mode: Mode,
    purpose: Purpose,
}

impl<'a> From<&'a PendingRequest> for Shown<'a> {
    fn from(request: &'a PendingRequest) -> Self {
        Self {
            id: request.login,
            account_id: &request.account_id,
            account: &request.account,
            tenant_name: &request.tenant_name,
            origin: &request.origin,
            application: &request.application,
            browser: &request.browser,
            system: &request.system,
            address: &request.address,
            place: &request.place,
            asked_at: request.asked_at.seconds(),
            expires_at: request.expires_at.seconds(),
            mode: request.mode,
            purpose: request.purpose,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> PendingRequest {
        PendingRequest {
            login: "019a0000-0000-7000-8000-0000000000ab".parse().unwrap(),
            account_id: "a1".into(),
            account: "ada@example.com".into(),
            tenant_name: "ACME".into(),
            origin: "https://login.example.com".into(),
            application: "Wiki".into(),
            browser: "Firefox".into(),
            system: "Linux".into(),
            address: "192.0.2.7".into(),
            place: Place::Unknown,
            asked_at: Timestamp::from_seconds(100),
            expires_at: Timestamp::from_seconds(220),
            mode: Mode::Number { digits: 2 },
            purpose: Purpose::Confirm,
            signed: "not shown".into(),
        }
    }

    #[test]
    fn people_read_all_of_it() {
        let mut out = Vec::new();
        print(&mut out, &request(), Timestamp::from_seconds(120), Lang::English).unwrap();
        let expected = "019a0000-0000-7000-8000-0000000000ab\n  Is this you making a change?\n  Wiki — ada@example.com (ACME)\n  \
                        Firefox / Linux\n  192.0.2.7 — An unknown place\n  digits to type: 2\n  \
                        seconds left: 100\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn programs_read_json() {
        let mut out = Vec::new();
        print_json(&mut out, &[request()]).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json[0]["id"], "019a0000-0000-7000-8000-0000000000ab");
        assert_eq!(json[0]["expires_at"], 220);
        assert_eq!(json[0]["mode"], serde_json::json!({ "number": { "digits": 2 } }));
        assert_eq!(json[0].get("signed"), None);
    }
}
