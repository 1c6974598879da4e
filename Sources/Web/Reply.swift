import HTTPTypes
import Hummingbird
import Storage
import Views

/// An answer: what Hummingbird's `Response` is, with a body that can be stored and compressed.
package struct Reply: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(ResponseBody)
    }

    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: Body
    /// Whether it tells something that is told only once, such as a token: it is not kept for
    /// an `Idempotency-Key`.
    package var isSecret = false

    package init(
        _ status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .bytes([])
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static let noContent = Reply(.noContent)

    package static func json(
        _ status: HTTPResponse.Status = .ok, version: Int? = nil, capacity: Int = 512,
        _ write: (inout JSONWriter) -> Void
    ) -> Reply {
        var writer = JSONWriter(capacity: capacity)
        write(&writer)
        var headers: HTTPFields = [.contentType: "application/json"]
        if let version { headers[.eTag] = "\"\(version)\"" }
        return Reply(status, headers: headers, body: .bytes(writer.bytes))
    }

    package static func html(_ html: HTML, status: HTTPResponse.Status = .ok) -> Reply {
        Reply(
            status,
            headers: [
                .contentType: "text/html; charset=utf-8", .vary: "Accept",
                .cacheControl: "no-store",
            ],
            body: .bytes(Array(html.text.utf8)))
    }

    package static func text(
        _ text: String, type: String = "text/plain; charset=utf-8",
        status: HTTPResponse.Status = .ok
    ) -> Reply {
        Reply(status, headers: [.contentType: type], body: .bytes(Array(text.utf8)))
    }

    /// 303 to a path of ours.
    package static func see(_ path: String) -> Reply {
        Reply(.seeOther, headers: [.location: path])
    }

    /// The reply with one more header.
    package func with(_ name: HTTPField.Name, _ value: String) -> Reply {
        var reply = self
        reply.headers[name] = value
        return reply
    }

    /// The reply, told only once.
    package var secret: Reply {
        var reply = self
        reply.isSecret = true
        return reply
    }

    func response() -> Response {
        switch body {
        case .bytes(let bytes):
            Response(
                status: status, headers: headers,
                body: bytes.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let stream):
            Response(status: status, headers: headers, body: stream)
        }
    }
}
