// Keys of the fake Secure Enclave: making them, their public half, signing.

import FakePhone
import Foundation

/// A private key in the enclave, or the public half of one.
public final class SecKey {
    let key: EnclaveKey
    let isPrivate: Bool
    let context: UnlockingContext?

    init(private key: EnclaveKey, context: UnlockingContext?) {
        self.key = key
        self.isPrivate = true
        self.context = context
    }

    init(public key: EnclaveKey) {
        self.key = key
        self.isPrivate = false
        self.context = nil
    }
}

public func SecKeyGetTypeID() -> CFTypeID { 7 }

/// What a key asks for before it is used.
public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let userPresence = Self(rawValue: 1 << 0)
    public static let biometryAny = Self(rawValue: 1 << 1)
    public static let biometryCurrentSet = Self(rawValue: 1 << 3)
    public static let devicePasscode = Self(rawValue: 1 << 4)
    public static let or = Self(rawValue: 1 << 14)
    public static let and = Self(rawValue: 1 << 15)
    public static let privateKeyUsage = Self(rawValue: 1 << 30)
}

/// When and by whom a key can be used.
public final class SecAccessControl {
    public let accessible: String
    public let flags: SecAccessControlCreateFlags

    init(accessible: String, flags: SecAccessControlCreateFlags) {
        self.accessible = accessible
        self.flags = flags
    }
}

public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ protection: CFTypeRef, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecAccessControl? {
    guard let accessible = protection as? String else { return nil }
    return SecAccessControl(accessible: accessible, flags: flags)
}

private func fail<T>(_ problem: NSError, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?) -> T? {
    error?.pointee = Unmanaged.passRetained(problem)
    return nil
}

/// Why these attributes are a mistake; none if they are not.
private func mistake(in parameters: CFDictionary, _ attributes: CFDictionary, _ access: SecAccessControl)
    -> String?
{
    if parameters[kSecAttrTokenID] as? String != kSecAttrTokenIDSecureEnclave {
        return "a key outside the Secure Enclave"
    }
    if parameters[kSecAttrKeyType] as? String != kSecAttrKeyTypeECSECPrimeRandom
        || parameters[kSecAttrKeySizeInBits] as? Int != 256
    {
        return "the Secure Enclave makes P-256 keys alone"
    }
    if attributes[kSecAttrIsPermanent] as? Bool != true { return "a key that is gone when the app ends" }
    if parameters[kSecAttrSynchronizable] != nil || attributes[kSecAttrSynchronizable] != nil {
        return "a key that goes to iCloud"
    }
    return mistake(in: access)
}

private func mistake(in access: SecAccessControl) -> String? {
    guard access.flags.contains(.privateKeyUsage) else { return "a key of the enclave that may not sign" }
    switch access.flags.subtracting(.privateKeyUsage) {
    case []:
        return access.accessible == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            ? nil : "a device key that does not work in the background, or leaves this phone"
    case .biometryCurrentSet, .devicePasscode:
        return access.accessible == kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly
            ? nil : "an approval key that outlives the passcode, or leaves this phone"
    case .biometryAny: return "an approval key that a face enrolled later can use"
    case .userPresence: return "an approval key that takes the passcode instead of a face"
    default: return "an approval key with flags that were not thought of"
    }
}

public func SecKeyCreateRandomKey(
    _ parameters: CFDictionary, _ problem: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecKey? {
    let attributes = parameters[kSecPrivateKeyAttrs] as? CFDictionary ?? [:]
    guard let access = attributes[kSecAttrAccessControl] as? SecAccessControl,
        let tag = attributes[kSecAttrApplicationTag] as? Data, !tag.isEmpty
    else { return fail(error(refused("a key without access control or a tag")), problem) }
    if let mistake = mistake(in: parameters, attributes, access) { return fail(error(refused(mistake)), problem) }
    let group = attributes[kSecAttrAccessGroup] as? String
    let wantsPasscode = access.accessible == kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly
    let status = FakePhone.shared.with { phone -> OSStatus in
        if phone.keychainBroken { return errSecNotAvailable }
        if phone.keys.contains(where: { $0.tag == tag && $0.group == group }) {
            phone.objections.append("a second key of the same tag")
            return errSecDuplicateItem
        }
        if wantsPasscode && !phone.passcodeSet { return errSecAuthFailed }
        if access.flags.contains(.biometryCurrentSet) && phone.enrolment == nil { return errSecAuthFailed }
        return readable(access.accessible, phone.lock) ? errSecSuccess : errSecInteractionNotAllowed
    }
    guard status == errSecSuccess, let pair = P256Key() else { return fail(error(status), problem) }
    let key = FakePhone.shared.with { phone in
        let byFace = access.flags.contains(.biometryCurrentSet)
        let key = EnclaveKey(
            tag: tag, group: group, accessible: access.accessible, flags: access.flags.rawValue,
            enrolment: byFace ? phone.enrolment : nil, pair: pair)
        phone.keys.append(key)
        return key
    }
    return SecKey(private: key, context: nil)
}

public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { SecKey(public: key.key) }

public func SecKeyCopyExternalRepresentation(
    _ key: SecKey, _ problem: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? {
    guard !key.isPrivate else { return fail(error(refused("a private key does not leave the enclave")), problem) }
    return key.key.pair.publicPoint
}

/// How a key signs.
public enum SecKeyAlgorithm: Sendable {
    case ecdsaSignatureMessageX962SHA256, ecdsaSignatureDigestX962SHA256, ecdsaSignatureMessageX962SHA384
    case ecdsaSignatureMessageRFC4754SHA256, rsaSignatureMessagePKCS1v15SHA256
}

private nonisolated(unsafe) let mainQueue: DispatchSpecificKey<Bool> = {
    let key = DispatchSpecificKey<Bool>()
    DispatchQueue.main.setSpecific(key: key, value: true)
    return key
}()

/// On Linux the main queue is not always the main thread.
private func isOnMainThread() -> Bool { DispatchQueue.getSpecific(key: mainQueue) == true || Thread.isMainThread }

public func SecKeyCreateSignature(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ message: CFData,
    _ problem: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? {
    guard key.isPrivate, algorithm == .ecdsaSignatureMessageX962SHA256 else {
        return fail(error(refused("signing otherwise than by ECDSA with SHA-256 over the message, in DER")), problem)
    }
    guard !isOnMainThread() else { return fail(error(refused("signing on the main thread")), problem) }
    let asks = SecAccessControlCreateFlags(rawValue: key.key.flags).subtracting(.privateKeyUsage)
    if !asks.isEmpty {
        guard let context = key.context else {
            return fail(error(refused("an approval key without a context, and so without a reason")), problem)
        }
        if let refusal = context.unlock(flags: asks.rawValue) { return fail(refusal, problem) }
    }
    let phone = FakePhone.shared.with { $0 }
    guard readable(key.key.accessible, phone.lock) else { return fail(error(errSecInteractionNotAllowed), problem) }
    guard phone.keys.contains(where: { $0 === key.key }) else { return fail(error(errSecItemNotFound), problem) }
    if asks.contains(.biometryCurrentSet) && key.key.enrolment != phone.enrolment {
        // The enclave does not say that the faces have changed, only that it could not sign.
        return fail(NSError(domain: "CryptoTokenKit", code: -3), problem)
    }
    return key.key.pair.sign(message)
}
