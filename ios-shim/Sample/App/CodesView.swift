// Codes of authenticator-app accounts: shown, called something else, moved to another phone, removed.

#if canImport(SwiftUI) && os(iOS)
    import CountersignIOS
    import CountersignMobile
    import CountersignSample
    import SwiftUI

    struct CodesSection: View {
        let model: SignInModel

        var body: some View {
            Section(model.texts.codes) {
                ForEach(model.codes) { CodeRow(model: model, shown: $0) }
            }
            .task {
                while !Task.isCancelled {
                    await model.refreshCodes()
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    struct CodeRow: View {
        let model: SignInModel
        let shown: ShownCode
        @State private var renaming = false
        @State private var asksExport = false
        @State private var removing = false
        @State private var name = ""
        /// It holds the secret: here while it is on the screen, and nowhere else.
        @State private var exported: ExportedCode?

        var body: some View {
            VStack(alignment: .leading) {
                Text(shown.account.issuer.isEmpty ? shown.account.name : shown.account.issuer)
                HStack {
                    Text(shown.code.code).font(.title2.monospacedDigit())
                    Spacer()
                    Text("\(shown.code.secondsLeft)").monospacedDigit().foregroundStyle(.secondary)
                }
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel("\(shown.account.issuer) \(shown.account.name)")
            .accessibilityValue(
                "\(shown.code.spoken), \(model.countersign.spokenTimeLeft(seconds: shown.code.secondsLeft))"
            )
            .accessibilityAddTraits(.updatesFrequently)
            .contextMenu { actions }
            // A screen reader offers them without a long press.
            .accessibilityActions { actions }
            .alert(model.texts.renameCode, isPresented: $renaming) {
                TextField(model.texts.renameCode, text: $name)
                Button(model.texts.done) { Task { await model.rename(shown.account, name: name) } }
                Button(model.texts.back, role: .cancel) {}
            }
            .confirmationDialog(model.texts.exportCode, isPresented: $asksExport, titleVisibility: .visible) {
                Button(model.texts.exportYes) {
                    Task { exported = await model.export(shown.account).map(ExportedCode.init) }
                }
            } message: {
                Text(model.texts.exportText)
            }
            .confirmationDialog(
                model.texts.removeCodeTitle, isPresented: $removing, titleVisibility: .visible
            ) {
                Button(model.texts.removeCode, role: .destructive) { Task { await model.remove(shown.account) } }
            } message: {
                Text(model.texts.removeCodeText)
            }
            .sheet(item: $exported) { ExportView(model: model, account: shown.account, link: $0.link) }
        }

        @ViewBuilder private var actions: some View {
            Button(model.texts.renameCode, systemImage: "pencil") {
                name = shown.account.name
                renaming = true
            }
            Button(model.texts.exportCode, systemImage: "qrcode") { asksExport = true }
            Button(model.texts.removeCode, systemImage: "trash", role: .destructive) { removing = true }
        }
    }

    /// An account's link, which holds its secret.
    struct ExportedCode: Identifiable {
        let link: String
        let id = UUID()
    }

    struct ExportView: View {
        let model: SignInModel
        let account: TotpAccount
        let link: String
        @Environment(\.dismiss) private var dismiss
        @Environment(\.scenePhase) private var phase

        var body: some View {
            VStack(spacing: 16) {
                Text("\(account.issuer) \(account.name)").font(.title2.bold())
                if let image = QRCode.image(of: link) {
                    Image(image, scale: 1, label: Text(model.texts.exportCode))
                        .interpolation(.none)
                        .resizable()
                        .scaledToFit()
                        .padding(24)
                        .background(.white)
                }
                Text(model.texts.exportScan)
                Button(model.texts.done) { dismiss() }.buttonStyle(.borderedProminent)
            }
            .multilineTextAlignment(.center)
            .padding()
            // The system takes a picture of an app that goes to the back.
            .onChange(of: phase) { _, now in if now != .active { dismiss() } }
        }
    }
#endif
