// What goes wrong reaches the app as the right case.

import CountersignMobile
import FakePhone
import Foundation
import Testing

@testable import CountersignIOS

extension Story {
    @Suite struct Trouble {
        @Test(arguments: [
            (Person.cancels, "AskAgain cancelled"), (.takesACall, "AskAgain cancelled"),
            (.showsAnotherFace, "AskAgain cancelled"), (.isLockedOut, "TellUser locked_out"),
        ])
        func whatThePersonDoes(person: Person, expected: String) async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let (login, _, request) = try await ask(world, app)
            FakePhone.shared.with { $0.person = person }
            #expect(await told { try await app.approve(request: request, number: nil) } == expected)
            FakePhone.shared.with { $0.person = .shows }
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
            #expect(try await world.signsIn(login) == true)
        }

        @Test func otherFacesMeanPairingAgain() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let (_, _, request) = try await ask(world, app)
            #expect(try await app.accounts().map(\.fault) == [nil])
            FakePhone.shared.with { $0.enrolment = 2 }
            let fault = try #require(try await app.accounts().first?.fault)
            #expect(name(fault) == "PairAgain biometrics_changed", "said when the app starts, not in a sign-in")
            #expect(
                await told { try await app.approve(request: request, number: nil) } == "PairAgain biometrics_changed")
            #expect(try await app.deny(request: request).outcome == .denied, "a denial needs no face")
        }

        @Test func aPhoneThatCannotIsToldSoAtPairing() async throws {
            let changes: [(@Sendable (inout PhoneState) -> Void, String)] = [
                ({ $0.enrolment = nil }, "TellUser no_hardware"),
                ({ $0.faceIdAllowed = false }, "TellUser not_allowed"),
                ({ $0.passcodeSet = false }, "TellUser no_hardware"), ({ $0.person = .cancels }, "AskAgain cancelled"),
                ({ $0.keychainBroken = true }, "TellUser"),
            ]
            let world = try await World()
            for (change, expected) in changes {
                FakePhone.shared.reset()
                FakePhone.shared.with(change)
                let app = startApp(world.clock)
                let link = try await world.link()
                let error = await told { try await app.pair(link: link) }
                #expect(error?.hasPrefix(expected) == true, "\(String(describing: error)), not \(expected)")
                #expect(FakePhone.shared.with { $0.keys.isEmpty }, "nothing stays behind")
            }
        }

        @Test func linksThatAreNoneOrLeadNowhereGood() async throws {
            FakePhone.shared.reset()
            let world = try await World()
            let app = startApp(world.clock)
            #expect(await told { try await app.pair(link: "https://example.com") } == "AskAgain not_a_pairing_link")
            let link = try await world.link()
            let rest = try #require(link.split(separator: "#").last)
            #expect(
                await told { try await app.pair(link: "http://login.example.com/pair#\(rest)") }
                    == "TellUser insecure_server")
            let tls = try #require(try await tell("/tools/certificate_from_nobody", ["name": "localhost"]).origin)
            let refused = await told { try await app.pair(link: "\(tls)/pair#\(rest)") }
            #expect(refused == "TellUser certificate_wrong")
            FakePhone.shared.with { #expect($0.keys.isEmpty) }
        }

        @Test func aServerThatIsDownIsTriedLater() async throws {
            let world = try await World()
            let (_, account) = try await pairedApp(world)
            let app = startApp(world.clock, http: URLSessionHttp(answer: 2, silence: 2))
            let (_, _, request) = try await ask(world, app)
            try await world.tell("stop")
            let pending = try await app.pending()
            #expect(pending.requests == [] && pending.unreached.map(\.accountId) == [account.id])
            #expect(pending.unreached.map { name($0.error) } == ["RetryLater unreachable"])
            // Not a decision: what the dead server's socket still took would be done after its return.
            #expect(await told { try await app.refreshAccount(accountId: account.id) } == "RetryLater unreachable")
            #expect(await WakePopup.fetch(app) == nil, "the generic popup stays")
            try await world.tell("start")
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
        }

        @Test func aLoginWhoseTimeIsOver() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let (_, _, request) = try await ask(world, app)
            try await world.tell("pass", ["seconds": 3600])
            #expect(await told { try await app.approve(request: request, number: nil) } == "TellUser expired")
        }

        @Test func aRequestSignedByAnotherKeyIsNotAnswered() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let (_, _, real) = try await ask(world, app)
            let forged = try await tell("/tools/sign_by_another_key", ["statement": real.signed]).statement
            let request = PendingRequest(
                login: real.login, accountId: real.accountId, account: real.account, tenantName: real.tenantName,
                origin: real.origin, application: real.application, browser: real.browser, system: real.system,
                address: real.address, place: real.place, askedAt: real.askedAt, expiresAt: real.expiresAt,
                numberDigits: real.numberDigits, question: real.question, spoken: real.spoken,
                signed: try #require(forged))
            let prompts = FakePhone.shared.with { $0.prompts.count }
            #expect(await told { try await app.approve(request: request, number: nil) } == "TellUser not_trusted")
            #expect(FakePhone.shared.with { $0.prompts.count } == prompts, "nobody was asked for a face")
        }

        @Test func aPhoneThatTheServerRemovedPairsAgain() async throws {
            let world = try await World()
            let (app, account) = try await pairedApp(world)
            let (login, _, request) = try await ask(world, app)
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
            #expect(try await world.signsIn(login) == true)
            try await world.tell("remove_phones", ["login": login])
            #expect(await told { try await app.refreshAccount(accountId: account.id) } == "PairAgain unknown_device")
        }
    }
}
