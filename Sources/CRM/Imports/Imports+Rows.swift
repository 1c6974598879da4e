import Storage
import Tenancy
import Web

/// One row of a file: what it would become, or became.
package struct ImportedRow: Sendable {
    package let number: Int
    package let outcome: RowOutcome
    package let title: String
    package let contact: String
    /// Why; each is a sentence.
    package let reasons: [String]
    package let lead: ID<Lead>?
    /// What it changes of its lead, or has changed: by field, what was and what is.
    package private(set) var changes: [(field: String, before: JSON, after: JSON)]
}

extension Imports {
    /// The reason in the inbox of a row that was taken back.
    static let takenBack = "Taken back with its import."

    package static let rowListing = Listing(
        [
            .init("number", .integer, "r.number", sort: "r.number"),
            .init("outcome", .choice(RowOutcome.allCases.map(\.rawValue)), "r.outcome"),
        ], defaultSort: "number")

    /// The rows of an import, in the file's order unless asked otherwise. While it is only
    /// checked, what the dry run foretold; from then on, what the inbox has. Of a lead that the
    /// caller does not reach, a row says only that it is there.
    package func rows(
        of run: Import, _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [ImportedRow], next: String?) {
        let rows = try await scope.tx.rows(
            """
            SELECT r.number, r.outcome, r.title, r.contact, r.payload, r.detail, r.lead_id,
                r.changes, \(request.sortColumns)
            FROM (\(source(of: run))) r
            WHERE 1 = 1 \(try request.conditions(in: scope)) \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in
            (element: try ImportedRow(row: &row, run.mapping), place: try request.place(&row))
        }
        let page = request.page(rows, cursors)
        guard !scope.caller.seesSensitive else { return page }
        // A lead's own fields are one value, and some of them may be sensitive.
        return (page.elements.map { $0.without("custom") }, page.next)
    }

    /// Why rows behind a number were rejected, in order.
    func rejections(
        of run: Import, after number: Int, limit: Int
    ) async throws -> [(number: Int, reason: String)] {
        try await scope.tx.rows(
            """
            SELECT r.number, r.detail FROM (\(source(of: run))) r
            WHERE r.outcome = 'rejected' AND r.number > \(number)
            ORDER BY r.number LIMIT \(limit)
            """
        ) { row in
            (try row.next(Int.self), try row.next(String?.self)?.replacing("\n", with: " ") ?? "")
        }
    }

    private func source(of run: Import) -> SQL {
        if run.state == .checking || run.state == .checked {
            return """
                SELECT number, outcome, title, NULL AS contact, NULL AS payload, detail, lead_id,
                    changes
                FROM import_rows
                WHERE tenant_id = \(scope.tenant) AND import_id = \(run.id)
                """
        }
        return """
            SELECT i.row_number AS number,
                CASE i.outcome WHEN 'created' THEN 'create'
                    WHEN 'merged' THEN CASE WHEN c.changes <> '{}' THEN 'update' ELSE 'duplicate' END
                    ELSE CASE WHEN i.reason = \(Self.takenBack) THEN 'undone' ELSE 'rejected' END
                    END AS outcome,
                COALESCE(l.company, l.contact_name, l.external_id) AS title,
                COALESCE(l.email, l.phone_raw) AS contact, i.payload, i.reason AS detail, i.lead_id,
                CASE WHEN l.id IS NULL THEN NULL ELSE c.changes END AS changes
            FROM inbox i
            LEFT JOIN import_changes c ON c.tenant_id = i.tenant_id AND c.import_id = i.import_id
                AND c.number = i.row_number
            LEFT JOIN leads l ON l.tenant_id = i.tenant_id AND l.id = i.lead_id
                \(Reach(scope.caller).sql(in: scope))
            WHERE i.tenant_id = \(scope.tenant) AND i.import_id = \(run.id)
            """
    }
}

extension ImportedRow {
    /// Of a title or contact: a row may be refused because a cell is far too long.
    private static let charactersMax = 200

    fileprivate init(row: inout Row, _ mapping: Mapping) throws {
        number = try row.next()
        outcome = try row.next()
        // A forecast keeps title and contact as two lines.
        let lines = (try row.next(String?.self) ?? "").split(
            separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let contact: String? = try row.next()
        let payload: String? = try row.next()
        reasons = (try row.next(String?.self) ?? "").split(separator: "\n").map(String.init)
        lead = try row.next()
        changes = try Self.changes(row.next(String?.self))
        let fields = try payload.map { try Self.fields($0, mapping) } ?? [:]
        let names = [Target.Field.company, .contactName].compactMap { fields[$0] }
        let title = lines.first.map(String.init) ?? ""
        let known = title.isEmpty ? names.joined(separator: ", ") : title
        self.title =
            known.isEmpty && (outcome == .duplicate || outcome == .update)
            ? "A colleague's lead" : String(known.prefix(Self.charactersMax))
        let reached =
            contact ?? fields[.email] ?? fields[.phone]
            ?? (lines.count == 2 ? String(lines[1]) : "")
        self.contact = String(reached.prefix(Self.charactersMax))
    }

    fileprivate func without(_ field: String) -> ImportedRow {
        var row = self
        row.changes.removeAll { $0.field == field }
        return row
    }

    private static func changes(
        _ text: String?
    ) throws -> [(field: String, before: JSON, after: JSON)] {
        let members = try text.map { try JSON(parsing: $0).object ?? [:] } ?? [:]
        return members.sorted { $0.key < $1.key }.compactMap { field, sides in
            guard let sides = sides.array, sides.count == 2 else { return nil }
            return (field, sides[0], sides[1])
        }
    }

    /// The fields of a row that was refused, as they stood in the file.
    private static func fields(
        _ payload: String, _ mapping: Mapping
    ) throws -> [Target.Field: String] {
        var fields: [Target.Field: String] = [:]
        for (header, value) in try JSON(parsing: payload).object ?? [:] {
            if case .field(let field) = mapping.columns[header] { fields[field] = value.string }
        }
        return fields
    }
}
