// The notification extension: fetches before the popup is shown.

#if canImport(UserNotifications) && os(iOS)
    import CountersignMobile
    @preconcurrency import UserNotifications

    /// Subclass it in a Notification Service Extension and say which phone this is:
    ///
    /// ```swift
    /// final class NotificationService: CountersignNotificationService {
    ///     override var phone: ThisPhone { ThisPhone(accessGroup: "…", model: "iPhone") }
    /// }
    /// ```
    ///
    /// An app has one such extension. Its other pushes come to `didReceiveOther`, as they are.
    open class CountersignNotificationService: UNNotificationServiceExtension {
        private var fetching: Task<Void, Never>?
        private var deliver: (() -> Void)?

        /// This phone; its access group is the app's.
        open var phone: ThisPhone { ThisPhone(model: "iPhone") }

        /// A push of the app's own, which is no wake. Handed on untouched, unless a subclass does more with it.
        open func didReceiveOther(
            _ request: UNNotificationRequest,
            withContentHandler handler: @escaping (UNNotificationContent) -> Void
        ) {
            handler(request.content)
        }

        override open func didReceive(
            _ request: UNNotificationRequest,
            withContentHandler handler: @escaping (UNNotificationContent) -> Void
        ) {
            guard WakePopup.isWake(request.content.userInfo) else {
                return didReceiveOther(request, withContentHandler: handler)
            }
            let received = request.content
            nonisolated(unsafe) let content = received.mutableCopy() as? UNMutableNotificationContent
            nonisolated(unsafe) let deliverOnce = once { handler(content ?? received) }
            deliver = deliverOnce
            let countersign = phone.countersignForExtension()
            fetching = Task {
                if let popup = await WakePopup.fetch(countersign), !Task.isCancelled { content?.show(popup) }
                deliverOnce()
            }
        }

        /// The time is over: the generic text it is. The request waits in the app all the same.
        override open func serviceExtensionTimeWillExpire() {
            fetching?.cancel()
            deliver?()
        }

        private func once(_ body: @escaping () -> Void) -> () -> Void {
            let lock = NSLock()
            var done = false
            return {
                let first = lock.withLock {
                    defer { done = true }
                    return !done
                }
                if first { body() }
            }
        }
    }

    extension UNMutableNotificationContent {
        /// Says what `popup` says.
        public func show(_ popup: WakePopup) {
            title = popup.title
            body = popup.body
            for (name, value) in popup.popup?.userInfo ?? [:] { userInfo[name] = value }
            if popup.quiet {
                sound = nil
                interruptionLevel = .passive
            }
        }
    }
#endif
