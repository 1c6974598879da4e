import HTTPTypes
import Storage
import Tenancy
import Views
import Web

/// The API browser: made from the same routes as the router and the document.
struct DevelopersPages {
    private let shells: Shells
    private let groups: [APIGroup]
    private let version: String

    /// - Parameters:
    ///   - routes: All of them; those of the API are shown.
    ///   - version: Of the document.
    init(_ routes: [Route], version: String, shells: Shells) {
        self.shells = shells
        self.version = version
        groups = [APIGroup](routes, OpenAPI(routes, version: version))
    }

    var routes: [Route] {
        [.page("/developers", "How to use the API, and all of it", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        .html(
            try await call.read { scope in
                let shell = try await shells.page(
                    "Developers", .developers, for: call, in: scope)
                let tenant = try await Tenants.find(scope.tenant, in: scope.tx)
                let page = DevelopersPage(
                    groups: groups, baseURL: call.origin, version: version, tenant: tenant.slug)
                return call.wantsFragment ? developersBody(page) : developersPage(shell, page)
            })
    }
}

extension [APIGroup] {
    /// Groups in the order in which the routes bring them.
    init(_ routes: [Route], _ openAPI: OpenAPI) {
        let api = routes.filter { $0.kind == .api }
        let operations = Dictionary(grouping: api, by: \.group).mapValues { routes in
            routes.map { APIOperation($0, openAPI) }
        }
        self = api.map(\.group).removingDuplicates().map {
            APIGroup(name: $0, operations: operations[$0] ?? [])
        }
    }
}

extension APIOperation {
    /// Failures that the caller can do something about; the guide speaks of the others.
    private static let failures: Set = [403, 404, 409, 412, 422, 428]

    fileprivate init(_ route: Route, _ openAPI: OpenAPI) {
        let method = route.method.rawValue
        let described = openAPI.document["paths"]?[route.path]?[method.lowercased()]
        self.init(
            id: described?["operationId"]?.string ?? "\(method) \(route.path)", method: method,
            path: route.path, summary: route.summary,
            answers: Self.answers(route, described?["responses"]),
            needsToken: route.access == .signedIn)
        parameters = Self.parameters(route, described?["parameters"]?.array ?? [])
        switch route.input {
        case .none: break
        case .json(let schema): take(schema, "application/json", example: schema.example)
        case .lines(let schema): take(schema, "application/x-ndjson", example: schema.example)
        case .multipart(let schema): take(schema, "multipart/form-data", example: nil)
        }
    }

    private mutating func take(_ schema: Schema, _ type: String, example: String?) {
        bodyType = type
        body = APIField.fields(of: schema)
        bodyExample = example
    }

    private static func answers(_ route: Route, _ responses: JSON?) -> [APIAnswer] {
        let declared = route.answers.map {
            APIAnswer(status: $0.status, summary: $0.note, schema: $0.schema?.words)
        }
        let own = Set(route.answers.map(\.status))
        let failures = (responses?.object ?? [:]).compactMap { status, response -> APIAnswer? in
            guard let status = Int(status), Self.failures.subtracting(own).contains(status) else {
                return nil
            }
            return APIAnswer(
                status: status, summary: response["description"]?.string ?? "", schema: "Problem")
        }
        return declared + failures.sorted { $0.status < $1.status }
    }

    /// Those of the query from the route; those of path and headers from the document, which
    /// adds them.
    private static func parameters(_ route: Route, _ described: [JSON]) -> [APIParameter] {
        let path = described.filter { $0["in"] == "path" }.map { parameter in
            let isID = parameter["schema"]?["format"] == "uuid"
            return APIParameter(
                name: parameter["name"]?.string ?? "", in: .path, type: isID ? "uuid" : "text",
                isRequired: true)
        }
        let query = route.query.map {
            APIParameter(name: $0.name, in: .query, type: $0.schema.words, summary: $0.note)
        }
        let headers = described.filter { $0["in"] == "header" }.map { header in
            let name = header["name"]?.string ?? ""
            return APIParameter(
                name: name, in: .header, type: "text", isRequired: name == "If-Match",
                summary: header["description"]?.string ?? "")
        }
        return path + query + headers
    }
}

extension APIField {
    /// Deeper than that nobody reads on.
    private static let depthMax = 4

    fileprivate static func fields(of schema: Schema, depth: Int = 0) -> [APIField] {
        guard depth < depthMax else { return [] }
        return schema.members.flatMap { field in
            [
                APIField(
                    name: field.name, type: field.schema.words, isRequired: field.isRequired,
                    summary: field.note ?? "", depth: depth)
            ] + fields(of: field.schema, depth: depth + 1)
        }
    }
}
