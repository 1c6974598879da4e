import Storage
import Tenancy
import Web

/// Values of custom fields that the company calls sensitive: left out for who lacks the right to
/// them on a lead, noted when they are read.
extension Leads {
    /// A lead as the caller may see it, and which sensitive fields they see of it.
    ///
    /// - Throws: `Problem.notFound`
    func look(at id: ID<Lead>) async throws -> (lead: Lead, sensitive: [String]) {
        let (leads, sensitive) = try await look(at: [reached(id)])
        return (leads[0], sensitive)
    }

    /// Leads as the caller may see them, and which sensitive fields they see of any of them.
    func look(at leads: [Lead]) async throws -> (leads: [Lead], sensitive: [String]) {
        let leads = leads.masked(for: scope.caller)
        guard leads.contains(where: \.hasCustom) else { return (leads, []) }
        let fields = try await CustomFields(scope).list()
        let shown = try await masked(leads, fields)
        let sensitive = Set(fields.filter(\.isSensitive).map(\.key))
        guard !sensitive.isEmpty else { return (shown, []) }
        var seen: Set<String> = []
        for lead in shown where lead.hasCustom { seen.formUnion(try lead.customKeys()) }
        return (shown, seen.intersection(sensitive).sorted())
    }

    /// Leads as the caller may see them.
    func masked(_ leads: [Lead]) async throws -> [Lead] {
        let leads = leads.masked(for: scope.caller)
        guard !scope.caller.seesSensitive, leads.contains(where: \.hasCustom) else { return leads }
        return try await masked(leads, CustomFields(scope).list())
    }

    func masked(_ lead: Lead) async throws -> Lead { try await masked([lead])[0] }

    private func masked(_ leads: [Lead], _ fields: [CustomField]) async throws -> [Lead] {
        guard !scope.caller.seesSensitive else { return leads }
        let seen = try await reached(leads.filter(\.hasCustom).map(\.id), to: .leadsSensitive)
        let plain = fields.plainKeys
        return try leads.map { lead in
            lead.hasCustom && !seen.contains(lead.id) ? try lead.keeping(plain) : lead
        }
    }

    private func reached(_ ids: [ID<Lead>], to right: Right) async throws -> Set<ID<Lead>> {
        let reach = Reach(scope.caller, right)
        guard !reach.isNothing else { return [] }
        return Set(
            try await scope.tx.column(
                """
                SELECT l.id FROM leads l
                WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids))
                    \(reach.sql(in: scope))
                """))
    }

    /// - Throws: `Problem.forbidden` when a sensitive field is among `keys` that the caller may
    ///   not even see.
    func checkMayChange(_ keys: [String], of id: ID<Lead>) async throws {
        guard !scope.caller.seesSensitive else { return }
        let fields = try await CustomFields(scope).list()
        let asked = fields.first { $0.isSensitive && keys.contains($0.key) }
        guard let asked, try await !allows(.leadsSensitive, on: id) else { return }
        throw Problem.forbidden("“\(asked.label)” is sensitive: you may not see it on this lead.")
    }
}

extension Caller {
    /// Whether sensitive fields are seen on every lead that is seen.
    var seesSensitive: Bool {
        let span = grants[.leadsSensitive]
        return span.contains(.company) || (span == grants[.leadsRead] && !span.isEmpty)
    }
}

extension [CustomField] {
    /// What everybody may see. A field that is gone is not among them: nobody knows any more
    /// what it was.
    var plainKeys: Set<String> { Set(filter { !$0.isSensitive }.map(\.key)) }
}

extension Lead {
    var hasCustom: Bool { custom != "{}" }

    fileprivate func customKeys() throws -> [String] {
        try JSON(parsing: custom).object?.keys.map(\.self) ?? []
    }

    /// With the values of these custom fields only.
    fileprivate func keeping(_ keys: Set<String>) throws -> Lead {
        var lead = self
        lead.custom = try Self.keeping(keys, of: custom)
        return lead
    }

    fileprivate static func keeping(_ keys: Set<String>, of custom: String) throws -> String {
        let members = try JSON(parsing: custom).object ?? [:]
        return JSON.object(members.filter { keys.contains($0.key) }).text
    }
}

extension HistoryEntry {
    var tellsCustom: Bool { sides.contains { data[$0]?["custom"] != nil } }

    private var sides: [String] { ["before", "after"] }

    /// That a sensitive field was changed is told to everybody, what it was and is to nobody.
    func keeping(_ keys: Set<String>) throws -> HistoryEntry {
        var (entry, members) = (self, data.object ?? [:])
        for side in sides {
            guard var values = members[side]?.object, let custom = values["custom"]?.string
            else { continue }
            values["custom"] = .string(try Lead.keeping(keys, of: custom))
            members[side] = .object(values)
        }
        entry.data = .object(members)
        return entry
    }
}

extension Inbox {
    /// What arrived, without what is sensitive in it for who may not see that. What columns of a
    /// file mean is not said here, so rows of files are left out whole.
    func masked(_ entries: [Entry]) async throws -> [Entry] {
        guard !scope.caller.seesSensitive, entries.contains(where: { $0.payload != nil })
        else { return entries }
        let fields = try await CustomFields(scope).list()
        guard fields.contains(where: \.isSensitive) else { return entries }
        return entries.map { $0.keeping(fields.plainKeys) }
    }
}

extension Entry {
    fileprivate func keeping(_ keys: Set<String>) -> Entry {
        var entry = self
        guard let payload, channel != .importRun, var members = try? JSON(parsing: payload).object
        else {
            if channel == .importRun { entry.payload = nil }
            return entry
        }
        if let custom = members["custom"]?.object {
            members["custom"] = .object(custom.filter { keys.contains($0.key) })
        }
        entry.payload = JSON.object(members).text
        return entry
    }
}

extension Call {
    /// Notes in the audit log that the caller has seen sensitive fields: of a lead, or of a list.
    func noteSensitive(_ fields: [String], of lead: ID<Lead>?) throws {
        guard !fields.isEmpty else { return }
        let event = Event("sensitive.read", lead?.uuid) { body in
            body.member("remote", remote)
            body.member("subject_kind", lead == nil ? "leads" : "lead")
            body.member("fields", .array(fields.map(JSON.string)))
        }
        sightings.note(
            Sighting(try caller(), event, seconds: Leads.sensitiveSeconds), at: now)
    }
}

extension Leads {
    /// The same person reading the same of a lead is noted once in that time.
    fileprivate static let sensitiveSeconds = 3600
}
