// The core's key store: the Secure Enclave.

import CountersignMobile
import Foundation

/// Keeps an account's keys in the Secure Enclave. The device key signs without asking; the approval key asks
/// for a face or a finger each time, and is lost when other faces or fingers are enrolled.
public final class SecureEnclaveKeyStore: KeyStore {
    private let keys: EnclaveKeys
    private let notes: KeyNotes
    private let unlock: ApprovalUnlock

    /// `accessGroup`: the Keychain access group that the app shares with its notification extension. `unlock`: what
    /// opens approval keys that are made from now on; servers are told, and refuse a passcode unless their
    /// organisation allows it. A key keeps what it was made with.
    public init(accessGroup: String? = nil, unlock: ApprovalUnlock = .biometry) {
        keys = EnclaveKeys(accessGroup: accessGroup)
        notes = KeyNotes(accessGroup: accessGroup)
        self.unlock = unlock
    }

    /// The challenge is not used: the Secure Enclave attests apps, not keys.
    public func create(alias: String, purpose: KeyPurpose, challenge: Data?) async throws -> MadeKey {
        let kind = KeyKind(purpose, unlock)
        return try await blocking { [keys, notes] in
            if kind == .approvalByBiometry, let obstacle = Biometrics.obstacle() { throw obstacle }
            let point = try keys.make(alias, kind)
            do {
                try notes.write(alias, KeyNote(kind: kind, enrolled: Biometrics.enrolled()))
            } catch {
                try? keys.delete(alias)
                throw error
            }
            return MadeKey(publicKey: point, unlock: kind.unlock)
        }
    }

    public func publicKey(alias: String) async throws -> Data {
        try await blocking { [keys, notes] in
            guard let note = try notes.read(alias) else { throw KeyStoreError.NotFound }
            do {
                let point = try keys.publicPoint(alias)
                // The enclave gives out the point of a key that other faces have ended, too.
                if note.kind == .approvalByBiometry, Self.facesChanged(note) {
                    throw KeyStoreError.BiometricsChanged
                }
                return point
            } catch {
                throw Self.explain(error, note)
            }
        }
    }

    public func sign(alias: String, message: Data, reason: String?) async throws -> Data {
        guard let note = try await blocking({ [notes] in try notes.read(alias) }) else {
            throw KeyStoreError.NotFound
        }
        do {
            let unlocked = try await ask(note.kind, reason)
            return try await blocking { [keys] in try keys.sign(alias, message, unlocked) }
        } catch {
            throw Self.explain(error, note)
        }
    }

    public func delete(alias: String) async throws {
        try await blocking { [keys, notes] in
            try keys.delete(alias)
            try notes.delete(alias)
        }
    }

    public func protection() throws -> KeyProtection {
        Simulator.isHere ? .software : .hardware
    }

    private func ask(_ kind: KeyKind, _ reason: String?) async throws -> Unlocked? {
        guard kind.asks else { return nil }
        guard let reason, !reason.isEmpty else {
            throw KeyStoreError.Failed(details: "an approval needs a reason to show")
        }
        return try await Unlocked.ask(kind, reason: reason)
    }

    /// The enclave says only that it could not, or that there is no such key. If the faces are no longer those
    /// that the key was made for, or the passcode was taken off, that is why.
    private static func explain(_ error: any Error, _ note: KeyNote) -> KeyStoreError {
        let plain = KeyOutcome.of(error)
        switch plain {
        case .NotFound where note.kind.asks: return .BiometricsChanged
        case .Failed, .NoHardware:
            return note.kind == .approvalByBiometry && facesChanged(note) ? .BiometricsChanged : plain
        default: return plain
        }
    }

    private static func facesChanged(_ note: KeyNote) -> Bool {
        switch Biometrics.obstacle() {
        case nil: Biometrics.enrolled() != note.enrolled
        case .NoHardware: true
        default: false
        }
    }
}
