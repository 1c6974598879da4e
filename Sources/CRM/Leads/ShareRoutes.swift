import HTTPTypes
import Storage
import Tenancy
import Web

/// Who has a lead besides its owner, in the API.
struct ShareRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/leads/{id}/shares", "Lists who has a lead besides its owner",
                answers: [.init(200, "With the owner's part of the credit.", Self.listSchema)],
                handle: list),
            .api(
                .post, "/leads/{id}/shares", "Shares a lead, or hands it down",
                input: .json(Self.inputSchema),
                answers: [.init(201, "Shared, or shared in another way.", Share.schema)],
                handle: add),
            .api(
                .delete, "/leads/{id}/shares/{share}", "Takes a lead back",
                answers: [.init(204, "No longer shared.")], handle: remove),
        ].grouped("Leads")
    }

    private func list(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let (shares, shown) = try await call.read { scope in
            _ = try await Leads(scope).find(id)
            let shares = try await Shares(scope).list(of: [id])[id] ?? []
            return (shares, try await Colleagues(scope).shown(shares))
        }
        return .json { writer in
            writer.object { body in
                body.member("data") { $0.array(shown) { $1.write(to: &$0) } }
                let given = shares.map(\.creditBP).reduce(0, +)
                body.member("owner_credit_bp", Shares.creditMax - given)
            }
        }
    }

    private func add(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        return try await call.write { scope in
            // Whether it is theirs to share comes before with whom.
            let lead = try await Leads(scope).find(id, to: .leadsShare)
            let share = try await Shares(scope).add(NewShare(call.input), to: lead)
            return .json(.created) { share.write(to: &$0) }
        }
    }

    private func remove(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let share: ID<Share> = try call.id("share", of: "share")
        return try await call.write { scope in
            try await Shares(scope).remove(share, of: id)
            return .noContent
        }
    }

    private static let inputSchema = Schema.object([
        .init("user", .id, "A colleague; or else `partner`."),
        .init("partner", .id, "A partner company."),
        .init(
            "relation", .choice(Share.Relation.allCases.map(\.rawValue)), required: true,
            "co_owner works it too, watcher sees it, warrior works on it for the owner."),
        .init("credit_bp", .integer(0...10_000), "A co-owner's part, in basis points."),
        .init("until", .optional(.instant), "When it ends by itself."),
    ])

    private static let listSchema = Schema.object([
        .init("data", .list(Share.schema, max: Shares.perLeadMax), required: true),
        .init("owner_credit_bp", .integer(0...10_000), required: true),
    ])
}

extension NewShare {
    fileprivate init(_ input: Fields) throws {
        let relation: Share.Relation = input.choice("relation") ?? .coOwner
        let credit = Int(input.integer("credit_bp") ?? 0)
        let until = input.instant("until")
        let (user, partner): (ID<User>?, ID<Partner>?) = (input.id("user"), input.id("partner"))
        switch (user, partner) {
        case (let user?, nil):
            self.init(.user(user), as: relation, creditBP: credit, until: until)
        case (nil, let partner?):
            self.init(.partner(partner), as: relation, creditBP: credit, until: until)
        default: throw Problem.invalid("user", "Give either a user or a partner.")
        }
    }
}

extension Share {
    static let schema = Schema.named(
        "Share",
        .object([
            .init("id", .id, required: true),
            .init("user", .optional(.id), required: true),
            .init("partner", .optional(.id), required: true),
            .init("name", .text(max: 200), required: true),
            .init("relation", .choice(Relation.allCases.map(\.rawValue)), required: true),
            .init("credit_bp", .integer(0...10_000), required: true),
            .init("until", .optional(.instant), required: true),
            .init(
                "follow_up", .optional(.id), required: true,
                "The one follow-up it was handed on for, and ends with."),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("user", user)
            body.member("partner", partner)
            body.member("name", name)
            body.member("relation", relation.rawValue)
            body.member("credit_bp", creditBP)
            body.member("until", endsAt)
            body.member("follow_up", followUp)
        }
    }
}
