import Foundation
import Storage
import Tenancy

/// A job as it stands in the database.
package struct StoredJob: Sendable, Equatable {
    package enum State: String, Sendable, SQLConvertible, CaseIterable {
        /// Its time has not come.
        case scheduled
        /// It may be taken.
        case waiting
        /// A worker has it, as long as its lease lasts.
        case running
        /// It has failed too often, and waits for a person.
        case dead
        case cancelled
    }

    package let tenant: ID<Tenant>
    package let id: ID<StoredJob>
    package let kind: String
    /// JSON.
    package let payload: String
    package var state: State
    package var runAt: Instant
    package var failures: Int
    package var error: String?
    package var worker: ID<Worker>?
    package var leaseUntil: Instant?
    /// The fencing token: how often it was taken.
    package var claims: Int
    package let createdAt: Instant
    package var changedAt: Instant
}

/// A process that runs jobs.
package enum Worker {}

extension ID<Tenant> {
    /// The installation itself, which has jobs too.
    package static let installation = ID<Tenant>(
        UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
}

extension StoredJob: RowDecodable {
    package static let columns: SQL = """
        tenant_id, id, kind, payload, state, run_at, failures, error, worker_id, lease_until,
        claims, created_at, changed_at
        """

    package init(row: inout Row) throws {
        tenant = try row.next()
        id = try row.next()
        kind = try row.next()
        payload = try row.next()
        state = try row.next()
        runAt = try row.next()
        failures = try row.next()
        error = try row.next()
        worker = try row.next()
        leaseUntil = try row.next()
        claims = try row.next()
        createdAt = try row.next()
        changedAt = try row.next()
    }
}
