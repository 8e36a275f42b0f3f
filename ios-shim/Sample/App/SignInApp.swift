// The sample app: its start, its notifications, its links.

#if canImport(SwiftUI) && os(iOS)
    import CountersignIOS
    import CountersignMobile
    import CountersignSample
    import SwiftUI
    import UIKit
    @preconcurrency import UserNotifications

    /// What the app and its notification extension share: see project.yml.
    enum Shared {
        static var accessGroup: String? {
            Bundle.main.object(forInfoDictionaryKey: "CountersignAccessGroup") as? String
        }
    }

    @main
    struct SignInApp: App {
        @UIApplicationDelegateAdaptor private var system: SystemDelegate
        @Environment(\.scenePhase) private var phase

        var body: some Scene {
            WindowGroup {
                RootView(model: system.model)
                    .onOpenURL { url in
                        guard let link = PairingLinks.link(in: url) else { return }
                        Task { await system.model.pair(link) }
                    }
                    .task(id: phase) {
                        guard phase == .active else { return }
                        await system.model.refresh()
                        await system.model.hold()
                    }
            }
        }
    }

    /// What the system tells.
    @MainActor
    final class SystemDelegate: NSObject, UIApplicationDelegate, @preconcurrency UNUserNotificationCenterDelegate {
        let model: SignInModel = {
            let phone = ThisPhone.named(accessGroup: Shared.accessGroup)
            return SignInModel(phone.countersign(), language: phone.language)
        }()

        func application(
            _ application: UIApplication,
            didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
        ) -> Bool {
            UNUserNotificationCenter.current().delegate = self
            Task {
                if await !PopupCenter.register() { try? await model.countersign.setPush(endpoint: nil) }
            }
            return true
        }

        func application(
            _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data
        ) {
            let endpoint = ApnsEndpoint.endpoint(deviceToken: token)
            Task { try? await model.countersign.setPush(endpoint: endpoint) }
        }

        /// A wake without a popup: something was answered elsewhere.
        func application(
            _ application: UIApplication, didReceiveRemoteNotification info: [AnyHashable: Any]
        ) async -> UIBackgroundFetchResult {
            await PopupCenter.putAway(model.countersign)
            return .newData
        }

        /// The app is in front: its list shows the request.
        func userNotificationCenter(
            _ center: UNUserNotificationCenter, willPresent notification: UNNotification
        ) async -> UNNotificationPresentationOptions {
            await model.refresh()
            return [.sound]
        }

        func userNotificationCenter(
            _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse
        ) async {
            if let popup = Popup(userInfo: response.notification.request.content.userInfo) {
                await model.open(popup)
            } else {
                await model.refresh()
                if let newest = model.requests.first { model.show(newest) }
            }
        }
    }
#endif
