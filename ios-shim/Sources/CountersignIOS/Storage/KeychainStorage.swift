// The core's storage: the Keychain.

import CountersignMobile
import Foundation

/// Keeps what the core remembers in the Keychain.
///
/// The Keychain outlives the app: who deletes the app and installs it again finds the accounts there.
public final class KeychainStorage: SecureStorage {
    private let items: KeychainItems

    /// `accessGroup`: the Keychain access group that the app shares with its notification extension.
    public init(accessGroup: String? = nil) {
        items = KeychainItems(service: "io.countersign.storage", accessGroup: accessGroup)
    }

    public func get(name: String) async throws -> Data? {
        try await blocking { [items] in try items.get(name) }
    }

    public func put(name: String, value: Data) async throws {
        try await blocking { [items] in try items.put(name, value) }
    }

    public func delete(name: String) async throws {
        try await blocking { [items] in try items.delete(name) }
    }
}
