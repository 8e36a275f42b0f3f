// The app as an authenticator app; the phone's name; the end of an account; a wrong clock.

import CountersignIOS
import CountersignMobile
import CountersignSample
import FakePhone
import Foundation
import Testing

extension Story {
    @Suite struct Codes {
        @Test func aCodeOfTheAppSignsIn() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            let app = startApp(world.clock)
            let uri = try #require(try await world.tell("offer_authenticator").uri)
            let account = try await app.addTotp(link: uri)
            let first = try await app.totpCode(id: account.id)
            #expect(first.code.count == Int(account.digits) && first.secondsLeft > 0)
            #expect(try await world.tell("confirm_authenticator", ["code": first.code]).active == true)
            // A code is good once.
            try await world.tell("pass", ["seconds": Int(account.periodSeconds)])
            let (login, _) = try await world.beginLogin()
            let code = try await startApp(world.clock).totpCode(id: account.id).code
            #expect(code == first.nextCode)
            #expect(try await world.tell("type_code", ["login": login, "code": code]).signed_in == true)
            #expect(try await app.exportTotp(id: account.id).hasPrefix("otpauth://totp/"))
            try await app.removeTotp(id: account.id)
            #expect(try await app.totpAccounts() == [])
            #expect(
                await told { try await app.addTotp(link: "otpauth://hotp/a?secret=AA") }
                    == "AskAgain not_an_authenticator_link")
        }

        @Test @MainActor func theSampleShowsCodes() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            let model = SignInModel(startApp(world.clock), language: "en")
            await model.add(try #require(try await world.tell("offer_authenticator").uri))
            #expect(model.screen == .home && model.codes.count == 1)
            #expect(model.codes.first?.code.spoken.isEmpty == false)
        }

        @Test @MainActor func theSampleRenamesMovesAndRemovesCodes() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            let model = SignInModel(startApp(world.clock), language: "en")
            await model.add(try #require(try await world.tell("offer_authenticator").uri))
            let first = try #require(model.codes.first)
            await model.rename(first.account, name: "Work")
            #expect(model.codes.map(\.account.name) == ["Work"] && model.screen == .home)
            let link = try #require(await model.export(first.account))
            await model.remove(first.account)
            #expect(model.codes == [] && model.screen == .home)
            // What another phone scans makes the same codes.
            await model.add(link)
            #expect(model.codes.map(\.account.name) == ["Work"])
            #expect(model.codes.first?.code.code == first.code.code)
            #expect(await model.export(first.account) == nil)
            guard case .problem = model.screen else { Issue.record("\(model.screen)"); return }
        }

        @Test func aPhoneIsRenamedAndUnpaired() async throws {
            let world = try await World()
            let (app, account) = try await pairedApp(world)
            #expect(account.deviceName == "Ada’s iPhone")
            #expect(try await app.renameDevice(accountId: account.id, name: "Work phone").deviceName == "Work phone")
            try await app.unpair(accountId: account.id)
            #expect(try await app.accounts() == [])
            #expect(FakePhone.shared.with { $0.keys.isEmpty }, "its keys are gone with it")
        }

        @Test func aWrongClockIsSaid() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            #expect(app.clockSkew() == nil)
            world.clock.wrong(by: 3600)
            _ = try await app.pending()
            if let skew = app.clockSkew() {
                #expect(abs(skew.aheadSeconds - 3600) < 60 && !skew.sentence.isEmpty)
            } else {
                Issue.record("nothing was said")
            }
        }
    }
}
