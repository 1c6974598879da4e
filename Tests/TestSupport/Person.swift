import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Storage
import Tenancy

/// Somebody at a browser, signed in.
package struct Person: Sendable {
    package let name: String
    package let id: ID<User>
    package let tenant: ID<Tenant>
    package let role: Role
    let client: any TestClientProtocol
    let cookie: String
    package let csrf: String

    func before(_ client: any TestClientProtocol) -> Person {
        Person(
            name: name, id: id, tenant: tenant, role: role, client: client, cookie: cookie,
            csrf: csrf)
    }

    package var browser: Client {
        Client(client: client, headers: [.cookie: cookie, .csrf: csrf])
    }

    package func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await browser.send(.get, path, headers: headers)
    }

    package func post(
        _ path: String, _ json: JSON = [:], headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await browser.send(.post, path, json, headers: headers)
    }

    package func put(_ path: String, _ json: JSON = [:]) async throws -> Answer {
        try await browser.send(.put, path, json)
    }

    /// With the version that the record has now, unless told.
    package func patch(_ path: String, _ json: JSON, version: Int) async throws -> Answer {
        try await browser.send(.patch, path, json, headers: [.ifMatch: "\"\(version)\""])
    }

    package func delete(_ path: String) async throws -> Answer {
        try await browser.send(.delete, path)
    }

    /// A page, asked for as a browser asks.
    package func page(_ path: String, fragment: Bool = false) async throws -> Answer {
        try await browser.send(
            .get, path,
            headers: [.accept: fragment ? "text/html; fragment=1" : "text/html"])
    }

    /// Makes a lead and returns its id.
    package func lead(_ fields: JSON) async throws -> String {
        let answer = try await post("/api/v1/leads", fields)
        guard let id = answer.json["id"]?.string else {
            throw UnexpectedAnswer(answer: answer)
        }
        return id
    }
}

/// An answer that a test could not go on with.
package struct UnexpectedAnswer: Error, CustomStringConvertible {
    let answer: Answer

    package init(answer: Answer) {
        self.answer = answer
    }

    package var description: String { "\(answer.status): \(answer.text)" }
}

/// Something that sends requests: a browser, a program with a token, or nobody.
package struct Client: Sendable {
    let client: any TestClientProtocol
    package var headers: HTTPFields

    /// The same caller with an `Authorization` header instead of a session.
    package func bearing(_ token: String) -> Client {
        Client(client: client, headers: [.authorization: "Bearer \(token)"])
    }

    package func send(
        _ method: HTTPRequest.Method, _ path: String, _ json: JSON? = nil,
        headers extra: HTTPFields = [:]
    ) async throws -> Answer {
        var all = extra
        if json != nil, all[.contentType] == nil { all[.contentType] = "application/json" }
        return try await send(method, path, bytes: Array((json?.text ?? "").utf8), headers: all)
    }

    package func send(
        _ method: HTTPRequest.Method, _ path: String, bytes: [UInt8], headers extra: HTTPFields
    ) async throws -> Answer {
        var all = headers
        for field in extra { all[field.name] = field.value }
        return try await client.execute(
            uri: path, method: method, headers: all, body: ByteBuffer(bytes: bytes)
        ) { response in
            Answer(
                status: response.status.code, headers: response.headers,
                bytes: Array(response.body.readableBytesView))
        }
    }
}

/// What came back.
package struct Answer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let bytes: [UInt8]

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var json: JSON { (try? JSON(parsing: bytes)) ?? .null }

    /// The fields that a problem names, in order.
    package var faults: [String] {
        json["errors"]?.array?.compactMap { $0["field"]?.string } ?? []
    }

    package var version: Int { Int(json["version"]?.integer ?? 0) }
    package var data: [JSON] { json["data"]?.array ?? [] }
}

extension HTTPField.Name {
    static let csrf = HTTPField.Name("X-CSRF-Token")!
}
