// The moment in which a face or a passcode is asked for.

import CountersignMobile
import Foundation
import LocalAuthentication
import Security

/// One asking of the person: good for one signature.
final class Unlocked: @unchecked Sendable {
    // `LAContext` may be used from any thread, one at a time; `invalidate` at any time.
    let context = LAContext()

    /// Asks the person, who reads `reason`. Ends when the task is cancelled: the prompt goes away.
    static func ask(_ kind: KeyKind, reason: String) async throws -> Unlocked {
        let asking = Unlocked()
        asking.context.touchIDAuthenticationAllowableReuseDuration = 0
        // No button that leads to a passcode, which this key does not take.
        if kind == .approvalByBiometry { asking.context.localizedFallbackTitle = "" }
        let hasBiometry = asking.prepare()
        let access = try kind.accessControl()
        do {
            try await withTaskCancellationHandler {
                try Task.checkCancellation()
                try await asking.evaluate(access, reason)
            } onCancel: {
                asking.context.invalidate()
            }
        } catch {
            throw KeyOutcome.of(error, hasBiometry: hasBiometry)
        }
        return asking
    }

    private func evaluate(_ access: SecAccessControl, _ reason: String) async throws {
        try await withCheckedThrowingContinuation { (answered: CheckedContinuation<Void, any Error>) in
            let reply: @Sendable (Bool, (any Error)?) -> Void = { good, error in
                let refusal = error ?? KeyStoreError.Failed(details: "refused without a reason")
                answered.resume(with: good ? .success(()) : .failure(refusal))
            }
            if Simulator.isHere {
                // Its keys are not guarded: the prompt is all there is to see.
                let policy = LAPolicy.deviceOwnerAuthenticationWithBiometrics
                context.evaluatePolicy(policy, localizedReason: reason, reply: reply)
            } else {
                context.evaluateAccessControl(
                    access, operation: .useKeySign, localizedReason: reason, reply: reply)
            }
        }
    }

    /// Whether this phone has a sensor; known once a policy was looked at.
    private func prepare() -> Bool {
        _ = context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: nil)
        return context.biometryType != .none
    }
}

/// What this phone's biometrics are like at the moment.
enum Biometrics {
    /// Something that changes when faces or fingers are enrolled or removed; none where there are none.
    ///
    /// iOS 18 has another value for the same; keys made before would seem to have lost their faces if that
    /// one were asked.
    static func enrolled() -> Data? {
        let context = LAContext()
        guard context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: nil) else {
            return nil
        }
        return context.evaluatedPolicyDomainState
    }

    /// Why a key that asks for a face cannot be made now; none if it can.
    static func obstacle() -> KeyStoreError? {
        let context = LAContext()
        var problem: NSError?
        guard !context.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: &problem) else {
            return nil
        }
        guard let problem else { return .NoHardware }
        return KeyOutcome.of(problem, hasBiometry: context.biometryType != .none)
    }
}
