// Apple's tokens, popups in notifications, opened links.

import CountersignMobile
import Foundation
import Testing

@testable import CountersignIOS

extension Shim {
    @Suite struct Outside {
        @Test func aTokenIsHexadecimal() {
            guard case .apns(let token, _, _) = ApnsEndpoint.endpoint(deviceToken: Data([0, 0xab, 0x0f])) else {
                Issue.record("no endpoint of Apple's"); return
            }
            #expect(token == "00ab0f")
        }

        @Test func whatXcodePutOnThePhoneIsReachedElsewhere() {
            func profile(_ environment: String) -> Data {
                Data([0x30, 0x82, 0xff])
                    + Data("<dict><key>aps-environment</key>\n\t\t<string>\(environment)</string></dict>".utf8)
            }
            #expect(ApnsEndpoint.isSandbox(profile("development")))
            #expect(!ApnsEndpoint.isSandbox(profile("production")))
            #expect(!ApnsEndpoint.isSandbox(nil), "the App Store takes the profile out")
        }

        @Test func aPopupIsRememberedInItsNotification() {
            let popup = Popup(login: "l", accountId: "a", expiresAt: Date(timeIntervalSince1970: 1_790_000_000.25))
            #expect(Popup(userInfo: popup.userInfo) == popup)
            #expect(Popup(userInfo: ["aps": "of another sender"]) == nil)
        }

        @Test func aPushOfTheAppsOwnIsNoWake() {
            #expect(WakePopup.isWake(["aps": ["alert": ["loc-key": "…"]], "wake": "AAAA"]))
            #expect(!WakePopup.isWake(["aps": ["alert": "Your order has shipped"]]))
            #expect(!WakePopup.isWake(["wake": 1]))
        }

        private func changes(over: [Popup], unreached: [Unreached] = []) -> PopupChanges {
            PopupChanges(
                show: [], withdraw: over.map { Withdrawn(popup: $0, why: .settled) }, title: "", body: "",
                pending: Pending(requests: [], unreached: unreached))
        }

        @Test func oneServerTakesAwayNoPopupOfAnothers() {
            let at = Date(timeIntervalSince1970: 1_790_000_000)
            let mine = Popup(login: "same", accountId: "mine", expiresAt: at)
            let theirs = Popup(login: "same", accountId: "theirs", expiresAt: at)
            var delivered = DeliveredPopups()
            delivered.add(identifier: "1", userInfo: mine.userInfo)
            delivered.add(identifier: "2", userInfo: theirs.userInfo)
            #expect(delivered.popups == [mine, theirs])
            #expect(delivered.over(changes(over: [theirs])) == ["2"])
            #expect(delivered.over(changes(over: [mine])) == ["1"])
        }

        @Test func aGenericPopupGoesWhenNothingWaitsThatItCouldMean() {
            var delivered = DeliveredPopups()
            delivered.add(identifier: "generic", userInfo: ["wake": "AAAA"])
            delivered.add(identifier: "order", userInfo: ["aps": "Your order has shipped"])
            #expect(delivered.over(changes(over: [])) == ["generic"])
            let error = CountersignError.RetryLater(reason: "unreachable", sentence: "s", details: "d")
            let unreached = Unreached(accountId: "a", error: error)
            #expect(delivered.over(changes(over: [], unreached: [unreached])) == [])
        }

        @Test func aUniversalLinkLeadsToPairing() throws {
            let link = "https://login.example.com/pair#id.secret.key"
            #expect(PairingLinks.link(in: try #require(URL(string: link))) == link)
            for other in ["https://login.example.com/login#id", "https://login.example.com/pair"] {
                #expect(PairingLinks.link(in: try #require(URL(string: other))) == nil)
            }
        }
    }
}
