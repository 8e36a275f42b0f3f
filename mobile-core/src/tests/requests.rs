//! Requests: only sound ones are shown, and they are shown whole.

use std::sync::Arc;

use countersign_protocol::api::ErrorCode;
use countersign_protocol::approval::{ApprovalRequest, Mode, Place, Purpose};
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::random::SystemRandom;
use countersign_protocol::statement;
use countersign_protocol::time::{NumericDate, Timestamp};

use super::now;
use super::phone::{Phone, START};
use super::server::{Server, TenantKey};
use crate::ports::KeyPurpose;
use crate::{Error, Lang, Mistrust, Reason, texts};

pub(super) fn paired(origin: &str) -> (Arc<Server>, Phone) {
    let server = Server::new(origin);
    let phone = Phone::new(&[&server]);
    now(phone.core.pair(server.link(), None)).unwrap();
    server.confirm();
    phone.uses();
    (server, phone)
}

fn account_id(phone: &Phone) -> String {
    now(phone.core.accounts()).unwrap()[0].id.clone()
}

fn fetch(phone: &Phone, login: LoginId) -> Result<crate::PendingRequest, Error> {
    now(phone.core.fetch(account_id(phone), login))
}

#[test]
fn a_request_is_shown_whole() {
    let (server, phone) = paired("https://login.example.com");
    let login = server.ask(&server.request(Mode::Number { digits: 2 }), Some("07"));
    let pending = now(phone.core.pending()).unwrap();
    assert!(pending.unreached.is_empty());
    let [request] = &pending.requests[..] else { panic!("one request waits") };
    assert_eq!(request.login, login);
    assert_eq!(request.account, "ada@example.com");
    assert_eq!((request.tenant_name.as_str(), request.application.as_str()), ("ACME", "ACME"));
    assert_eq!((request.browser.as_str(), request.system.as_str()), ("Firefox", "Linux"));
    assert_eq!(request.address, "192.0.2.7");
    assert_eq!(request.place, Place::Named("Kyoto, Japan".into()));
    assert_eq!(request.asked_at, Timestamp::from_seconds(START));
    assert_eq!(request.expires_at, Timestamp::from_seconds(START + 120));
    assert_eq!(request.mode, Mode::Number { digits: 2 });
    assert_eq!(fetch(&phone, login).unwrap(), *request);
}

#[test]
fn a_change_is_not_taken_for_a_sign_in() {
    let (server, phone) = paired("https://login.example.com");
    let change = ApprovalRequest { purpose: Purpose::Confirm, ..server.request(Mode::Tap) };
    let (change, sign_in) = (server.ask(&change, None), server.ask(&server.request(Mode::Tap), None));
    let (change, sign_in) = (fetch(&phone, change).unwrap(), fetch(&phone, sign_in).unwrap());
    assert_eq!((change.purpose, sign_in.purpose), (Purpose::Confirm, Purpose::SignIn));
    for lang in [Lang::English, Lang::Japanese] {
        assert_ne!(texts::question(change.purpose, lang), texts::question(sign_in.purpose, lang));
        assert_ne!(texts::spoken_request(&change, lang), texts::spoken_request(&sign_in, lang));
    }
    phone.uses();
    now(phone.core.approve(change, None)).unwrap();
    let reason = "Confirm a change at ACME as ada@example.com";
    assert_eq!(phone.uses()[0], (KeyPurpose::Approval, Some(reason.into())));
}

#[test]
fn a_browsers_name_cannot_rearrange_the_sentence() {
    let (server, phone) = paired("https://login.example.com");
    let request =
        ApprovalRequest { browser: "Fire\u{202e}xof\u{1b}[31m".into(), ..server.request(Mode::Tap) };
    let login = server.ask(&request, None);
    assert_eq!(fetch(&phone, login).unwrap().browser, "Firexof[31m");
}

