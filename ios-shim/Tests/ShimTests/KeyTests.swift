// The key store: what it keeps, and what it says when it cannot.

import CountersignMobile
import FakePhone
import Foundation
import Testing

@testable import CountersignIOS

private let message = Data("what is signed".utf8)

extension Shim {
    @Suite struct Keys {
        @Test func aKeyIsMadeSignsAndIsForgotten() async throws {
            let keys = newPhone()
            for (alias, purpose) in [("a", KeyPurpose.device), ("b", .approval)] {
                let made = try await keys.create(alias: alias, purpose: purpose, challenge: Data("c".utf8))
                #expect(made.publicKey.count == 65 && made.publicKey.first == 4 && made.attestation == nil)
                #expect(try await keys.publicKey(alias: alias) == made.publicKey)
                let signature = try await keys.sign(alias: alias, message: message, reason: "Sign in")
                #expect(signature.first == 0x30)
                try await keys.delete(alias: alias)
                try await keys.delete(alias: alias)
                #expect(await keyError { try await keys.publicKey(alias: alias) } == .NotFound)
                #expect(
                    await keyError { try await keys.sign(alias: alias, message: message, reason: "r") } == .NotFound)
            }
            #expect(objections == [])
        }

        @Test func theApprovalKeyAlwaysAsksAndTheDeviceKeyNever() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "device", purpose: .device, challenge: nil)
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            _ = try await keys.sign(alias: "device", message: message, reason: nil)
            _ = try await keys.publicKey(alias: "approval")
            #expect(FakePhone.shared.with { $0.prompts } == [])
            _ = try await keys.sign(alias: "approval", message: message, reason: "Sign in to Payroll")
            _ = try await keys.sign(alias: "approval", message: message, reason: "Sign in to Mail")
            #expect(FakePhone.shared.with { $0.prompts } == ["Sign in to Payroll", "Sign in to Mail"])
            #expect(objections == [])
        }

        @Test func anApprovalWithoutAReasonIsNotAskedFor() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            for reason in [nil, ""] {
                let error = await keyError { try await keys.sign(alias: "approval", message: message, reason: reason) }
                guard case .Failed = error else { Issue.record("\(String(describing: error))"); continue }
            }
            #expect(FakePhone.shared.with { $0.prompts } == [])
        }

        @Test func theDeviceKeyWorksWhileThePhoneIsLockedAndTheApprovalKeyDoesNot() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "device", purpose: .device, challenge: nil)
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            FakePhone.shared.with { $0.lock = .locked }
            _ = try await keys.sign(alias: "device", message: message, reason: nil)
            let approval = await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") }
            guard case .Failed = approval else { Issue.record("\(String(describing: approval))"); return }
            FakePhone.shared.with { $0.lock = .neverUnlockedSinceItStarted }
            let early = await keyError { try await keys.sign(alias: "device", message: message, reason: nil) }
            #expect(early != nil && early != .NotFound, "a phone that just started has not lost its keys")
        }

        @Test(arguments: [
            (Person.cancels, KeyStoreError.Cancelled), (.takesACall, .Cancelled), (.showsAnotherFace, .Cancelled),
            (.asksForThePasscode, .Cancelled), (.isLockedOut, .LockedOut),
        ])
        func whatThePersonDoesArrives(person: Person, error: KeyStoreError) async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            FakePhone.shared.with { $0.person = person }
            #expect(await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") } == error)
            FakePhone.shared.with { $0.person = .shows }
            #expect(await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") } == nil)
        }

        @Test func aPhoneWithoutFaceOrPasscodeSaysSoBeforeAKeyIsMade() async throws {
            let changes: [(@Sendable (inout PhoneState) -> Void, KeyStoreError)] = [
                ({ $0.enrolment = nil }, .NoHardware), ({ $0.passcodeSet = false }, .NoHardware),
                ({ $0.hasFaceId = false }, .NoHardware), ({ $0.faceIdAllowed = false }, .NotAllowed),
                ({ $0.person = .isLockedOut }, .LockedOut),
            ]
            for (change, error) in changes {
                let keys = newPhone()
                FakePhone.shared.with(change)
                #expect(
                    await keyError { try await keys.create(alias: "a", purpose: .approval, challenge: nil) } == error)
                #expect(FakePhone.shared.with { $0.keys.isEmpty && $0.items.isEmpty })
                let device = await keyError { try await keys.create(alias: "d", purpose: .device, challenge: nil) }
                #expect(device == nil, "the device key needs no face")
            }
        }

        @Test func faceIdThatWasForbiddenLaterIsNotTakenForAnotherFace() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            FakePhone.shared.with { $0.faceIdAllowed = false }
            #expect(await keyError { try await keys.publicKey(alias: "approval") } == nil)
            #expect(
                await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") } == .NotAllowed)
        }

        @Test func otherFacesMakeTheApprovalKeyUseless() async throws {
            for enrolment in [2, nil] {
                let keys = newPhone()
                _ = try await keys.create(alias: "device", purpose: .device, challenge: nil)
                _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
                FakePhone.shared.with { $0.enrolment = enrolment }
                let error = await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") }
                #expect(error == .BiometricsChanged)
                #expect(await keyError { try await keys.publicKey(alias: "approval") } == .BiometricsChanged)
                #expect(await keyError { try await keys.publicKey(alias: "device") } == nil)
                #expect(await keyError { try await keys.sign(alias: "device", message: message, reason: nil) } == nil)
            }
        }

        @Test func aKeyThatTheSystemTookAwayIsKnownToBeLost() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            FakePhone.shared.with { $0.keys = [] }
            #expect(await keyError { try await keys.publicKey(alias: "approval") } == .BiometricsChanged)
            #expect(
                await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") }
                    == .BiometricsChanged)
        }

        @Test func aBackupOnAnotherPhoneBringsNoKeys() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            FakePhone.shared.restoreOnAnotherPhone()
            #expect(await keyError { try await keys.publicKey(alias: "approval") } == .NotFound)
            #expect(FakePhone.shared.with { $0.items.isEmpty })
        }

        @Test func aCancelledApprovalTakesItsPromptAway() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            FakePhone.shared.with { $0.person = .neverAnswers }
            let (prompts, shown) = AsyncStream.makeStream(of: String.self)
            FakePhone.shared.onPrompt { shown.yield($0) }
            let approval = Task {
                await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") }
            }
            for await _ in prompts { break }
            approval.cancel()
            #expect(await approval.value == .Cancelled)
        }

        @Test func aKeyOfThePasscodeIsAKeyOfItsOwn() async throws {
            FakePhone.shared.reset()
            FakePhone.shared.with { $0.enrolment = nil }
            let keys = SecureEnclaveKeyStore(accessGroup: "group.example", unlock: .passcode)
            let made = try await keys.create(alias: "approval", purpose: .approval, challenge: nil)
            #expect(made.unlock == .devicePasscode)
            FakePhone.shared.with { $0.enrolment = 3 }
            #expect(await keyError { try await keys.sign(alias: "approval", message: message, reason: "r") } == nil)
            #expect(FakePhone.shared.with { $0.keys.map(\.group) } == ["group.example"])
            #expect(objections == [])
        }

        @Test func aNameIsUsedOnce() async throws {
            let keys = newPhone()
            let made = try await keys.create(alias: "a", purpose: .device, challenge: nil)
            #expect(await keyError { try await keys.create(alias: "a", purpose: .device, challenge: nil) } != nil)
            #expect(try await keys.publicKey(alias: "a") == made.publicKey)
        }

        @Test func aKeychainThatFailsIsToldApartFromAKeyThatIsGone() async throws {
            let keys = newPhone()
            _ = try await keys.create(alias: "a", purpose: .approval, challenge: nil)
            FakePhone.shared.with { $0.keychainBroken = true }
            let error = await keyError { try await keys.publicKey(alias: "a") }
            guard case .Failed = error else { Issue.record("\(String(describing: error))"); return }
        }
    }
}
