// What is remembered of each key beside the enclave: how it is guarded, and whose faces opened it.

import CountersignMobile
import Foundation

/// A key as it was when it was made. Not secret.
struct KeyNote: Codable, Sendable {
    let kind: KeyKind
    /// `Biometrics.enrolled()` of that moment.
    let enrolled: Data?
}

/// The notes, in the Keychain: on this phone alone, like the keys.
struct KeyNotes: Sendable {
    private let items: KeychainItems

    init(accessGroup: String?) {
        items = KeychainItems(service: "io.countersign.key-notes", accessGroup: accessGroup)
    }

    func read(_ alias: String) throws -> KeyNote? {
        try inTermsOfKeys {
            guard let value = try items.get(alias) else { return nil }
            return try JSONDecoder().decode(KeyNote.self, from: value)
        }
    }

    func write(_ alias: String, _ note: KeyNote) throws {
        try inTermsOfKeys { try items.put(alias, JSONEncoder().encode(note)) }
    }

    func delete(_ alias: String) throws { try inTermsOfKeys { try items.delete(alias) } }

    /// Whoever asks for a key knows nothing of notes.
    private func inTermsOfKeys<T>(_ work: () throws -> T) throws -> T {
        do {
            return try work()
        } catch {
            throw KeyStoreError.Failed(details: "the note of a key: \(error)")
        }
    }
}