#[test]
fn each_field_that_is_off_is_refused() {
    let (server, phone) = paired("https://login.example.com");
    let sound = server.request(Mode::Tap);
    let (at, random) = (Timestamp::from_seconds(START), SystemRandom::new());
    for (off, why) in [
        (ApprovalRequest { iss: "https://evil.example.com".into(), ..sound.clone() }, Mistrust::Issuer),
        (ApprovalRequest { aud: DeviceId::new(at, &random), ..sound.clone() }, Mistrust::Audience),
        (ApprovalRequest { sub: UserId::new(at, &random), ..sound.clone() }, Mistrust::Subject),
        (ApprovalRequest { iat: NumericDate(START + 61), ..sound.clone() }, Mistrust::Time),
        (ApprovalRequest { exp: sound.iat, ..sound.clone() }, Mistrust::Time),
    ] {
        server.ask(&off, None);
        assert_eq!(fetch(&phone, sound.login), Err(Error::TellUser(Reason::NotTrusted(why))));
        let pending = now(phone.core.pending()).unwrap();
        assert!(pending.requests.is_empty());
        assert_eq!(pending.unreached[0].error, Error::TellUser(Reason::NotTrusted(why)));
    }
    server.ask(&sound, None);
    assert!(fetch(&phone, sound.login).is_ok(), "and the sound one is shown");
}

#[test]
fn another_key_or_a_changed_byte_is_refused() {
    let (server, phone) = paired("https://login.example.com");
    let request = server.request(Mode::Tap);
    let forged = statement::sign(&request, &TenantKey::new()).unwrap();
    let genuine = statement::sign(&request, &server.key).unwrap();
    let last = if genuine.ends_with('A') { "Q" } else { "A" };
    let changed = format!("{}{last}", &genuine[..genuine.len() - 1]);
    let unsigned = genuine.rsplit_once('.').unwrap().0.to_owned();
    for bad in [forged, changed, unsigned] {
        server.ask_signed(request.login, bad, None);
        let refused = Err(Error::TellUser(Reason::NotTrusted(Mistrust::Signature)));
        assert_eq!(fetch(&phone, request.login), refused);
    }
}

#[test]
fn one_bad_request_does_not_hide_a_sound_one() {
    let (server, phone) = paired("https://login.example.com");
    let sound = server.ask(&server.request(Mode::Tap), None);
    let other = server.request(Mode::Tap);
    server.ask_signed(other.login, statement::sign(&other, &TenantKey::new()).unwrap(), None);
    let pending = now(phone.core.pending()).unwrap();
    assert_eq!(pending.requests.iter().map(|request| request.login).collect::<Vec<_>>(), [sound]);
    assert_eq!(pending.unreached.len(), 1);
}

#[test]
fn the_answer_must_be_the_request_that_was_asked_for() {
    let (server, phone) = paired("https://login.example.com");
    let other = server.request(Mode::Tap);
    let wanted = server.request(Mode::Tap).login;
    server.ask_signed(wanted, statement::sign(&other, &server.key).unwrap(), None);
    assert_eq!(fetch(&phone, wanted), Err(Error::TellUser(Reason::NotTrusted(Mistrust::Login))));
}

#[test]
fn a_request_ends_with_its_time() {
    let (server, phone) = paired("https://login.example.com");
    let login = server.ask(&server.request(Mode::Tap), None);
    let later = |seconds| {
        phone.clock.set(START + seconds);
        server.with(|state| state.now = START + seconds);
    };
    later(119);
    let request = fetch(&phone, login).unwrap();
    later(120);
    assert_eq!(fetch(&phone, login), Err(Error::TellUser(Reason::Expired)));
    let pending = now(phone.core.pending()).unwrap();
    assert!(pending.requests.is_empty() && pending.unreached.is_empty(), "it is just over");
    phone.uses();
    assert_eq!(now(phone.core.approve(request, None)), Err(Error::TellUser(Reason::Expired)));
    assert!(phone.uses().is_empty(), "nobody was asked for a face");
}

#[test]
fn a_wrong_clock_costs_one_more_call_once() {
    let (server, phone) = paired("https://login.example.com");
    let login = server.ask(&server.request(Mode::Tap), None);
    phone.clock.set(START + 7_200);
    let before = server.with(|state| state.hits);
    let request = fetch(&phone, login).unwrap();
    assert_eq!(server.with(|state| state.hits), before + 2, "refused, then corrected");
    assert_eq!(request.expires_at, Timestamp::from_seconds(START + 7_200 + 120), "by the phone's clock");
    fetch(&phone, login).unwrap();
    assert_eq!(server.with(|state| state.hits), before + 3, "remembered");
}

