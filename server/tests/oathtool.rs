//! Codes of authenticator apps, compared with an implementation of others: `oathtool` (OATH Toolkit).

#![expect(clippy::expect_used, reason = "what fails in the helpers fails the test that asked for it")]

use std::process::Command;

use countersign_protocol::random::SystemRandom;
use countersign_protocol::time::Timestamp;
use countersign_server::domain::factor::TotpAlgorithm;
use countersign_server::domain::totp::{self, Judgement, Secret, Standing};

/// Beginnings and ends of steps, leap seconds, and the ends of 32-bit clocks.
const TIMES: [i64; 9] =
    [0, 29, 30, 1_111_111_109, 1_483_228_799, 1_800_000_000, 2_147_483_648, 4_294_967_296, 20_000_000_000];

/// The code that oathtool makes of the secret as people type it.
fn oathtool(secret: &Secret, seconds: i64) -> String {
    let algorithm = secret.algorithm().as_str();
    let output = Command::new("oathtool")
        .args(["--base32", &format!("--totp={algorithm}"), "--now", &format!("@{seconds}")])
        .arg(secret.groups().as_str())
        .output()
        .expect("oathtool runs: ./test installs it");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("digits").trim().to_owned()
}

#[test]
fn oathtool_agrees_on_every_hash_at_every_time() {
    for algorithm in [TotpAlgorithm::Sha1, TotpAlgorithm::Sha256, TotpAlgorithm::Sha512] {
        let secret = Secret::new(algorithm, &SystemRandom::new());
        for seconds in TIMES {
            let (code, now) = (oathtool(&secret, seconds), Timestamp::from_seconds(seconds));
            let step = totp::step_at(now);
            assert_eq!(*secret.code(step.unsigned_abs()), code, "{algorithm:?} at {seconds}");
            let judgement = totp::judge(&secret, &code, now, true, Standing::default());
            assert_eq!(judgement, Judgement::Right { step }, "{algorithm:?} at {seconds}");
        }
    }
}
