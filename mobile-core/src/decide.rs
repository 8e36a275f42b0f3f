//! Answers: built from the request as received, signed by the right key.

use countersign_protocol::api::{DecisionAnswer, DecisionBody, Outcome, path};
use countersign_protocol::approval::{ApprovalRequest, Decision, DecisionStatement, Mode, UserVerification};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::pairing::{ApprovalUnlock, KeyProtection};
use countersign_protocol::random;

use crate::account::Record;
use crate::error::{Error, Reason};
use crate::shown::shown;
use crate::signing::sign;
use crate::texts::{self, Lang};
use crate::transport::Transport;

impl Transport {
    /// Approves: the approval key signs, which asks for a biometric or the passcode.
    pub(crate) async fn approve(
        &self,
        record: &Record,
        signed: &str,
        number: Option<String>,
        lang: Lang,
    ) -> Result<Outcome, Error> {
        let request = self.open(record, signed)?;
        let number = number_for(request.mode, number)?;
        let verification = match record.keys.protection {
            KeyProtection::Hardware => match record.keys.approval_unlock {
                ApprovalUnlock::Biometric => UserVerification::Biometric,
                ApprovalUnlock::DevicePasscode => UserVerification::DeviceCredential,
            },
            KeyProtection::Software => UserVerification::Simulated,
        };
        let statement = DecisionStatement {
            number,
            verification,
            ..self.statement(record, &request, signed, Decision::Approve)
        };
        let reason =
            texts::approval_reason(request.purpose, &shown(&request.application), &record.account, lang);
        let decision = sign(&*self.ports.keys, &record.keys.approval, &statement, Some(reason)).await?;
        self.send_decision(record, &request, decision).await
    }

    /// Denies or reports: the device key signs, since a no must not need a face.
    pub(crate) async fn refuse(
        &self,
        record: &Record,
        signed: &str,
        decision: Decision,
    ) -> Result<Outcome, Error> {
        let request = self.open(record, signed)?;
        let statement = self.statement(record, &request, signed, decision);
        let decision = sign(&*self.ports.keys, &record.keys.device, &statement, None).await?;
        self.send_decision(record, &request, decision).await
    }

    fn statement(
        &self,
        record: &Record,
        request: &ApprovalRequest,
        signed: &str,
        decision: Decision,
    ) -> DecisionStatement {
        DecisionStatement {
            iss: record.device,
            aud: request.iss.clone(),
            sub: request.sub,
            login: request.login,
            nonce: request.nonce,
            request: sha256(signed),
            decision,
            number: None,
            verification: UserVerification::None,
            iat: self.now(&record.origin).into(),
            // An answer outlives its question by nothing.
            exp: request.exp,
            jti: Bytes(random::bytes(&*self.ports.random)),
        }
    }

    async fn send_decision(
        &self,
        record: &Record,
        request: &ApprovalRequest,
        decision: String,
    ) -> Result<Outcome, Error> {
        let path = path::decision(request.login);
        let answer: DecisionAnswer = self.post(record, &path, &DecisionBody { decision }).await?;
        Ok(answer.outcome)
    }
}

/// The number as it is sent: of the right length, in ASCII digits. Whether it is the right one only the
/// server knows.
fn number_for(mode: Mode, typed: Option<String>) -> Result<Option<String>, Reason> {
    let Mode::Number { digits } = mode else { return Ok(None) };
    let number: String = typed.unwrap_or_default().trim().chars().map(ascii_digit).collect();
    if number.len() != usize::from(digits) || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Reason::NumberDigits(digits));
    }
    Ok(Some(number))
}

/// Japanese keyboards may type full-width digits.
fn ascii_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_must_have_its_digits() {
        let mode = Mode::Number { digits: 2 };
        let typed = |text: &str| number_for(mode, Some(text.to_owned()));
        assert_eq!(typed("07"), Ok(Some("07".into())));
        assert_eq!(typed(" 07 "), Ok(Some("07".into())));
        assert_eq!(typed("０７"), Ok(Some("07".into())));
        for wrong in ["", "7", "007", "+7", "a7", "٠٧"] {
            assert_eq!(typed(wrong), Err(Reason::NumberDigits(2)), "{wrong}");
        }
        assert_eq!(number_for(mode, None), Err(Reason::NumberDigits(2)));
        assert_eq!(number_for(Mode::Tap, Some("42".into())), Ok(None), "nothing was asked");
    }
}
