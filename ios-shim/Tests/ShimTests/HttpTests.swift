// The HTTP client, over real sockets.

import CountersignMobile
import Foundation
import Testing

@testable import CountersignIOS

private func request(_ origin: String, _ path: String = "/device/v1", _ method: String = "GET", body: String = "")
    -> HttpRequest
{
    let headers = [HttpHeader(name: "authorization", value: "Countersign statement")]
    return HttpRequest(method: method, url: origin + path, headers: headers, body: Data(body.utf8))
}

private func httpError(_ work: () async throws -> some Any) async -> HttpError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? HttpError
    }
}

private func isUnreachable(_ error: HttpError?) -> Bool {
    if case .Unreachable = error { true } else { false }
}

/// A value that another thread sets.
private final class Noted<T: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [T] = []
    func note(_ value: T) { lock.withLock { values.append(value) } }
    var all: [T] { lock.withLock { values } }
}

extension Shim {
    @Suite struct Http {
        @Test func aRequestIsSentAndAnAnswerOf400IsAnAnswer() async throws {
            let asked = Noted<String>()
            let server = try Loopback { request, client in
                asked.note(request)
                client.write(
                    "HTTP/1.1 409 Conflict\r\nX-Some: thing\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")
            }
            let answer = try await URLSessionHttp().send(
                request: request(server.origin, "/device/v1", "POST", body: "sent"))
            #expect(answer.status == 409 && answer.body == Data("body".utf8))
            #expect(answer.headers.contains(HttpHeader(name: "x-some", value: "thing")))
            let text = asked.all.joined()
            #expect(text.hasPrefix("POST /device/v1 HTTP/1.1\r\n"))
            #expect(text.lowercased().contains("authorization: countersign statement\r\n"))
        }

        @Test func aRedirectIsNotFollowed() async throws {
            let elsewhere = Noted<String>()
            let other = try Loopback { request, client in
                elsewhere.note(request)
                client.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
            let server = try Loopback { [origin = other.origin] _, client in
                client.write(
                    "HTTP/1.1 307 Temporary Redirect\r\nLocation: \(origin)/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
            }
            let answer = try await URLSessionHttp().send(request: request(server.origin, "/a", "POST", body: "secret"))
            #expect(answer.status == 307)
            #expect(elsewhere.all.isEmpty, "the phone's authentication went to another server")
        }

        @Test func anAnswerWithoutEndIsCutOff() async throws {
            let server = try Loopback { _, client in
                client.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
                while client.write(String(repeating: "x", count: 8192)) {}
            }
            #expect(await httpError { try await URLSessionHttp().send(request: request(server.origin)) } == .TooLong)
        }

        @Test func nobodyThereIsUnreachable() async throws {
            let origin = try Loopback { _, _ in }.origin
            #expect(isUnreachable(await httpError { try await URLSessionHttp().send(request: request(origin)) }))
            #expect(isUnreachable(await httpError { try await URLSessionHttp().open(request: request(origin)) }))
        }

        @Test func aServerThatNeverAnswersIsGivenUp() async throws {
            let server = try Loopback { _, client in client.waitForEnd() }
            let http = URLSessionHttp(answer: 1, silence: 1)
            #expect(isUnreachable(await httpError { try await http.send(request: request(server.origin)) }))
        }

        @Test func aStreamGivesItsPiecesAsTheyCome() async throws {
            let server = try Loopback { _, client in
                client.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\none")
            }
            let opened = try await URLSessionHttp().open(request: request(server.origin))
            #expect(opened.status == 200)
            #expect(try await opened.body.next() == Data("one".utf8))
            #expect(try await opened.body.next() == nil)
            #expect(try await opened.body.next() == nil)
        }

        @Test func aStreamThatIsClosedEndsItsConnectionAndWhoeverWaits() async throws {
            let (gone, left) = AsyncStream.makeStream(of: Void.self)
            let server = try Loopback { _, client in
                client.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:\n\n")
                client.waitForEnd()
                left.yield()
            }
            let opened = try await URLSessionHttp().open(request: request(server.origin))
            _ = try await opened.body.next()
            let waiting = Task { await httpError { try await opened.body.next() } }
            try opened.body.close()
            #expect(isUnreachable(await waiting.value))
            for await _ in gone { break }
        }

        @Test func aTaskThatIsCancelledEndsItsConnection() async throws {
            let (gone, left) = AsyncStream.makeStream(of: String.self)
            let server = try Loopback { request, client in
                left.yield("asked")
                client.waitForEnd()
                left.yield("gone")
            }
            let http = URLSessionHttp()
            let waiting = Task { await httpError { try await http.send(request: request(server.origin)) } }
            for await what in gone {
                if what == "asked" { waiting.cancel() } else { break }
            }
            #expect(isUnreachable(await waiting.value))
        }

        @Test func aWrongCertificateIsToldApart() {
            for code in [URLError.serverCertificateUntrusted, .serverCertificateHasBadDate, .secureConnectionFailed] {
                let error = NSError(domain: NSURLErrorDomain, code: code.rawValue)
                guard case .CertificateWrong = AnswerDelegate.meaning(error) else { Issue.record("\(code)"); continue }
            }
            #expect(
                isUnreachable(
                    AnswerDelegate.meaning(NSError(domain: NSURLErrorDomain, code: URLError.timedOut.rawValue))))
        }
    }
}
