// One request: who asks, from where, when; approve, deny, report.

#if canImport(SwiftUI) && os(iOS)
    import CountersignMobile
    import CountersignSample
    import SwiftUI

    struct RequestView: View {
        let model: SignInModel
        let request: PendingRequest
        @State private var typing = false
        @State private var reporting = false
        @State private var number = ""

        var body: some View {
            Form {
                Section {
                    if let account { TenantMark(account: account) }
                    VStack(alignment: .leading) {
                        Text(request.application).font(.title.bold())
                        Text("\(request.account) · \(request.tenantName)").foregroundStyle(.secondary)
                        TimelineView(.periodic(from: .now, by: 1)) { TimeLeft(model, request, $0.date) }
                    }
                    .accessibilityElement(children: .combine)
                }
                Section {
                    LabeledContent(model.texts.browser, value: "\(request.browser) · \(request.system)")
                    LabeledContent(model.texts.place, value: request.place)
                    LabeledContent(model.texts.address, value: request.address)
                    LabeledContent(model.texts.asked) { Text(request.askedAt, style: .time) }
                }
                if typing, let digits = request.numberDigits {
                    NumberEntry(model: model, digits: Int(digits), number: $number) {
                        Task { await model.approve(request, number: number) }
                    }
                }
                Section { actions }
            }
            .navigationTitle(request.question)
            .disabled(model.busy)
            .confirmationDialog(model.texts.reportTitle, isPresented: $reporting, titleVisibility: .visible) {
                Button(model.texts.reportYes, role: .destructive) { Task { await model.report(request) } }
            } message: {
                Text(model.texts.reportText)
            }
        }

        private var account: Account? { model.accounts.first { $0.id == request.accountId } }

        /// Deny stands as prominent as approve.
        @ViewBuilder private var actions: some View {
            HStack {
                Button(model.texts.deny) { Task { await model.deny(request) } }
                    .tint(.red)
                if !typing {
                    Button(model.texts.approve) {
                        if request.numberDigits == nil {
                            Task { await model.approve(request, number: nil) }
                        } else {
                            typing = true
                        }
                    }
                }
            }
            .buttonStyle(.borderedProminent)
            .controlSize(.large)
            .frame(maxWidth: .infinity)
            Button(model.texts.report) { reporting = true }
                .frame(maxWidth: .infinity)
        }
    }

    struct NumberEntry: View {
        let model: SignInModel
        let digits: Int
        @Binding var number: String
        let approve: () -> Void
        @FocusState private var focused: Bool

        var body: some View {
            Section(model.texts.numberTitle) {
                TextField("", text: $number)
                    .font(.largeTitle.monospacedDigit())
                    .multilineTextAlignment(.center)
                    .keyboardType(.numberPad)
                    .focused($focused)
                    .accessibilityLabel(model.countersign.spokenNumber(digits: UInt8(digits)))
                    .onChange(of: number) { _, typed in number = String(typed.filter(\.isNumber).prefix(digits)) }
                    .onAppear { focused = true }
                Button(model.texts.approve, action: approve)
                    .buttonStyle(.borderedProminent)
                    .controlSize(.large)
                    .frame(maxWidth: .infinity)
                    .disabled(number.count != digits)
            }
        }
    }

    struct TimeLeft: View {
        private let model: SignInModel
        private let seconds: Int

        init(_ model: SignInModel, _ request: PendingRequest, _ now: Date) {
            self.model = model
            seconds = max(0, Int(request.expiresAt.timeIntervalSince(now).rounded(.up)))
        }

        var body: some View {
            Text(Duration.seconds(seconds), format: .time(pattern: .minuteSecond))
                .monospacedDigit()
                .foregroundStyle(.secondary)
                .accessibilityLabel(model.countersign.spokenTimeLeft(seconds: UInt32(seconds)))
        }
    }
#endif
