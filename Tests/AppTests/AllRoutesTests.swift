import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// What holds for every door of the product, whoever built it.
@Suite struct AllRoutesTests {
    @Test(arguments: EngineKind.allCases)
    func `every route of the API is in the document, once, with what it answers`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let document = try await world.nobody.send(.get, "/api/v1/openapi.json").json
            var operations: Set<String> = []
            for route in world.server.routes where route.kind == .api {
                let place = "\(route.method) \(route.path)"
                let operation = document["paths"]?[route.path]?[route.method.rawValue.lowercased()]
                let id = try #require(operation?["operationId"]?.string, "\(place)")
                #expect(operations.insert(id).inserted, "\(id) stands twice")
                #expect(operation?["tags"]?.array?.first?.string?.isEmpty == false, "\(place)")
                #expect(!route.answers.isEmpty, "\(place)")
                for status in route.answers.map(\.status) + [401, 404, 422, 429, 500, 503, 507] {
                    #expect(operation?["responses"]?[String(status)] != nil, "\(place) \(status)")
                }
                let named = (operation?["parameters"]?.array ?? []).filter { $0["in"] == "path" }
                #expect(named.compactMap { $0["name"]?.string } == route.parameterNames, "\(place)")
            }
            #expect(operations.count > 40)
            for reference in Self.references(in: document) {
                let name = reference.replacing("#/components/schemas/", with: "")
                #expect(document["components"]?["schemas"]?[name] != nil, "\(reference)")
            }
        }
    }

    private static func references(in json: JSON) -> Set<String> {
        var found: Set<String> = []
        if let reference = json["$ref"]?.string { found.insert(reference) }
        for member in json.object?.values.map({ $0 }) ?? json.array ?? [] {
            found.formUnion(references(in: member))
        }
        return found
    }

    @Test(arguments: EngineKind.allCases)
    func `without a session an API route is 401, and a page leads to the sign-in`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            for route in world.server.routes where route.access == .signedIn {
                let path = Doors.path(route, [:])
                let answer = try await world.nobody.send(route.method, path)
                if route.kind == .page {
                    #expect(answer.status == 303, "\(path)")
                    let location = answer.headers[.location] ?? ""
                    #expect(location.hasPrefix("/sign-in"), "\(path)")
                } else {
                    #expect(answer.status == 401, "\(route.method) \(path)")
                    #expect(answer.headers[.contentType] == "application/problem+json")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a session's write without the page's proof is 403`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            var forged = world.ada.browser
            for proof in [nil, "", "guess", world.sam.csrf] as [String?] {
                forged.headers[Doors.csrf] = proof
                for route in world.server.routes where Doors.isWrite(route) {
                    let path = Doors.path(route, [:])
                    let answer = try await forged.send(route.method, path, [:])
                    #expect(answer.status == 403, "\(route.method) \(path)")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `another company's records are not there, on any route`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let ids = try await Doors.furnish(world)
            let before = try await Doors.traces(world)
            for route in world.server.routes where Doors.namesRecord(route) {
                let path = Doors.path(route, ids)
                for person in [world.ada, world.max, world.sam, world.pat] {
                    let answer = try await Doors.knock(route, path, person)
                    let allowed = person.name == "ada" ? [404] : [403, 404]
                    #expect(
                        allowed.contains(answer.status), "\(person.name): \(route.method) \(path)")
                    #expect(!answer.text.contains("Rival secret"), "\(path)")
                }
            }
            #expect(try await Doors.traces(world) == before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what names no record is 404, never a fault of ours`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for name in ["7", "nothing", "%00", "%F0%9F%8E%88", "..", "a%2Fb", "'--"] {
                for route in world.server.routes where Doors.namesRecord(route) {
                    let path = Doors.path(route, [:], otherwise: name)
                    let answer = try await Doors.knock(route, path, world.ada)
                    #expect(
                        [303, 404, 405].contains(answer.status),
                        "\(route.method) \(path): \(answer.status)")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `no route breaks on what it did not expect`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let bodies = ["", "null", "[]", "{}", "{\"x\":1}", "\"\"", "{", "[[[[", "\u{0}"]
            for route in world.server.routes where Doors.isWrite(route) {
                let path = Doors.path(route, [:])
                // Signing out would end the test.
                if path.hasSuffix("/sessions/current") { continue }
                for body in bodies {
                    let answer = try await world.ada.browser.send(
                        route.method, path, bytes: Array(body.utf8),
                        headers: [.contentType: "application/json", .ifMatch: "\"1\""])
                    #expect(answer.status < 500, "\(route.method) \(path) with \(body)")
                }
            }
            for route in world.server.routes where route.method == .get && route.path != "/live" {
                let path = Doors.path(route, [:])
                for query in ["limit=x&cursor=%00", "filter%5B", "sort=-", "q=%ff", "%=&&=;"] {
                    let answer = try await world.ada.get("\(path)?\(query)")
                    #expect(answer.status < 500, "\(path)?\(query)")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every page is there for each role, or says that it is not theirs`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let pages = world.server.routes.filter {
                $0.kind == .page && $0.access == .signedIn && $0.parameterNames.isEmpty
            }
            #expect(pages.count > 6)
            let lead = try await world.sam.lead(["company": "Orchard"])
            for person in [world.ada, world.eva, world.max, world.sam, world.pat] {
                for path in pages.map(\.path) + ["/leads/\(lead)"] {
                    let page = try await person.page(path)
                    let place = "\(person.name): \(path)"
                    #expect([200, 303, 403, 404].contains(page.status), "\(place) \(page.status)")
                    if person.name == "ada" {
                        #expect([200, 303].contains(page.status), "\(place)")
                    }
                    Doors.expectClean(page, place)
                }
                for path in ["/today", "/pipeline", "/leads", "/customers"] {
                    #expect(try await person.page(path).status == 200, "\(person.name): \(path)")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `public pages are clean too`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for path in [
                "/sign-in", "/forgot", "/welcome/nothing", "/reset/nothing", "/f/nothing",
                "/nowhere",
            ] {
                let page = try await world.nobody.send(.get, path, headers: [.accept: "text/html"])
                #expect([200, 404, 410].contains(page.status), "\(path)")
                Doors.expectClean(page, path)
            }
        }
    }
}
