import App
import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// What the document promises of leads is what they answer.
@Suite struct LeadAnswersTests {
    private struct Request: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let body: String?

        init(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) {
            self.method = method
            self.path = path
            self.body = body
        }
    }

    private static func requests(_ id: String, _ owner: String) -> [Request] {
        let (leads, lead) = ("/api/v1/leads", "/api/v1/leads/\(id)")
        let activity = """
            {"kind": "call", "outcome": "connected", "notes": "n", "duration_minutes": 4,
            "next": {"kind": "email", "at": "2026-11-30T10:00:00Z"},
            "transition": {"to": "demo_scheduled", "demo_at": "2026-11-20T10:00:00Z"}}
            """
        return [
            .init(.post, leads, #"{"company": "B", "tags": ["a"], "attribution": {"k": "v"}}"#),
            .init(.post, leads, #"{"email": "a@x.example"}"#), .init(.get, leads + "?limit=1", nil),
            .init(.get, leads + "/count", nil), .init(.get, lead, nil),
            .init(.patch, lead, #"{"value_minor": 5, "notes": "n"}"#),
            .init(.post, lead + "/activities", activity),
            .init(.post, lead + "/follow-ups", #"{"kind": "call", "at": "2026-11-19T10:00:00Z"}"#),
            .init(.post, lead + "/assignment", "{\"owner\": \"\(owner)\"}"),
            .init(.post, lead + "/transition", #"{"to": "on_hold", "resume_on": "2026-12-01"}"#),
            .init(.post, lead + "/transition", #"{"to": "lost", "lost_reason": "budget"}"#),
            .init(.get, lead + "/timeline", nil), .init(.get, "/api/v1/search?q=a", nil),
            .init(.post, leads + "/transitions", "{\"ids\": [\"\(id)\"], \"to\": \"won\"}"),
            .init(.post, leads + "/assignments", "{\"ids\": [\"\(id)\"], \"owner\": \"\(owner)\"}"),
        ]
    }

    private static func answer(
        to request: Request, about id: String, in world: World
    ) async throws -> Answer {
        let version = try await world.ada.get("/api/v1/leads/\(id)").version
        let body = try request.body.map { try JSON(parsing: $0) }
        return try await world.ada.browser.send(
            request.method, request.path, body, headers: [.ifMatch: "\"\(version)\""])
    }

    /// What the route's declaration promises of this answer.
    private static func schema(
        of answer: Answer, to request: Request, in routes: [Route]
    ) -> Schema? {
        let path = String(request.path.prefix { $0 != "?" })
        let fitting = routes.filter { $0.method == request.method && $0.matches(path) }
        let route = fitting.first { $0.path == path } ?? fitting.first
        return route?.answers.first { $0.status == answer.status }?.schema
    }

    @Test(arguments: EngineKind.allCases)
    func `every answer keeps to its schema`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.ada.lead(["company": "A", "email": "a@x.example"])
            for request in Self.requests(id, world.wes.id.description) {
                let answer = try await Self.answer(to: request, about: id, in: world)
                let schema = Self.schema(of: answer, to: request, in: world.server.routes)
                #expect(schema != nil, "\(request.path): \(answer.text)")
                #expect(schema?.faults(in: answer.json) == [], "\(request.path)")
            }
        }
    }
}
