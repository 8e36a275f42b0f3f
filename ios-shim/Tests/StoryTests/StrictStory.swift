// Organisations that ask for more: proof of where the keys are, and a face rather than a passcode.

import CountersignMobile
import FakePhone
import Foundation
import Testing

@testable import CountersignIOS

/// Apple's word for the app, by a maker whom the world's server believes.
private final class Believed: AppAttest {
    private let world: World
    init(_ world: World) { self.world = world }

    func attest(clientDataHash: Data) async throws -> AppAttestation? {
        let told = try await world.tell("attest_app", ["client_data_hash": spelt(clientDataHash)])
        return AppAttestation(
            keyId: try #require(told.key_id.flatMap(bytes)), object: try #require(told.object.flatMap(bytes)))
    }
}

private func spelt(_ data: Data) -> String {
    data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}

private func bytes(_ text: String) -> Data? {
    let text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
}

private func sentence(_ work: () async throws -> some Any) async -> String? {
    do {
        _ = try await work()
    } catch CountersignError.TellUser(_, let sentence, _) {
        return sentence
    } catch {}
    return nil
}

extension Story {
    @Suite struct Strict {
        @Test func whereAttestationIsRequiredAPhoneThatGivesItIsPairedAndApproves() async throws {
            FakePhone.shared.reset()
            let world = try await World(attestation: "required")
            let app = startApp(world.clock, appAttest: Believed(world))
            let started = try await app.pair(link: try await world.link())
            #expect(try await world.tell("confirm", ["code": started.code]).active == true)
            _ = try await app.refreshAccount(accountId: started.account.id)
            let (login, _, request) = try await ask(world, app)
            #expect(try await app.approve(request: request, number: nil).outcome == .approved)
            #expect(try await world.signsIn(login) == true)
        }

        @Test func whereAttestationIsRequiredAPhoneThatCannotGiveItIsToldSo() async throws {
            let world = try await World(attestation: "required")
            // The first attests by nobody whom the server believes, the second not at all.
            for supported in [true, false] {
                FakePhone.shared.reset()
                FakePhone.shared.with { $0.appAttestSupported = supported }
                let (app, link) = (startApp(world.clock), try await world.link())
                #expect(await told { try await app.pair(link: link) } == "TellUser attestation_required")
                let said = await sentence { try await app.pair(link: link) }
                #expect(said?.contains("prove where it keeps its keys") == true)
                #expect(FakePhone.shared.with { $0.keys.isEmpty }, "nothing stays")
            }
        }

        @Test func aPasscodeApprovesWhereTheOrganisationAllowsItAndNowhereElse() async throws {
            FakePhone.shared.reset()
            let world = try await World()
            let keys = SecureEnclaveKeyStore(unlock: .passcode)
            let app = startApp(world.clock, keys: keys)
            let link = try await world.link()
            #expect(await told { try await app.pair(link: link) } == "TellUser device_passcode_not_allowed")
            try await world.tell("allow_passcode", ["allowed": true])
            let started = try await app.pair(link: link)
            #expect(try await world.tell("confirm", ["code": started.code]).active == true)
            _ = try await app.refreshAccount(accountId: started.account.id)
            let (_, _, first) = try await ask(world, app)
            #expect(try await app.approve(request: first, number: nil).outcome == .approved)
            let (_, _, second) = try await ask(world, app)
            try await world.tell("allow_passcode", ["allowed": false])
            let refused = await told { try await app.approve(request: second, number: nil) }
            #expect(refused == "TellUser device_passcode_not_allowed")
            #expect(try await app.deny(request: second).outcome == .denied)
        }
    }
}
