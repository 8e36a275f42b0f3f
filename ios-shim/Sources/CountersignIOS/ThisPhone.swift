// Everything that the core needs, put together from this phone.

import CountersignMobile
import Foundation

#if canImport(UIKit)
    import UIKit
#endif

/// This phone, as the core's surroundings.
public struct ThisPhone: Sendable {
    /// The Keychain access group that app and notification extension share, with the team's prefix:
    /// `ABCDE12345.com.example.shared`. None where there is no extension.
    public var accessGroup: String?
    /// What the phone is called, for people.
    public var model: String
    /// The language that the app speaks.
    public var language: String
    /// What opens approval keys that are made from now on. A passcode only where the organisation allows it.
    public var approvals: ApprovalUnlock

    public init(
        accessGroup: String? = nil, model: String, language: String? = nil, approvals: ApprovalUnlock = .biometry
    ) {
        self.approvals = approvals
        self.accessGroup = accessGroup
        self.model = model
        self.language = language ?? Bundle.main.preferredLocalizations.first ?? "en"
    }

    /// The core for the app. Make one at its start and share it.
    public func countersign() -> Countersign {
        Countersign(ports: ports(KeychainStorage(accessGroup: accessGroup), AppAttestPort()), phone: info())
    }

    /// The core for the notification extension, which reads and changes nothing.
    public func countersignForExtension() -> Countersign {
        let storage = ReadOnlyStorage(KeychainStorage(accessGroup: accessGroup))
        // The system waits 30 seconds for all of it, the person two minutes; one server that is out of reach must not
        // take half a minute from the popups of the others.
        return Countersign(ports: ports(storage, nil, URLSessionHttp(answer: 6, silence: 6)), phone: info())
    }

    func ports(
        _ storage: any SecureStorage, _ attest: (any AppAttest)?, _ http: URLSessionHttp = URLSessionHttp()
    ) -> Ports {
        Ports(
            keys: SecureEnclaveKeyStore(accessGroup: accessGroup, unlock: approvals), storage: storage, http: http,
            clock: nil, appAttest: attest)
    }

    func info() -> PhoneInfo {
        let bundle = Bundle.main
        let version = bundle.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String
        return PhoneInfo(
            platform: "ios", model: model, language: language, appId: bundle.bundleIdentifier ?? "",
            appVersion: version ?? "")
    }
}

#if canImport(UIKit)
    extension ThisPhone {
        /// Named as the phone names itself: "iPhone", or "Ada's iPhone" where the app may know.
        @MainActor public static func named(accessGroup: String? = nil) -> ThisPhone {
            ThisPhone(accessGroup: accessGroup, model: UIDevice.current.name)
        }
    }
#endif
