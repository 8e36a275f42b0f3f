// Which screen is in front, and the list that all begins with.

#if canImport(SwiftUI) && os(iOS)
    import CountersignMobile
    import CountersignSample
    import SwiftUI

    struct RootView: View {
        let model: SignInModel

        var body: some View {
            NavigationStack {
                Group {
                    switch model.screen {
                    case .home: HomeView(model: model)
                    case .adding(let link): AddView(model: model, opened: link).id(link)
                    case .removingHere(let account): RemoveHereView(model: model, account: account)
                    case .removingOld(let account): RemoveOldView(model: model, account: account)
                    case .code(let started): CodeView(model: model, started: started)
                    case .request(let request): RequestView(model: model, request: request).id(request.login)
                    case .result(let title, let sentence, let good):
                        ResultView(model: model, title: title, sentence: sentence, good: good)
                    case .problem(let problem): ProblemView(model: model, problem: problem)
                    }
                }
                .overlay { if model.busy { ProgressView().controlSize(.large) } }
            }
            .sensoryFeedback(trigger: model.screen) { _, now in
                if case .result(_, _, let good) = now { good ? .success : .error } else { nil }
            }
        }
    }

    struct HomeView: View {
        let model: SignInModel

        var body: some View {
            List {
                Section(model.texts.waiting) {
                    if model.requests.isEmpty { Text(model.texts.nothingWaits).foregroundStyle(.secondary) }
                    if model.requests.count > 1 {
                        Text(model.countersign.waitingSentence(requests: UInt32(model.requests.count)))
                    }
                    ForEach(model.requests, id: \.login) { request in
                        Button {
                            model.show(request)
                        } label: {
                            RequestRow(request: request)
                        }
                        .accessibilityLabel(request.spoken)
                    }
                    ForEach(model.unreached, id: \.accountId) { Text(Problem($0.error).sentence) }
                }
                CodesSection(model: model)
                Section(model.texts.accounts) {
                    if model.accounts.isEmpty { Text(model.texts.noAccounts).foregroundStyle(.secondary) }
                    ForEach(model.accounts, id: \.id) { AccountRow(model: model, account: $0) }
                    Button(model.texts.addAccount, systemImage: "plus") { model.showAdding() }
                }
                if let skew = model.countersign.clockSkew() { Text(skew.sentence) }
            }
            .refreshable { await model.refresh() }
        }
    }

    struct RequestRow: View {
        let request: PendingRequest

        var body: some View {
            VStack(alignment: .leading) {
                Text(request.application).font(.headline)
                Text(request.account).foregroundStyle(.secondary)
                Text(request.askedAt, style: .time).font(.footnote).foregroundStyle(.secondary)
            }
        }
    }

    struct AccountRow: View {
        let model: SignInModel
        let account: Account
        @State private var removing = false

        var body: some View {
            HStack {
                TenantMark(account: account)
                VStack(alignment: .leading) {
                    Text(account.account).font(.headline)
                    Text("\(account.tenantName) · \(account.origin)").foregroundStyle(.secondary)
                    Text(state).font(.footnote)
                    if account.push == .lost { Text(model.countersign.pushLostSentence()).font(.footnote) }
                }
            }
            .accessibilityElement(children: .combine)
            .swipeActions {
                Button(model.texts.removeAccount, role: .destructive) { removing = true }
            }
            .confirmationDialog(model.texts.removeTitle, isPresented: $removing, titleVisibility: .visible) {
                Button(model.texts.removeAccount, role: .destructive) { Task { await model.unpair(account) } }
            } message: {
                Text(model.texts.removeText)
            }
        }

        private var state: String {
            if account.fault != nil { return model.texts.stateLost }
            return account.state == .active ? model.texts.stateActive : model.texts.stateUnconfirmed
        }
    }
#endif
