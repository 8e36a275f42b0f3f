// Calls that may block, kept away from the main thread and from Swift's few task threads.

import CountersignMobile
import Foundation

private let queue = DispatchQueue(label: "io.countersign.keychain", qos: .userInitiated)

/// Runs `work` on a thread that may block, one at a time.
func blocking<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { done in
        queue.async { done.resume(with: Result(catching: work)) }
    }
}
