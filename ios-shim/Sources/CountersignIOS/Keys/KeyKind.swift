// How each kind of key is guarded.

import CountersignMobile
import Foundation
import Security

/// How the person unlocks an approval.
public enum ApprovalUnlock: String, Codable, Sendable {
    /// A face or a finger that was enrolled when the key was made. What everybody should have.
    case biometry
    /// The phone's passcode: for people who cannot use biometrics, where their organisation allows it.
    case passcode
}

/// A kind of key.
enum KeyKind: String, Codable, Sendable {
    case device, approvalByBiometry, approvalByPasscode

    init(_ purpose: KeyPurpose, _ unlock: ApprovalUnlock) {
        switch (purpose, unlock) {
        case (.device, _): self = .device
        case (.approval, .biometry): self = .approvalByBiometry
        case (.approval, .passcode): self = .approvalByPasscode
        }
    }

    /// Whether each use asks the person.
    var asks: Bool { self != .device }

    /// In the core's words.
    var unlock: KeyUnlock {
        switch self {
        case .device: .notAsked
        case .approvalByBiometry: .biometric
        case .approvalByPasscode: .devicePasscode
        }
    }

    /// What it asks for. A face that is enrolled later does not open the key.
    var flags: SecAccessControlCreateFlags {
        switch self {
        case .device: [.privateKeyUsage]
        case .approvalByBiometry: [.privateKeyUsage, .biometryCurrentSet]
        case .approvalByPasscode: [.privateKeyUsage, .devicePasscode]
        }
    }

    /// When it can be used; never on another phone. A wake comes while the phone is locked. An approval key
    /// is gone when the passcode is taken off.
    var accessible: CFString {
        asks ? kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly : kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
    }

    func accessControl() throws -> SecAccessControl {
        var problem: Unmanaged<CFError>?
        guard let access = SecAccessControlCreateWithFlags(nil, accessible, flags, &problem) else {
            throw KeyStoreError.Failed(details: describe(problem))
        }
        return access
    }
}
