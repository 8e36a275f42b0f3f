// Keys in the Secure Enclave: making, finding, using, deleting. Asks nobody; may block, so not to be called on
// the main thread.

import CountersignMobile
import Foundation
import Security

/// The Secure Enclave, as far as this package uses it.
struct EnclaveKeys: Sendable {
    /// The Keychain access group that the app shares with its extensions; none for the app's own.
    let accessGroup: String?
    /// In the simulator keys are the Mac's, and nothing guards them.
    var simulated = Simulator.isHere

    /// What a key is made from.
    func creation(_ alias: String, _ kind: KeyKind) throws -> [CFString: Any] {
        var attributes: [CFString: Any] = [
            kSecAttrIsPermanent: true,
            kSecAttrApplicationTag: tag(alias),
        ]
        attributes[kSecAttrAccessControl] = simulated ? nil : try kind.accessControl()
        attributes[kSecAttrAccessGroup] = accessGroup
        var creation: [CFString: Any] = [
            kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeySizeInBits: 256,
            kSecPrivateKeyAttrs: attributes as CFDictionary,
        ]
        creation[kSecAttrTokenID] = simulated ? nil : kSecAttrTokenIDSecureEnclave
        return creation
    }

    /// What a key is found by.
    func search(_ alias: String) -> [CFString: Any] {
        var query: [CFString: Any] = [
            kSecClass: kSecClassKey,
            kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrApplicationTag: tag(alias),
        ]
        query[kSecAttrAccessGroup] = accessGroup
        return query
    }

    /// Makes a key and returns its public point.
    func make(_ alias: String, _ kind: KeyKind) throws -> Data {
        // The enclave would make a second key of the same name.
        if case .success = find(alias) { throw KeyStoreError.Failed(details: "there is a key of this name") }
        var problem: Unmanaged<CFError>?
        let creation = try creation(alias, kind)
        guard let key = SecKeyCreateRandomKey(creation as CFDictionary, &problem) else {
            throw KeyOutcome.ofMaking(problem)
        }
        return try publicPoint(key)
    }

    /// A key's public point: SEC 1, uncompressed, 65 bytes. Asks nobody, not even for an approval key.
    func publicPoint(_ alias: String) throws -> Data { try publicPoint(find(alias).get()) }

    /// Signs by ECDSA with SHA-256, in DER. `context` is what unlocked the key, if its kind asks.
    func sign(_ alias: String, _ message: Data, _ context: Unlocked?) throws -> Data {
        let key = try find(alias, context).get()
        var problem: Unmanaged<CFError>?
        let signature = SecKeyCreateSignature(
            key, .ecdsaSignatureMessageX962SHA256, message as CFData, &problem)
        guard let signature else { throw KeyOutcome.ofUse(problem) }
        return signature as Data
    }

    func delete(_ alias: String) throws {
        let status = SecItemDelete(search(alias) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw KeyOutcome.of(status) }
    }

    private func find(_ alias: String, _ context: Unlocked? = nil) -> Result<SecKey, any Error> {
        var query = search(alias)
        query[kSecReturnRef] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        query[kSecUseAuthenticationContext] = context?.context
        var item: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &item)
        guard status == errSecSuccess else { return .failure(KeyOutcome.of(status)) }
        guard let item, CFGetTypeID(item) == SecKeyGetTypeID() else {
            return .failure(KeyStoreError.Failed(details: "the Keychain gave something that is no key"))
        }
        // What the line above has made sure of.
        return .success(item as! SecKey)
    }

    private func publicPoint(_ key: SecKey) throws -> Data {
        var problem: Unmanaged<CFError>?
        guard let half = SecKeyCopyPublicKey(key),
            let point = SecKeyCopyExternalRepresentation(half, &problem)
        else { throw KeyStoreError.Failed(details: describe(problem)) }
        return point as Data
    }

    private func tag(_ alias: String) -> Data { Data("io.countersign.key.\(alias)".utf8) }
}
