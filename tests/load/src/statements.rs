//! How many decisions one processor parses and verifies.

use std::hint::black_box;
use std::time::Duration;

use countersign_demo::desk::SystemClock;
use countersign_demo::house::Failure;
use countersign_protocol::approval::{Decision, DecisionStatement, UserVerification};
use countersign_protocol::bytes::{Bytes, sha256};
use countersign_protocol::ids::{DeviceId, LoginId, UserId};
use countersign_protocol::random::{self, SystemRandom};
use countersign_protocol::statement::{self, StatementError, Unverified};
use countersign_protocol::time::{Clock as _, NumericDate};
use countersign_server::signing_key::SigningKey;

use crate::Options;
use crate::figures::{Table, rate};

/// Between two looks at the clock.
const AT_ONCE: usize = 1_000;

pub(crate) fn measure(options: &Options, table: &mut Table) -> Result<(), Failure> {
    let (key, _) = SigningKey::generate();
    let compact = statement::sign(&a_decision(), &key)?;
    let verify = || -> Result<DecisionStatement, StatementError> {
        Unverified::parse(black_box(&compact))?.verify(key.public_key())
    };
    let (begun, wanted) = (SystemClock.now(), Duration::from_secs((options.seconds / 2).max(1).into()));
    let mut count = 0;
    let took = loop {
        for _ in 0..AT_ONCE {
            black_box(verify()?);
        }
        count += AT_ONCE;
        let took = begun.until(SystemClock.now());
        if took >= wanted {
            break took;
        }
    };
    table.add("decisions verified, one processor", format!("{:.0} a second", rate(count, took)), "");
    Ok(())
}

fn a_decision() -> DecisionStatement {
    let (now, random) = (SystemClock.now(), SystemRandom::new());
    DecisionStatement {
        iss: DeviceId::new(now, &random),
        aud: "https://login.example.com".into(),
        sub: UserId::new(now, &random),
        login: LoginId::new(now, &random),
        nonce: Bytes(random::bytes(&random)),
        request: sha256("a request"),
        decision: Decision::Approve,
        number: Some("42".into()),
        verification: UserVerification::Biometric,
        iat: now.into(),
        exp: NumericDate(now.seconds() + 120),
        jti: Bytes(random::bytes(&random)),
    }
}
