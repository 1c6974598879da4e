import Foundation
import Storage

/// Failed sign-ins, counted by account, and the lock they lead to.
///
/// An account that does not exist is counted and locked like one that does, so that the lock
/// does not tell them apart.
struct SignInFailures {
    let tx: any Transaction
    let now: Instant

    /// The row that counts for an account.
    struct Account: Sendable, Equatable {
        let tenant: ID<Tenant>
        let name: String

        private static let charactersMax = 320
        /// Companies that do not exist share the nil UUID, and have their slug in the name.
        private static let noTenant = ID<Tenant>(
            UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

        init(_ credentials: Credentials, tenant: ID<Tenant>?) {
            let email = credentials.email.trimmingWhitespace().lowercased()
            let name = tenant == nil ? "\(credentials.tenant) \(email)" : email
            self.name = String(name.prefix(Self.charactersMax))
            self.tenant = tenant ?? Self.noTenant
        }
    }

    /// Failures in a row before the account is locked.
    private static let failuresMax = 5
    /// The first lock; each further failure doubles it.
    private static let lockSeconds = 15 * 60
    /// Bounds how long a stranger who guesses can keep somebody out.
    private static let lockSecondsMax = 4 * 3600
    /// Failures this old are forgotten.
    private static let memoryDays = 1

    /// Seconds until the account may be tried again; nil when it may be now.
    func secondsLocked(_ account: Account) async throws -> Int? {
        let until: Instant? = try await tx.value(
            """
            SELECT locked_until
            FROM sign_in_failures
            WHERE tenant_id = \(account.tenant) AND email = \(account.name)
            """)
        guard let until, until > now else { return nil }
        return until.seconds(since: now) + 1
    }

    /// Counts a failure.
    ///
    /// - Returns: Whether it locked the account.
    func record(_ account: Account) async throws -> Bool {
        let forgotten = now.adding(days: -Self.memoryDays)
        let failures: Int? = try await tx.value(
            """
            INSERT INTO sign_in_failures (tenant_id, email, failures, last_at)
            VALUES (\(account.tenant), \(account.name), 1, \(now))
            ON CONFLICT (tenant_id, email) DO UPDATE
            SET failures = CASE WHEN sign_in_failures.last_at < \(forgotten) THEN 1
                    ELSE sign_in_failures.failures + 1 END,
                last_at = excluded.last_at
            WHERE sign_in_failures.locked_until IS NULL
                OR sign_in_failures.locked_until <= excluded.last_at
            RETURNING failures
            """)
        // Nothing comes back for an account that is locked: guesses that ran beside the one
        // that locked it do not lengthen the lock.
        guard let failures, let seconds = Self.lockSeconds(after: failures) else { return false }
        try await tx.execute(
            """
            UPDATE sign_in_failures
            SET locked_until = \(now.adding(seconds: seconds))
            WHERE tenant_id = \(account.tenant) AND email = \(account.name)
            """)
        return true
    }

    /// Forgives an account whose person has proved in another way who they are.
    func clear(email: String, of tenant: ID<Tenant>) async throws {
        let credentials = Credentials(tenant: "", email: email, password: "")
        try await clear(Account(credentials, tenant: tenant))
    }

    func clear(_ account: Account) async throws {
        try await tx.execute(
            """
            DELETE FROM sign_in_failures
            WHERE tenant_id = \(account.tenant) AND email = \(account.name)
            """)
    }

    /// Deletes failures that no longer count, in all companies.
    func deleteForgotten() async throws {
        let forgotten = now.adding(days: -Self.memoryDays)
        // tenant: failures of every company, and of none, are forgotten.
        try await tx.execute("DELETE FROM sign_in_failures WHERE last_at < \(forgotten)")
    }

    /// How long the account is locked after so many failures in a row; nil for not at all.
    static func lockSeconds(after failures: Int) -> Int? {
        guard failures >= failuresMax else { return nil }
        // Past six doublings the bound holds anyway, and the shift must not overflow.
        return min(lockSeconds << min(failures - failuresMax, 6), lockSecondsMax)
    }
}
