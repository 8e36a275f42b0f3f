//! What the browser answered, as far as it is looked at before it is verified.

use uuid::Uuid;

use super::models::Aaguid;

/// What precedes the authenticator data in an attestation object: the text "authData" in CBOR.
const AUTH_DATA: &[u8] = b"\x68authData";
/// RP id hash, flags and counter (WebAuthn, section 6.1).
const HEAD: usize = 32 + 1 + 4;

/// The model that an attestation object (WebAuthn, section 6.5.4) names; none if it names none. Not
/// verified: good for a name, and nothing else.
pub(super) fn aaguid(attestation_object: &[u8]) -> Option<Aaguid> {
    let at = attestation_object.windows(AUTH_DATA.len()).position(|window| window == AUTH_DATA)?;
    let value = attestation_object.get(at + AUTH_DATA.len()..)?;
    // A CBOR byte string: its length is in one byte or in two.
    let data = match value {
        [0x58, _, data @ ..] | [0x59, _, _, data @ ..] => data,
        _ => return None,
    };
    let id: [u8; 16] = data.get(HEAD..HEAD + 16)?.try_into().ok()?;
    let id = Uuid::from_bytes(id);
    (!id.is_nil()).then_some(Aaguid(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(head: &[u8], id: [u8; 16]) -> Vec<u8> {
        [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData", head, &[0; HEAD], &id, &[0; 40]].concat()
    }

    #[test]
    fn the_model_is_read_whatever_the_length_is_written_in() {
        let id = 0x2fc0579f_8113_47ea_b116_bb5a8db9202a_u128.to_be_bytes();
        assert_eq!(aaguid(&object(b"\x58\xa4", id)).unwrap().name(), Some("YubiKey 5"));
        assert_eq!(aaguid(&object(b"\x59\x01\x00", id)).unwrap().name(), Some("YubiKey 5"));
    }

    #[test]
    fn what_names_no_model_names_none() {
        assert_eq!(aaguid(&object(b"\x58\xa4", [0; 16])), None);
        assert_eq!(aaguid(b""), None);
        assert_eq!(aaguid(b"\x68authData"), None);
        assert_eq!(aaguid(b"\x68authData\x58\x02aa"), None);
    }
}
