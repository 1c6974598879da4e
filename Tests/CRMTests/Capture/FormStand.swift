import Foundation
import HTTPTypes
import Storage
import TestSupport

@testable import CRM

/// A form of Vantage, and strangers who send it.
struct FormStand: Sendable {
    let world: World
    let id: String
    let path: String

    /// - Parameter definition: What it asks; the fields of old when there is none.
    static func make(
        _ world: World, _ definition: JSON? = nil, _ extra: JSON = [:]
    ) async throws -> FormStand {
        var fields = extra.object ?? [:]
        fields["name"] = "Contact us"
        fields["definition"] = definition
        let made = try await world.ada.post("/api/v1/forms", .object(fields))
        guard let token = made.json["token"]?.string, let id = made.json["id"]?.string else {
            throw UnexpectedAnswer(answer: made)
        }
        return FormStand(world: world, id: id, path: "/f/\(token)")
    }

    /// As a program or the embedded form sends it.
    func send(_ fields: JSON, headers: HTTPFields = [:]) async throws -> Answer {
        try await world.nobody.send(.post, path, fields, headers: headers)
    }

    /// As the hosted page sends it.
    func type(_ fields: KeyValuePairs<String, String>) async throws -> Answer {
        let body = fields.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
        return try await world.nobody.send(
            .post, path, bytes: Array(body.utf8),
            headers: [.contentType: "application/x-www-form-urlencoded"])
    }

    private func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    /// A file of a multipart body: its field, its name, its bytes.
    typealias File = (field: String, name: String, bytes: [UInt8])

    func upload(
        _ fields: KeyValuePairs<String, String>, _ files: [File], accept: String = "text/html"
    ) async throws -> Answer {
        let boundary = "----stand7MA4YWxkTrZu0gW"
        var body: [UInt8] = []
        for (name, value) in fields {
            body += Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
                    .utf8)
        }
        for file in files {
            body += Array(
                """
                --\(boundary)\r
                Content-Disposition: form-data; name="\(file.field)"; filename="\(file.name)"\r
                Content-Type: application/octet-stream\r
                \r

                """.utf8)
            body += file.bytes + Array("\r\n".utf8)
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return try await world.nobody.send(
            .post, path, bytes: body,
            headers: [
                .contentType: "multipart/form-data; boundary=\(boundary)", .accept: accept,
            ])
    }

    /// The stamp of a page that is opened now.
    func stamp() async throws -> String {
        let page = try await world.nobody.send(.get, path).text
        return page.firstMatch(of: /name="rendered_at" value="([^"]+)"/).map { String($0.1) } ?? ""
    }

    func leads() async throws -> [JSON] { try await world.ada.get("/api/v1/leads").data }

    func ledger() async throws -> JSON { try await world.ada.get("/api/v1/inbox/ledger").json }

    func entries() async throws -> [JSON] { try await world.ada.get("/api/v1/inbox").data }
}
