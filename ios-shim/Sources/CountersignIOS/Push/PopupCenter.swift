// The popups that this app shows: asking for permission, and putting away what is over.

#if canImport(UserNotifications) && os(iOS)
    import CountersignMobile
    import UIKit
    @preconcurrency import UserNotifications

    /// The phone's notifications, as far as the core has a say in them.
    @MainActor public enum PopupCenter {
        /// Asks for permission, once, and registers with Apple either way: a wake also refreshes silently.
        /// Returns whether popups are allowed.
        public static func register() async -> Bool {
            let center = UNUserNotificationCenter.current()
            let allowed = try? await center.requestAuthorization(options: [.alert, .sound, .badge])
            UIApplication.shared.registerForRemoteNotifications()
            return allowed ?? false
        }

        /// After a wake in the background, or whenever what waits has changed: puts away the popups that
        /// are over.
        public static func putAway(_ countersign: Countersign) async {
            let center = UNUserNotificationCenter.current()
            var names: [String: String] = [:]
            var shown: [Popup] = []
            for delivered in await center.deliveredNotifications() {
                guard let popup = Popup(userInfo: delivered.request.content.userInfo) else { continue }
                names[popup.login] = delivered.request.identifier
                shown.append(popup)
            }
            guard let changes = try? await countersign.popupChanges(shown: shown) else { return }
            let over = changes.withdraw.compactMap { names[$0.popup.login] }
            center.removeDeliveredNotifications(withIdentifiers: over)
            try? await center.setBadgeCount(changes.pending.requests.count)
        }
    }
#endif
