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
                        system.model.opened(link)
                    }
                    .task(id: phase) {
                        guard phase == .active else { return }
                        await system.model.refresh()
                        await PopupCenter.putAway(system.model.countersign)
                        await system.model.refreshAccounts()
                    }
                    // Anew when an account comes or goes.
                    .task(id: Held(inFront: phase == .active, accounts: system.model.heldAccounts)) {
                        guard phase == .active else { return }
                        await system.model.hold()
                    }
            }
        }
    }

    /// For whom events are heard at the moment.
    private struct Held: Hashable {
        let inFront: Bool
        let accounts: [String]
    }

    /// What the system tells.
    @MainActor
    final class SystemDelegate: NSObject, UIApplicationDelegate, @preconcurrency UNUserNotificationCenterDelegate {
        let model: SignInModel = {
            let phone = ThisPhone.named(accessGroup: Shared.accessGroup)
            let countersign = phone.countersign()
            return SignInModel(countersign, language: phone.language) { await PopupCenter.putAway(countersign) }
        }()
        /// Whether the person allows popups, and where they would go; none where that is not known yet.
        private var allowed: Bool?
        private var endpoint: PushEndpoint?

        func application(
            _ application: UIApplication,
            didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
        ) -> Bool {
            UNUserNotificationCenter.current().delegate = self
            Task {
                allowed = await PopupCenter.register()
                await tellWhereWakesGo()
            }
            return true
        }

        private func tellWhereWakesGo() async {
            guard let allowed, !allowed || endpoint != nil else { return }
            try? await model.countersign.setPush(endpoint: allowed ? endpoint : nil)
        }

        func application(
            _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data
        ) {
            endpoint = ApnsEndpoint.endpoint(deviceToken: token)
            Task { await tellWhereWakesGo() }
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
