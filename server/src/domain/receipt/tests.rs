use countersign_protocol::approval::{Mode, Place, Purpose};
use countersign_protocol::bytes::Bytes;
use countersign_protocol::statement::sign;
use countersign_protocol::time::NumericDate;
use uuid::Uuid;

use super::*;
use crate::signing_key::SigningKey;

struct Desk {
    tenant: SigningKey,
    device: SigningKey,
    approval: SigningKey,
}

impl Desk {
    fn new() -> Self {
        let key = || SigningKey::generate().0;
        Self { tenant: key(), device: key(), approval: key() }
    }

    fn request(&self, change: impl FnOnce(&mut ApprovalRequest)) -> (ApprovalRequest, String) {
        let mut request = ApprovalRequest {
            iss: "https://login.example.com".into(),
            aud: DeviceId(Uuid::from_u128(1)),
            sub: UserId(Uuid::from_u128(2)),
            login: LoginId(Uuid::from_u128(3)),
            nonce: Bytes([4; 32]),
            application: "ACME".into(),
            browser: "Firefox".into(),
            system: "Linux".into(),
            address: "192.0.2.1".into(),
            place: Place::Unknown,
            iat: NumericDate(1_800_000_000),
            exp: NumericDate(1_800_000_120),
            binding: sha256("binding"),
            mode: Mode::Number { digits: 2 },
            purpose: Purpose::SignIn,
        };
        change(&mut request);
        let compact = sign(&request, &self.tenant).unwrap();
        (request, compact)
    }

    fn decision(
        &self,
        (request, compact): &(ApprovalRequest, String),
        change: impl FnOnce(&mut DecisionStatement),
    ) -> String {
        let mut decision = DecisionStatement {
            iss: request.aud,
            aud: request.iss.clone(),
            sub: request.sub,
            login: request.login,
            nonce: request.nonce,
            request: sha256(compact),
            decision: Decision::Approve,
            number: Some("42".into()),
            verification: UserVerification::Biometric,
            iat: NumericDate(1_800_000_020),
            exp: request.exp,
            jti: Bytes([5; 16]),
        };
        change(&mut decision);
        sign(&decision, &self.approval).unwrap()
    }

    fn file(&self, change: impl FnOnce(&mut DecisionStatement)) -> Result<ReceiptFile, ReceiptError> {
        let request = self.request(|_| {});
        let decision = self.decision(&request, change);
        self.of(request.1, decision)
    }

    fn of(&self, request: String, decision: String) -> Result<ReceiptFile, ReceiptError> {
        let keys = [self.approval.public_key(), self.device.public_key()];
        ReceiptFile::new(request, decision, self.tenant.public_key(), keys)
    }
}

#[test]
fn a_receipt_proves_what_was_shown_and_decided() {
    let desk = Desk::new();
    let file = desk.file(|_| {}).unwrap();
    let again = ReceiptFile::parse(&file.to_text()).unwrap();
    assert_eq!(again, file);
    let proven = again.verify(Some(desk.tenant.public_key().id())).unwrap();
    assert_eq!(proven.request.browser, "Firefox");
    assert_eq!(proven.decision.number.as_deref(), Some("42"));
    assert_eq!(proven.device_key, desk.approval.public_key().id());
    assert!(proven.to_string().contains("was approved by the device"));
}

#[test]
fn another_tenants_key_is_not_the_expected_one() {
    let (desk, other) = (Desk::new(), Desk::new());
    let file = desk.file(|_| {}).unwrap();
    let refused = file.verify(Some(other.tenant.public_key().id()));
    assert_eq!(refused, Err(ReceiptError::OtherTenantKey(desk.tenant.public_key().id())));
}

#[test]
fn a_changed_byte_of_any_field_is_found() {
    let text = Desk::new().file(|_| {}).unwrap().to_text();
    let sound = |text: &str| ReceiptFile::parse(text).is_ok_and(|file| file.verify(None).is_ok());
    assert!(sound(&text));
    let mut changed = 0;
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_graphic()) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if byte == b'7' { b'8' } else { b'7' };
        let altered = String::from_utf8(bytes).unwrap();
        assert!(!sound(&altered), "byte {at}: {altered}");
        changed += 1;
    }
    assert!(changed > 1500, "{changed}");
}

#[test]
fn a_decision_that_is_not_about_this_request_proves_nothing() {
    let desk = Desk::new();
    let mismatch = |change: fn(&mut DecisionStatement)| match desk.file(change) {
        Err(ReceiptError::Mismatch(what)) => what,
        other => panic!("{other:?}"),
    };
    for (change, says) in [
        ((|d| d.request = sha256("other")) as fn(&mut DecisionStatement), "another request"),
        (|d| d.nonce = Bytes([9; 32]), "nonce"),
        (|d| d.login = LoginId(Uuid::from_u128(9)), "login"),
        (|d| d.iss = DeviceId(Uuid::from_u128(9)), "device"),
        (|d| d.sub = UserId(Uuid::from_u128(9)), "user"),
        (|d| d.aud = "https://login.example.org".into(), "server"),
        (|d| d.verification = UserVerification::None, "owner"),
        (|d| d.iat = NumericDate(1_799_999_939), "older"),
        (|d| d.iat = NumericDate(1_800_000_180), "over"),
        (|d| d.exp = NumericDate(1_799_999_000), "over"),
    ] {
        let said = mismatch(change);
        assert!(said.contains(says), "{said}: {says}");
    }
}

#[test]
fn a_denial_needs_neither_number_nor_face() {
    let desk = Desk::new();
    for decision in [Decision::Deny, Decision::Report] {
        let denied = desk.file(|d| {
            (d.decision, d.number, d.verification) = (decision, None, UserVerification::None);
        });
        assert!(denied.is_ok(), "{denied:?}");
    }
}

#[test]
fn a_key_of_neither_side_signs_nothing() {
    let (desk, other) = (Desk::new(), Desk::new());
    let request = desk.request(|_| {});
    let decision = desk.decision(&request, |_| {});
    let unknown = Err(ReceiptError::Decision(StatementError::UnknownKey));
    assert_eq!(desk.of(request.1.clone(), other.decision(&request, |_| {})), unknown);
    let forged = other.request(|_| {});
    let of_forged = desk.of(forged.1, decision.clone());
    assert_eq!(of_forged, Err(ReceiptError::Request(StatementError::UnknownKey)));
    // Whoever makes both keys anew makes a sound file: only the thumbprints tell.
    let all_forged = other.file(|_| {}).unwrap();
    assert!(all_forged.verify(None).is_ok());
    assert!(all_forged.verify(Some(desk.tenant.public_key().id())).is_err());
    // A request shown again with another browser is another request.
    let shown = desk.request(|request| request.browser = "Chrome".into());
    assert!(matches!(desk.of(shown.1, decision), Err(ReceiptError::Mismatch(_))));
}

#[test]
fn other_files_are_not_receipts() {
    let text = Desk::new().file(|_| {}).unwrap().to_text();
    for not in ["", "{}", "[]", &text.replace("\"login\"", "\"logon\""), &text.replace("{\n", "{\"more\":1,")]
    {
        assert_eq!(ReceiptFile::parse(not), Err(ReceiptError::NotAReceipt));
    }
    let newer = text.replace("\"version\": 1", "\"version\": 2");
    assert_eq!(ReceiptFile::parse(&newer), Err(ReceiptError::OtherFormat));
}
