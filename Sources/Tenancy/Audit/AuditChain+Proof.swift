import Storage

/// What came of proving a company's audit log.
package enum AuditVerdict: Sendable, Equatable {
    case proven(AuditProof)
    /// The first entry at which it fails, and what differs.
    case broken(number: Int64, String)
}

/// A chain without a fault.
package struct AuditProof: Sendable, Equatable {
    package let entries: Int64
    /// How many were removed from its beginning, by retention.
    package let removed: Int64
    /// The number of its last entry, with its hash: who keeps them elsewhere can prove later
    /// that nothing before was changed.
    package let last: Int64
    package let hash: String
}

extension AuditChain {
    private static let batch = 1000

    /// Reads the whole chain and proves that no entry was changed, put in or taken out.
    package func verdict() async throws -> AuditVerdict {
        guard let head = try await head() else {
            guard let stray = try await entries(after: 0, limit: 1).first else {
                return .proven(
                    AuditProof(
                        entries: 0, removed: 0, last: 0, hash: AuditEntry.noHash.hexadecimal))
            }
            return .broken(number: stray.number, "the head of the log is missing")
        }
        var (number, hash) = (head.removedNumber, head.removedHash)
        var page = try await entries(after: 0, limit: Self.batch)
        while !page.isEmpty {
            for entry in page {
                if let fault = try await fault(entry, behind: number, hash) { return fault }
                (number, hash) = (entry.number, entry.hash)
            }
            page = try await entries(after: number, limit: Self.batch)
        }
        return end(number, hash, head)
    }

    private func end(_ number: Int64, _ hash: [UInt8], _ head: Head) -> AuditVerdict {
        if number < head.number {
            return .broken(
                number: number + 1, "it is missing: the log ends before its head, \(head.number)")
        }
        if number > head.number {
            return .broken(
                number: head.number + 1, "it is behind the head of the log, \(head.number)")
        }
        guard hash == head.hash else {
            return .broken(number: number, "its hash is not the one that the head has kept")
        }
        return .proven(
            AuditProof(
                entries: number - head.removedNumber, removed: head.removedNumber, last: number,
                hash: hash.hexadecimal))
    }

    private func fault(
        _ entry: AuditEntry, behind number: Int64, _ hash: [UInt8]
    ) async throws -> AuditVerdict? {
        guard entry.number == number + 1 else {
            return .broken(number: number + 1, "it is missing: \(entry.number) comes next")
        }
        guard entry.previous == hash else {
            let words =
                number == 0
                ? "its previous hash is not that of a first entry"
                : "its previous hash is not the hash of entry \(number)"
            return .broken(number: entry.number, words)
        }
        guard entry.digest(in: tenant) != entry.hash else { return nil }
        let fields = try await differences(entry)
        return .broken(
            number: entry.number,
            fields.isEmpty
                ? "its hash is not that of its fields"
                : "its \(fields.joined(separator: ", ")) changed since it was sealed")
    }

    /// The fields that are other than in the event, where that is still there.
    private func differences(_ entry: AuditEntry) async throws -> [String] {
        let event: StoredEvent? = try await tx.first(
            """
            SELECT \(tx.dialect.feed.place), \(StoredEvent.columns) FROM events
            WHERE tenant_id = \(tenant) AND seq = \(entry.event)
            """)
        return event.flatMap(AuditDraft.init)?.differences(from: entry) ?? []
    }

    private func entries(after number: Int64, limit: Int) async throws -> [AuditEntry] {
        try await tx.all(
            """
            SELECT \(AuditEntry.columns) FROM audit
            WHERE tenant_id = \(tenant) AND number > \(number) ORDER BY number LIMIT \(limit)
            """)
    }
}
