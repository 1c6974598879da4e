import Storage
import Tenancy
import Web

extension Call {
    /// Notes in the audit log that the caller takes records away, before the first of them goes.
    func recordExport(
        of what: String, as format: String, import subject: ID<Import>? = nil,
        filters: String = ""
    ) async throws {
        let remote = remote
        try await database.write(as: caller(), at: now, isolation: .readCommitted) { scope in
            try await scope.record(
                Event("export.run", subject?.uuid) { body in
                    body.member("remote", remote)
                    if subject != nil { body.member("subject_kind", "import") }
                    body.member("what", what)
                    body.member("format", format)
                    if !filters.isEmpty { body.member("filters", String(filters.prefix(1000))) }
                })
        }
    }
}