#[test]
fn a_server_that_never_agrees_on_the_time_is_left_alone() {
    let (server, phone) = paired("https://login.example.com");
    let clock = r#"{"title":"","status":401,"code":"clock_skew","now":5}"#;
    server.with(|state| (state.raw, state.hits) = (Some((401, clock.into())), 0));
    let error = now(phone.core.refresh_account(account_id(&phone))).unwrap_err();
    assert_eq!(error, Error::RetryLater(Reason::ClockSkew));
    assert_eq!(server.with(|state| state.hits), 2);
}

#[test]
fn every_error_code_and_odd_answer_says_what_to_do() {
    use ErrorCode as C;
    let (server, phone) = paired("https://login.example.com");
    let refresh = || now(phone.core.refresh_account(account_id(&phone))).unwrap_err();
    for (code, expected) in [
        (C::BadRequest, Error::UpdateApp(Reason::Refused(C::BadRequest))),
        (C::BadCall, Error::UpdateApp(Reason::Refused(C::BadCall))),
        (C::BadDecision, Error::UpdateApp(Reason::Refused(C::BadDecision))),
        (C::ClockSkew, Error::RetryLater(Reason::ClockSkew)),
        (C::Replayed, Error::RetryLater(Reason::Replayed)),
        (C::UnknownDevice, Error::PairAgain(Reason::UnknownDevice)),
        (C::DeviceUnconfirmed, Error::TellUser(Reason::DeviceUnconfirmed)),
        (C::PairingOver, Error::PairAgain(Reason::PairingOver)),
        (C::HardwareKeysRequired, Error::TellUser(Reason::HardwareKeysRequired)),
        (C::AttestationRequired, Error::TellUser(Reason::AttestationRequired)),
        (C::AppTooOld, Error::UpdateApp(Reason::AppTooOld)),
        (C::UnknownRequest, Error::TellUser(Reason::UnknownRequest)),
        (C::AlreadyDecided, Error::TellUser(Reason::AlreadyDecided)),
        (C::Expired, Error::TellUser(Reason::Expired)),
        (C::NotFound, Error::TellUser(Reason::NotFound)),
        (C::Busy, Error::RetryLater(Reason::Busy)),
        (C::Internal, Error::RetryLater(Reason::ServerFault)),
        (C::Other, Error::UpdateApp(Reason::UnknownAnswer)),
    ] {
        server.with(|state| state.refuse = Some(code));
        assert_eq!(refresh(), expected);
    }
    let elsewhere =
        |status| Error::RetryLater(Reason::Unreachable(format!("something else answered: status {status}")));
    for (status, expected) in [
        // Portals, proxies, firewalls: nothing that a newer app would mend.
        (200, elsewhere(200)),
        (302, elsewhere(302)),
        (401, elsewhere(401)),
        (403, elsewhere(403)),
        (407, elsewhere(407)),
        (511, Error::RetryLater(Reason::ServerFault)),
        (404, Error::TellUser(Reason::NotFound)),
        (429, Error::RetryLater(Reason::Busy)),
        (502, Error::RetryLater(Reason::ServerFault)),
        (503, Error::RetryLater(Reason::Busy)),
    ] {
        server.with(|state| state.raw = Some((status, "<html>".into())));
        assert_eq!(refresh(), expected, "{status}");
    }
}

#[test]
fn a_code_of_a_newer_server_goes_by_its_status() {
    let (server, phone) = paired("https://login.example.com");
    for (status, expected) in [
        (503, Error::RetryLater(Reason::Busy)),
        (500, Error::RetryLater(Reason::ServerFault)),
        (404, Error::TellUser(Reason::NotFound)),
        (409, Error::UpdateApp(Reason::UnknownAnswer)),
    ] {
        let newer = format!(r#"{{"title":"","status":{status},"code":"of_tomorrow"}}"#);
        server.with(|state| state.raw = Some((status, newer)));
        assert_eq!(now(phone.core.refresh_account(account_id(&phone))).unwrap_err(), expected, "{status}");
    }
}
