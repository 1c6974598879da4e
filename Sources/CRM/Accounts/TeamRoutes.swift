import HTTPTypes
import Storage
import Tenancy
import Web

/// The teams of a company in the API.
struct TeamRoutes {
    /// The tree is given whole: a page of it would have children without their parents.
    private static let treeMax = 10_000

    var routes: [Route] {
        [
            .api(
                .get, "/teams", "Lists teams, each right before those below it",
                answers: [.init(200, "The whole tree.", Self.treeSchema)], handle: list),
            .api(
                .post, "/teams", "Adds a team", input: .json(NewTeam.schema),
                answers: [.init(201, "Added.", Team.schema)], handle: create),
            .api(
                .get, "/teams/{id}", "Reads a team",
                answers: [.init(200, "The team.", Team.schema)], handle: show),
            .api(
                .patch, "/teams/{id}", "Renames a team, moves it or gives it another manager",
                input: .json(TeamChange.schema),
                answers: [.init(200, "As it is now.", Team.schema)], needsVersion: true,
                handle: change),
            .api(
                .delete, "/teams/{id}", "Deletes an empty team",
                answers: [.init(204, "Deleted."), .staleIfMatched], handle: delete),
        ].grouped("Teams")
    }

    private func list(_ call: Call) async throws -> Reply {
        // Teams are the company's inside: who does not see its people does not see these.
        let nodes = try await call.read { scope in
            Colleagues(scope).isAll ? try await Teams(scope).list() : []
        }
        return .page(nodes, next: nil) { writer, node in
            node.team.write(to: &writer) {
                $0.member("depth", node.depth)
                $0.member("members", node.members)
            }
        }
    }

    private func create(_ call: Call) async throws -> Reply {
        try await call.write { scope in
            let team = try await Teams(scope).create(NewTeam(call.input))
            return .team(team, .created).with(.location, "/api/v1/teams/\(team.id)")
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<Team> = try call.id(of: "team")
        return .team(
            try await call.read { scope in
                guard Colleagues(scope).isAll else { throw Problem.notFound("team") }
                return try await Teams(scope).find(id)
            })
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<Team>, Int) = (try call.id(of: "team"), try call.version())
        return try await call.write { scope in
            .team(try await Teams(scope).change(id, TeamChange(call.input), version: version))
        }
    }

    private func delete(_ call: Call) async throws -> Reply {
        let (id, version): (ID<Team>, Int?) = (
            try call.id(of: "team"), try call.versionIfGiven()
        )
        return try await call.write { scope in
            try await Teams(scope).delete(id, version: version)
            return .noContent
        }
    }

    private static let treeSchema = Schema.object([
        .init(
            "data",
            .list(
                .object(
                    Team.fields + [
                        .init("depth", .integer(0...Int64.max), required: true, "0 at the top."),
                        .init(
                            "members", .integer(0...Int64.max), required: true,
                            "Active people in the team itself."),
                    ]), max: treeMax), required: true),
        .init("next", .optional(.text(max: 1000)), required: true, "Always null."),
    ])
}

extension Team {
    fileprivate func write(
        to writer: inout JSONWriter, extra: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("parent", parent)
            body.member("manager", manager)
            body.member("version", version)
            extra(&body)
        }
    }

    fileprivate static let fields: [Schema.Field] = [
        .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
        .init("parent", .optional(.id), required: true),
        .init("manager", .optional(.id), required: true, "A person; sees what the team has."),
        .init("version", .integer(1...Int64.max), required: true),
    ]

    fileprivate static let schema = Schema.named("Team", .object(fields))
}

extension NewTeam {
    fileprivate static let schema = Schema.named(
        "NewTeam",
        .object([
            .init("name", .text(max: 120), required: true), .init("parent", .optional(.id)),
            .init("manager", .optional(.id)),
        ]))

    fileprivate init(_ input: Fields) {
        self.init(
            name: input.text("name") ?? "", parent: input.id("parent"),
            manager: input.id("manager"))
    }
}

extension TeamChange {
    fileprivate static let schema = Schema.named(
        "TeamChange",
        .object([
            .init("name", .text(max: 120)), .init("parent", .optional(.id)),
            .init("manager", .optional(.id)),
        ]))

    fileprivate init(_ input: Fields) {
        self.init(name: input["name"]?.string)
        if input.has("parent") { parent = .some(input.id("parent")) }
        if input.has("manager") { manager = .some(input.id("manager")) }
    }
}

extension Reply {
    fileprivate static func team(_ team: Team, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status, version: team.version) { team.write(to: &$0) }
    }
}

extension Call {
    /// The version that `If-Match` names, on a route that does not ask for one.
    func versionIfGiven() throws -> Int? {
        do { return try version() } catch Problem.versionRequired { return nil }
    }
}
