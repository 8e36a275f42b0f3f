// What Apple's errors mean to the core.

import CountersignMobile
import Foundation
import LocalAuthentication
import Security

/// Apple's errors in the core's words.
enum KeyOutcome {
    static func of(_ status: OSStatus) -> KeyStoreError {
        switch status {
        case errSecItemNotFound: .NotFound
        case errSecUserCanceled: .Cancelled
        // The phone is locked, or was not unlocked since it started.
        case errSecInteractionNotAllowed: .Failed(details: "the phone is locked: \(describe(status))")
        default: .Failed(details: describe(status))
        }
    }

    /// An error of LocalAuthentication. `hasBiometry`: whether this phone has a sensor at all.
    static func of(_ code: LAError.Code, hasBiometry: Bool) -> KeyStoreError? {
        switch code {
        // The system cancels for a call, the app when its screen is left: the person may try again.
        case .userCancel, .systemCancel, .appCancel, .userFallback, .authenticationFailed: .Cancelled
        case .biometryLockout: .LockedOut
        case .passcodeNotSet, .biometryNotEnrolled: .NoHardware
        case .biometryNotAvailable: hasBiometry ? .NotAllowed : .NoHardware
        default: nil
        }
    }

    static func of(_ error: any Error, hasBiometry: Bool = true) -> KeyStoreError {
        if let known = error as? KeyStoreError { return known }
        if error is CancellationError { return .Cancelled }
        let error = error as NSError
        let details = "\(error.domain) \(error.code)"
        switch error.domain {
        case LAErrorDomain:
            let code = LAError.Code(rawValue: error.code)
            return code.flatMap { of($0, hasBiometry: hasBiometry) } ?? .Failed(details: details)
        case NSOSStatusErrorDomain: return of(OSStatus(truncatingIfNeeded: error.code))
        default: return .Failed(details: details)
        }
    }

    /// Why a key was not made: with no passcode or no face there is nothing to guard it with.
    static func ofMaking(_ problem: Unmanaged<CFError>?) -> KeyStoreError {
        guard let error = problem?.takeRetainedValue() as (any Error)? else {
            return .Failed(details: "no reason given")
        }
        let status = (error as NSError).domain == NSOSStatusErrorDomain ? (error as NSError).code : 0
        return status == Int(errSecAuthFailed) || status == Int(errSecUnimplemented) ? .NoHardware : of(error)
    }

    static func ofUse(_ problem: Unmanaged<CFError>?) -> KeyStoreError {
        guard let error = problem?.takeRetainedValue() as (any Error)? else {
            return .Failed(details: "no reason given")
        }
        return of(error)
    }
}

/// An error for the log.
func describe(_ problem: Unmanaged<CFError>?) -> String {
    guard let error = problem?.takeRetainedValue() as (any Error)? else { return "no reason given" }
    return "\((error as NSError).domain) \((error as NSError).code)"
}

/// A status for the log.
func describe(_ status: OSStatus) -> String {
    let text = SecCopyErrorMessageString(status, nil) as String?
    return "\(text ?? "unknown") (\(status))"
}
