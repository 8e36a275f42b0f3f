// The popups that lie on the phone, and which of them are over.

import CountersignMobile
import Foundation

/// What the system says that it shows of this app.
public struct DeliveredPopups: Sendable {
    /// Their notifications, by account and login: two servers may give their logins one id, one of them on purpose.
    private var names: [String: String] = [:]
    /// Those of wakes that could not be fetched, or had nothing to say any more.
    private var generic: [String] = []
    /// Those that a request belongs to.
    public private(set) var popups: [Popup] = []

    public init() {}

    /// Adds a notification; those of others are passed over.
    public mutating func add(identifier: String, userInfo: [AnyHashable: Any]) {
        if let popup = Popup(userInfo: userInfo) {
            names[Self.key(popup)] = identifier
            popups.append(popup)
        } else if WakePopup.isWake(userInfo) {
            generic.append(identifier)
        }
    }

    /// The notifications to be put away. A generic one is over when nothing waits that it could have meant.
    public func over(_ changes: PopupChanges) -> [String] {
        let over = changes.withdraw.compactMap { names[Self.key($0.popup)] }
        let nothingWaits = changes.pending.requests.isEmpty && changes.pending.unreached.isEmpty
        return over + (nothingWaits ? generic : [])
    }

    private static func key(_ popup: Popup) -> String { "\(popup.accountId)/\(popup.login)" }
}
