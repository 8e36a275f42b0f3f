// A server on loopback that says what a test wants it to say.

import Foundation
import Glibc

/// Answers each connection with the bytes that `answer` gives for what was asked.
final class Loopback: @unchecked Sendable {
    private let listener: Int32
    let origin: String

    /// `answer` is called on a thread of its own for each connection, with the request and a way to write.
    init(_ answer: @escaping @Sendable (String, Connection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16? in
                guard bind(listener, address, length) == 0, listen(listener, 16) == 0,
                    getsockname(listener, address, &length) == 0
                else { return nil }
                return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    UInt16(bigEndian: $0.pointee.sin_port)
                }
            }
        }
        guard let port else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        origin = "http://127.0.0.1:\(port)"
        Thread.detachNewThread {
            while true {
                let accepted = accept(listener, nil, nil)
                guard accepted >= 0 else { return }
                Thread.detachNewThread {
                    let connection = Connection(accepted)
                    answer(connection.readRequest(), connection)
                    connection.end()
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// One client.
    struct Connection: Sendable {
        private let socket: Int32
        init(_ socket: Int32) { self.socket = socket }

        /// The head of what was asked.
        func readRequest() -> String {
            var bytes = [UInt8](repeating: 0, count: 8192)
            let count = recv(socket, &bytes, bytes.count, 0)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }

        @discardableResult func write(_ text: String) -> Bool {
            let bytes = [UInt8](text.utf8)
            return Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        }

        /// Waits until the client has gone.
        func waitForEnd() {
            var byte: UInt8 = 0
            while recv(socket, &byte, 1, 0) > 0 {}
        }

        func end() { Glibc.close(socket) }
    }
}
