import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// Every route, asked by each of the nine roles, against what `RouteRights` says it asks for and
/// `Grants` says the role has. `RightsMatrixTests` has those on a lead.
@Suite struct RouteRightsTests {
    @Test func `every route stands in the table once, as open as it is`() async throws {
        try await World.with(.sqlite) { world in
            let places = RouteRights.lines.flatMap(\.routes)
            let routes = world.server.routes
            #expect(Set(places).count == places.count, "a route stands there twice")
            let gone = Set(places).subtracting(routes.map(RouteRights.place))
            #expect(gone.isEmpty, "There are no such routes: \(gone.sorted())")
            for route in routes {
                let place = RouteRights.place(route)
                let asks = try #require(
                    RouteRights.asks(route), "Say in RouteRights who \(place) is for")
                #expect((asks == .nothing) == (route.access == .anyone), "\(place)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `each role does on each route what the matrix says`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let hall = try await Hall.open(world)
            for route in world.server.routes {
                switch try #require(RouteRights.asks(route)) {
                case .nothing, .lead: continue
                case .signIn: try await hall.everybody(route)
                case .own: try await hall.owner(route)
                case .ownOr(let right):
                    try await hall.owner(route, or: right)
                case .right, .company, .platformOperator: try await hall.holders(route)
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who reads about nobody else is told of nobody else`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let hall = try await Hall.open(world)
            for (name, role) in RightsStage.people {
                let person = try #require(hall.seats[name])
                let all = Grants.of(role)[.peopleRead].contains(.company)
                let people = try await person.get("/api/v1/users?limit=200").data
                let own = try await person.get("/api/v1/users/\(person.id)")
                #expect(own.status == 200, "\(name)")
                let isThere = people.contains { $0["id"]?.string == person.id.description }
                #expect(isThere == (role != .platformOperator), "\(name)")
                #expect(people.contains { $0["name"] == "sorrel" } == all, "\(name)")
                #expect(try await person.get("/api/v1/teams").data.isEmpty != all, "\(name)")
                let partners = try await person.get("/api/v1/partners").data.count
                #expect(partners == (all ? 2 : role == .partner ? 1 : 0), "\(name)")
                let page = try await person.page("/leads").text
                #expect(page.contains("sorrel") == all, "\(name)")
            }
        }
    }
}

/// Somebody of each role, and doors.
private struct Hall: Sendable {
    let furniture: Furniture
    let seats: [String: Person]

    private var world: World { furniture.world }

    static func open(_ world: World) async throws -> Hall {
        let bright = try await world.asking(world.ada) { scope in
            let partners = Partners(scope)
            _ = try await partners.create(name: "Dim")
            return try await partners.list().first { $0.name == "Bright" }?.id
        }
        _ = try await world.seat("sorrel", .salesperson)
        var seats: [String: Person] = [:]
        for (name, role) in RightsStage.people {
            seats[name] = try await world.seat(
                name, role, partner: role == .partner ? bright : nil)
        }
        return Hall(furniture: Furniture(world: world, admin: world.ada), seats: seats)
    }

    /// Whoever is signed in may.
    func everybody(_ route: Route) async throws {
        for (name, role) in RightsStage.people {
            var person = try #require(seats[name])
            // Who signs out is wanted again.
            if route.path.hasSuffix("/sessions/current") {
                person = try await world.seat("leaving-\(name)", role)
            }
            let answer = try await Doors.knock(route, Doors.path(route, [:]), person)
            #expect(answer.status < 400 || answer.status == 422, "\(line(route, name, answer))")
        }
    }

    /// Who has the rights may, and nobody else.
    func holders(_ route: Route) async throws {
        let asks = try #require(RouteRights.asks(route))
        let ids = try await furniture.ids(for: route, of: furniture.admin)
        let isOfRecord = !ids.isEmpty
        let path = Doors.path(route, ids)
        let refused = RightsStage.people.filter { asks.lets(.of($0.role)) == false }
        for (name, _) in refused {
            let answer = try await Doors.knock(route, path, try #require(seats[name]))
            // Where there is a record, who may not see it is told that there is none.
            let expected = isOfRecord ? [403, 404] : [403]
            #expect(expected.contains(answer.status), "\(line(route, name, answer))")
        }
        let holders = RightsStage.people.filter { asks.lets(.of($0.role)) == true }
        #expect(!holders.isEmpty, "Nobody may \(RouteRights.place(route))")
        for (index, holder) in holders.enumerated() {
            let answer = try await Doors.knock(route, path, try #require(seats[holder.name]))
            // The first of them may have deleted it.
            let wrong = index == 0 && isOfRecord ? [401, 403, 404] : [401, 403]
            #expect(!wrong.contains(answer.status), "\(line(route, holder.name, answer))")
            #expect(answer.status < 500, "\(line(route, holder.name, answer))")
        }
    }

    /// Whose it is may; for others it is not there, unless they have the right on all of them.
    func owner(_ route: Route, or right: Right? = nil) async throws {
        let admin = furniture.admin
        let path = Doors.path(route, try await furniture.ids(for: route, of: admin))
        for (name, role) in RightsStage.people {
            let reaches = right.map { Grants.of(role)[$0].contains(.company) } ?? false
            let answer = try await Doors.knock(route, path, try #require(seats[name]))
            #expect((answer.status == 404) != reaches, "\(line(route, name, answer))")
            #expect(![401, 403].contains(answer.status), "\(line(route, name, answer))")
        }
        let owner = try await Doors.knock(route, path, admin)
        #expect(![401, 403, 404].contains(owner.status), "\(line(route, "owner", owner))")
        guard let right, right == .importsRun else { return }
        for (name, role) in RightsStage.people where !Grants.of(role)[right].isEmpty {
            let person = try #require(seats[name])
            let own = Doors.path(route, try await furniture.ids(for: route, of: person))
            let answer = try await Doors.knock(route, own, person)
            #expect(![401, 403, 404].contains(answer.status), "\(line(route, name, answer))")
        }
    }

    private func line(_ route: Route, _ name: String, _ answer: Answer) -> String {
        "\(name): \(RouteRights.place(route)) → \(answer.status) \(answer.text.prefix(300))"
    }
}
