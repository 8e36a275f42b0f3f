// App Attest over the fake phone.

import FakePhone
import Foundation

public let DCErrorDomain = "com.apple.devicecheck.error"

public struct DCError {
    public enum Code: Int, Sendable {
        case unknownSystemFailure, featureUnsupported, invalidInput, invalidKey, serverUnavailable
    }
}

/// Apple's attestation of apps.
public final class DCAppAttestService: @unchecked Sendable {
    public static let shared = DCAppAttestService()

    public var isSupported: Bool { FakePhone.shared.with { $0.appAttestSupported } }

    public func generateKey() async throws -> String {
        guard isSupported else { throw NSError(domain: DCErrorDomain, code: DCError.Code.featureUnsupported.rawValue) }
        return Data(repeating: 7, count: 32).base64EncodedString()
    }

    public func attestKey(_ keyId: String, clientDataHash: Data) async throws -> Data {
        guard clientDataHash.count == 32 else {
            FakePhone.shared.object("attesting for something that is no SHA-256")
            throw NSError(domain: DCErrorDomain, code: DCError.Code.invalidInput.rawValue)
        }
        guard FakePhone.shared.with({ $0.appAttestReachable }) else {
            throw NSError(domain: DCErrorDomain, code: DCError.Code.serverUnavailable.rawValue)
        }
        return Data("an attestation object for ".utf8) + clientDataHash
    }
}
