// What happens behind the sample's screens. The screens read it and call it; it holds no secret.

import CountersignIOS
import CountersignMobile
import Foundation
import Observation

/// What the screen in front shows.
public enum Screen: Equatable, Sendable {
    case home
    /// With a link that was opened: it is followed when the person says so.
    case adding(link: String?)
    /// An account whose server could not be told that it goes.
    case removingHere(Account)
    /// The phone was paired anew, and this is what it was before: the same account, which works no more here.
    case removingOld(Account)
    /// The code to be typed into the browser, and the account that waits for it.
    case code(PairingStarted)
    case request(PendingRequest)
    /// How it ended, with a headline and what follows.
    case result(title: String, sentence: String, good: Bool)
    /// What did not work, and what the person can do.
    case problem(Problem)
}

/// Something that did not work.
public struct Problem: Equatable, Sendable {
    /// What to offer.
    public enum Offer: Sendable { case again, pairAgain, updateApp, forgetDamaged, nothing }

    public let sentence: String
    public let offer: Offer
    /// A stable name, for the log.
    public let reason: String

    public init(_ error: any Error) {
        switch error as? CountersignError {
        case .AskAgain(let reason, let sentence, _), .RetryLater(let reason, let sentence, _):
            (self.sentence, offer, self.reason) = (sentence, .again, reason)
        case .PairAgain(let reason, let sentence, _):
            (self.sentence, offer, self.reason) = (sentence, .pairAgain, reason)
        case .UpdateApp(let reason, let sentence, _):
            (self.sentence, offer, self.reason) = (sentence, .updateApp, reason)
        case .TellUser(let reason, let sentence, _):
            let offer = reason == "storage_damaged" ? Offer.forgetDamaged : .nothing
            (self.sentence, self.offer, self.reason) = (sentence, offer, reason)
        case nil:
            (sentence, offer, reason) = ("\(error)", .again, "unexpected")
        }
    }
}

/// A code of an authenticator-app account.
public struct ShownCode: Identifiable, Equatable, Sendable {
    public let account: TotpAccount
    public let code: TotpCode
    public var id: String { account.id }
}

/// The app's state. Every method may be called at any time; what is under way is `busy`.
@available(iOS 17, macOS 14, *)
@MainActor @Observable public final class SignInModel {
    public let countersign: Countersign
    public let texts: Texts
    public private(set) var screen = Screen.home
    public private(set) var accounts: [Account] = []
    public private(set) var requests: [PendingRequest] = []
    public private(set) var unreached: [Unreached] = []
    public private(set) var codes: [ShownCode] = []
    public private(set) var busy = false
    /// A link that was opened while something else was under way.
    private var openedLink: String?
    /// Puts away the popups that are over.
    private let putAway: @MainActor () async -> Void

    public init(
        _ countersign: Countersign, language: String, putAway: @escaping @MainActor () async -> Void = {}
    ) {
        self.countersign = countersign
        self.putAway = putAway
        texts = Texts.of(language)
    }

    /// The accounts whose events are to be heard: hold anew whenever they change.
    public var heldAccounts: [String] {
        accounts.filter { $0.state == .active && $0.fault == nil }.map(\.id)
    }

    /// What waits, and the accounts: at the start, after a wake, and whenever an account's watch says so.
    public func refresh() async {
        do {
            accounts = try await countersign.accounts()
            let pending = try await countersign.pending()
            requests = pending.requests
            unreached = pending.unreached
            accounts = try await countersign.accounts()
        } catch {
            // Nobody waits for it any more: the app went to the back, or its prompt came to the front.
            if !Task.isCancelled { screen = .problem(Problem(error)) }
            return
        }
        if case .request(let shown) = screen, !requests.contains(where: { $0.login == shown.login }),
            !busy, unreached.allSatisfy({ $0.accountId != shown.accountId })
        {
            screen = .result(
                title: texts.review, sentence: countersign.answeredElsewhereSentence(), good: true)
        }
    }

    /// When the app comes to the front: tenants' names, colours and pictures, as their servers have them now.
    public func refreshAccounts() async {
        for account in heldAccounts { _ = try? await countersign.refreshAccount(accountId: account) }
        accounts = (try? await countersign.accounts()) ?? accounts
    }

    /// While the app is in front: hears of each change at once. Ends when its task is cancelled.
    public func hold() async {
        await withTaskGroup(of: Void.self) { group in
            for account in heldAccounts { group.addTask { await self.hold(account) } }
        }
    }

    private func hold(_ account: String) async {
        var failed: UInt32 = 0
        while !Task.isCancelled {
            let began = ContinuousClock.now
            do {
                let watch = try await countersign.watch(accountId: account)
                defer { watch.close() }
                while try await watch.next() == .changed { await refresh() }
            } catch {
                if !Task.isCancelled { await refresh() }
            }
            failed = began.duration(to: .now) > .seconds(30) ? 0 : failed + 1
            // A server without events is asked again as often.
            try? await Task.sleep(for: .seconds(countersign.reconnectPause(failed: failed)))
        }
    }

    public func showHome() { screen = .home }
    public func showAdding() { screen = .adding(link: nil) }

