// The app is ended between any two steps, callbacks hang or fail, what was stored is gone.

import CountersignIOS
import CountersignMobile
import FakePhone
import Foundation
import Testing

/// What a callback does that never does its work.
private protocol Fate: Sendable {
    func meet() async throws
}

/// Fails with something that the core has never heard of.
private struct Odd: Error, Fate {
    func meet() async throws { throw self }
}

/// Never comes back; says when it hangs, and when it was cancelled.
private final class Hang: Fate {
    let (told, tells) = AsyncStream.makeStream(of: String.self)

    func meet() async throws {
        await withTaskCancellationHandler {
            tells.yield("hangs")
            // Until cancelled.
            for await _ in AsyncStream<Never>(unfolding: {
                try? await Task.sleep(for: .seconds(3600)); return nil
            }) {}
        } onCancel: {
            tells.yield("cancelled")
        }
        throw CancellationError()
    }
}

/// A key store that does not sign.
private final class Strange: KeyStore {
    private let real = SecureEnclaveKeyStore()
    private let fate: any Fate
    init(_ fate: any Fate) { self.fate = fate }
    func create(alias: String, purpose: KeyPurpose, challenge: Data?) async throws -> MadeKey {
        try await real.create(alias: alias, purpose: purpose, challenge: challenge)
    }
    func publicKey(alias: String) async throws -> Data { try await real.publicKey(alias: alias) }
    func delete(alias: String) async throws { try await real.delete(alias: alias) }
    func protection() throws -> KeyProtection { throw Odd() }
    func sign(alias: String, message: Data, reason: String?) async throws -> Data {
        try await fate.meet()
        return Data()
    }
}

/// The other ports, none of which does its work.
private final class Broken: SecureStorage, HttpClient, AppAttest {
    private let fate: any Fate
    init(_ fate: any Fate) { self.fate = fate }
    func get(name: String) async throws -> Data? {
        try await fate.meet()
        return nil
    }
    func put(name: String, value: Data) async throws { try await fate.meet() }
    func delete(name: String) async throws { try await fate.meet() }
    func send(request: HttpRequest) async throws -> HttpResponse {
        try await fate.meet()
        return HttpResponse(status: 200, headers: [], body: Data())
    }
    func open(request: HttpRequest) async throws -> HttpOpened {
        try await fate.meet()
        return HttpOpened(status: 200, body: BrokenStream(fate))
    }
    func attest(clientDataHash: Data) async throws -> AppAttestation? {
        try await fate.meet()
        return nil
    }
}

/// A stream that is opened, and gives nothing.
private final class BrokenStream: HttpClient, HttpStream {
    private let fate: any Fate
    init(_ fate: any Fate) { self.fate = fate }
    func send(request: HttpRequest) async throws -> HttpResponse { throw Odd() }
    func open(request: HttpRequest) async throws -> HttpOpened { HttpOpened(status: 200, body: self) }
    func next() async throws -> Data? {
        try await fate.meet()
        return nil
    }
    func close() throws { throw Odd() }
}

/// A clock that does not know the time.
private final class NoClock: CountersignMobile.Clock {
    func now() throws -> Date { throw Odd() }
}

extension Story {
    @Suite struct Interruptions {
        @Test func theAppIsEndedBetweenAnyTwoStepsAndStartedAgain() async throws {
            let world = try await World(number: "always")
            FakePhone.shared.reset()
            let started = try await startApp(world.clock).pair(link: try await world.link())
            #expect(try await startApp(world.clock).accounts().map(\.state) == [.unconfirmed])
            #expect(try await world.tell("confirm", ["code": started.code]).active == true)
            let account = try await startApp(world.clock).refreshAccount(accountId: started.account.id)
            #expect(account.state == .active)
            let (login, number) = try await world.beginLogin()
            let request = try #require(try await startApp(world.clock).pending().requests.first)
            let shown = try await startApp(world.clock).fetch(accountId: request.accountId, loginId: login)
            #expect(try await startApp(world.clock).approve(request: shown, number: number).outcome == .approved)
            #expect(try await startApp(world.clock).pending().requests == [])
            #expect(try await world.signsIn(login) == true)
        }

        @Test func aPairingThatWasInterruptedIsBegunAgain() async throws {
            let world = try await World()
            FakePhone.shared.reset()
            FakePhone.shared.with { $0.person = .neverAnswers }
            let (prompts, shown) = AsyncStream.makeStream(of: String.self)
            FakePhone.shared.onPrompt { shown.yield($0) }
            let app = startApp(world.clock)
            let link = try await world.link()
            let pairing = Task { await told { try await app.pair(link: link) } }
            for await _ in prompts { break }
            pairing.cancel()
            #expect(await pairing.value != nil)
            FakePhone.shared.with { $0.person = .shows }
            let again = startApp(world.clock)
            #expect(try await again.accounts() == [])
            #expect(FakePhone.shared.with { $0.keys.isEmpty }, "keys outlive the app: none may stay behind")
            let started = try await again.pair(link: try await world.link())
            #expect(try await world.tell("confirm", ["code": started.code]).active == true)
        }

