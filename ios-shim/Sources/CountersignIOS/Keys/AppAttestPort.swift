// Apple's word that this is a genuine copy of the app.

import CountersignMobile
import DeviceCheck
import Foundation

/// App Attest. A new key for each attestation: it is used at pairing alone.
public final class AppAttestPort: AppAttest {
    public init() {}

    public func attest(clientDataHash: Data) async throws -> AppAttestation? {
        let service = DCAppAttestService.shared
        // A simulator, an extension, an old phone.
        guard service.isSupported else { return nil }
        do {
            let name = try await service.generateKey()
            let object = try await service.attestKey(name, clientDataHash: clientDataHash)
            guard let id = Data(base64Encoded: name) else {
                throw KeyStoreError.Failed(details: "App Attest's key has a name that is no base64")
            }
            return AppAttestation(keyId: id, object: object)
        } catch let error as NSError where Self.neverCan(error) {
            return nil
        } catch {
            // Apple's servers may be out of reach: the core says to try later, if the server minds.
            throw KeyOutcome.of(error)
        }
    }

    private static func neverCan(_ error: NSError) -> Bool {
        error.domain == DCErrorDomain && error.code == DCError.Code.featureUnsupported.rawValue
    }
}
