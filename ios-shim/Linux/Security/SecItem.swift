// The Keychain's four functions over the fake phone.

import FakePhone
import Foundation

private let onThisDeviceOnly: Set<String> = [
    kSecAttrAccessibleWhenUnlockedThisDeviceOnly, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
    kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly,
]

private func name(_ query: CFDictionary) -> ItemName? {
    guard query[kSecClass] as? String == kSecClassGenericPassword,
        let service = query[kSecAttrService] as? String, !service.isEmpty,
        let account = query[kSecAttrAccount] as? String, !account.isEmpty
    else { return nil }
    return ItemName(group: query[kSecAttrAccessGroup] as? String, service: service, account: account)
}

private func isOfKeys(_ query: CFDictionary) -> Bool { query[kSecClass] as? String == kSecClassKey }

private func broken() -> Bool { FakePhone.shared.with { $0.keychainBroken } }

public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    if broken() { return errSecNotAvailable }
    guard let name = name(attributes) else { return refused("a value without class, service and account") }
    guard let value = attributes[kSecValueData] as? Data else { return refused("an item without a value") }
    guard attributes[kSecAttrSynchronizable] == nil else { return refused("a value that goes to iCloud") }
    guard let accessible = attributes[kSecAttrAccessible] as? String, onThisDeviceOnly.contains(accessible)
    else { return refused("a value that goes into backups") }
    if name.account == "countersign.totp" {
        guard accessible == kSecAttrAccessibleWhenUnlockedThisDeviceOnly
        else { return refused("secrets of other sites that a locked phone gives out") }
    } else {
        guard accessible == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        else { return refused("a value that cannot be read for a wake while the phone is locked") }
    }
    return FakePhone.shared.with { phone in
        guard phone.items[name] == nil else { return errSecDuplicateItem }
        guard readable(accessible, phone.lock) else { return errSecInteractionNotAllowed }
        phone.items[name] = KeychainItem(value: value, accessible: accessible)
        return errSecSuccess
    }
}

public func SecItemUpdate(_ query: CFDictionary, _ changes: CFDictionary) -> OSStatus {
    if broken() { return errSecNotAvailable }
    guard let name = name(query) else { return refused("a change of more than one value") }
    guard Set(changes.keys) == [kSecValueData], let value = changes[kSecValueData] as? Data
    else { return refused("a change of something but the value") }
    return FakePhone.shared.with { phone in
        guard let old = phone.items[name] else { return errSecItemNotFound }
        guard readable(old.accessible, phone.lock) else { return errSecInteractionNotAllowed }
        phone.items[name]?.value = value
        return errSecSuccess
    }
}

public func SecItemDelete(_ query: CFDictionary) -> OSStatus {
    if broken() { return errSecNotAvailable }
    if isOfKeys(query) {
        guard let tag = query[kSecAttrApplicationTag] as? Data else { return refused("deleting every key") }
        return FakePhone.shared.with { phone in
            let before = phone.keys.count
            phone.keys.removeAll { $0.tag == tag && $0.group == query[kSecAttrAccessGroup] as? String }
            return phone.keys.count == before ? errSecItemNotFound : errSecSuccess
        }
    }
    guard let name = name(query) else { return refused("deleting more than one value") }
    return FakePhone.shared.with { $0.items.removeValue(forKey: name) == nil ? errSecItemNotFound : errSecSuccess }
}

public func SecItemCopyMatching(
    _ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?
) -> OSStatus {
    if broken() { return errSecNotAvailable }
    if isOfKeys(query) { return copyKey(query, result) }
    guard let name = name(query), query[kSecReturnData] as? Bool == true
    else { return refused("a search for anything but one value") }
    return FakePhone.shared.with { phone in
        guard let item = phone.items[name] else { return errSecItemNotFound }
        guard readable(item.accessible, phone.lock) else { return errSecInteractionNotAllowed }
        result?.pointee = item.value
        return errSecSuccess
    }
}

private func copyKey(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    guard let tag = query[kSecAttrApplicationTag] as? Data else { return refused("a search for any key") }
    guard query[kSecReturnRef] as? Bool == true else { return refused("a key of the enclave has no bytes to give") }
    let context = query[kSecUseAuthenticationContext] as? UnlockingContext
    return FakePhone.shared.with { phone in
        let group = query[kSecAttrAccessGroup] as? String
        guard let key = phone.keys.first(where: { $0.tag == tag && $0.group == group })
        else { return errSecItemNotFound }
        result?.pointee = SecKey(private: key, context: context)
        return errSecSuccess
    }
}
