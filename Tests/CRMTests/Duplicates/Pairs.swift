import Storage
import Tenancy
import TestSupport

@testable import CRM

extension World {
    static let duplicates = "/api/v1/duplicates"

    /// Looks for duplicates of all leads to which anything has happened, as the reader of the feed
    /// does. Not through the feed: on PostgreSQL it holds back what happens while others write.
    func findDuplicates() async throws {
        for tenant in [vantage, rival] {
            try await database.write(as: .system(tenant), at: clock.now) { scope in
                let leads: [ID<Lead>] = try await scope.tx.column(
                    """
                    SELECT DISTINCT subject_id FROM events
                    WHERE tenant_id = \(scope.tenant) AND name LIKE 'lead.%' ORDER BY subject_id
                    """)
                let search = DuplicateSearch(scope)
                try await search.apply(search.differences(of: leads))
            }
        }
    }

    /// The open pairs that somebody sees, each as its two leads' ids.
    func pairs(_ person: Person, _ query: String = "") async throws -> [Set<String>] {
        try await person.get("\(Self.duplicates)?\(query)").data.map { pair in
            Set(pair["leads"]?.array?.compactMap { $0["id"]?.string } ?? [])
        }
    }

    func count(_ sql: SQL) async throws -> Int {
        try await database.read { try await $0.value(sql) ?? 0 }
    }
}
