// LocalAuthentication over the fake phone.

import FakePhone
import Foundation
import Security

public let LAErrorDomain = "com.apple.LocalAuthentication"

/// Apple's errors.
public struct LAError {
    public enum Code: Int, Sendable {
        case authenticationFailed = -1
        case userCancel = -2
        case userFallback = -3
        case systemCancel = -4
        case passcodeNotSet = -5
        case biometryNotAvailable = -6
        case biometryNotEnrolled = -7
        case biometryLockout = -8
        case appCancel = -9
        case invalidContext = -10
        case notInteractive = -1004
    }
}

public enum LAPolicy: Int, Sendable {
    case deviceOwnerAuthenticationWithBiometrics = 1
    case deviceOwnerAuthentication = 2
}

public enum LAAccessControlOperation: Int, Sendable {
    case createItem, useItem, createKey, useKeySign, useKeyDecrypt, useKeyKeyExchange
}

public enum LABiometryType: Int, Sendable {
    case none, touchID, faceID
}

private func error(_ code: LAError.Code) -> NSError { NSError(domain: LAErrorDomain, code: code.rawValue) }

/// One asking of the person. Not to be shared between threads, other than for `invalidate`.
public final class LAContext: UnlockingContext {
    public var localizedReason = ""
    public var localizedFallbackTitle: String?
    public var localizedCancelTitle: String?
    public var touchIDAuthenticationAllowableReuseDuration: TimeInterval = 0
    public var interactionNotAllowed = false
    public private(set) var evaluatedPolicyDomainState: Data?
    public private(set) var biometryType = LABiometryType.none

    private let changed = NSCondition()
    private var invalid = false
    private var unlockedFor: UInt?
    private var used = false

    public init() {}

    public func canEvaluatePolicy(_ policy: LAPolicy, error problem: UnsafeMutablePointer<NSError?>?) -> Bool {
        let phone = FakePhone.shared.with { $0 }
        biometryType = phone.hasFaceId ? .faceID : .none
        evaluatedPolicyDomainState = phone.enrolment.map { Data("faces \($0)".utf8) }
        let biometry = policy == .deviceOwnerAuthenticationWithBiometrics
        let code: LAError.Code? =
            if !phone.passcodeSet {
                .passcodeNotSet
            } else if biometry && (!phone.hasFaceId || !phone.faceIdAllowed) {
                .biometryNotAvailable
            } else if biometry && phone.enrolment == nil {
                .biometryNotEnrolled
            } else if biometry && phone.person == .isLockedOut {
                .biometryLockout
            } else { nil }
        problem?.pointee = code.map(error)
        return code == nil
    }

    public func evaluatePolicy(
        _ policy: LAPolicy, localizedReason: String, reply: @escaping @Sendable (Bool, (any Error)?) -> Void
    ) {
        FakePhone.shared.object("asking the person for nothing in particular")
        reply(false, error(.invalidContext))
    }

    public func evaluateAccessControl(
        _ access: SecAccessControl, operation: LAAccessControlOperation, localizedReason: String,
        reply: @escaping @Sendable (Bool, (any Error)?) -> Void
    ) {
        guard operation == .useKeySign, !localizedReason.isEmpty else {
            FakePhone.shared.object("asking the person without a reason, or for something but signing")
            reply(false, NSError(domain: NSOSStatusErrorDomain, code: Int(errSecParam)))
            return
        }
        self.localizedReason = localizedReason
        let flags = access.flags.subtracting(.privateKeyUsage).rawValue
        // A queue of the framework's own: replies come from there.
        nonisolated(unsafe) let context = self
        DispatchQueue.global().async {
            let refusal = context.ask(flags: flags)
            reply(refusal == nil, refusal)
        }
    }

    public func invalidate() {
        changed.withLock {
            invalid = true
            changed.broadcast()
        }
    }

    public func unlock(flags: UInt) -> NSError? {
        guard touchIDAuthenticationAllowableReuseDuration == 0, !used else {
            FakePhone.shared.object("one face for more than one signature")
            return error(.invalidContext)
        }
        if unlockedFor != flags, let refusal = ask(flags: flags) { return refusal }
        if changed.withLock({ invalid }) { return error(.invalidContext) }
        used = true
        return nil
    }

    /// Shows the prompt and waits for what the person does.
    private func ask(flags: UInt) -> NSError? {
        guard !localizedReason.isEmpty else {
            FakePhone.shared.object("asking the person without a reason")
            return error(.notInteractive)
        }
        if flags & SecAccessControlCreateFlags.biometryCurrentSet.rawValue != 0 {
            var problem: NSError?
            guard canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: &problem) else { return problem }
        }
        FakePhone.shared.show(localizedReason)
        if let refusal = answer(FakePhone.shared.with { $0.person }) { return refusal }
        unlockedFor = flags
        return nil
    }

    private func answer(_ person: Person) -> NSError? {
        switch person {
        case .shows: return changed.withLock { invalid } ? error(.appCancel) : nil
        case .showsAnotherFace: return error(.authenticationFailed)
        case .cancels: return error(.userCancel)
        case .takesACall: return error(.systemCancel)
        case .asksForThePasscode: return error(.userFallback)
        case .isLockedOut: return error(.biometryLockout)
        case .neverAnswers:
            changed.withLock { while !invalid { changed.wait() } }
            return error(.appCancel)
        }
    }
}
