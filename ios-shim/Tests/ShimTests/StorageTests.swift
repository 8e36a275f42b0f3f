// Storage in the Keychain, and App Attest.

import CountersignMobile
import FakePhone
import Foundation
import Testing

@testable import CountersignIOS

extension Shim {
    @Suite struct Storage {
        init() { FakePhone.shared.reset() }

        @Test func aValueIsSetChangedAndForgotten() async throws {
            let storage = KeychainStorage(accessGroup: "group.example")
            #expect(try await storage.get(name: "a") == nil)
            for value in ["one", "another", ""] {
                try await storage.put(name: "a", value: Data(value.utf8))
                #expect(try await storage.get(name: "a") == Data(value.utf8))
            }
            #expect(try await storage.get(name: "b") == nil)
            #expect(try await KeychainStorage().get(name: "a") == nil, "another group is another storage")
            try await storage.delete(name: "a")
            try await storage.delete(name: "a")
            #expect(try await storage.get(name: "a") == nil)
            #expect(objections == [])
        }

        @Test func aWakeReadsItWhileThePhoneIsLocked() async throws {
            try await KeychainStorage().put(name: "a", value: Data("value".utf8))
            FakePhone.shared.with { $0.lock = .locked }
            #expect(try await KeychainStorage().get(name: "a") == Data("value".utf8))
        }

        @Test func secretsOfOtherSitesAreNotGivenOutByALockedPhone() async throws {
            let storage = KeychainStorage(accessGroup: "group.example")
            try await storage.put(name: "countersign.totp", value: Data("secret".utf8))
            try await storage.put(name: "countersign.totp", value: Data("secrets".utf8))
            #expect(try await storage.get(name: "countersign.totp") == Data("secrets".utf8))
            let shared = FakePhone.shared.with { $0.items.keys.filter { $0.group != nil } }
            #expect(shared.isEmpty, "the extension has no use for them")
            FakePhone.shared.with { $0.lock = .locked }
            await #expect(throws: StorageError.self) { try await storage.get(name: "countersign.totp") }
            #expect(objections == [])
            FakePhone.shared.with { $0.lock = .unlocked }
            try await storage.delete(name: "countersign.totp")
            #expect(try await storage.get(name: "countersign.totp") == nil)
        }

        @Test func whatCannotBeReadIsAnErrorAndNotNothing() async throws {
            try await KeychainStorage().put(name: "a", value: Data("value".utf8))
            FakePhone.shared.with { $0.lock = .neverUnlockedSinceItStarted }
            await #expect(throws: StorageError.self) { try await KeychainStorage().get(name: "a") }
            await #expect(throws: StorageError.self) {
                try await KeychainStorage().put(name: "a", value: Data("other".utf8))
            }
            FakePhone.shared.with { $0.lock = .unlocked }
            #expect(try await KeychainStorage().get(name: "a") == Data("value".utf8))
        }

        @Test func nothingOfItIsInABackup() async throws {
            try await KeychainStorage().put(name: "a", value: Data("value".utf8))
            FakePhone.shared.restoreOnAnotherPhone()
            #expect(try await KeychainStorage().get(name: "a") == nil)
        }

        @Test func appAttestAnswersOrSaysThatItCannot() async throws {
            let hash = Data(repeating: 1, count: 32)
            let attested = try await AppAttestPort().attest(clientDataHash: hash)
            #expect(attested?.keyId.count == 32 && attested?.object.isEmpty == false)
            FakePhone.shared.with { $0.appAttestReachable = false }
            #expect(await keyError { try await AppAttestPort().attest(clientDataHash: hash) } != nil)
            FakePhone.shared.with { $0.appAttestSupported = false }
            #expect(try await AppAttestPort().attest(clientDataHash: hash) == nil)
            #expect(objections == [])
        }
    }
}
