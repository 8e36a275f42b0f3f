// How something ended.

#if canImport(SwiftUI) && os(iOS)
    import CountersignSample
    import SwiftUI

    struct ResultView: View {
        let model: SignInModel
        let title: String
        let sentence: String
        let good: Bool
        @Environment(\.accessibilityReduceMotion) private var calm
        @State private var drawn = false

        var body: some View {
            VStack(spacing: 16) {
                Image(systemName: good ? "checkmark.circle.fill" : "xmark.circle.fill")
                    .font(.system(size: 72))
                    .foregroundStyle(good ? .green : .red)
                    .scaleEffect(drawn || calm ? 1 : 0.6)
                    .animation(.spring(duration: 0.3), value: drawn)
                    .accessibilityHidden(true)
                Text(title).font(.title.bold())
                Text(sentence)
                Button(model.texts.done) { model.showHome() }
                    .buttonStyle(.borderedProminent)
                    .controlSize(.large)
            }
            .multilineTextAlignment(.center)
            .padding()
            .onAppear {
                drawn = true
                AccessibilityNotification.Announcement("\(title). \(sentence)").post()
            }
        }
    }

    struct ProblemView: View {
        let model: SignInModel
        let problem: Problem
        @Environment(\.openURL) private var openURL

        var body: some View {
            VStack(spacing: 16) {
                Text(model.texts.errorTitle).font(.title.bold())
                Text(problem.sentence)
                switch problem.offer {
                case .pairAgain: Button(model.texts.pairAgain) { model.showAdding() }
                case .updateApp:
                    Button(model.texts.updateApp) {
                        // The app's own page in the App Store.
                        if let store = URL(string: "itms-apps://apps.apple.com/app/id0000000000") { openURL(store) }
                    }
                case .again:
                    Button(model.texts.again) {
                        model.showHome()
                        Task { await model.refresh() }
                    }
                case .forgetDamaged:
                    Button(model.texts.forgetDamaged) { Task { await model.forgetDamaged() } }
                case .nothing: EmptyView()
                }
                Button(model.texts.done) { model.showHome() }
            }
            .buttonStyle(.borderedProminent)
            .multilineTextAlignment(.center)
            .padding()
        }
    }
#endif
