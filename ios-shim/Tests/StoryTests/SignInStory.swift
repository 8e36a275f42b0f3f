// Pair, wake, show, approve with the number, deny, report.

import CountersignIOS
import CountersignMobile
import FakePhone
import Foundation
import Testing

extension Story {
    @Suite struct SigningIn {
        @Test func aPhoneIsPairedWokenAndApprovesWithTheNumber() async throws {
            let world = try await World(number: "always")
            let (app, account) = try await pairedApp(world)
            #expect(account.origin == world.origin && account.account == world.email)
            let subscribed = try await world.tell("subscribe")
            try await app.setPush(
                endpoint: .webPush(
                    endpoint: try #require(subscribed.endpoint), p256dh: try #require(subscribed.p256dh),
                    auth: try #require(subscribed.auth)))
            let (login, number) = try await world.beginLogin()
            let wake = try await world.tell("next_wake", ["subscription": try #require(subscribed.subscription)])
            #expect(wake.text?.contains(world.email) == false, "a wake names nobody")

            let popup = try #require(await WakePopup.fetch(app))
            #expect(popup.title == "Sign-in request" && popup.body == "Tap to review" && !popup.quiet)
            let remembered = try #require(popup.popup?.userInfo)
            let tapped = try #require(Popup(userInfo: remembered))
            #expect(tapped.login == login)
            let request = try await app.fetch(accountId: tapped.accountId, loginId: tapped.login)
            #expect(request.numberDigits.map(Int.init) == number?.count && !request.browser.isEmpty)
            #expect(request.spoken.contains(request.application))

            let answered = try await app.approve(request: request, number: number)
            #expect(answered.outcome == .approved && !answered.sentence.isEmpty)
            try await world.browserSees(login, "approved")
            #expect(try await world.signsIn(login) == true)
            #expect(FakePhone.shared.with { $0.prompts.last } == "Sign in to \(request.application) as \(world.email)")
            #expect(try await app.pending().requests == [])
            let over = try await app.popupChanges(shown: [tapped])
            #expect(over.withdraw.map(\.popup.login) == [login])
            #expect(await WakePopup.fetch(app)?.quiet == true)
            #expect(objections == [])
        }

        @Test func aWrongNumberEndsTheLogin() async throws {
            let world = try await World(number: "always")
            let (app, _) = try await pairedApp(world)
            let (login, number, request) = try await ask(world, app)
            let wrong = try #require(number.flatMap { Int($0) }).description == "10" ? "11" : "10"
            #expect(await told { try await app.approve(request: request, number: nil) } == "AskAgain number_digits")
            #expect(try await app.approve(request: request, number: wrong).outcome == .wrongNumber)
            #expect(try await world.signsIn(login) == false)
        }

        @Test func aLoginIsDeniedOrReportedWithoutAFace() async throws {
            for denies in [true, false] {
                let world = try await World()
                let (app, _) = try await pairedApp(world)
                let prompts = FakePhone.shared.with { $0.prompts.count }
                let (login, _, request) = try await ask(world, app)
                let answered = denies ? try await app.deny(request: request) : try await app.report(request: request)
                #expect(answered.outcome == (denies ? .denied : .reported))
                try await world.browserSees(login, denies ? "denied" : "reported")
                #expect(try await world.signsIn(login) == false)
                #expect(FakePhone.shared.with { $0.prompts.count } == prompts)
                #expect(
                    await told { try await app.approve(request: request, number: nil) } == "TellUser already_decided")
            }
        }

        @Test func anOpenAppHearsOfALogin() async throws {
            let world = try await World()
            let (app, account) = try await pairedApp(world)
            let watch = try await app.watch(accountId: account.id)
            #expect(try await watch.next() == .changed)
            let (login, _) = try await world.beginLogin()
            while true {
                #expect(try await watch.next() == .changed)
                if try await app.pending().requests.contains(where: { $0.login == login }) { break }
            }
            let waiting = Task { await told { try await watch.next() } }
            watch.close()
            watch.close()
            #expect(await waiting.value == "RetryLater unreachable")
        }

        @Test func twoAccountsOfOneNameAreToldApartByTheirServers() async throws {
            let first = try await World()
            let (app, one) = try await pairedApp(first)
            let second = try await World(clock: first.clock)
            let (_, two) = try await pairedApp(second, keepPhone: true)
            let accounts = try await app.accounts()
            #expect(
                Set(accounts.map(\.account)).count == 1 && Set(accounts.map(\.origin)) == [first.origin, second.origin])
            let (_, _, request) = try await ask(second, app)
            #expect(request.accountId == two.id && request.origin == second.origin)
            try await app.remove(accountId: one.id)
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
            #expect(FakePhone.shared.with { $0.keys.count } == 2, "the other account's keys are still there")
        }

        @Test func theAppSpeaksJapanese() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            let app = startApp(world.clock, language: "ja-JP")
            let started = try await app.pair(link: try await world.link())
            #expect(try await world.tell("confirm", ["code": started.code]).active == true)
            let (_, _, request) = try await ask(world, app)
            #expect(try await app.approve(request: request, number: nil).sentence.hasPrefix("承認しました"))
            #expect(FakePhone.shared.with { $0.prompts.last?.hasSuffix("にサインイン") } == true)
        }
    }
}
