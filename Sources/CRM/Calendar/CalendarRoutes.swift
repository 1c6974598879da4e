import Foundation
import HTTPTypes
import Storage
import Tenancy
import Web

/// When the company works, in the API.
struct CalendarRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/calendar", "Reads the company's working hours and holidays",
                answers: [.init(200, "The calendar.", BusinessCalendar.schema)], handle: show),
            .api(
                .put, "/calendar", "Replaces the company's working hours and holidays",
                input: .json(BusinessCalendar.schema),
                answers: [
                    .init(200, "As it is now.", BusinessCalendar.schema), .staleIfMatched,
                ], handle: replace),
        ].grouped("Speed to lead")
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await Calendars(scope).ofCompany()
        }.whole.reply
    }

    private func replace(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            let calendars = Calendars(scope)
            try await calendars.ofCompany().whole.mustBe(seen)
            let company = try await Tenants.find(scope.tenant, in: scope.tx)
            let calendar = try BusinessCalendar(
                call.input, zone: TimeZone(identifier: company.timeZone) ?? .gmt)
            try await calendars.replace(with: calendar)
            return calendar.whole.reply
        }
    }
}
