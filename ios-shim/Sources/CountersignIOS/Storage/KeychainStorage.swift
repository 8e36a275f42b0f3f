// The core's storage: the Keychain.

import CountersignMobile
import Foundation

/// Keeps what the core remembers in the Keychain.
///
/// The Keychain outlives the app: who deletes the app and installs it again finds the accounts there. What cannot be
/// read there is forgotten by `Countersign.forgetDamaged`.
public final class KeychainStorage: SecureStorage {
    private let items: KeychainItems
    private let inFront: KeychainItems

    /// What only the app in front reads: the secrets of authenticator apps, which no wake needs. They are the app's
    /// own, and cannot be read while the phone is locked.
    private static let readInFront: Set<String> = ["countersign.totp"]

    /// `accessGroup`: the Keychain access group that the app shares with its notification extension.
    public init(accessGroup: String? = nil) {
        items = KeychainItems(service: "io.countersign.storage", accessGroup: accessGroup)
        inFront = KeychainItems(service: "io.countersign.storage", accessGroup: nil, forWakes: false)
    }

    private func items(of name: String) -> KeychainItems { Self.readInFront.contains(name) ? inFront : items }

    public func get(name: String) async throws -> Data? {
        try await blocking { [items = items(of: name)] in try items.get(name) }
    }

    public func put(name: String, value: Data) async throws {
        try await blocking { [items = items(of: name)] in try items.put(name, value) }
    }

    public func delete(name: String) async throws {
        try await blocking { [items = items(of: name)] in try items.delete(name) }
    }
}
