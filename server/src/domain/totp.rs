//! Codes of authenticator apps: TOTP (RFC 6238) of six digits and 30 seconds.
//!
//! A code is taken in its own step and, unless the tenant is strict, in the step before and after it. A
//! step is taken once, and none before the last one that was taken.
//!
//! A phone whose clock is wrong shows codes of other times. Its owner is told so, but only after two codes
//! of different steps in a row that were off by the same: to tell after one would let anyone find out, by
//! guessing, which codes will be valid minutes later.

use std::ops::RangeInclusive;

use countersign_protocol::random::Random;
use countersign_protocol::time::Timestamp;
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use super::factor::TotpAlgorithm;
use super::typed;

/// How many digits a code has.
pub const DIGITS: usize = 6;
/// How long a step lasts, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// How long a secret that was shown can be confirmed, in seconds.
pub const OFFER_SECONDS: u64 = 60 * 60;
/// How many codes may be tried to confirm it.
pub const OFFER_TRIES: i64 = 10;

/// How far a code's step may lie from the present one.
const SKEW: i64 = 1;
/// How far away a code is looked for, to tell that a clock is wrong: ten minutes.
const SEARCHED: i64 = 20;
/// The longest name, in characters, that goes into an `otpauth` address: more makes its QR code unreadable.
const LONGEST_NAME: usize = 64;

/// A secret that an authenticator app and the server share, and the hash they use.
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    algorithm: TotpAlgorithm,
}

/// The names cannot be put into an `otpauth` address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account without a name cannot be shown to an authenticator app")]
pub struct Nameless;

impl Secret {
    /// A new secret, as long as the hash's output (RFC 4226, section 4, R6; RFC 6238, section 5.1).
    #[must_use]
    pub fn new(algorithm: TotpAlgorithm, random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new(vec![0; Self::length(algorithm)]);
        random.fill(&mut bytes);
        Self { bytes, algorithm }
    }

    /// From what [`Self::bytes`] gave. None if it has not the length that the hash asks for.
    #[must_use]
    pub fn from_bytes(algorithm: TotpAlgorithm, bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        (bytes.len() == Self::length(algorithm)).then_some(Self { bytes, algorithm })
    }

    /// The secret itself, to be sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash.
    #[must_use]
    pub fn algorithm(&self) -> TotpAlgorithm {
        self.algorithm
    }

    /// How many bytes a secret has.
    const fn length(algorithm: TotpAlgorithm) -> usize {
        match algorithm {
            TotpAlgorithm::Sha1 => 20,
            TotpAlgorithm::Sha256 => 32,
            TotpAlgorithm::Sha512 => 64,
        }
    }

    /// The `otpauth` address that apps take as a link or a QR code (the "Key URI Format" of Google
    /// Authenticator). `issuer` is the tenant's name, `account` the sign-in name.
    ///
    /// # Errors
    /// [`Nameless`] if nothing is left of `account` that can be shown.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<Zeroizing<String>, Nameless> {
        let issuer = showable(issuer);
        let totp = self
            .builder()
            .with_issuer(Some(issuer).filter(|issuer| !issuer.is_empty()))
            .with_account_name(showable(account))
            .build_noncompliant();
        totp.to_url().map(Zeroizing::new).map_err(|_| Nameless)
    }

    /// The secret in base32 (RFC 4648, section 6), in groups of four, for those who type it.
    #[must_use]
    pub fn groups(&self) -> Zeroizing<String> {
        let text = Zeroizing::new(self.totp().secret().to_base32());
        let mut groups = Zeroizing::new(String::with_capacity(text.len() * 5 / 4 + 1));
        for (i, c) in text.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                groups.push(' ');
            }
            groups.push(c);
        }
        groups
    }

    /// The code of a step.
    #[must_use]
    pub fn code(&self, step: u64) -> Zeroizing<String> {
        Zeroizing::new(self.totp().generate(step.saturating_mul(STEP_SECONDS.unsigned_abs())).to_string())
    }

    fn builder(&self) -> Builder {
        let algorithm = match self.algorithm {
            TotpAlgorithm::Sha1 => Algorithm::SHA1,
            TotpAlgorithm::Sha256 => Algorithm::SHA256,
            TotpAlgorithm::Sha512 => Algorithm::SHA512,
        };
        // One step at a time is looked at, here and not there.
        Builder::new().with_algorithm(algorithm).with_skew(0).with_secret(self.bytes.to_vec())
    }

    fn totp(&self) -> Totp {
        self.builder().build_noncompliant()
    }
}

