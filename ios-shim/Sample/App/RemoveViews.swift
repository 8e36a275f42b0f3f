// An account that is to go: its server is out of reach, or it was paired anew.

#if canImport(SwiftUI) && os(iOS)
    import CountersignMobile
    import CountersignSample
    import SwiftUI

    struct RemoveHereView: View {
        let model: SignInModel
        let account: Account

        var body: some View {
            VStack(spacing: 16) {
                Text(model.texts.removeTitle).font(.title.bold())
                Text("\(account.account) · \(account.tenantName)").foregroundStyle(.secondary)
                Text(model.texts.removeHereText)
                Button(model.texts.removeHere, role: .destructive) { Task { await model.removeHere(account) } }
                    .buttonStyle(.borderedProminent)
                Button(model.texts.back) { model.showHome() }
            }
            .multilineTextAlignment(.center)
            .disabled(model.busy)
            .padding()
        }
    }

    struct RemoveOldView: View {
        let model: SignInModel
        let account: Account

        var body: some View {
            VStack(spacing: 16) {
                Text(model.texts.pairDone).font(.title2.bold())
                Text(model.texts.oldTitle).font(.headline)
                Text(model.texts.oldText)
                Button(model.texts.removeAccount, role: .destructive) { Task { await model.unpair(account) } }
                    .buttonStyle(.borderedProminent)
                Button(model.texts.later) { model.showHome() }
            }
            .multilineTextAlignment(.center)
            .disabled(model.busy)
            .padding()
        }
    }
#endif
