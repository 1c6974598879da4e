import Storage

/// For how long a company keeps its audit log.
package struct AuditRetention: Sendable {
    let scope: Scope

    package static let daysMin = 90
    package static let daysMax = 36_500

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Nil keeps everything.
    package func days() async throws -> Int? {
        try await scope.tx.value(
            "SELECT audit_days FROM tenants WHERE id = \(scope.tenant)")
    }

    /// - Throws: `Problem.invalid` for less than `daysMin`.
    package func set(days: Int?) async throws {
        try scope.caller.must(.settingsEdit)
        if let days, !(Self.daysMin...Self.daysMax).contains(days) {
            throw Problem.invalid("days", "Give a number from \(Self.daysMin) on, or null.")
        }
        let before = try await self.days()
        guard days != before else { return }
        try await scope.tx.execute(
            "UPDATE tenants SET audit_days = \(days) WHERE id = \(scope.tenant)")
        var changes = FieldChanges()
        changes.note("days", Self.json(before), Self.json(days))
        try await scope.record(Event("audit.retention_changed", nil) { changes.write(to: &$0) })
    }

    private static func json(_ days: Int?) -> JSON {
        days.map { .integer(Int64($0)) } ?? .null
    }
}

extension AuditRetention {
    private static let batch = 2000

    /// Removes what each company keeps no longer. For a job that runs now and then.
    package static func removeExpired(in database: Database, at now: Instant) async throws {
        let kept: [(ID<Tenant>, Int)] = try await database.read { tx in
            try await tx.rows("SELECT id, audit_days FROM tenants WHERE audit_days IS NOT NULL") {
                row in try (row.next(), row.next())
            }
        }
        for (tenant, days) in kept {
            try await removeExpired(of: tenant, before: now.adding(days: -days), in: database, now)
        }
    }

    private static func removeExpired(
        of tenant: ID<Tenant>, before moment: Instant, in database: Database, _ now: Instant
    ) async throws {
        var isMore = true
        while isMore {
            isMore = try await database.write(as: .system(tenant), at: now) { scope in
                let chain = AuditChain(of: tenant, in: scope.tx)
                let removed = try await chain.remove(before: moment, limit: batch)
                guard removed > 0 else { return false }
                try await scope.record(
                    Event("audit.removed", nil) {
                        $0.member("entries", removed)
                        $0.member("before", moment)
                    })
                return removed == batch
            }
        }
    }
}
