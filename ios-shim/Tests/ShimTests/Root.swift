// All tests share one fake phone, so they are told one after the other.

import CountersignMobile
import FakePhone
import Foundation
import Testing

@testable import CountersignIOS

/// The root of this target's tests.
@Suite(.serialized, .timeLimit(.minutes(2))) enum Shim {}

/// A key store on a new phone.
func newPhone() -> SecureEnclaveKeyStore {
    FakePhone.shared.reset()
    return SecureEnclaveKeyStore()
}

/// What went wrong, in the core's words.
func keyError(_ work: () async throws -> some Any) async -> KeyStoreError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? KeyStoreError
    }
}

/// What the fake frameworks refused as mistakes.
var objections: [String] { FakePhone.shared.with { $0.objections } }