    /// A link was opened: whoever sent it chose it, so the person is asked.
    public func opened(_ link: String) {
        if busy { openedLink = link } else { screen = .adding(link: link) }
    }

    public func show(_ request: PendingRequest) { screen = .request(request) }

    /// A tap on a popup.
    public func open(_ popup: Popup) async {
        await whileBusy { [countersign] in
            .request(try await countersign.fetch(accountId: popup.accountId, loginId: popup.login))
        }
    }

    /// What the camera saw, or what was pasted: an account to approve for, or one of an authenticator app.
    public func add(_ text: String) async {
        guard text.lowercased().hasPrefix("otpauth:") else { return await pair(text) }
        await whileBusy { [countersign] in
            _ = try await countersign.addTotp(link: text)
            return .home
        }
        await refreshCodes()
    }

    /// The codes of the moment: every second while they are shown.
    public func refreshCodes() async {
        var now: [ShownCode] = []
        for account in (try? await countersign.totpAccounts()) ?? [] {
            guard let code = try? await countersign.totpCode(id: account.id) else { continue }
            now.append(ShownCode(account: account, code: code))
        }
        codes = now
    }

    /// Calls an authenticator account something else on this phone.
    public func rename(_ account: TotpAccount, name: String) async {
        await whileBusy { [countersign] in
            _ = try await countersign.renameTotp(id: account.id, issuer: account.issuer, name: name)
            return .home
        }
        await refreshCodes()
    }

    /// The link for a QR code that another phone scans. It holds the secret: it is handed out and not kept.
    public func export(_ account: TotpAccount) async -> String? {
        do {
            return try await countersign.exportTotp(id: account.id)
        } catch {
            screen = .problem(Problem(error))
            return nil
        }
    }

    /// Forgets an authenticator account and its secret.
    public func remove(_ account: TotpAccount) async {
        await whileBusy { [countersign] in
            try await countersign.removeTotp(id: account.id)
            return .home
        }
        await refreshCodes()
    }

    /// A scanned or typed link, or one that was opened.
    public func pair(_ link: String) async {
        await whileBusy { [countersign] in .code(try await countersign.pair(link: link)) }
        accounts = (try? await countersign.accounts()) ?? accounts
    }

    /// Whether the code has been typed: every few seconds while it is shown.
    public func askForConfirmation() async {
        guard case .code(let started) = screen else { return }
        do {
            let account = try await countersign.refreshAccount(accountId: started.account.id)
            guard account.state == .active else { return }
            await refresh()
            let old = accounts.first {
                $0.fault != nil && $0.id != account.id && $0.origin == account.origin && $0.account == account.account
            }
            screen =
                old.map(Screen.removingOld)
                ?? .result(title: texts.stateActive, sentence: texts.pairDone, good: true)
        } catch {
            let problem = Problem(error)
            // A server that is out of reach for a moment is asked again.
            if problem.offer != .again { screen = .problem(problem) }
        }
    }

    public func approve(_ request: PendingRequest, number: String?) async {
        await answer(title: texts.approvedTitle) { [countersign] in
            try await countersign.approve(request: request, number: number)
        }
    }

    public func deny(_ request: PendingRequest) async {
        await answer(title: texts.deniedTitle) { [countersign] in try await countersign.deny(request: request) }
    }

    public func report(_ request: PendingRequest) async {
        await answer(title: texts.reportedTitle) { [countersign] in
            try await countersign.report(request: request)
        }
    }

    /// Removes an account from this phone and from its server's list of phones.
    public func unpair(_ account: Account) async {
        await whileBusy { [countersign] in
            do {
                try await countersign.unpair(accountId: account.id)
                return .home
            } catch CountersignError.RetryLater {
                return .removingHere(account)
            }
        }
        await refresh()
    }

    /// Removes it from this phone alone.
    public func removeHere(_ account: Account) async {
        await whileBusy { [countersign] in
            try await countersign.remove(accountId: account.id)
            return .home
        }
        await refresh()
    }

    /// Forgets what is stored and cannot be read.
    public func forgetDamaged() async {
        await whileBusy { [countersign] in
            try await countersign.forgetDamaged()
            return .home
        }
        await refresh()
    }

    private func answer(title: String, _ work: @escaping @Sendable () async throws -> Answered) async {
        let shown = screen
        await whileBusy { [texts] in
            let answered = try await work()
            let wrong = answered.outcome == .wrongNumber
            return .result(
                title: wrong ? texts.wrongNumberTitle : title, sentence: answered.sentence, good: !wrong)
        }
        // A prompt that was put away is no more than that: the request is still there.
        if case .problem(let problem) = screen, problem.reason == "cancelled" { screen = shown }
        requests = (try? await countersign.pending().requests) ?? requests
        await putAway()
    }

    private func whileBusy(_ work: @Sendable () async throws -> Screen) async {
        guard !busy else { return }
        busy = true
        defer { busy = false }
        do {
            screen = try await work()
        } catch {
            screen = .problem(Problem(error))
        }
        if let link = openedLink {
            openedLink = nil
            screen = .adding(link: link)
        }
    }
}
