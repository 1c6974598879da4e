import App
import Background
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// Helps to look at a world's audit logs.
extension World {
    private static let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Seals all that has happened: on PostgreSQL, when all has ended that other tests do.
    func seal() async throws {
        let sealer = AuditSealer(batchMax: 7)
        let follower = FeedFollower(database, [sealer], log: Self.log)
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            while try await follower.step(sealer) {}
            let isAll = try await database.read { tx in
                let standings = try await FeedReaders(tx).standings()
                guard let standing = standings.first(where: { $0.name == sealer.name }),
                    standing.lag == 0
                else { return false }
                return try await !Feed.isHeldBack(after: standing.place, in: tx)
            }
            if isAll { return }
            try #require(ContinuousClock.now < deadline)
        }
    }

    /// What of the log somebody reads, the oldest first.
    func audit(_ person: Person, _ query: String = "") async throws -> [JSON] {
        try await seal()
        let answer = try await person.get("/api/v1/audit?limit=200&sort=number\(query)")
        try #require(answer.status == 200, "\(answer.text)")
        return answer.data
    }

    func actions(_ person: Person, _ query: String = "") async throws -> [String] {
        try await audit(person, query).compactMap { $0["action"]?.string }
    }

    func verdict() async throws -> AuditVerdict {
        try await database.read { [vantage] in
            try await AuditChain(of: vantage, in: $0).verdict()
        }
    }

    /// Past what guards the log: a hand on the database.
    func tampering(_ statements: [SQL]) async throws {
        try await database.write { tx in
            for statement in statements { try await tx.execute(statement) }
        }
    }
}

extension JSON {
    /// The members of an entry's detail.
    var detail: JSON { (try? JSON(parsing: self["detail"]?.string ?? "")) ?? .null }
}
