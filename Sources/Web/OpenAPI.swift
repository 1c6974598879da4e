import HTTPTypes
import Storage
import Tenancy

/// The OpenAPI 3.1 document of the routes.
package struct OpenAPI: Sendable {
    package let document: JSON

    package init(_ routes: [Route], version: String) {
        var components: [String: JSON] = [:]
        _ = Problem.schema.document(into: &components)
        var paths: [String: [String: JSON]] = [:]
        for route in routes where route.kind == .api {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] =
                Self.operation(route, &components)
        }
        document = [
            "openapi": "3.1.0",
            "info": [
                "title": "iPerform", "version": .string(version),
                "description": """
                Lists answer {"data": […], "next": cursor|null}. Errors are RFC 9457 problems. \
                POST takes Idempotency-Key; PATCH needs If-Match with the record's ETag.
                """,
            ],
            "servers": [["url": "/"]],
            "security": [["bearer": []]],
            "paths": .object(paths.mapValues(JSON.object)),
            "components": [
                "schemas": .object(components),
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": "An access token from POST /api/v1/tokens, or an API key.",
                    ]
                ],
            ],
        ]
    }

    private static func operation(
        _ route: Route, _ components: inout [String: JSON]
    ) -> JSON {
        var members: [String: JSON] = [
            "operationId": .string(operationID(route)),
            "summary": .string(route.summary),
            "tags": [.string(route.group)],
            "responses": responses(route, &components),
        ]
        let parameters = parameters(route, &components)
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = requestBody(route, &components) { members["requestBody"] = body }
        if route.access == .anyone { members["security"] = [] }
        return .object(members)
    }

    /// `POST /api/v1/leads/{id}/transition` → `post_leads_id_transition`
    static func operationID(_ route: Route) -> String {
        let path = route.path.replacing("/api/v1", with: "")
            .split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        return ([route.method.rawValue.lowercased()] + path.map(String.init))
            .joined(separator: "_").replacing("-", with: "_")
    }

    private static func parameters(
        _ route: Route, _ components: inout [String: JSON]
    ) -> [JSON] {
        var parameters: [JSON] = route.parameterNames.map { name in
            let isID = name == "id" || name == "user" || name == "change"
            let schema: Schema = isID ? .id : .text(max: 200)
            return [
                "name": .string(name), "in": "path", "required": true,
                "schema": schema.document(into: &components),
            ]
        }
        for parameter in route.query {
            parameters.append([
                "name": .string(parameter.name), "in": "query",
                "schema": parameter.schema.document(into: &components),
                "description": .string(parameter.note),
            ])
        }
        if route.method == .post, route.access == .signedIn {
            parameters.append([
                "name": "Idempotency-Key", "in": "header",
                "schema": ["type": "string", "minLength": 1, "maxLength": 200],
                "description": "The same key with the same request gives the first answer again.",
            ])
        }
        if route.needsVersion {
            parameters.append([
                "name": "If-Match", "in": "header", "schema": ["type": "string"],
                "description": "The ETag of the record as you read it. Required (else 428).",
            ])
        }
        return parameters
    }

    private static func requestBody(
        _ route: Route, _ components: inout [String: JSON]
    ) -> JSON? {
        let (type, schema): (String, Schema)
        switch route.input {
        case .none: return nil
        case .json(let input): (type, schema) = ("application/json", input)
        case .multipart(let input): (type, schema) = ("multipart/form-data", input)
        case .lines(let input): (type, schema) = ("application/x-ndjson", input)
        }
        return [
            "required": true,
            "content": .object([type: ["schema": schema.document(into: &components)]]),
        ]
    }

    /// Failures any route may answer with, beside those of its own kind.
    private static func failures(_ route: Route) -> [(Int, String)] {
        var failures = [
            (400, "The request cannot be read."), (404, "No such record, or not yours to see."),
            (405, "Another method would do; see Allow."), (409, "Something stands in the way."),
            (413, "The body is too large."), (422, "Some fields are wrong; errors names them."),
            (429, "Too many requests; see Retry-After."), (500, "A fault of ours, with its id."),
            (503, "Busy; see Retry-After."), (507, "The disk is full."),
        ]
        failures.append((401, "Not signed in."))
        failures.append((403, "Not allowed."))
        switch route.input {
        case .none: break
        default: failures.append((415, "The media type is not one of these."))
        }
        if route.needsVersion {
            failures.append((412, "Somebody else changed it meanwhile."))
            failures.append((428, "If-Match is missing."))
        }
        return failures
    }

    private static func responses(_ route: Route, _ components: inout [String: JSON]) -> JSON {
        var responses: [String: JSON] = [:]
        for (status, note) in failures(route) {
            responses[String(status)] = [
                "description": .string(note),
                "content": [
                    "application/problem+json": [
                        "schema": ["$ref": "#/components/schemas/Problem"]
                    ]
                ],
            ]
        }
        for answer in route.answers {
            var members: [String: JSON] = ["description": .string(answer.note)]
            if let schema = answer.schema {
                // One status may be answered in several media types.
                let status = responses[String(answer.status)]
                var content = status?["content"]?.object ?? [:]
                content[answer.mediaType] = ["schema": schema.document(into: &components)]
                members["content"] = .object(content)
            }
            responses[String(answer.status)] = .object(members)
        }
        return .object(responses)
    }
}
