// The contract that every key store keeps, written once in Rust.

import CountersignMobile
import FakePhone
import Foundation
import Testing

@testable import CountersignIOS

/// A key store that breaks the contract in one way.
private final class Broken: KeyStore {
    private let real = SecureEnclaveKeyStore()
    func create(alias: String, purpose: KeyPurpose, challenge: Data?) async throws -> MadeKey {
        try await real.create(alias: alias, purpose: purpose, challenge: challenge)
    }
    func publicKey(alias: String) async throws -> Data { try await real.publicKey(alias: alias) }
    func sign(alias: String, message: Data, reason: String?) async throws -> Data {
        try await real.sign(alias: alias, message: message + [0], reason: reason)
    }
    func delete(alias: String) async throws {}
    func protection() throws -> KeyProtection { .hardware }
}

extension Shim {
    @Suite struct Contract {
        @Test func theSecureEnclavesKeyStoreKeepsIt() async throws {
            for group in [nil, "group.example"] {
                FakePhone.shared.reset()
                let findings = await checkKeyStore(keys: SecureEnclaveKeyStore(accessGroup: group), prefix: "swift")
                #expect(findings.count >= 8)
                for finding in findings { #expect(finding.broken == nil, "\(finding.rule)") }
                #expect(FakePhone.shared.with { $0.keys.isEmpty && $0.items.isEmpty })
                #expect(objections == [])
            }
        }

        @Test func whatBreaksItIsFoundOut() async throws {
            FakePhone.shared.reset()
            let findings = await checkKeyStore(keys: Broken(), prefix: "swift")
            #expect(findings.filter { $0.broken != nil }.count >= 3)
        }
    }
}
