import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Storage
import Tenancy

/// `Idempotency-Key` on a POST (draft-ietf-httpapi-idempotency-key-header): the answer is kept
/// in the same transaction as its effect, and given again for a day.
package struct Idempotency: Sendable {
    let key: String
    let caller: UUID
    let fingerprint: [UInt8]

    static let header = HTTPField.Name("Idempotency-Key")!
    private static let replayed = HTTPField.Name("Idempotency-Replayed")!
    private static let keyMax = 200
    static let keptDays = 1

    static func fingerprint(of request: Request, _ body: [UInt8]) -> [UInt8] {
        guard request.method == .post, request.headers[header] != nil else { return [] }
        var hash = SHA256()
        hash.update(data: Array("\(request.method) \(request.uri.path)\n".utf8))
        hash.update(data: body)
        return Array(hash.finalize())
    }

    /// Nil for a request without a key.
    static func key(
        of request: Request, _ caller: Caller, _ fingerprint: [UInt8]
    ) throws -> Idempotency? {
        guard request.method == .post, let key = request.headers[header] else { return nil }
        guard (1...keyMax).contains(key.utf8.count) else {
            throw Problem.invalid("Idempotency-Key", "Give a key of 1 to \(keyMax) characters.")
        }
        guard let id = caller.actor.id else { return nil }
        return Idempotency(key: key, caller: id, fingerprint: fingerprint)
    }

    /// Deletes some answers that are kept no longer; true when there may be more.
    package static func deleteExpired(in tx: any Transaction, at now: Instant) async throws -> Bool
    {
        // tenant: every tenant's, by age.
        let deleted = try await tx.execute(
            """
            DELETE FROM idempotency_keys WHERE (tenant_id, caller_id, key) IN (
                SELECT tenant_id, caller_id, key FROM idempotency_keys
                WHERE created_at < \(now.adding(days: -keptDays))
                ORDER BY created_at LIMIT \(deletedMax))
            """)
        return deleted == deletedMax
    }

    private static let deletedMax = 1000

    /// The earlier answer to this key.
    ///
    /// - Throws: `Problem.invalid` when the key came with another request then.
    func reply(in scope: Scope) async throws -> Reply? {
        try await scope.tx.execute(
            """
            DELETE FROM idempotency_keys
            WHERE tenant_id = \(scope.tenant) AND caller_id = \(caller) AND key = \(key)
                AND created_at < \(scope.now.adding(days: -Self.keptDays))
            """)
        let kept = try await scope.tx.rows(
            """
            SELECT request_hash, status, headers, body FROM idempotency_keys
            WHERE tenant_id = \(scope.tenant) AND caller_id = \(caller) AND key = \(key)
            """
        ) { row in
            try (
                hash: row.next([UInt8].self), status: row.next(Int.self),
                headers: row.next(String.self), body: row.next([UInt8].self)
            )
        }.first
        guard let kept else { return nil }
        guard kept.hash == fingerprint else {
            throw Problem.invalid(
                "Idempotency-Key", "This key was used for another request. Use a new key.")
        }
        var headers: HTTPFields = [Self.replayed: "true"]
        for (name, value) in (try JSON(parsing: kept.headers)).object ?? [:] {
            if let name = HTTPField.Name(name) { headers[name] = value.string }
        }
        return Reply(.init(code: kept.status), headers: headers, body: .bytes(kept.body))
    }

    func keep(_ answer: Reply, in scope: Scope) async throws {
        let told = Problem.conflict("This was done, and its secret was told then. Make another.")
        let reply = answer.isSecret ? told.reply(instance: "") : answer
        guard case .bytes(let body) = reply.body else { return }
        let headers = JSON.object(
            Dictionary(
                reply.headers.map { ($0.name.rawName, JSON.string($0.value)) },
                uniquingKeysWith: { first, _ in first }))
        try await scope.tx.execute(
            """
            INSERT INTO idempotency_keys (tenant_id, caller_id, key, request_hash, status, headers,
                body, created_at)
            VALUES (\(scope.tenant), \(caller), \(key), \(fingerprint), \(reply.status.code),
                \(headers.text), \(body), \(scope.now))
            """)
    }
}
