import Foundation
import Storage
import Tenancy

extension Leads {
    /// Writes leads that the tenant does not have yet, and how they began; of imported
    /// history, where it got to.
    ///
    /// One lead or a chunk of an import: the statements are the same, with more rows.
    func begin(_ leads: [Lead], imported: Bool) async throws {
        try await insert(leads)
        try await enter(leads.flatMap(\.firstIntervals))
        try await scope.record(leads.flatMap { $0.beginnings(imported: imported) })
        try await Customers(scope).welcome(leads.filter { $0.status == .won })
    }

    /// Writes new rows, without an event.
    func insert(_ leads: [Lead]) async throws {
        try await scope.tx.insert(
            leads,
            into: """
                INSERT INTO leads (tenant_id, id, company, contact_name, email, phone, phone_raw,
                    external_id, source, campaign, attribution, product, territory, value_minor,
                    currency, owner_id, owner_reason, stage, stage_entered_at, held_from,
                    lost_reason, lost_note, closed_at, tags, custom, notes, created_at, updated_at)
                """
        ) { lead in
            [
                .uuid(scope.tenant.uuid), .uuid(lead.id.uuid), .init(lead.company),
                .init(lead.contactName), .init(lead.email), .init(lead.phone),
                .init(lead.phoneRaw), .init(lead.externalID), .text(lead.source),
                .init(lead.campaign), .text(lead.attribution), .init(lead.product),
                .init(lead.territory), .init(lead.valueMinor), .text(lead.currency),
                .init(lead.owner?.uuid), .text(lead.ownerReason), .text(lead.stage),
                .init(lead.stageEnteredAt), .init(lead.heldFrom), .init(lead.lostReason?.rawValue),
                .init(lead.lostNote), .init(lead.closedAt), .text(lead.tags), .text(lead.custom),
                .init(lead.notes), .init(lead.createdAt), .init(lead.updatedAt),
            ]
        }
    }

    private func enter(_ intervals: [StageInterval]) async throws {
        try await scope.tx.insert(
            intervals,
            into: """
                INSERT INTO stage_intervals (tenant_id, lead_id, number, stage, entered_at,
                    entered_by, left_at, left_by)
                """
        ) { interval in
            let leaver = interval.leftAt == nil ? nil : scope.caller.user
            return [
                .uuid(scope.tenant.uuid), .uuid(interval.lead.uuid), .integer(interval.number),
                .text(interval.stage), .init(interval.enteredAt), .init(scope.caller.user?.uuid),
                .init(interval.leftAt), .init(leaver?.uuid),
            ]
        }
    }
}

/// A lead's time in a stage.
private struct StageInterval {
    let lead: ID<Lead>
    let number: Int64
    let stage: String
    let enteredAt: Instant
    var leftAt: Instant?
}

extension Lead {
    /// The stages it has been in when it is new: two when it comes with an end.
    fileprivate var firstIntervals: [StageInterval] {
        guard let closedAt else {
            return [StageInterval(lead: id, number: 1, stage: stage, enteredAt: createdAt)]
        }
        return [
            StageInterval(
                lead: id, number: 1, stage: Stage.first, enteredAt: createdAt, leftAt: closedAt),
            StageInterval(lead: id, number: 2, stage: stage, enteredAt: closedAt),
        ]
    }

    fileprivate func beginnings(imported: Bool) -> [(event: Event, at: Instant)] {
        let created = Event("lead.created", id.uuid, imported: imported) { body in
            body.member("version", version)
            body.member("source", source)
            body.member("campaign", campaign)
            body.member("stage", closedAt == nil ? stage : Stage.first)
            body.member("owner", owner)
            body.member("owner_reason", ownerReason)
        }
        guard let closedAt else { return [(created, createdAt)] }
        let ended = Event("lead.\(status.rawValue)", id.uuid, imported: true) { body in
            body.member("version", version)
            body.member("from", Stage.first)
            body.member("to", stage)
            body.member("value_minor", valueMinor)
            body.member("currency", currency)
            body.member("lost_reason", lostReason?.rawValue)
        }
        return [(created, createdAt), (ended, closedAt)]
    }
}

extension Customers {
    /// Makes leads that came in as won customers.
    fileprivate func welcome(_ leads: [Lead]) async throws {
        try await scope.tx.insert(
            leads, into: "INSERT INTO customers (tenant_id, id, lead_id, name, won_at)"
        ) { lead in
            [
                .uuid(scope.tenant.uuid), .uuid(ID<Customer>().uuid), .uuid(lead.id.uuid),
                .text(lead.title), .init(lead.closedAt ?? lead.createdAt),
            ]
        }
    }
}

extension Scope {
    /// Appends events that happened at moments of their own.
    func record(_ events: [(event: Event, at: Instant)]) async throws {
        try await tx.insert(
            events,
            into: """
                INSERT INTO events (tenant_id, at, name, subject_id, actor_kind, actor_id,
                    change_id, imported, data)
                """
        ) { event, moment in
            [
                .uuid(tenant.uuid), .init(moment), .text(event.name), .init(event.subject),
                .text(caller.actor.kind.rawValue), .init(caller.actor.id), .uuid(change.uuid),
                .integer(event.imported ? 1 : 0), .text(event.data),
            ]
        }
    }
}

extension Transaction {
    /// Inserts many rows with few statements, in batches of few sizes: each size is one
    /// prepared statement, and what a statement costs beside its rows is paid once.
    func insert<Element>(
        _ elements: [Element], into head: SQL, _ values: (Element) -> [SQLValue]
    ) async throws {
        var rest = elements[...]
        for size in [250, 25, 5, 1] {
            while rest.count >= size {
                try await execute("\(head) \(SQL.rows(rest.prefix(size).map(values)))")
                rest = rest.dropFirst(size)
            }
        }
    }
}

extension SQLValue {
    init(_ text: String?) { self = text.map(SQLValue.text) ?? .null }
    init(_ uuid: UUID?) { self = uuid.map(SQLValue.uuid) ?? .null }
    init(_ integer: Int64?) { self = integer.map(SQLValue.integer) ?? .null }
    init(_ moment: Instant?) { self.init(moment?.microseconds) }
}
