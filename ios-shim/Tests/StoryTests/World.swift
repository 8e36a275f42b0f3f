// A real server, a browser before it, and a phone: the fake one, with this package's real classes on it.
//
// The story server runs outside and says in COUNTERSIGN_STORY_CONTROL where it takes commands
// (bindings/story-server has their list).

import CountersignIOS
import CountersignMobile
import FakePhone
import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// All tests share one fake phone, so they are told one after the other.
@Suite(.serialized, .timeLimit(.minutes(2))) enum Story {}

/// What a command gives.
struct Told: Decodable, Sendable {
    var now: Int64?
    var world, origin, email, link, login, number, text, statement, uri: String?
    var endpoint, p256dh, auth: String?
    var key_id, object: String?
    var subscription: Int?
    var active, signed_in: Bool?
}

struct StoryWentWrong: Error, CustomStringConvertible {
    let description: String
}

/// Sends a command to the story server.
func tell(_ path: String, _ wish: [String: any Sendable] = [:]) async throws -> Told {
    guard let control = ProcessInfo.processInfo.environment["COUNTERSIGN_STORY_CONTROL"],
        let url = URL(string: control + path)
    else { throw StoryWentWrong(description: "COUNTERSIGN_STORY_CONTROL names no story server") }
    var request = URLRequest(url: url)
    request.httpMethod = "POST"
    request.httpBody = try JSONSerialization.data(withJSONObject: wish)
    let (body, response) = try await URLSession.shared.data(for: request)
    guard (response as? HTTPURLResponse)?.statusCode == 200 else {
        throw StoryWentWrong(description: "\(path): \(String(decoding: body, as: UTF8.self))")
    }
    return try JSONDecoder().decode(Told.self, from: body)
}

/// The phone's clock, which a world sets.
final class PhoneClock: Clock, @unchecked Sendable {
    private let lock = NSLock()
    private var micros: Int64 = 0
    /// By how many seconds it is wrong.
    private var off: TimeInterval = 0

    func set(_ now: Int64?) { lock.withLock { micros = now ?? micros } }
    func wrong(by seconds: TimeInterval) { lock.withLock { off = seconds } }
    func now() throws -> Date {
        lock.withLock { Date(timeIntervalSince1970: Double(micros) / 1_000_000 + off) }
    }
}

/// A server with one user, and the person's browser.
final class World: Sendable {
    let id: String
    let origin: String
    let email: String
    let clock: PhoneClock

    init(number: String = "never", attestation: String? = nil, clock: PhoneClock = PhoneClock()) async throws {
        var wish: [String: any Sendable] = ["number": number]
        wish["attestation"] = attestation
        let told = try await StoryTests.tell("/worlds", wish)
        guard let id = told.world, let origin = told.origin, let email = told.email else {
            throw StoryWentWrong(description: "a world without a name")
        }
        (self.id, self.origin, self.email, self.clock) = (id, origin, email, clock)
        clock.set(told.now)
    }

    @discardableResult
    func tell(_ command: String, _ wish: [String: any Sendable] = [:]) async throws -> Told {
        let told = try await StoryTests.tell("/worlds/\(id)/\(command)", wish)
        clock.set(told.now)
        return told
    }

    func link() async throws -> String { try #require(try await tell("link").link) }

    func beginLogin() async throws -> (login: String, number: String?) {
        let told = try await tell("begin")
        return (try #require(told.login), told.number)
    }

    /// Waits until the browser was told so.
    func browserSees(_ login: String, _ state: String) async throws {
        try await tell("await_state", ["login": login, "state": state])
    }

    /// Whether the browser that began the login is signed in by now.
    func signsIn(_ login: String) async throws -> Bool? {
        try await tell("complete", ["login": login]).signed_in
    }
}

/// The app, started: whatever it knew before is in the phone's Keychain or gone.
func startApp(
    _ clock: any CountersignMobile.Clock, language: String = "en", keys: (any KeyStore)? = nil,
    storage: (any SecureStorage)? = nil, http: (any HttpClient)? = nil, appAttest: (any AppAttest)? = nil
) -> Countersign {
    let ports = Ports(
        keys: keys ?? SecureEnclaveKeyStore(), storage: storage ?? KeychainStorage(),
        http: http ?? URLSessionHttp(), clock: clock, appAttest: appAttest ?? AppAttestPort())
    let phone = PhoneInfo(
        platform: "ios", model: "Ada’s iPhone", language: language, appId: "com.example.signin",
        appVersion: "1.0")
    return Countersign(ports: ports, phone: phone)
}

/// A new phone that is paired in `world`.
func pairedApp(_ world: World, keepPhone: Bool = false) async throws -> (app: Countersign, account: Account) {
    if !keepPhone { FakePhone.shared.reset() }
    let app = startApp(world.clock)
    let started = try await app.pair(link: try await world.link())
    #expect(started.account.state == .unconfirmed && started.code.count == 6)
    #expect(try await world.tell("confirm", ["code": started.code]).active == true)
    let account = try await app.refreshAccount(accountId: started.account.id)
    #expect(account.state == .active)
    return (app, account)
}

/// Begins a login and finds its request on the phone.
func ask(_ world: World, _ app: Countersign) async throws -> (login: String, number: String?, PendingRequest) {
    let (login, number) = try await world.beginLogin()
    let requests = try await app.pending().requests
    return (login, number, try #require(requests.first { $0.login == login }))
}

/// Which case of the core's errors came, and its reason: `AskAgain cancelled`.
func told(_ work: () async throws -> some Any) async -> String? {
    do {
        _ = try await work()
        return nil
    } catch {
        return name(error)
    }
}

func name(_ error: any Error) -> String {
    switch error as? CountersignError {
    case .AskAgain(let reason, let sentence, _): sentence.isEmpty ? "silent" : "AskAgain \(reason)"
    case .PairAgain(let reason, let sentence, _): sentence.isEmpty ? "silent" : "PairAgain \(reason)"
    case .UpdateApp(let reason, let sentence, _): sentence.isEmpty ? "silent" : "UpdateApp \(reason)"
    case .TellUser(let reason, let sentence, _): sentence.isEmpty ? "silent" : "TellUser \(reason)"
    case .RetryLater(let reason, let sentence, _): sentence.isEmpty ? "silent" : "RetryLater \(reason)"
    case nil: "unexpected \(error)"
    }
}

var objections: [String] { FakePhone.shared.with { $0.objections } }
