import App
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// How to knock at a route without knowing it: a path, and a body that fits.
enum Doors {
    static let csrf = HTTPField.Name("X-CSRF-Token")!
    private static let anyID = "018f3c5e-0000-7000-8000-000000000000"

    /// The route's path with the ids of its nouns, by the segment before each.
    static func path(_ route: Route, _ ids: [String: String], otherwise: String = anyID) -> String {
        var noun = ""
        return "/"
            + route.path.split(separator: "/").map { segment -> String in
                guard segment.hasPrefix("{") else {
                    noun = String(segment)
                    return noun
                }
                // What follows a parameter hangs on the record: `{id}/embed.js`.
                return ids[noun] ?? otherwise
            }.joined(separator: "/")
    }

    static func isWrite(_ route: Route) -> Bool {
        route.access == .signedIn && route.method != .get && route.method != .head
    }

    /// Whether the path names a record by its id.
    static func namesRecord(_ route: Route) -> Bool {
        let names = route.parameterNames
        let own = ["stages", "settings", "static", "assets"]
        return route.access == .signedIn && !names.isEmpty
            && !own.contains { route.path.contains("/\($0)/") }
    }

    static func knock(_ route: Route, _ path: String, _ person: Person) async throws -> Answer {
        var body: JSON?
        if case .json(let schema) = route.input { body = sample(schema) }
        // A stream has no end; asked for without its body it has.
        let method = route.path == "/live" ? .head : route.method
        return try await person.browser.send(method, path, body, headers: [.ifMatch: "\"1\""])
    }

    /// The least that fits.
    private static func sample(_ schema: Schema) -> JSON {
        switch schema {
        case .text: "x"
        case .choice(let choices): .string(choices[0])
        case .integer(let range): .integer(range.lowerBound)
        case .number: 1
        case .boolean: true
        case .instant: "2026-12-01T10:00:00Z"
        case .day: "2026-12-01"
        case .id: .string(anyID)
        case .list: []
        case .object(let fields):
            .object(
                Dictionary(
                    uniqueKeysWithValues: fields.filter(\.isRequired).map {
                        ($0.name, sample($0.schema))
                    }))
        case .map: [:]
        case .any, .optional: nil
        case .named(_, let schema): sample(schema)
        }
    }

    /// Rival has one of everything that a route names; answers their ids by noun.
    static func furnish(_ world: World) async throws -> [String: String] {
        let rival = Furniture(world: world, admin: world.eve, name: "Rival secret")
        var ids: [String: String] = [:]
        for noun in world.server.routes.filter(namesRecord).flatMap(Furniture.nouns) {
            if ids[noun] == nil { ids[noun] = try await rival.make(noun, of: world.eve) }
        }
        return ids
    }

    /// How much has happened at Rival.
    static func traces(_ world: World) async throws -> Int {
        let rival = world.rival
        return try await world.database.read { tx in
            try await tx.value("SELECT COUNT(*) FROM events WHERE tenant_id = \(rival)") ?? 0
        }
    }

    /// A page holds no handler in its markup, no script without the nonce of its policy, and
    /// has its guards.
    static func expectClean(_ page: Answer, _ place: String) {
        guard page.headers[.contentType]?.hasPrefix("text/html") == true else { return }
        #expect(page.text.firstMatch(of: /<[a-z][^>]*\son[a-z]+\s*=/) == nil, "\(place)")
        #expect(!page.text.contains("javascript:"), "\(place)")
        let policy = page.headers[.contentSecurityPolicy] ?? ""
        let nonce = policy.firstMatch(of: /'nonce-([^']+)'/).map { String($0.1) } ?? "none"
        for script in page.text.matches(of: /<script[^>]*>/) {
            let guarded =
                script.0.contains("nonce=\"\(nonce)\"") || script.0.contains("src=\"/")
                || script.0.contains("application/json")
            #expect(guarded, "\(place): \(script.0)")
        }
        #expect(page.headers[.xContentTypeOptions] == "nosniff", "\(place)")
        #expect(policy.contains("frame-ancestors 'none'"), "\(place)")
    }
}
