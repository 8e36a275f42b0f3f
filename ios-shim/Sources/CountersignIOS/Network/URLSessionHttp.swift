// The core's HTTP client: URLSession, so the phone's trust store, proxies and VPN.

import CountersignMobile
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// HTTP as the core wants it: certificates checked by the system, no redirects, no cookies, nothing kept, an end to
/// everything.
public final class URLSessionHttp: HttpClient {
    /// The longest answer that is read, in bytes.
    static let longestAnswer = 64 * 1024

    private let calls: URLSession
    private let streams: URLSession
    private let delegate = AnswerDelegate()

    /// Times in seconds: for a whole answer, and for silence in a stream. URLSession does not tell when it has a
    /// connection, so there is no limit for that alone.
    public convenience init() { self.init(answer: 15, silence: 40) }

    init(answer: TimeInterval, silence: TimeInterval) {
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        let plain = Self.configuration(silence: answer)
        plain.timeoutIntervalForResource = answer
        calls = URLSession(configuration: plain, delegate: delegate, delegateQueue: queue)
        let open = Self.configuration(silence: silence)
        streams = URLSession(configuration: open, delegate: delegate, delegateQueue: queue)
    }

    deinit {
        // A session keeps its delegate until it is told that it is over.
        calls.invalidateAndCancel()
        streams.invalidateAndCancel()
    }

    public func send(request: HttpRequest) async throws -> HttpResponse {
        let answer = try start(request, in: calls)
        return try await withTaskCancellationHandler {
            let head = try await answer.head()
            var body = Data()
            while let piece = try await answer.next() {
                body.append(piece)
                guard body.count <= Self.longestAnswer else {
                    answer.close()
                    throw HttpError.TooLong
                }
            }
            return HttpResponse(status: head.status, headers: head.headers, body: body)
        } onCancel: {
            answer.close()
        }
    }

    public func open(request: HttpRequest) async throws -> HttpOpened {
        let answer = try start(request, in: streams)
        return try await withTaskCancellationHandler {
            HttpOpened(status: try await answer.head().status, body: answer)
        } onCancel: {
            answer.close()
        }
    }

    private func start(_ request: HttpRequest, in session: URLSession) throws -> Answer {
        guard let url = URL(string: request.url) else { throw HttpError.Unreachable(details: "not a URL") }
        var sending = URLRequest(url: url)
        sending.httpMethod = request.method
        sending.httpBody = request.body.isEmpty ? nil : request.body
        for header in request.headers { sending.setValue(header.value, forHTTPHeaderField: header.name) }
        let answer = Answer(longestWaiting: Self.longestAnswer)
        let task = session.dataTask(with: sending)
        delegate.expect(answer, of: task)
        // The session has to live as long as its answers.
        answer.whenClosed { withExtendedLifetime(self) { task.cancel() } }
        task.resume()
        return answer
    }

    private static func configuration(silence: TimeInterval) -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = silence
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCredentialStorage = nil
        #if !os(Linux)
            configuration.waitsForConnectivity = false
            configuration.tlsMinimumSupportedProtocolVersion = .TLSv12
        #endif
        return configuration
    }
}