/// A name as apps can show it: a colon would end the issuer, and what is not printed would be lost.
fn showable(name: &str) -> String {
    let plain = |c: char| if c == ':' || c == '：' || c.is_control() { ' ' } else { c };
    let spaced: String = name.chars().map(plain).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_NAME).collect()
}

/// The step that `at` lies in.
#[must_use]
pub fn step_at(at: Timestamp) -> i64 {
    at.seconds().div_euclid(STEP_SECONDS)
}

/// A wrong code that would have been right at another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miss {
    /// How many steps its own was ahead of the present one; behind if negative.
    pub off_by: i64,
    /// Its own step.
    pub step: i64,
}

/// What is known of an authenticator when a code is typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// The step of the last code that was taken.
    pub last_step: Option<i64>,
    /// What was noted of the last code, if it was wrong.
    pub miss: Option<Miss>,
}

/// What a code is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Right: to be noted as used, on the condition that no later one was meanwhile.
    Right {
        /// Its step.
        step: i64,
    },
    /// Wrong.
    Wrong {
        /// What to note of it, in place of what was noted before.
        note: Option<Miss>,
        /// What the person may be told beyond that.
        clock: Option<ClockOff>,
    },
}

/// By about how many minutes a phone's clock is wrong: ahead if positive, behind if negative, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockOff(pub i32);

impl ClockOff {
    fn by(steps: i64) -> Self {
        let minutes = i32::try_from(steps.unsigned_abs().div_ceil(2)).unwrap_or(i32::MAX);
        Self(if steps < 0 { -minutes } else { minutes })
    }
}

/// Judges a code as it was typed.
///
/// However it turns out, the same work is done: a code of another time takes as long as any wrong one.
#[must_use]
pub fn judge(secret: &Secret, typed: &str, now: Timestamp, strict: bool, standing: Standing) -> Judgement {
    let Some(code) = typed::digits::<DIGITS>(typed) else {
        return Judgement::Wrong { note: None, clock: None };
    };
    let present = step_at(now);
    let found = steps_of(secret, &code, present.saturating_sub(SEARCHED)..=present.saturating_add(SEARCHED));
    let skew = if strict { 0 } else { SKEW };
    let in_window = |step: &i64| step.abs_diff(present) <= skew.unsigned_abs();
    // The latest, should it be the code of several: else it would be right once more.
    let taken = found.iter().copied().filter(in_window).max();
    if let Some(step) = taken {
        return match standing.last_step {
            Some(last) if step <= last => Judgement::Wrong { note: None, clock: None },
            _ => Judgement::Right { step },
        };
    }
    missed(&found, present, standing.miss)
}

/// The steps whose code this is. All are computed and compared, each in constant time.
fn steps_of(secret: &Secret, code: &[u8; DIGITS], steps: RangeInclusive<i64>) -> Vec<i64> {
    let totp = secret.totp();
    let text = String::from_utf8_lossy(code);
    steps
        .filter(|step| {
            // Before 1970 there were no steps.
            let time = u64::try_from(step.saturating_mul(STEP_SECONDS)).ok();
            time.is_some_and(|time| totp.check(&text, time).is_some())
        })
        .collect()
}

fn missed(found: &[i64], present: i64, before: Option<Miss>) -> Judgement {
    let miss = |step: &i64| Miss { off_by: step - present, step: *step };
    let alike =
        |miss: &Miss| before.is_some_and(|b| b.step < miss.step && b.off_by.abs_diff(miss.off_by) <= 1);
    // Should it be the code of several steps, the one that tells of a clock counts, then the nearest.
    let again = found.iter().map(miss).find(alike);
    let nearest = found.iter().map(miss).min_by_key(|miss| miss.off_by.abs());
    Judgement::Wrong { note: again.or(nearest), clock: again.map(|miss| ClockOff::by(miss.off_by)) }
}

#[cfg(test)]
mod tests;
