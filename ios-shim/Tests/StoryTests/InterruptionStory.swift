// The app is ended between any two steps, callbacks hang or fail, what was stored is gone.

import CountersignIOS
import CountersignMobile
import FakePhone
import Foundation
import Testing

/// A key store whose calls fail with something that the core has never heard of, or never come back.
private final class Strange: KeyStore {
    struct Odd: Error {}
    private let real = SecureEnclaveKeyStore()
    private let hangs: Bool
    /// Says when a call hangs, and when that call was cancelled.
    let (told, tells) = AsyncStream.makeStream(of: String.self)

    init(hangs: Bool) { self.hangs = hangs }

    func create(alias: String, purpose: KeyPurpose, challenge: Data?) async throws -> MadeKey {
        try await real.create(alias: alias, purpose: purpose, challenge: challenge)
    }
    func publicKey(alias: String) async throws -> Data { try await real.publicKey(alias: alias) }
    func delete(alias: String) async throws { try await real.delete(alias: alias) }
    func protection() throws -> KeyProtection { throw Odd() }
    func sign(alias: String, message: Data, reason: String?) async throws -> Data {
        guard hangs else { throw Odd() }
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

/// Storage that fails in a way that the core has never heard of.
private final class Broken: SecureStorage {
    struct Odd: Error {}
    func get(name: String) async throws -> Data? { throw Odd() }
    func put(name: String, value: Data) async throws { throw Odd() }
    func delete(name: String) async throws { throw Odd() }
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

        @Test func aKeyStoreThatHangsIsCancelledWithItsCall() async throws {
            let world = try await World()
            _ = try await pairedApp(world)
            let keys = Strange(hangs: true)
            let app = startApp(world.clock, keys: keys)
            let call = Task { await told { try await app.pending() } }
            for await what in keys.told {
                if what == "hangs" { call.cancel() } else { break }
            }
            #expect(await call.value != nil)
            #expect(try await startApp(world.clock).pending().unreached == [])
        }

        @Test func callbacksThatThrowWhateverAreErrorsAndNoMore() async throws {
            let world = try await World()
            let (_, account) = try await pairedApp(world)
            let odd = startApp(world.clock, keys: Strange(hangs: false))
            #expect(await told { try await odd.refreshAccount(accountId: account.id) } == "TellUser key_store_failed")
            let broken = startApp(world.clock, storage: Broken())
            #expect(await told { try await broken.accounts() } == "TellUser storage_failed")
            #expect(await told { try await broken.pair(link: try await world.link()) } == "TellUser storage_failed")
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
