import Storage
import Tenancy

extension Leads {
    /// The leads that an import made or added a touch to: `filter[import]`.
    @Sendable static func byImport(_ text: String, _ scope: Scope) throws -> SQL {
        guard let id = ID<Import>(text) else {
            throw Problem.invalid("filter[import]", "Give the id of an import.")
        }
        return """
            l.id IN (SELECT i.lead_id FROM inbox i
                WHERE i.tenant_id = \(scope.tenant) AND i.import_id = \(id))
            """
    }
}
