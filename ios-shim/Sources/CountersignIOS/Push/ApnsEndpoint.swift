// Where wakes reach this app by way of Apple.

import CountersignMobile
import Foundation

/// The endpoint that `application(_:didRegisterForRemoteNotificationsWithDeviceToken:)` stands for.
public enum ApnsEndpoint {
    /// Hand it to `Countersign.setPush`, at each start of the app: tokens change.
    public static func endpoint(deviceToken: Data, bundle: Bundle = .main) -> PushEndpoint {
        let token = deviceToken.map { String(format: "%02x", $0) }.joined()
        return .apns(token: token, topic: bundle.bundleIdentifier ?? "", sandbox: isSandbox(profile(of: bundle)))
    }

    /// Whether a provisioning profile leads to Apple's service for development. Apps from the App Store and
    /// TestFlight have no profile in them.
    static func isSandbox(_ profile: Data?) -> Bool {
        // A signed message with a property list in it, as text.
        guard let profile, let name = profile.range(of: Data("<key>aps-environment</key>".utf8)) else {
            return Simulator.isHere
        }
        let rest = profile[name.upperBound...].prefix(60)
        return rest.range(of: Data("<string>development</string>".utf8)) != nil
    }

    private static func profile(of bundle: Bundle) -> Data? {
        bundle.url(forResource: "embedded", withExtension: "mobileprovision").flatMap { try? Data(contentsOf: $0) }
    }
}
