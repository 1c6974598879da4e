import Storage
import Tenancy

/// A lead form at Facebook, and how far its list there was read.
package struct MetaForm: Sendable, RowDecodable {
    package let id: String
    package let name: String?
    package let readTo: Instant?
    package let readAt: Instant?
    /// What Facebook said when its list was asked for.
    package let fault: String?

    static let columns: SQL = "form_id, name, read_to, read_at, fault"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        readTo = try row.next()
        readAt = try row.next()
        fault = try row.next()
    }
}

/// A day of a form: how many leads Facebook has, and how many came here.
package struct MetaFormDay: Sendable, Equatable {
    package let form: String
    package let day: Day
    package let theirs: Int
    package let ours: Int
    package let countedAt: Instant
    package var missing: Int { Swift.max(0, theirs - ours) }
}

/// Facebook's forms of the caller's company.
package struct MetaForms: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    static let max = 1000

    package func list() async throws -> [MetaForm] {
        try await scope.tx.all(
            """
            SELECT \(MetaForm.columns) FROM meta_forms
            WHERE tenant_id = \(scope.tenant) ORDER BY form_id LIMIT \(Self.max)
            """)
    }

    func find(_ id: String) async throws -> MetaForm? {
        try await scope.tx.first(
            """
            SELECT \(MetaForm.columns) FROM meta_forms
            WHERE tenant_id = \(scope.tenant) AND form_id = \(id)
            """)
    }

    /// Keeps forms in mind; a name replaces the one that was known.
    func learn(_ forms: [(id: String, name: String?)]) async throws {
        for form in forms {
            guard let name = form.name else {
                try await scope.tx.execute(
                    """
                    INSERT INTO meta_forms (tenant_id, form_id) VALUES (\(scope.tenant), \(form.id))
                    ON CONFLICT (tenant_id, form_id) DO NOTHING
                    """)
                continue
            }
            try await scope.tx.execute(
                """
                INSERT INTO meta_forms (tenant_id, form_id, name)
                VALUES (\(scope.tenant), \(form.id), \(String(name.prefix(200))))
                ON CONFLICT (tenant_id, form_id) DO UPDATE SET name = excluded.name
                """)
        }
    }

    /// Facebook's list of a form was read up to here.
    ///
    /// - Parameter readTo: Nil to leave the place where it is.
    func noteRead(_ form: String, to readTo: Instant?) async throws {
        try await scope.tx.execute(
            """
            UPDATE meta_forms SET read_to = CASE
                    WHEN CAST(\(readTo) AS bigint) IS NULL THEN read_to
                    WHEN read_to > CAST(\(readTo) AS bigint) THEN read_to
                    ELSE CAST(\(readTo) AS bigint) END,
                read_at = \(scope.now), fault = NULL
            WHERE tenant_id = \(scope.tenant) AND form_id = \(form)
            """)
    }

    func noteFault(_ form: String, _ words: String) async throws {
        try await scope.tx.execute(
            """
            UPDATE meta_forms SET fault = \(words), read_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND form_id = \(form)
            """)
    }

    /// Facebook's side of the comparison.
    func noteDays(_ form: String, _ counts: [Day: Int]) async throws {
        for (day, leads) in counts.sorted(by: { $0.key < $1.key }) {
            try await scope.tx.execute(
                """
                INSERT INTO meta_form_days (tenant_id, form_id, day_on, leads, counted_at)
                VALUES (\(scope.tenant), \(form), \(day), \(leads), \(scope.now))
                ON CONFLICT (tenant_id, form_id, day_on) DO UPDATE
                SET leads = excluded.leads, counted_at = excluded.counted_at
                """)
        }
    }

    static let daysShown = 14
    private static let microsecondsInDay: Int64 = 86_400_000_000

    /// Both sides, of the last days in which there is anything; days are those of UTC.
    package func days() async throws -> [MetaFormDay] {
        let first = Day(number: scope.now.day().number - Self.daysShown + 1)
        return try await scope.tx.rows(
            """
            SELECT d.form_id, d.day_on, d.leads, d.counted_at, (SELECT COUNT(*) FROM meta_leads l
                WHERE l.tenant_id = d.tenant_id AND l.form_id = d.form_id
                    AND l.sent_at >= d.day_on * \(Self.microsecondsInDay)
                    AND l.sent_at < (d.day_on + 1) * \(Self.microsecondsInDay))
            FROM meta_form_days d
            WHERE d.tenant_id = \(scope.tenant) AND d.day_on >= \(first)
            ORDER BY d.day_on DESC, d.form_id LIMIT \(Self.max)
            """
        ) { row in
            let (form, day) = (try row.next(String.self), try row.next(Day.self))
            let (theirs, countedAt) = (try row.next(Int.self), try row.next(Instant.self))
            return MetaFormDay(
                form: form, day: day, theirs: theirs, ours: try row.next(), countedAt: countedAt)
        }.filter { $0.theirs > 0 || $0.ours > 0 }
    }

    /// How many leads came of each form, and when the last was sent.
    package func counts() async throws -> [String: (leads: Int, last: Instant?)] {
        let rows = try await scope.tx.rows(
            """
            SELECT form_id, COUNT(*), MAX(sent_at) FROM meta_leads
            WHERE tenant_id = \(scope.tenant) GROUP BY form_id
            """
        ) { row in
            (try row.next(String.self), (try row.next(Int.self), try row.next(Instant?.self)))
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.0, (leads: $0.1.0, last: $0.1.1)) })
    }
}
