import App
import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import Web

/// What the document promises of accounts and settings is what they answer.
@Suite struct DeclaredAnswersTests {
    private struct Request: Sendable {
        let method: HTTPRequest.Method
        let path: String
        var body: JSON?

        init(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) {
            self.method = method
            self.path = "/api/v1" + path
            self.body = body
        }
    }

    private static let requests: [Request] = [
        .init(.get, "/me"), .init(.patch, "/me", ["name": "Ada Rao", "away_until": "2026-11-30"]),
        .init(.get, "/users"),
        .init(
            .post, "/users",
            ["name": "Uma", "email": "uma@vantage.example", "role": "partner", "territory": "E"]),
        .init(.get, "/teams"), .init(.post, "/teams", ["name": "South"]),
        .init(.get, "/api-keys"), .init(.post, "/api-keys", ["name": "Shop"]),
        .init(.get, "/api-keys"), .init(.get, "/stages"),
        .init(.patch, "/stages/open", ["probability": 7, "stalled_after_days": 9]),
        .init(
            .put, "/custom-fields",
            ["fields": [["key": "a", "label": "A", "type": "choice", "choices": ["x"]]]]),
        .init(.get, "/custom-fields"), .init(.put, "/assignment-rules", ["rules": []]),
        .init(.get, "/assignment-rules"), .init(.get, "/inbox"), .init(.get, "/inbox/ledger"),
        .init(.put, "/audit/retention", ["days": 400]), .init(.get, "/audit/retention"),
        .init(.get, "/audit"), .init(.put, "/sign-in/addresses", ["addresses": []]),
        .init(.get, "/sign-in/addresses"), .init(.get, "/sign-in/ways"),
    ]

    @Test(arguments: EngineKind.allCases)
    func `every answer keeps to its schema`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for request in Self.requests {
                let answer = try await world.ada.browser.send(
                    request.method, request.path, request.body, headers: [.ifMatch: "\"1\""])
                let route = try #require(
                    world.server.routes.first {
                        $0.method == request.method && $0.matches(request.path)
                    })
                let declared = route.answers.first { $0.status == answer.status }
                let schema = try #require(declared?.schema, "\(request.path): \(answer.text)")
                #expect(schema.faults(in: answer.json) == [], "\(request.path)")
            }
        }
    }
}
