//! What well-known authenticators are called, by the AAGUID of their model (WebAuthn, section 6.5.1).
//!
//! A name helps to tell passkeys apart, and decides nothing: without attestation, the AAGUID is only what
//! the authenticator says of itself.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The model of an authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Aaguid(pub(super) Uuid);

/// The text is not the id of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write an AAGUID as 2fc0579f-8113-47ea-b116-bb5a8db9202a")]
pub struct NotAnAaguid;

impl FromStr for Aaguid {
    type Err = NotAnAaguid;

    fn from_str(text: &str) -> Result<Self, NotAnAaguid> {
        match Uuid::parse_str(text.trim()) {
            // Zero stands for a model that is not told: it names none.
            Ok(id) if !id.is_nil() => Ok(Self(id)),
            _ => Err(NotAnAaguid),
        }
    }
}

impl fmt::Display for Aaguid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Aaguid {
    /// What people call it; none if it is not among the well-known ones.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        let known = self.0.as_u128();
        NAMES.iter().find(|(ids, _)| ids.contains(&known)).map(|(_, name)| *name)
    }
}

/// From the community's list (passkeydeveloper/passkey-authenticator-aaguids) and FIDO's metadata.
const NAMES: &[(&[u128], &str)] = &[
    (&[0xfbfc3007_154e_4ecc_8c0b_6e020557d7bd, 0xdd4ec289_e01d_41c9_bb89_70fa845d4bf2], "iCloud Keychain"),
    (&[0xea9b8d66_4d01_1d21_3ce4_b6b48cb575d4], "Google Password Manager"),
    (
        &[
            0x08987058_cadc_4b81_b6e1_30de50dcbe96,
            0x9ddd1817_af5a_4672_a2b9_3e3dd95000a9,
            0x6028b017_b1d4_4c02_b4b3_afcdafc96bb2,
        ],
        "Windows Hello",
    ),
    (&[0xd3452668_01fd_4c12_926c_83a4204853aa], "Microsoft Password Manager"),
    (&[0x53414d53_554e_4700_0000_000000000000], "Samsung Pass"),
    (&[0xadce0002_35bc_c60a_648b_0b25f1f05503], "Chrome on Mac"),
    (&[0xbada5566_a7aa_401f_bd96_45619a55120d], "1Password"),
    (&[0xd548826e_79b4_db40_a3d8_11116f7e8349], "Bitwarden"),
    (&[0x531126d6_e717_415c_9320_3d9aa6981239], "Dashlane"),
    (&[0xf3809540_7f14_49c1_a8b3_8f813b225541], "Enpass"),
    (&[0xfdb141b2_5d84_443e_8a35_4698c205a502], "KeePassXC"),
    (&[0x0ea242b4_43c4_4a1b_8b17_dd6d0b6baec6], "Keeper"),
    (&[0xb78a0a55_6ef8_d246_a042_ba0f6d55050c], "LastPass"),
    (&[0xb84e4048_15dc_4dd0_8640_f4f60813c8af], "NordPass"),
    (&[0x50726f74_6f6e_5061_7373_50726f746f6e], "Proton Pass"),
    (
        &[
            0xcb69481e_8ff7_4039_93ec_0a2729a154a8,
            0xee882879_721c_4913_9775_3dfcce97072a,
            0xfa2b99dc_9e39_4257_8f92_4a30d23c4118,
            0x2fc0579f_8113_47ea_b116_bb5a8db9202a,
            0xd7781e5d_e353_46aa_afe2_3ca49f13332a,
            0xc5ef55ff_ad9a_4b9f_b580_adebafe026d0,
            0x73bb0cd4_e502_49b8_9c6f_b59445bf720b,
            0x19083c3d_8383_4b18_bc03_8f1c9ab2fd1b,
            0xa25342c0_3cdc_4414_8e46_f4807fca511c,
        ],
        "YubiKey 5",
    ),
    (&[0xd8522d9f_575b_4866_88a9_ba99fa02f35b], "YubiKey Bio"),
    (
        &[
            0xf8a011f3_8c0a_4d15_8006_17111f9edc7d,
            0xb92c3f9a_c014_4056_887f_140a2501163b,
            0x6d44ba9b_f6ec_2e49_b930_0c8fe920cb73,
            0x149a2021_8ef6_4133_96b8_81f8d5b7f1f5,
        ],
        "Security Key by Yubico",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_models_have_names() {
        let name = |text: &str| text.parse::<Aaguid>().unwrap().name();
        assert_eq!(name("2fc0579f-8113-47ea-b116-bb5a8db9202a"), Some("YubiKey 5"));
        assert_eq!(name("FBFC3007-154E-4ECC-8C0B-6E020557D7BD"), Some("iCloud Keychain"));
        assert_eq!(name("00000000-0000-0000-0000-000000000001"), None);
    }

    #[test]
    fn no_model_has_two_names() {
        let mut all: Vec<u128> = NAMES.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn zero_and_junk_are_no_models() {
        for text in ["", "00000000-0000-0000-0000-000000000000", "YubiKey"] {
            assert_eq!(text.parse::<Aaguid>(), Err(NotAnAaguid), "{text}");
        }
    }
}
