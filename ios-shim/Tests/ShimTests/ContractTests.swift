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

/// A key store that says of approval keys that a face unlocks them, and makes keys that ask nobody.
private final class Silent: KeyStore {
    private let real = SecureEnclaveKeyStore()
    func create(alias: String, purpose: KeyPurpose, challenge: Data?) async throws -> MadeKey {
        let made = try await real.create(alias: alias, purpose: .device, challenge: challenge)
        return MadeKey(publicKey: made.publicKey, unlock: purpose == .approval ? .biometric : .notAsked)
    }
    func publicKey(alias: String) async throws -> Data { try await real.publicKey(alias: alias) }
    func sign(alias: String, message: Data, reason: String?) async throws -> Data {
        try await real.sign(alias: alias, message: message, reason: reason)
    }
    func delete(alias: String) async throws { try await real.delete(alias: alias) }
    func protection() throws -> KeyProtection { .hardware }
}

/// The prompts of the fake phone.
private final class Prompts: PromptCounter {
    func prompts() throws -> UInt64 { FakePhone.shared.with { UInt64($0.prompts.count) } }
}

extension Shim {
    @Suite struct Contract {
        @Test func theSecureEnclavesKeyStoreKeepsIt() async throws {
            for group in [nil, "group.example"] {
                FakePhone.shared.reset()
                let keys = SecureEnclaveKeyStore(accessGroup: group)
                let findings = await checkKeyStore(keys: keys, prefix: "swift", prompts: Prompts())
                #expect(findings.count >= 8)
                for finding in findings { #expect(finding.broken == nil, "\(finding.rule)") }
                #expect(FakePhone.shared.with { $0.keys.isEmpty && $0.items.isEmpty })
                #expect(objections == [])
            }
        }

        @Test func whatBreaksItIsFoundOut() async throws {
            FakePhone.shared.reset()
            let findings = await checkKeyStore(keys: Broken(), prefix: "swift", prompts: Prompts())
            #expect(findings.filter { $0.broken != nil }.count >= 3)
        }

        @Test func aKeyStoreWhoseApprovalKeyAsksNobodyIsFoundOut() async throws {
            FakePhone.shared.reset()
            let findings = await checkKeyStore(keys: Silent(), prefix: "swift", prompts: Prompts())
            let broken = findings.filter { $0.broken != nil }
            #expect(broken.count == 1 && broken.allSatisfy { $0.rule.contains("asks its owner once") }, "\(broken)")
            #expect(FakePhone.shared.with { $0.keys.isEmpty }, "a broken rule leaves no keys behind")
        }
    }
}
