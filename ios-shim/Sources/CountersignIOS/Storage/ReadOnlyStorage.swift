// Storage for the notification extension, which is a process of its own.

import CountersignMobile
import Foundation

/// Reads what the app stored and changes nothing. App and extension may run at once, and the accounts are one
/// value: a change by the extension could undo one by the app, such as a new account. Whatever the extension
/// learns, the app learns from the server too.
public final class ReadOnlyStorage: SecureStorage {
    private let stored: any SecureStorage

    /// Over the app's storage.
    public init(_ stored: any SecureStorage) { self.stored = stored }

    public func get(name: String) async throws -> Data? { try await stored.get(name: name) }
    public func put(name: String, value: Data) async throws {}
    public func delete(name: String) async throws {}
}
