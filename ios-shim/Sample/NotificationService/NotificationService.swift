// The sample's notification extension.

#if canImport(UserNotifications) && os(iOS)
    import CountersignIOS
    import Foundation

    final class NotificationService: CountersignNotificationService {
        override var phone: ThisPhone {
            let group = Bundle.main.object(forInfoDictionaryKey: "CountersignAccessGroup") as? String
            return ThisPhone(accessGroup: group, model: "iPhone")
        }
    }
#endif
