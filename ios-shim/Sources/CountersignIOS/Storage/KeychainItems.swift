// Small values in the Keychain, on this phone alone: neither a backup nor iCloud takes them along.

import CountersignMobile
import Foundation
import Security

/// The Keychain's values of one service.
struct KeychainItems: Sendable {
    let service: String
    let accessGroup: String?
    /// Whether wakes read them, which come while the phone is locked; else only the app in front does.
    var forWakes = true

    func get(_ name: String) throws -> Data? {
        var query = query(name)
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var item: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &item)
        if status == errSecItemNotFound { return nil }
        guard status == errSecSuccess, let value = item as? Data else { throw failure("read", status) }
        return value
    }

    /// Either of the two calls sets the value entirely or not at all.
    func put(_ name: String, _ value: Data) throws {
        var status = SecItemUpdate(query(name) as CFDictionary, [kSecValueData: value] as CFDictionary)
        if status == errSecItemNotFound {
            status = SecItemAdd(creation(name, value) as CFDictionary, nil)
        }
        guard status == errSecSuccess else { throw failure("write", status) }
    }

    func delete(_ name: String) throws {
        let status = SecItemDelete(query(name) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw failure("delete", status) }
    }

    /// What a value is made from.
    func creation(_ name: String, _ value: Data) -> [CFString: Any] {
        var item = query(name)
        item[kSecValueData] = value
        item[kSecAttrAccessible] =
            forWakes
            ? kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly : kSecAttrAccessibleWhenUnlockedThisDeviceOnly
        return item
    }

    private func query(_ name: String) -> [CFString: Any] {
        var query: [CFString: Any] = [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: service,
            kSecAttrAccount: name,
        ]
        query[kSecAttrAccessGroup] = accessGroup
        return query
    }

    private func failure(_ what: String, _ status: OSStatus) -> StorageError {
        .Failed(details: "could not \(what): \(describe(status))")
    }
}
