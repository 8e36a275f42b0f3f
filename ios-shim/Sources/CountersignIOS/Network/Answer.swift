// An answer that arrives piece by piece, between URLSession's delegate and whoever waits for it.

import CountersignMobile
import Foundation

/// Status and headers.
struct AnswerHead: Sendable {
    let status: UInt16
    let headers: [HttpHeader]
}

/// An answer on its way. It is closed when nobody holds it any more.
final class Answer: HttpStream, @unchecked Sendable {
    // All of these with the lock held.
    private let lock = NSLock()
    private var arrivedHead: AnswerHead?
    private var pieces: [Data] = []
    private var waiting = 0
    private var end: Result<Void, HttpError>?
    private var headWaiter: CheckedContinuation<AnswerHead, any Error>?
    private var pieceWaiter: CheckedContinuation<Data?, any Error>?
    private var cancel: (@Sendable () -> Void)?
    private let longestWaiting: Int

    /// `longestWaiting`: how many bytes may arrive that nobody asks for.
    init(longestWaiting: Int) { self.longestWaiting = longestWaiting }

    deinit { cancel?() }

    func whenClosed(_ cancel: @escaping @Sendable () -> Void) { lock.withLock { self.cancel = cancel } }

    func head() async throws -> AnswerHead {
        try await withCheckedThrowingContinuation { waiter in
            let now: Result<AnswerHead, any Error>? = lock.withLock {
                if let arrivedHead { return .success(arrivedHead) }
                if let end { return .failure(Self.error(end)) }
                headWaiter = waiter
                return nil
            }
            if let now { waiter.resume(with: now) }
        }
    }

    func next() async throws -> Data? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let now: Result<Data?, any Error>? = lock.withLock {
                    if !pieces.isEmpty {
                        let piece = pieces.removeFirst()
                        waiting -= piece.count
                        return .success(piece)
                    }
                    switch end {
                    case .success: return .success(nil)
                    case .failure(let error): return .failure(error)
                    case nil:
                        pieceWaiter = waiter
                        return nil
                    }
                }
                if let now { waiter.resume(with: now) }
            }
        } onCancel: {
            close()
        }
    }

    func close() { finish(.failure(.Unreachable(details: "the stream was closed"))) }

    func arrive(_ head: AnswerHead) {
        let waiter = lock.withLock {
            arrivedHead = head
            defer { headWaiter = nil }
            return headWaiter
        }
        waiter?.resume(returning: head)
    }

    func arrive(_ piece: Data) {
        let (waiter, tooLong) = lock.withLock {
            if end != nil { return (nil as CheckedContinuation<Data?, any Error>?, false) }
            if pieceWaiter == nil {
                pieces.append(piece)
                waiting += piece.count
            }
            defer { pieceWaiter = nil }
            return (pieceWaiter, waiting > longestWaiting)
        }
        waiter?.resume(returning: piece)
        if tooLong { finish(.failure(.TooLong)) }
    }

    /// The first end counts.
    func finish(_ result: Result<Void, HttpError>) {
        let (head, piece, cancel) = lock.withLock {
            let first = end == nil
            if first { end = result }
            if case .failure = result, first { pieces = [] }
            defer {
                headWaiter = nil
                pieceWaiter = nil
                self.cancel = nil
            }
            return (headWaiter, pieceWaiter, self.cancel)
        }
        head?.resume(throwing: Self.error(result))
        piece?.resume(with: result.map { nil }.mapError { $0 })
        cancel?()
    }

    private static func error(_ end: Result<Void, HttpError>) -> HttpError {
        if case .failure(let error) = end { return error }
        return .Unreachable(details: "the answer ended before it began")
    }
}
