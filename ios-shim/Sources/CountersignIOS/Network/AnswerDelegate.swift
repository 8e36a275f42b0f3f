// What URLSession tells: heads, pieces, ends, and redirects, which are not followed.

import CountersignMobile
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Hands what arrives to the answer that waits for it.
final class AnswerDelegate: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private struct Expected {
        // The one that reads it holds it; when it lets go, the connection is closed.
        weak var answer: Answer?
    }

    private let lock = NSLock()
    private var expected: [ObjectIdentifier: Expected] = [:]

    func expect(_ answer: Answer, of task: URLSessionTask) {
        lock.withLock { expected[ObjectIdentifier(task)] = Expected(answer: answer) }
    }

    private func answer(of task: URLSessionTask) -> Answer? {
        lock.withLock { expected[ObjectIdentifier(task)]?.answer }
    }

    /// A redirect is an answer like another: the core knows its server's addresses.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard let response = response as? HTTPURLResponse, let status = UInt16(exactly: response.statusCode)
        else { return completionHandler(.cancel) }
        let headers = response.allHeaderFields.compactMap { name, value -> HttpHeader? in
            guard let name = name as? String, let value = value as? String else { return nil }
            return HttpHeader(name: name.lowercased(), value: value)
        }
        answer(of: dataTask)?.arrive(AnswerHead(status: status, headers: headers))
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        answer(of: dataTask)?.arrive(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let answer = lock.withLock { expected.removeValue(forKey: ObjectIdentifier(task))?.answer }
        answer?.finish(error.map { .failure(Self.meaning($0)) } ?? .success(()))
    }

    /// An error in the core's words. The text names no address: it goes to a log.
    static func meaning(_ error: any Error) -> HttpError {
        let error = error as NSError
        let details = "\(error.domain) \(error.code)"
        guard error.domain == NSURLErrorDomain else { return .Unreachable(details: details) }
        #if os(Linux)
            // Foundation there has no code for it, only libcurl's sentence.
            if error.localizedDescription.contains("certificate") { return .CertificateWrong(details: details) }
        #endif
        switch URLError.Code(rawValue: error.code) {
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
            .serverCertificateHasUnknownRoot, .secureConnectionFailed, .clientCertificateRejected:
            return .CertificateWrong(details: details)
        case .dataLengthExceedsMaximum: return .TooLong
        default: return .Unreachable(details: details)
        }
    }
}
