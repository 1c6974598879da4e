import HTTPTypes
import Storage
import Tenancy
import Web

/// What the command palette asks.
struct SearchRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/search", "Finds leads by a few letters",
                query: [.init("q", .text(max: 200), "Letters of name, e-mail, phone or id.")],
                answers: [.init(200, "The best matches.", Self.schema)], handle: search)
        ].grouped("Leads")
    }

    private static let limit = 12

    private func search(_ call: Call) async throws -> Reply {
        let text = call.query["q"] ?? ""
        guard text.unicodeScalars.count <= 200, !text.utf8.contains(0) else {
            throw Problem.invalid("q", "Give at most 200 characters, without NUL.")
        }
        let leads =
            text.trimmed.isEmpty
            ? []
            : try await call.read(from: .replica) { scope in
                try await Leads(scope).search(text, limit: Self.limit)
            }
        return .json { writer in
            writer.object { body in
                body.member("data") { list in
                    list.array(leads) { writer, lead in Self.write(lead, to: &writer) }
                }
            }
        }
    }

    private static func write(_ lead: Lead, to writer: inout JSONWriter) {
        let known = [lead.company == nil ? nil : lead.contactName, lead.email ?? lead.phone]
        writer.object {
            $0.member("id", lead.id)
            $0.member("kind", "lead")
            $0.member("title", lead.title)
            $0.member("subtitle", known.compactMap { $0 }.joined(separator: " · "))
            $0.member("icon", "building-2")
        }
    }

    private static let schema = Schema.object([
        .init(
            "data",
            .list(
                .object([
                    .init("id", .id, required: true), .init("kind", .text(max: 20), required: true),
                    .init("title", .text(max: 500), required: true),
                    .init("subtitle", .text(max: 1000), required: true),
                    .init("icon", .text(max: 40), required: true),
                ]), max: 50), required: true)
    ])
}
