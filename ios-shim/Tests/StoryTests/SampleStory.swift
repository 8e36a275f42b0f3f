// The sample app, but for its screens.

import CountersignIOS
import CountersignMobile
import CountersignSample
import FakePhone
import Foundation
import Testing

extension Story {
    @Suite @MainActor struct Sample {
        @Test func fromNothingToAnApprovedLogin() async throws {
            let world = try await World(number: "always")
            FakePhone.shared.reset()
            let model = SignInModel(startApp(world.clock), language: "en")
            await model.refresh()
            #expect(model.accounts == [] && model.screen == .home)
            await model.pair(try await world.link())
            guard case .code(let started) = model.screen else { Issue.record("\(model.screen)"); return }
            await model.askForConfirmation()
            #expect(model.screen == .code(started))
            try await world.tell("confirm", ["code": started.code])
            await model.askForConfirmation()
            #expect(model.screen == .result(title: "Ready", sentence: model.texts.pairDone, good: true))
            #expect(model.accounts.map(\.state) == [.active])

            let (login, number) = try await world.beginLogin()
            await model.refresh()
            let request = try #require(model.requests.first)
            model.show(request)
            FakePhone.shared.with { $0.person = .cancels }
            await model.approve(request, number: number)
            #expect(model.screen == .request(request), "a prompt that was put away leads back")
            FakePhone.shared.with { $0.person = .shows }
            await model.approve(request, number: number)
            guard case .result("Approved", _, true) = model.screen else { Issue.record("\(model.screen)"); return }
            #expect(model.requests == [] && !model.busy)
            #expect(try await world.signsIn(login) == true)
        }

