import Foundation
import Storage
import Tenancy

/// The working hours of companies, in this transaction.
///
/// A calendar is kept under the id of what it is for: the company's under the company's own, so
/// that a team's could stand beside it.
package struct Calendars: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// The company's; the usual week on its clocks when it has none of its own.
    package func ofCompany() async throws -> BusinessCalendar {
        let calendars = try await Self.ofCompanies([scope.tenant], in: scope.tx)
        guard let calendar = calendars[scope.tenant] else { throw Problem.notFound("company") }
        return calendar
    }

    /// Those of several companies, for what goes round.
    package static func ofCompanies(
        _ tenants: [ID<Tenant>], in tx: any Transaction
    ) async throws -> [ID<Tenant>: BusinessCalendar] {
        let rows = try await tx.rows(
            """
            SELECT t.id, COALESCE(c.time_zone, t.time_zone), c.week, c.holidays
            FROM tenants t
            LEFT JOIN calendars c ON c.tenant_id = t.id AND c.owner_id = t.id
            WHERE t.id IN \(SQL.list(tenants))
            """
        ) { row in
            let tenant: ID<Tenant> = try row.next()
            let zone = TimeZone(identifier: try row.next()) ?? .gmt
            let week: String? = try row.next()
            let holidays: String? = try row.next()
            return (
                tenant,
                try BusinessCalendar(zone: zone, weekJSON: week, holidaysJSON: holidays)
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Replaces the company's. What is due already stays due when it was.
    package func replace(with calendar: BusinessCalendar) async throws {
        try scope.caller.must(.settingsEdit)
        let company = try await Tenants.find(scope.tenant, in: scope.tx)
        let name = calendar.zoneName
        let zone = name == company.timeZone ? nil : name
        try await scope.tx.execute(
            """
            INSERT INTO calendars (tenant_id, owner_id, time_zone, week, holidays)
            VALUES (\(scope.tenant), \(scope.tenant), \(zone), \(calendar.weekJSON.text),
                \(calendar.holidaysJSON.text))
            ON CONFLICT (tenant_id, owner_id) DO UPDATE SET time_zone = excluded.time_zone,
                week = excluded.week, holidays = excluded.holidays
            """)
        try await scope.record(
            Event("calendar.changed", scope.tenant.uuid) { body in
                body.member("time_zone", name)
                body.member("week", calendar.weekJSON)
                body.member("holidays", Int64(calendar.holidays.count))
            })
    }
}
