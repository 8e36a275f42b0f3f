// A phone that is not there: the state behind the fake Security, LocalAuthentication and DeviceCheck.
//
// It answers as Apple's documentation says that the real frameworks answer, and refuses some things that the
// real ones would let pass and that are mistakes in this package. What it refused, and why, is in `objections`.

import Foundation

/// What the person does when the phone asks for a face.
public enum Person: Sendable {
    case shows, showsAnotherFace, cancels, takesACall, asksForThePasscode, neverAnswers, isLockedOut
}

/// How far the phone is unlocked.
public enum Lock: Sendable {
    case unlocked, locked, neverUnlockedSinceItStarted
}

/// A key in the fake Secure Enclave.
public final class EnclaveKey: @unchecked Sendable {
    public let tag: Data
    public let group: String?
    public let accessible: String
    public let flags: UInt
    public let enrolment: Int?
    public let pair: P256Key

    public init(tag: Data, group: String?, accessible: String, flags: UInt, enrolment: Int?, pair: P256Key) {
        self.tag = tag
        self.group = group
        self.accessible = accessible
        self.flags = flags
        self.enrolment = enrolment
        self.pair = pair
    }
}

/// A value in the fake Keychain.
public struct KeychainItem: Sendable {
    public var value: Data
    public let accessible: String
    public init(value: Data, accessible: String) {
        self.value = value
        self.accessible = accessible
    }
}

/// Which value in the fake Keychain.
public struct ItemName: Hashable, Sendable {
    public let group: String?
    public let service: String
    public let account: String
    public init(group: String?, service: String, account: String) {
        self.group = group
        self.service = service
        self.account = account
    }
}

/// All that the fake frameworks share.
public struct PhoneState: Sendable {
    public var person = Person.shows
    public var lock = Lock.unlocked
    public var hasFaceId = true
    public var faceIdAllowed = true
    public var passcodeSet = true
    /// Which faces are enrolled: another number for other faces; none for nobody.
    public var enrolment: Int? = 1
    public var keys: [EnclaveKey] = []
    public var items: [ItemName: KeychainItem] = [:]
    /// What was shown beside each prompt.
    public var prompts: [String] = []
    /// What the fake frameworks refused as a mistake.
    public var objections: [String] = []
    /// Whether the Keychain does not work at all.
    public var keychainBroken = false
    public var appAttestSupported = true
    public var appAttestReachable = true
}

/// The phone of this process.
public final class FakePhone: @unchecked Sendable {
    public static let shared = FakePhone()

    private let lock = NSLock()
    private var state = PhoneState()
    private var watchers: [@Sendable (String) -> Void] = []

    /// A new phone.
    public func reset() {
        lock.withLock {
            state = PhoneState()
            watchers = []
        }
    }

    /// Reads or changes the phone.
    @discardableResult
    public func with<T>(_ body: (inout PhoneState) throws -> T) rethrows -> T {
        try lock.withLock { try body(&state) }
    }

    /// Notes a mistake.
    public func object(_ mistake: String) {
        with { $0.objections.append(mistake) }
    }

    /// Has `body` called for each prompt from now on: what a test waits for.
    public func onPrompt(_ body: @escaping @Sendable (String) -> Void) {
        lock.withLock { watchers.append(body) }
    }

    /// Shows a prompt to the person.
    public func show(_ reason: String) {
        let told = lock.withLock {
            state.prompts.append(reason)
            return watchers
        }
        told.forEach { $0(reason) }
    }

    /// The phone as another one that was set up from a backup: what is for this device only stayed behind.
    public func restoreOnAnotherPhone() {
        with { state in
            state.keys = []
            state.items = state.items.filter { !$0.value.accessible.hasSuffix("u") }
        }
    }
}

/// What LocalAuthentication's context is to Security: what unlocks a key.
public protocol UnlockingContext: AnyObject {
    /// Unlocks for one use of a key with these flags, by asking the person if that was not done yet.
    func unlock(flags: UInt) -> NSError?
}