        @Test func aRequestThatWasAnsweredElsewhereGoesAway() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let model = SignInModel(app, language: "ja")
            let (_, _, request) = try await ask(world, app)
            await model.open(request.popup)
            #expect(model.screen == .request(request))
            _ = try await app.deny(request: request)
            await model.refresh()
            guard case .result(_, let sentence, true) = model.screen else { Issue.record("\(model.screen)"); return }
            #expect(
                sentence == "別のスマートフォン、または別の方法で回答済みです。これ以上の操作は必要ありません。"
                    || sentence == app.answeredElsewhereSentence())
        }

        @Test func anAppThatWasEmptyHearsOfTheRequestsOfItsFirstAccount() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            let model = SignInModel(startApp(world.clock), language: "en")
            await model.refresh()
            #expect(model.heldAccounts == [])
            await model.pair(try await world.link())
            guard case .code(let started) = model.screen else { Issue.record("\(model.screen)"); return }
            #expect(model.heldAccounts == [], "it is not confirmed")
            try await world.tell("confirm", ["code": started.code])
            await model.askForConfirmation()
            #expect(model.heldAccounts == [started.account.id], "what the app in front holds anew for")
            let holding = Task { await model.hold() }
            let (login, _) = try await world.beginLogin()
            while !model.requests.contains(where: { $0.login == login }) { await Task.yield() }
            model.showHome()
            holding.cancel()
            await holding.value
            #expect(model.screen == .home, "a prompt ends the stream, and that is no problem to tell")
        }

        @Test func anOpenedLinkIsFollowedWhenThePersonSaysSo() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            let model = SignInModel(startApp(world.clock), language: "en")
            let link = try await world.link()
            model.opened(link)
            #expect(model.screen == .adding(link: link))
            #expect(FakePhone.shared.with { $0.keys.isEmpty && $0.prompts.isEmpty }, "nothing happened yet")
            await model.pair(link)
            guard case .code = model.screen else { Issue.record("\(model.screen)"); return }
        }

        @Test func anAnswerPutsThePopupsAway() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            var putAway = 0
            let model = SignInModel(app, language: "en") { putAway += 1 }
            let (_, _, request) = try await ask(world, app)
            await model.deny(request)
            #expect(putAway == 1)
        }

        @Test func anAccountWhoseServerIsOutOfReachIsRemovedHereWhenThePersonSaysSo() async throws {
            let world = try await World()
            let (app, account) = try await pairedApp(world)
            let model = SignInModel(app, language: "en")
            try await world.tell("stop")
            await model.unpair(account)
            #expect(model.screen == .removingHere(account))
            #expect(model.accounts.map(\.id) == [account.id])
            await model.removeHere(account)
            #expect(model.screen == .home && model.accounts == [])
            #expect(FakePhone.shared.with { $0.keys.isEmpty })
            try await world.tell("start")
        }

        @Test func whatCannotBeReadIsForgottenWhenThePersonSaysSo() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            try await KeychainStorage().put(name: "countersign.accounts", value: Data("7".utf8))
            let model = SignInModel(app, language: "en")
            await model.refresh()
            guard case .problem(let problem) = model.screen else { Issue.record("\(model.screen)"); return }
            #expect(problem.offer == .forgetDamaged)
            await model.forgetDamaged()
            #expect(model.screen == .home && model.accounts == [])
        }

        @Test func problemsSayWhatToDo() async throws {
            let world = try await World()
            let (app, account) = try await pairedApp(world)
            let model = SignInModel(app, language: "en")
            let (_, _, request) = try await ask(world, app)
            FakePhone.shared.with { $0.enrolment = 2 }
            await model.approve(request, number: nil)
            guard case .problem(let problem) = model.screen else { Issue.record("\(model.screen)"); return }
            #expect(problem.offer == .pairAgain && problem.reason == "biometrics_changed")
            await model.unpair(account)
            #expect(model.screen == .home && model.accounts == [])
        }

        @Test func afterPairingAgainTheOldEntryIsOfferedForRemoval() async throws {
            let world = try await World()
            let (app, old) = try await pairedApp(world)
            let model = SignInModel(app, language: "en")
            FakePhone.shared.with { $0.enrolment = 2 }
            await model.pair(try await world.link())
            guard case .code(let started) = model.screen else { Issue.record("\(model.screen)"); return }
            try await world.tell("confirm", ["code": started.code])
            await model.askForConfirmation()
            guard case .removingOld(let account) = model.screen else { Issue.record("\(model.screen)"); return }
            #expect(account.id == old.id)
            await model.unpair(account)
            #expect(model.screen == .home && model.accounts.map(\.id) == [started.account.id])
        }

        /// What Apple shows when the extension had no time, in the app's own catalogue.
        @Test(arguments: ["en", "ja"])
        func theAppsCatalogueHoldsTheTextsOfPopups(language: String) async throws {
            FakePhone.shared.reset()
            let changes = try await startApp(PhoneClock(), language: language).popupChanges(shown: [])
            let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
            let file = package.appendingPathComponent("Sample/App/\(language).lproj/Localizable.strings")
            let catalogue = try String(contentsOf: file, encoding: .utf8)
            #expect(catalogue.contains("\"countersign_popup_title\" = \"\(changes.title)\";"))
            #expect(catalogue.contains("\"countersign_popup_body\" = \"\(changes.body)\";"))
        }

        @Test func aTenantsColourIsPainted() {
            #expect(TenantColour("#b3005e").map { [$0.red * 255, $0.green * 255, $0.blue * 255] } == [179, 0, 94])
            #expect(TenantColour("#ffd500")?.isLight == true && TenantColour("#b3005e")?.isLight == false)
            for none in [nil, "", "#", "#b3005", "#b3005eg", "b3005e"] { #expect(TenantColour(none) == nil) }
        }

        @Test func everyTextIsThereInBothLanguages() {
            let english = Mirror(reflecting: Texts.english).children,
                japanese = Mirror(reflecting: Texts.japanese).children
            for (one, other) in zip(english, japanese) {
                let (one, other) = (one.value as? String ?? "", other.value as? String ?? "")
                #expect(!one.isEmpty && !other.isEmpty && one != other)
            }
            #expect(Texts.of("ja-JP") == .japanese && Texts.of("jam") == .english && Texts.of("") == .english)
        }
    }
}
