// Adding an account: the camera or a pasted link, then the code for the browser.

#if canImport(SwiftUI) && os(iOS)
    import CountersignIOS
    import CountersignMobile
    import CountersignSample
    import SwiftUI

    struct AddView: View {
        let model: SignInModel
        /// A link that the app was opened with.
        let opened: String?
        @State private var link = ""
        @State private var typing = false
        @State private var why: Explanation?

        var body: some View {
            VStack(spacing: 16) {
                if let why {
                    Text(why.title).font(.title2.bold())
                    Text(why.body)
                    Button(why.button) {
                        Task {
                            try? await model.countersign.biometricsExplained()
                            self.why = nil
                        }
                    }
                    .buttonStyle(.borderedProminent)
                } else if let opened {
                    Text(model.texts.openedTitle).font(.title2.bold())
                    Text(URL(string: opened)?.host ?? opened).font(.headline)
                    Button(model.texts.next) { Task { await model.pair(opened) } }
                        .buttonStyle(.borderedProminent)
                        .disabled(model.busy)
                } else if typing {
                    TextField(model.texts.linkField, text: $link, axis: .vertical)
                        .textFieldStyle(.roundedBorder)
                        .textInputAutocapitalization(.never)
                        .autocorrectionDisabled()
                    Button(model.texts.next) { Task { await model.add(link) } }
                        .buttonStyle(.borderedProminent)
                        .disabled(link.isEmpty || model.busy)
                } else {
                    Text(model.texts.scanHint)
                    QRScanner(
                        found: { text in Task { await model.add(text) } },
                        unavailable: { typing = true }
                    )
                    .clipShape(.rect(cornerRadius: 16))
                    .accessibilityLabel(model.texts.scanHint)
                    Button(model.texts.typeLink) { typing = true }
                }
            }
            .padding()
            .navigationTitle(model.texts.addAccount)
            .toolbar { Button(model.texts.back) { model.showHome() } }
            .task {
                if (try? await model.countersign.explainsBiometrics()) == true {
                    why = model.countersign.biometricsWhy()
                }
            }
        }
    }

    struct CodeView: View {
        let model: SignInModel
        let started: PairingStarted

        var body: some View {
            VStack(spacing: 16) {
                Text(model.texts.pairTitle).font(.title2.bold())
                Text(started.code)
                    .font(.system(.largeTitle, design: .monospaced).bold())
                    .accessibilityLabel(model.countersign.spokenDigits(code: started.code))
                Text("\(started.account.account) · \(started.account.tenantName)").foregroundStyle(.secondary)
                Text(started.expiresAt, style: .timer).monospacedDigit()
            }
            .multilineTextAlignment(.center)
            .padding()
            .toolbar { Button(model.texts.back) { model.showHome() } }
            .task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(3))
                    await model.askForConfirmation()
                }
            }
        }
    }
#endif
