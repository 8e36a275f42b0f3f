// The popups that this app shows: asking for permission, and putting away what is over.

#if canImport(UserNotifications) && os(iOS)
    import CountersignMobile
    import UIKit
    @preconcurrency import UserNotifications

    /// The phone's notifications, as far as the core has a say in them.
    @MainActor public enum PopupCenter {
        /// Asks for permission, once, and registers with Apple either way. Returns whether popups are allowed:
        /// where they are not, hand `nil` to `setPush`, also when Apple hands out a token.
        public static func register() async -> Bool {
            let center = UNUserNotificationCenter.current()
            let allowed = try? await center.requestAuthorization(options: [.alert, .sound, .badge])
            UIApplication.shared.registerForRemoteNotifications()
            return allowed ?? false
        }

        /// Puts away the popups that are over: after a wake in the background, after an answer, and whenever the
        /// app comes to the front. The server sends no wake to the phone that answered, nor when a time is over.
        public static func putAway(_ countersign: Countersign) async {
            let center = UNUserNotificationCenter.current()
            var delivered = DeliveredPopups()
            for each in await center.deliveredNotifications() {
                delivered.add(identifier: each.request.identifier, userInfo: each.request.content.userInfo)
            }
            guard let changes = try? await countersign.popupChanges(shown: delivered.popups) else { return }
            center.removeDeliveredNotifications(withIdentifiers: delivered.over(changes))
            try? await center.setBadgeCount(changes.pending.requests.count)
        }
    }
#endif
