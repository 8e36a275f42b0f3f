// Whether this is Apple's simulator: it has no Secure Enclave and no passcode, and its keys are the Mac's files.

enum Simulator {
    static var isHere: Bool {
        #if targetEnvironment(simulator)
            true
        #else
            false
        #endif
    }
}
