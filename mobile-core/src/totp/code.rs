//! Codes: RFC 6238 over RFC 4226.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// What makes the codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Algorithm {
    #[serde(rename = "SHA1")]
    Sha1,
    #[serde(rename = "SHA256")]
    Sha256,
    #[serde(rename = "SHA512")]
    Sha512,
}

impl Algorithm {
    /// As links spell it.
    pub(super) const ALL: [(Self, &str); 3] =
        [(Self::Sha1, "SHA1"), (Self::Sha256, "SHA256"), (Self::Sha512, "SHA512")];

    fn tag(self, secret: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => tag::<Hmac<Sha1>>(secret, message),
            Self::Sha256 => tag::<Hmac<Sha256>>(secret, message),
            Self::Sha512 => tag::<Hmac<Sha512>>(secret, message),
        }
    }
}

fn tag<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
    // A secret of any length is a key of HMAC: there is no other error.
    let Ok(mac) = <M as KeyInit>::new_from_slice(secret) else { return Vec::new() };
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

/// The code of one step: RFC 6238, section 4.2; cut as RFC 4226, section 5.3, has it. At most 9 digits.
pub(super) fn code_at(algorithm: Algorithm, secret: &[u8], step: u64, digits: u8) -> String {
    let tag = algorithm.tag(secret, &step.to_be_bytes());
    let offset = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
    let four = tag.iter().skip(offset).take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    let digits = digits.min(9);
    let number = (four & 0x7fff_ffff) % 10_u32.pow(u32::from(digits));
    format!("{number:0width$}", width = usize::from(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, with the seeds of its reference implementation.
    #[test]
    fn the_vectors_of_the_rfc_hold() {
        let seed = b"1234567890123456789012345678901234567890123456789012345678901234";
        let table: [(u64, [&str; 3]); 6] = [
            (59, ["94287082", "46119246", "90693936"]),
            (1_111_111_109, ["07081804", "68084774", "25091201"]),
            (1_111_111_111, ["14050471", "67062674", "99943326"]),
            (1_234_567_890, ["89005924", "91819424", "93441116"]),
            (2_000_000_000, ["69279037", "90698825", "38618901"]),
            (20_000_000_000, ["65353130", "77737706", "47863826"]),
        ];
        for (seconds, codes) in table {
            for ((algorithm, _), (length, code)) in
                Algorithm::ALL.into_iter().zip([20, 32, 64].into_iter().zip(codes))
            {
                let secret = &seed[..length];
                assert_eq!(code_at(algorithm, secret, seconds / 30, 8), code, "{algorithm:?} {seconds}");
                assert_eq!(code_at(algorithm, secret, seconds / 30, 6), code[2..], "six digits are its last");
            }
        }
    }
}
