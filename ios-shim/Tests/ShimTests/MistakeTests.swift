// The mistakes that this package could make with Apple's frameworks: each is made here, and the fake refuses it.
// So a change of the package that makes one of them fails its other tests.

import CountersignMobile
import FakePhone
import Foundation
import LocalAuthentication
import Security
import Testing

@testable import CountersignIOS

private let enclave = EnclaveKeys(accessGroup: nil, simulated: false)

/// Makes a key as the package does, but for one change.
private func make(
    _ kind: KeyKind = .approvalByBiometry, flags: SecAccessControlCreateFlags? = nil, accessible: CFString? = nil,
    outer: [CFString: Any?] = [:], inner: [CFString: Any?] = [:]
) throws -> SecKey? {
    var creation = try enclave.creation("key", kind)
    var attributes = creation[kSecPrivateKeyAttrs] as? [CFString: Any] ?? [:]
    attributes[kSecAttrAccessControl] = SecAccessControlCreateWithFlags(
        nil, accessible ?? kind.accessible, flags ?? kind.flags, nil)
    for (name, value) in inner { attributes[name] = value }
    creation[kSecPrivateKeyAttrs] = attributes
    for (name, value) in outer { creation[name] = value }
    return SecKeyCreateRandomKey(creation, nil)
}

/// The key of the package's own making, as it would be found with `context`.
private func find(_ context: LAContext?, alias: String = "key") -> SecKey? {
    var query = enclave.search(alias)
    query[kSecReturnRef] = true
    query[kSecUseAuthenticationContext] = context
    var item: CFTypeRef?
    _ = SecItemCopyMatching(query, &item)
    return item as? SecKey
}

private func context(_ reason: String = "Sign in") -> LAContext {
    let context = LAContext()
    context.localizedReason = reason
    return context
}

private func sign(_ key: SecKey?, _ algorithm: SecKeyAlgorithm = .ecdsaSignatureMessageX962SHA256) -> Data? {
    key.flatMap { SecKeyCreateSignature($0, algorithm, Data("message".utf8), nil) }
}

extension Shim {
    @Suite struct Mistakes {
        init() { FakePhone.shared.reset() }

        @Test func withoutAMistakeNothingIsRefused() throws {
            #expect(try make() != nil)
            #expect(sign(find(context())) != nil)
            #expect(objections == [])
        }

        @Test func wrongAccessControlFlags() throws {
            let wrong: [SecAccessControlCreateFlags] = [
                [.biometryCurrentSet], [.privateKeyUsage, .biometryAny], [.privateKeyUsage, .userPresence],
                [.privateKeyUsage, .biometryCurrentSet, .or, .devicePasscode], [.privateKeyUsage],
            ]
            for flags in wrong { #expect(try make(flags: flags) == nil) }
            #expect(objections.count == wrong.count)
        }

        @Test func aKeyThatLeavesThePhoneOrOutlivesThePasscode() throws {
            for accessible in [kSecAttrAccessibleWhenUnlocked, kSecAttrAccessibleWhenUnlockedThisDeviceOnly] {
                #expect(try make(accessible: accessible) == nil)
            }
            #expect(try make(outer: [kSecAttrSynchronizable: true]) == nil)
            #expect(objections.count == 3)
        }

        @Test func aDeviceKeyThatDoesNotWorkInTheBackground() throws {
            #expect(try make(.device, accessible: kSecAttrAccessibleWhenUnlockedThisDeviceOnly) == nil)
            #expect(try make(.device, accessible: kSecAttrAccessibleAfterFirstUnlock) == nil)
            #expect(objections.count == 2)
        }

        @Test func noTokenId() throws {
            #expect(try make(outer: [kSecAttrTokenID: nil]) == nil)
            #expect(objections == ["a key outside the Secure Enclave"])
        }

        @Test func aKindOfKeyThatTheEnclaveDoesNotMake() throws {
            #expect(try make(outer: [kSecAttrKeyType: kSecAttrKeyTypeRSA]) == nil)
            #expect(try make(outer: [kSecAttrKeySizeInBits: 384]) == nil)
            #expect(objections.count == 2)
        }

        @Test func aKeyThatIsNotKeptOrHasNoName() throws {
            #expect(try make(inner: [kSecAttrIsPermanent: nil]) == nil)
            #expect(try make(inner: [kSecAttrApplicationTag: nil]) == nil)
            #expect(objections.count == 2)
        }

        @Test func theWrongTag() throws {
            _ = try make()
            #expect(find(context(), alias: "another") == nil)
            var item: CFTypeRef?
            #expect(SecItemCopyMatching([kSecClass: kSecClassKey, kSecReturnRef: true], &item) == errSecParam)
            #expect(objections == ["a search for any key"])
        }

        @Test func theWrongAlgorithm() throws {
            _ = try make()
            let wrong: [SecKeyAlgorithm] = [
                .ecdsaSignatureDigestX962SHA256, .ecdsaSignatureMessageX962SHA384, .ecdsaSignatureMessageRFC4754SHA256,
                .rsaSignatureMessagePKCS1v15SHA256,
            ]
            for algorithm in wrong { #expect(sign(find(context()), algorithm) == nil) }
            #expect(objections.count == wrong.count)
        }

        @Test func anApprovalWithoutContextOrReason() throws {
            _ = try make()
            #expect(sign(find(nil)) == nil)
            #expect(sign(find(context(""))) == nil)
            #expect(objections.count == 2)
        }

        @Test func oneFaceForTwoSignatures() throws {
            _ = try make()
            let once = context()
            #expect(sign(find(once)) != nil)
            #expect(sign(find(once)) == nil)
            let lasting = context()
            lasting.touchIDAuthenticationAllowableReuseDuration = 10
            #expect(sign(find(lasting)) == nil)
            #expect(objections.count == 2)
        }

        @MainActor @Test func signingOnTheMainThread() throws {
            _ = try make()
            #expect(sign(find(context())) == nil)
            #expect(objections == ["signing on the main thread"])
        }

        @Test func readingThePrivateKey() throws {
            let key = try make()
            #expect(key.flatMap { SecKeyCopyExternalRepresentation($0, nil) } == nil)
            #expect(objections.count == 1)
        }

        @Test func storingWhereBackupsGo() throws {
            let items = KeychainItems(service: "service", accessGroup: nil)
            let wrong: [[CFString: Any?]] = [
                [kSecAttrAccessible: nil], [kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlock],
                [kSecAttrAccessible: kSecAttrAccessibleWhenUnlocked],
                [kSecAttrAccessible: kSecAttrAccessibleWhenUnlockedThisDeviceOnly], [kSecAttrSynchronizable: true],
                [kSecAttrAccount: nil],
            ]
            for change in wrong {
                var item = items.creation("name", Data("value".utf8))
                for (name, value) in change { item[name] = value }
                #expect(SecItemAdd(item, nil) == errSecParam)
            }
            #expect(objections.count == wrong.count)
            #expect(FakePhone.shared.with { $0.items.isEmpty })
        }

        @Test func deletingMoreThanOneThing() throws {
            #expect(SecItemDelete([kSecClass: kSecClassKey]) == errSecParam)
            #expect(SecItemDelete([kSecClass: kSecClassGenericPassword, kSecAttrService: "s"]) == errSecParam)
            #expect(objections.count == 2)
        }
    }
}
