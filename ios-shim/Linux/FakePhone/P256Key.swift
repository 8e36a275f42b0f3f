// A P-256 key by OpenSSL: what the fake Secure Enclave holds.

import COpenSSL
import Foundation

/// A key pair that signs by ECDSA with SHA-256.
public final class P256Key: @unchecked Sendable {
    private let pair: OpaquePointer

    /// Makes a key. None where OpenSSL fails.
    public init?() {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &made) == 1, let made
        else { return nil }
        pair = made
    }

    deinit { EVP_PKEY_free(pair) }

    /// SEC 1, uncompressed, 65 bytes.
    public var publicPoint: Data {
        var bytes: UnsafeMutablePointer<UInt8>?
        let length = EVP_PKEY_get1_encoded_public_key(pair, &bytes)
        guard let bytes else { return Data() }
        defer { CRYPTO_free(bytes, nil, 0) }
        return Data(bytes: bytes, count: length)
    }

    /// A signature in DER.
    public func sign(_ message: Data) -> Data? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        let bytes = [UInt8](message)
        var length = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, pair) == 1,
            EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else { return nil }
        return Data(signature.prefix(length))
    }
}