        @Test func anApprovalThatIsCancelledTakesItsPromptAwayAndCanBeGivenLater() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let (login, _, request) = try await ask(world, app)
            FakePhone.shared.with { $0.person = .neverAnswers }
            let (prompts, shown) = AsyncStream.makeStream(of: String.self)
            FakePhone.shared.onPrompt { shown.yield($0) }
            let approval = Task { await told { try await app.approve(request: request, number: nil) } }
            for await _ in prompts { break }
            approval.cancel()
            #expect(await approval.value != nil)
            FakePhone.shared.with { $0.person = .shows }
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
            #expect(try await world.signsIn(login) == true)
        }

        @Test func aCallbackThatHangsIsCancelledWithItsCall() async throws {
            typealias Call = @Sendable (World, Account, Hang) async throws -> Any
            let calls: [Call] = [
                { world, _, hang in try await startApp(world.clock, keys: Strange(hang)).pending() },
                { world, _, hang in try await startApp(world.clock, storage: Broken(hang)).accounts() },
                { world, _, hang in try await startApp(world.clock, http: Broken(hang)).pending() },
                { world, account, hang in
                    let app = startApp(world.clock, http: BrokenStream(hang))
                    return try await app.watch(accountId: account.id).next()
                },
                { world, _, hang in
                    let app = startApp(world.clock, appAttest: Broken(hang))
                    return try await app.pair(link: try await world.link())
                },
            ]
            let world = try await World()
            let (_, account) = try await pairedApp(world)
            for call in calls {
                let hang = Hang()
                let waiting = Task { await told { try await call(world, account, hang) } }
                for await what in hang.told {
                    if what == "hangs" { waiting.cancel() } else { break }
                }
                #expect(await waiting.value != nil)
            }
            #expect(try await startApp(world.clock).pending().unreached == [])
            #expect(try await startApp(world.clock).accounts().map(\.id) == [account.id])
            #expect(FakePhone.shared.with { $0.keys.count } == 2, "a pairing that was given up left keys behind")
        }

        @Test func callbacksThatThrowWhateverAreErrorsAndNoMore() async throws {
            let world = try await World()
            let (_, account) = try await pairedApp(world)
            let odd = startApp(world.clock, keys: Strange(Odd()))
            #expect(await told { try await odd.refreshAccount(accountId: account.id) } == "TellUser key_store_failed")
            let broken = startApp(world.clock, storage: Broken(Odd()))
            #expect(await told { try await broken.accounts() } == "TellUser storage_failed")
            #expect(await told { try await broken.pair(link: try await world.link()) } == "TellUser storage_failed")
            let offline = startApp(world.clock, http: Broken(Odd()))
            #expect(await told { try await offline.refreshAccount(accountId: account.id) } == "RetryLater unreachable")
            #expect(await told { try await offline.watch(accountId: account.id) } == "RetryLater unreachable")
            let watch = try await startApp(world.clock, http: BrokenStream(Odd())).watch(accountId: account.id)
            #expect(await told { try await watch.next() } == "RetryLater unreachable")
            // Whether a phone without a time or an attestation is good enough, the server says.
            #expect(try await startApp(NoClock()).pending().unreached == [])
            let unattested = startApp(world.clock, appAttest: Broken(Odd()))
            #expect(try await unattested.pair(link: try await world.link()).code.count == 6)
        }

        @Test func whoeverLosesTheStorageStartsAnew() async throws {
            let world = try await World()
            let (_, _) = try await pairedApp(world)
            FakePhone.shared.with { $0.items = [:] }
            #expect(try await startApp(world.clock).accounts() == [])
            let (app, _) = try await pairedApp(world, keepPhone: true)
            let (login, _, request) = try await ask(world, app)
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
            #expect(try await world.signsIn(login) == true)
        }

        @Test func aBackupOnAnotherPhoneHoldsNothing() async throws {
            let world = try await World()
            let (_, _) = try await pairedApp(world)
            FakePhone.shared.restoreOnAnotherPhone()
            #expect(try await startApp(world.clock).accounts() == [])
        }

        @Test func accountsWithoutTheirKeysArePairedAgain() async throws {
            let world = try await World()
            let (_, account) = try await pairedApp(world)
            FakePhone.shared.with { phone in
                phone.keys = []
                phone.items = phone.items.filter { $0.key.service == "io.countersign.storage" }
            }
            #expect(
                await told { try await startApp(world.clock).refreshAccount(accountId: account.id) }
                    == "PairAgain keys_lost")
        }

        @Test func aWakeOnALockedPhoneIsFetchedByTheExtensionWhichChangesNothing() async throws {
            let world = try await World()
            let (app, _) = try await pairedApp(world)
            let (login, _) = try await world.beginLogin()
            FakePhone.shared.with { $0.lock = .locked }
            let before = FakePhone.shared.with { $0.items.mapValues(\.value) }
            let storage = ReadOnlyStorage(KeychainStorage())
            let popup = await WakePopup.fetch(startApp(world.clock, storage: storage))
            #expect(popup?.popup?.login == login)
            #expect(FakePhone.shared.with { $0.items.mapValues(\.value) } == before)
            FakePhone.shared.with { $0.lock = .unlocked }
            #expect(try await app.pending().requests.map(\.login) == [login])
        }
    }
}
