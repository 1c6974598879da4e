import Background
import CRM
import Storage
import Tenancy

/// Proves a company's audit log and says how many entries were.
///
/// - Throws: A refusal that names the first entry at which it fails, and what differs.
package func verifyAudit(_ installation: Installation, tenant slug: String) async throws -> String {
    let database = installation.database
    let (verdict, waiting) = try await database.translated {
        try await database.read { tx in
            guard let tenant = try await Tenants.find(slug: slug, in: tx) else {
                throw Refusal("--tenant: there is no company \(slug).")
            }
            let sealer = try await FeedReaders(tx).standings().first {
                $0.name == AuditSealer().name
            }
            return (try await AuditChain(of: tenant.id, in: tx).verdict(), sealer?.lag ?? 0)
        }
    }
    switch verdict {
    case .proven(let proof):
        let removed = proof.removed == 0 ? "" : ", \(proof.removed) before them removed"
        let behind = waiting == 0 ? "" : "; \(waiting) events wait to be looked through"
        return """
            \(proof.entries) entries proven\(removed); the last is \(proof.last) \(proof.hash)\(behind)
            """
    case .broken(let number, let words):
        throw Refusal("The audit log is broken at entry \(number): \(words).")
    }
}
