/// No statement on a tenant's table without `tenant_id`.
///
/// The second lock after the type system: a forgotten condition shows one company another
/// company's leads. A statement that is right without it says so: `// tenant: why` on the
/// line above.
struct TenantRule {
    let tables: Set<String>

    /// Takes the tables with a `tenant_id` column from the texts of the migrations.
    init(migrations: [String]) {
        tables = Set(migrations.flatMap(Self.tenantTables))
    }

    func faults(_ file: SourceFile) -> [Fault] {
        guard file.target != nil else { return [] }
        return file.source.literals.compactMap { literal in
            guard !literal.text.contains("tenant_id"),
                let table = touchedTable(in: literal.text),
                !isExplained(literal.line, in: file)
            else { return nil }
            return file.fault(literal.line, "a statement on \(table) without tenant_id")
        }
    }

    /// Keywords are upper case in our statements, which tells them from a sentence.
    private func touchedTable(in text: String) -> String? {
        guard text.contains(/\b(?:SELECT|INSERT|UPDATE|DELETE|WITH|FROM|JOIN)\b/) else {
            return nil
        }
        return text.matches(of: /\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_][a-z0-9_]*)/)
            .map { String($0.1) }
            .first { tables.contains($0) }
    }

    /// The opening quotes may stand on a line of their own, below the call.
    private func isExplained(_ line: Int, in file: SourceFile) -> Bool {
        let comments = file.source.commentLines
        let above = comments[max(0, line - 3)..<line]
        return above.contains { $0.contains(/\/\/ tenant: \w/) }
    }

    private static func tenantTables(in migration: String) -> [String] {
        migration.split(separator: ";").compactMap { statement in
            guard statement.contains(/\btenant_id\b/) else { return nil }
            let header = /CREATE TABLE (?:IF NOT EXISTS )?"?([a-z_][a-z0-9_]*)/
            return statement.firstMatch(of: header).map { String($0.1) }
        }
    }
}
