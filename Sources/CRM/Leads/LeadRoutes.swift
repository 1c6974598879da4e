import HTTPTypes
import Storage
import Tenancy
import Web

/// Leads in the API.
struct LeadRoutes {
    let cursors: Cursors

    var routes: [Route] {
        [
            .api(
                .get, "/leads", "Lists leads", query: Leads.listing.parameters,
                answers: [.init(200, "One page.", .page(of: Lead.schema))], handle: list),
            .api(
                .post, "/leads", "Creates a lead, or adds a touch to the one that is there",
                input: .json(LeadDraft.schema),
                answers: [
                    .init(201, "Created.", Lead.schema),
                    .init(
                        200, "Known already by e-mail, phone or external id; merged is true.",
                        Lead.schema),
                ], handle: create),
            .api(
                .get, "/leads/count", "Counts leads and adds up their value",
                query: Leads.listing.filterParameters,
                answers: [.init(200, "Count and value by currency.", Self.countSchema)],
                handle: count),
            .api(
                .get, "/leads/{id}", "Reads a lead",
                answers: [.init(200, "The lead.", Lead.schema)], handle: show),
            .api(
                .patch, "/leads/{id}", "Edits a lead's fields",
                input: .json(LeadDraft.changeSchema),
                answers: [.init(200, "As it is now.", Lead.schema)], needsVersion: true,
                handle: change),
            .api(
                .post, "/leads/{id}/transition", "Moves a lead to another stage",
                input: .json(Move.schema), answers: [.init(200, "As it is now.", Lead.schema)],
                handle: move),
            .api(
                .post, "/leads/{id}/assignment", "Hands a lead to somebody",
                input: .json(Self.assignmentSchema),
                answers: [.init(200, "As it is now.", Lead.schema)], handle: assign),
        ].grouped("Leads")
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, Leads.listing)
        let page = try await call.read(from: .replica) {
            try await Leads($0).page(at: request, cursors)
        }
        try call.noteSensitive(page.sensitive, of: nil)
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    private func create(_ call: Call) async throws -> Reply {
        // Ahead of the operation's own check: who may not is told that, not what is missing.
        try call.caller().must(.leadsCreate)
        // Outside the write: reading a phone number takes as long as three statements, and all
        // writes wait for one thread.
        let profile = try await call.read { try await Tenants.find($0.tenant, in: $0.tx) }
        let source = call.visitorIfAny == nil ? "api" : "manual"
        let parsed = try LeadDraft(call.input, profile: profile, source: source)
        let payload = call.visitorIfAny == nil ? call.input.json.text : nil
        return try await call.write(isolation: .readCommitted) { scope in
            var draft = parsed
            draft.custom = try await CustomFields(scope).checked(draft.custom)
            let captured = try await capture(draft, payload, call.remote, in: scope)
            let sees = try await Leads(scope).reaches(captured.id)
            let lead = try await Leads(scope).masked(captured.lead.masked(unless: sees))
            return (lead: lead, merged: captured.merged)
        } answer: { made in
            .json(made.merged ? .ok : .created, version: made.lead.version) { writer in
                made.lead.write(to: &writer) { if made.merged { $0.member("merged", true) } }
            }.with(.location, "/api/v1/leads/\(made.lead.id)")
        }
    }

    /// What a person enters on a page is theirs; what a program sends comes from outside and
    /// goes through the inbox.
    private func capture(
        _ draft: LeadDraft, _ payload: String?, _ remote: String, in scope: Scope
    ) async throws -> Leads.Captured {
        guard let payload else { return try await Leads(scope).create(draft) }
        return try await Inbox(scope).take(
            Arrived(
                channel: scope.caller.role == .partner ? .partner : .api, source: draft.source,
                payload: payload, remote: remote)
        ) { try await Leads(scope).create(draft) }
    }

    private func count(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, Leads.listing)
        let total = try await call.read(from: .replica) { try await Leads($0).count(request) }
        let values = total.valueMinor.map { ($0.currency, JSON.integer($0.minor)) }
        return .json { writer in
            writer.object { body in
                body.member("count", total.count)
                body.member("value_minor", .object(Dictionary(uniqueKeysWithValues: values)))
            }
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let seen = try await call.read { try await Leads($0).look(at: id) }
        try call.noteSensitive(seen.sensitive, of: id)
        return .lead(seen.lead)
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<Lead>, Int) = (try call.id(of: "lead"), try call.version())
        return try await call.write { scope in
            try await .lead(
                Leads(scope).change(id, version: version, call.input), in: scope)
        }
    }

    private func move(_ call: Call) async throws -> Reply {
        let (id, move): (ID<Lead>, Move) = (try call.id(of: "lead"), try Move(call.input))
        return try await call.write { scope in
            try await .lead(Leads(scope).move(id, move), in: scope)
        }
    }

    private func assign(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        guard let user: ID<User> = call.input.id("owner") else {
            throw Problem.invalid("owner", "Say who gets the lead.")
        }
        return try await call.write { scope in
            try await .lead(
                Owners(scope).assign(id, to: user, reason: call.input.text("reason")), in: scope)
        }
    }

    private static let countSchema = Schema.object([
        .init("count", .integer(0...Int64.max), required: true),
        .init("value_minor", .map(.integer(Int64.min...Int64.max)), required: true),
    ])

    private static let assignmentSchema = Schema.object([
        .init("owner", .id, required: true), .init("reason", .text(max: 500)),
    ])
}

extension Move {
    private static let fields: [Schema.Field] = [
        .init("to", .text(max: 60), required: true, "A stage's key."),
        .init(
            "lost_reason", .optional(.choice(LostReason.allCases.map(\.rawValue))),
            "Required for lost."),
        .init("lost_note", .optional(.text(max: 2000)), "Required when the reason is other."),
        .init("resume_on", .optional(.day), "Required for on_hold."),
        .init("demo_at", .optional(.instant), "Required for demo_scheduled."),
        .init("note", .optional(.text(max: 2000)), "Required to reactivate a lost lead."),
    ]

    static let schema = Schema.named("Transition", .object(fields))

    static let bulkSchema = Schema.object(
        [.init("ids", .list(.id, max: 1000), required: true)] + fields)

    init(_ input: Fields) throws {
        guard let to = input.text("to") else {
            throw Problem.invalid("to", "Say which stage.")
        }
        self.init(
            to: to, lostReason: input.choice("lost_reason"), lostNote: input.text("lost_note"),
            resumeOn: input.day("resume_on"), demoAt: input.instant("demo_at"),
            note: input.text("note"))
    }
}

extension Reply {
    /// A lead that was changed, as the caller may see it.
    static func lead(_ lead: Lead, in scope: Scope) async throws -> Reply {
        self.lead(try await Leads(scope).masked(lead), scope.change)
    }

    static func lead(_ lead: Lead, _ change: ID<Change>? = nil) -> Reply {
        .json(version: lead.version, capacity: 1200) { writer in
            lead.write(to: &writer) { if let change { $0.member("change", change) } }
        }
    }

    /// `{"data": […], "next": cursor|null}`
    static func page<Element>(
        _ elements: [Element], next: String?, _ write: (inout JSONWriter, Element) -> Void
    ) -> Reply {
        .json(capacity: 1000 * elements.count + 64) { writer in
            writer.object { body in
                body.member("data") { $0.array(elements, write) }
                body.member("next", next)
            }
        }
    }
}
