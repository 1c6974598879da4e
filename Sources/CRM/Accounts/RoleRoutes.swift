import HTTPTypes
import Storage
import Tenancy
import Web

/// The nine roles and the company's own in the API.
struct RoleRoutes {
    let authenticator: Authenticator

    var routes: [Route] {
        [
            .api(
                .get, "/roles", "Lists the company's own roles, and the nine",
                answers: [.init(200, "All of them.", Self.listSchema)], handle: list),
            .api(
                .post, "/roles", "Makes a role of one of the nine", input: .json(Self.newSchema),
                answers: [.init(201, "Made.", CustomRole.schema)], handle: create),
            .api(
                .get, "/roles/{id}", "Reads a role",
                answers: [.init(200, "The role.", CustomRole.schema)], handle: show),
            .api(
                .patch, "/roles/{id}", "Renames a role, or says anew in what it is narrower",
                input: .json(.object(Self.inputFields)),
                answers: [.init(200, "As it is now.", CustomRole.schema)], needsVersion: true,
                handle: change),
            .api(
                .delete, "/roles/{id}", "Deletes a role that nobody has",
                answers: [.init(204, "Deleted."), .staleIfMatched], handle: delete),
        ].grouped("Roles")
    }

    private func list(_ call: Call) async throws -> Reply {
        let (roles, people) = try await call.read { scope in
            (try await Roles(scope).list(), try await Roles(scope).people())
        }
        return .json { writer in
            writer.object { body in
                body.member("data") { list in
                    list.array(roles) { $1.write(to: &$0, people: people[$1.id] ?? 0) }
                }
                body.member("standard", objects: Role.grantable) { line, role in
                    line.member("role", role.rawValue)
                    line.member("name", role.label)
                    Grants.of(role).write(to: &line)
                }
            }
        }
    }

    private func create(_ call: Call) async throws -> Reply {
        guard let base: Role = call.input.choice("base") else {
            throw Problem.invalid("base", "Say of which role it is made.")
        }
        return try await call.write { scope in
            let role = try await Roles(scope).create(base, RoleInput(call.input))
            return .role(role, .created).with(.location, "/api/v1/roles/\(role.id)")
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<CustomRole> = try call.id(of: "role")
        return try await call.read { scope in
            let role = try await Roles(scope).find(id)
            return .role(role, people: try await Roles(scope).people()[id] ?? 0)
        }
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<CustomRole>, Int) = (try call.id(of: "role"), try call.version())
        let reply = try await call.write { scope in
            let role = try await Roles(scope).change(id, RoleInput(call.input), version: version)
            return .role(role, people: try await Roles(scope).people()[id] ?? 0)
        }
        // Who has it may what it says from now on.
        authenticator.forget(try call.caller().tenant)
        return reply
    }

    private func delete(_ call: Call) async throws -> Reply {
        let (id, version): (ID<CustomRole>, Int?) = (
            try call.id(of: "role"), try call.versionIfGiven()
        )
        return try await call.write { scope in
            try await Roles(scope).delete(id, version: version)
            return .noContent
        }
    }

    private static let inputFields: [Schema.Field] = [
        .init("name", .text(max: 120)),
        .init(
            "changes", .map(.list(.choice(Span.all.map(\.name)), max: Span.all.count)),
            "The rights that are narrower than the base's: by right, whose records it covers; [] "
                + "takes it away. All of them: what is left out is as in the base."),
        .init(
            "masks", .list(.choice(Mask.all.map(\.name)), max: Mask.all.count),
            "What it does not see besides what its base does not."),
    ]

    private static let newSchema = Schema.named(
        "NewRole",
        .object(
            [
                .init("name", .text(max: 120), required: true),
                .init("base", .choice(Role.grantable.map(\.rawValue)), required: true),
            ] + inputFields.dropFirst()))

    private static let listSchema = Schema.object([
        .init("data", .list(CustomRole.schema, max: Roles.listMax), required: true),
        .init(
            "standard",
            .list(
                .object(
                    [
                        .init("role", .choice(Role.allCases.map(\.rawValue)), required: true),
                        .init("name", .text(max: 120), required: true),
                    ] + Grants.fields), max: Role.allCases.count), required: true),
    ])
}

extension RoleInput {
    fileprivate init(_ input: Fields) {
        // Not `text`: an empty name is refused, not overlooked.
        self.init(name: input["name"]?.string, masks: input.texts("masks"))
        changes = input["changes"]?.object?.mapValues { $0.array?.compactMap(\.string) ?? [] }
    }
}

extension CustomRole {
    fileprivate static let schema = Schema.named(
        "Role",
        .object(
            [
                .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
                .init(
                    "base", .choice(Role.allCases.map(\.rawValue)), required: true,
                    "Which of the nine it was made of."),
                .init(
                    "changes", .map(.list(.text(max: 20), max: 10)), required: true,
                    "The rights that are narrower than the base's."),
                .init(
                    "masks", .list(.text(max: 40), max: 20), required: true, "Besides the base's."),
            ] + Grants.fields + [
                .init("people", .integer(0...Int64.max), required: true, "How many have it."),
                .init("version", .integer(1...Int64.max), required: true),
                .init("created_at", .instant, required: true),
            ]))

    fileprivate func write(to writer: inout JSONWriter, people: Int) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("base", base.rawValue)
            body.member("changes", changes.json)
            body.member("masks", masks.json)
            grants.write(to: &body)
            body.member("people", people)
            body.member("version", version)
            body.member("created_at", createdAt)
        }
    }
}

extension Reply {
    fileprivate static func role(
        _ role: CustomRole, _ status: HTTPResponse.Status = .ok, people: Int = 0
    ) -> Reply {
        .json(status, version: role.version) { role.write(to: &$0, people: people) }
    }
}

extension Grants {
    /// The rights and what is hidden, as several answers give them.
    static let fields: [Schema.Field] = [
        .init(
            "rights",
            .list(
                .object([
                    .init("action", .text(max: 60), required: true),
                    .init("on", .list(.text(max: 20), max: 10), required: true),
                ]), max: 100), required: true,
            "What it comes to: each with whose records it covers."),
        .init(
            "hidden", .list(.text(max: 40), max: 20), required: true,
            "What is left out of the leads that are reached."),
    ]

    /// Adds `fields` to the object that is open.
    func write(to body: inout JSONWriter) {
        body.member("rights", objects: rights) { line, right in
            line.member("action", right.rawValue)
            line.member("on", .array(self[right].names.map(JSON.string)))
        }
        body.member("hidden", masks.json)
    }
}
