import HTTPTypes
import Storage
import Tenancy
import Web

/// The people of a company in the API, oneself included.
struct UserRoutes {
    let authenticator: Authenticator
    let passwords: Passwords
    let mailing: Mailing
    let cursors: Cursors

    var routes: [Route] {
        [
            .api(
                .get, "/users", "Lists people", query: UserList.listing.parameters,
                answers: [.init(200, "One page.", .page(of: User.schema))], handle: list),
            .api(
                .post, "/users", "Adds a person, or invites one", input: .json(NewUser.schema),
                answers: [.init(201, "Added.", User.schema)], handle: create),
            .api(
                .get, "/users/{id}", "Reads a person",
                answers: [.init(200, "The person.", User.schema)], handle: show),
            .api(
                .patch, "/users/{id}", "Changes or deactivates a person",
                input: .json(UserChange.schema),
                answers: [.init(200, "As they are now.", User.schema)], needsVersion: true,
                handle: change),
            .api(
                .get, "/users/{id}/open-work", "Counts what a person has in hand",
                answers: [.init(200, "What would have to go on.", OpenWork.schema)],
                handle: openWork),
            .api(
                .get, "/users/{id}/teams", "Lists the teams a person was in, and when",
                query: [.init("at", .instant, "Only the team of then.")],
                answers: [.init(200, "The newest first.", TeamMembership.listSchema)],
                handle: teams),
            .api(
                .get, "/me", "Reads who is signed in",
                answers: [.init(200, "You, and your company.", Self.ownSchema)], handle: showOwn),
            .api(
                .patch, "/me", "Changes your name or absence", input: .json(UserChange.ownSchema),
                answers: [.init(200, "As you are now.", Self.ownSchema)], needsVersion: true,
                handle: changeOwn),
        ].grouped("People")
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, UserList.listing)
        let page = try await call.read { try await UserList(scope: $0).page(request, cursors) }
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    private func create(_ call: Call) async throws -> Reply {
        // Ahead of the operation's own check: only who may add people may have hashes made.
        try call.caller().must(.peopleEdit)
        let hash = try await hash(call)
        return try await call.write { scope in
            let user = try await Users(scope).create(NewUser(call.input, passwordHash: hash))
            if hash == nil {
                _ = try await Invitations(scope: scope, mailing: mailing).invite(user.id)
            }
            return .user(user, .created).with(.location, "/api/v1/users/\(user.id)")
        }
    }

    private func hash(_ call: Call) async throws -> String? {
        guard let password = call.input["password"]?.string else { return nil }
        let company = try await call.read { try await Tenants.find($0.tenant, in: $0.tx).name }
        let person = [call.input.text("name"), call.input.text("email"), company]
        return try await passwords.hash(password, of: person.compactMap(\.self))
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<User> = try call.id(of: "user")
        return .user(try await call.read { try await Colleagues($0).find(id) })
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<User>, Int) = (try call.id(of: "user"), try call.version())
        let reply = try await call.write { scope in
            let change = UserChange(call.input, try await LocalTime(in: scope))
            guard change.active == false else {
                if try Departure.Choice(call.input) != nil {
                    throw Problem.invalid(
                        "hand_over", "Only who leaves hands over: send \"active\": false with it.")
                }
                return .user(try await Users(scope).change(id, change, version: version))
            }
            return .user(
                try await Departure.deactivate(
                    id, change, version: version, handingOver: Departure.Choice(call.input),
                    in: scope))
        }
        authenticator.forget(try call.caller().tenant)
        return reply
    }

    private func openWork(_ call: Call) async throws -> Reply {
        let id: ID<User> = try call.id(of: "user")
        let work = try await call.read { scope in
            try scope.caller.must(.peopleEdit)
            let user = try await Users(scope).find(id)
            return try await OpenWork(of: user, in: scope)
        }
        return .json { work.write(to: &$0) }
    }

    private func teams(_ call: Call) async throws -> Reply {
        let id: ID<User> = try call.id(of: "user")
        var moment: Instant?
        if let text = call.query["at"] {
            moment = Instant(text)
            if moment == nil {
                throw Problem.invalid("at", "Give a moment, as 2026-11-18T09:30:00Z.")
            }
        }
        let memberships = try await call.read { [moment] scope in
            _ = try await Colleagues(scope).find(id)
            return try await TeamMemberships(scope).list(of: id, at: moment)
        }
        return .json { writer in
            writer.object { body in
                body.member("data") { $0.array(memberships) { $1.write(to: &$0) } }
            }
        }
    }

    private func showOwn(_ call: Call) async throws -> Reply {
        let id = try call.user()
        return try await call.read { scope in
            .own(
                try await Users(scope).find(id),
                try await Tenants.find(scope.tenant, in: scope.tx))
        }
    }

    private func changeOwn(_ call: Call) async throws -> Reply {
        let (id, version): (ID<User>, Int) = (try call.user(), try call.version())
        let reply = try await call.write { scope in
            let profile = try await Tenants.find(scope.tenant, in: scope.tx)
            let time = LocalTime(now: scope.now, zone: profile.timeZone)
            let change = UserChange(call.input, time)
            return .own(try await Users(scope).change(id, change, version: version), profile)
        }
        authenticator.forget(try call.caller().tenant)
        return reply
    }

    private static let ownSchema = Schema.named(
        "Me",
        .object(
            User.fields + [
                .init(
                    "tenant",
                    .object([
                        .init("id", .id, required: true),
                        .init("slug", .text(max: 100), required: true),
                        .init("name", .text(max: 120), required: true),
                        .init("default_region", .text(max: 2), required: true),
                        .init("default_currency", .text(max: 3), required: true),
                        .init("time_zone", .text(max: 100), required: true),
                    ]), required: true)
            ]))
}

extension Call {
    /// The person who calls, or whose API key does.
    func user() throws -> ID<User> {
        guard let user = try caller().user else { throw Problem.notFound("user") }
        return user
    }
}

extension Reply {
    fileprivate static func user(_ user: User, _ status: HTTPResponse.Status = .ok) -> Reply {
        .json(status, version: user.version) { user.write(to: &$0) }
    }

    fileprivate static func own(_ user: User, _ tenant: TenantProfile) -> Reply {
        .json(version: user.version) { writer in
            user.write(to: &writer) { body in
                body.member("tenant") { writer in
                    writer.object {
                        $0.member("id", tenant.id)
                        $0.member("slug", tenant.slug)
                        $0.member("name", tenant.name)
                        $0.member("default_region", tenant.defaultRegion)
                        $0.member("default_currency", tenant.defaultCurrency)
                        $0.member("time_zone", tenant.timeZone)
                    }
                }
            }
        }
    }
}
