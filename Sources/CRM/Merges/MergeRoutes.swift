import HTTPTypes
import Storage
import Tenancy
import Web

/// Merging leads in the API, and taking it back.
struct MergeRoutes {
    var routes: [Route] {
        [
            .api(
                .post, "/leads/{id}/merge", "Merges a lead into another",
                input: .json(Self.schema),
                answers: [.init(200, "The lead that both are now.", Lead.schema)], handle: merge),
            .api(
                .post, "/merges/{id}/undo", "Takes a merge back",
                answers: [.init(200, "Both leads.", Self.undoneSchema)], handle: undo),
        ].grouped("Duplicates")
    }

    private static let schema = Schema.object([
        .init("into", .id, required: true, "The lead that stays."),
        .init(
            "choose", .map(.id),
            "By field, the lead whose value is kept; custom.KEY for a custom field. Else the "
                + "survivor's, and the other's where that is empty."),
    ])

    private static let undoneSchema = Schema.object([
        .init("lead", Lead.schema, required: true), .init("restored", Lead.schema, required: true),
        .init(
            "kept", .list(.text(max: 100), max: 100), required: true,
            "Fields of the survivor that were changed since, and stay."),
        .init(
            "taken", .list(.text(max: 100), max: 3), required: true,
            "Fields that did not come back, because another lead has the value by now."),
    ])

    private func merge(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let version = call.header(.ifMatch) == nil ? nil : try call.version()
        guard let into: ID<Lead> = call.input.id("into") else {
            throw Problem.invalid("into", "Give the id of the lead that stays.")
        }
        let choose = call.input["choose"]
        return try await call.write { scope in
            let (lead, merge) = try await Merges(scope).merge(
                id, into: into, choose: choose, version: version)
            let shown = try await Leads(scope).masked(lead)
            return .json(version: shown.version, capacity: 1200) { writer in
                shown.write(to: &writer) { $0.member("merge", merge) }
            }
        }
    }

    private func undo(_ call: Call) async throws -> Reply {
        let id: ID<Merge> = try call.id(of: "merge")
        return try await call.write { scope in
            let undone = try await Merges(scope).undo(id)
            let leads = Leads(scope)
            let survivor = try await leads.masked(undone.survivor)
            // It may be another's, who did not hand it on.
            let sees = try await leads.reaches(undone.restored.id)
            let restored = try await leads.masked(undone.restored.masked(unless: sees))
            return .json { writer in
                writer.object { body in
                    body.member("lead") { survivor.write(to: &$0) }
                    body.member("restored") { restored.write(to: &$0) }
                    body.member("kept", .array(undone.kept.map(JSON.string)))
                    body.member("taken", .array(undone.taken.map(JSON.string)))
                }
            }
        }
    }
}

extension [Route] {
    /// These, of which those about a lead do for the id of one that was merged what they do for
    /// the lead that it is now. Pages lead there.
    ///
    /// Only where a lead was not found is anything asked: nobody else pays for it.
    var followingMerges: [Route] {
        map { $0.path.contains("/leads/{id}") ? $0.followingMerges : $0 }
    }
}

extension Route {
    fileprivate var followingMerges: Route {
        let (kind, path) = (kind, path)
        return handled { call, handle in
            do {
                return try await handle(call)
            } catch Problem.notFound(let noun) where noun == "lead" {
                let id: ID<Lead> = try call.id(of: "lead")
                let current = try await call.read { try await Merges($0).current(id) }
                guard let current else { throw Problem.notFound(noun) }
                if kind == .page {
                    let query = call.query.encoded(without: "")
                    let place = path.replacing("{id}", with: current.description)
                    return .see(query.isEmpty ? place : "\(place)?\(query)")
                }
                let reply = try await handle(call.replacing("id", with: current.description))
                return reply.with(.contentLocation, "/api/v1/leads/\(current)")
            }
        }
    }
}
