// Pairing links that come from outside: a universal link, or the camera.

import Foundation

/// What an opened address means.
public enum PairingLinks {
    /// The pairing link in an opened address, for `Countersign.pair`; none for any other address. Whether
    /// it is good is for the core to say.
    public static func link(in url: URL) -> String? {
        guard url.path == "/pair", url.fragment?.isEmpty == false else { return nil }
        return url.absoluteString
    }
}
