// From a wake to what its popup says. A wake names nobody; what waits is fetched before anything is shown.

import CountersignMobile
import Foundation

/// What a popup says. It lies on a locked screen: it names nobody.
public struct WakePopup: Sendable, Equatable {
    /// Its first line.
    public let title: String
    /// Its second line.
    public let body: String
    /// The request that a tap leads to; none where nothing waits any more.
    public let popup: Popup?
    /// Without a sound and at the bottom of the list: there is nothing to do.
    public var quiet: Bool { popup == nil }

    /// Whether a push is a wake of Countersign's. An app has one notification extension for all of its pushes.
    public static func isWake(_ userInfo: [AnyHashable: Any]) -> Bool { userInfo["wake"] is String }

    /// Asks the accounts' servers. None where nothing could be learned: the generic text stays.
    public static func fetch(_ countersign: Countersign) async -> WakePopup? {
        guard let changes = try? await countersign.popupChanges(shown: []) else { return nil }
        if let newest = changes.show.first {
            return WakePopup(title: changes.title, body: changes.body, popup: newest.popup)
        }
        guard changes.pending.unreached.isEmpty else { return nil }
        return WakePopup(
            title: changes.title, body: countersign.answeredElsewhereSentence(), popup: nil)
    }
}

extension PendingRequest {
    /// The popup of this request.
    public var popup: Popup { Popup(login: login, accountId: accountId, expiresAt: expiresAt) }
}

extension Popup {
    /// To be kept in a notification.
    public var userInfo: [String: String] {
        [Self.loginName: login, Self.accountName: accountId, Self.expiresName: String(expiresAt.timeIntervalSince1970)]
    }

    /// From a notification that this package filled in; none from any other.
    public init?(userInfo: [AnyHashable: Any]) {
        guard let login = userInfo[Self.loginName] as? String, let account = userInfo[Self.accountName] as? String,
            let expires = (userInfo[Self.expiresName] as? String).flatMap(TimeInterval.init)
        else { return nil }
        self.init(login: login, accountId: account, expiresAt: Date(timeIntervalSince1970: expires))
    }

    private static let loginName = "countersign.login"
    private static let accountName = "countersign.account"
    private static let expiresName = "countersign.expires"
}
