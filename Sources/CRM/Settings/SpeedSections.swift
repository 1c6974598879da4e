import Foundation
import Storage
import Tenancy
import Views

// Page values of the sections about time and scores.

extension SpeedPage {
    init(in scope: Scope) async throws {
        let policy = try await ClockPolicies(scope).firstResponse()
        let calendar = try await Calendars(scope).ofCompany()
        self.init(
            targetMinutes: policy.targetMinutes, isActive: policy.isActive,
            version: policy.whole.version, calendar: CalendarForm(calendar))
    }
}

extension CalendarForm {
    private static let zones = TimeZone.knownTimeZoneIdentifiers.sorted()

    fileprivate init(_ calendar: BusinessCalendar) {
        let holidays = calendar.holidays.map { "\($0.day.text) \($0.name)" }
        self.init(
            zone: calendar.zoneName, zones: Self.zones, days: calendar.week.days,
            holidays: holidays.joined(separator: "\n"), version: calendar.whole.version)
    }
}

extension [[BusinessCalendar.Slot]] {
    /// A week as people type it.
    var days: [WeekdayHours] {
        zip(BusinessCalendar.weekdays, self).map { key, slots in
            let hours = slots.map { slot in
                "\(BusinessCalendar.time(slot.opens))–\(BusinessCalendar.time(slot.closes))"
            }
            return WeekdayHours(key, hours: hours.joined(separator: ", "))
        }
    }
}

extension ScorePage {
    init(_ time: LocalTime, in scope: Scope) async throws {
        let standing = try await ScoreStanding(in: scope)
        let chosen = Set(standing.setting.features)
        self.init(
            features: standing.available.map {
                Choice($0.key, $0.label, isSelected: chosen.contains($0.key))
            },
            version: standing.whole.version, decided: standing.decided.all,
            needed: ScoreModel.decidedMin,
            rebuilt: standing.setting.rebuiltAt.map { "Made anew \(time.ago($0))" } ?? "",
            quality: standing.setting.quality.map(ScoreQualityTable.init))
    }
}

extension ScoreQualityTable {
    fileprivate init(_ quality: ScoreQuality) {
        self.init(
            right: quality.auc.map { "\(Int(($0 * 100).rounded())) %" }, heldOut: quality.heldOut,
            rows: quality.bands.enumerated().map { index, band in
                Row(
                    "\(index * 10) to \(index * 10 + 10)", leads: band.decided.all,
                    expectedPercent: band.expectedPercent, wonPercent: band.decided.wonPercent)
            })
    }
}

extension LeadScore {
    /// Nil for who does not see it, and for a lead that is decided.
    init?(of lead: Lead, in scope: Scope) async throws {
        guard lead.status == .open || lead.status == .onHold else { return nil }
        let words = try await ScoreWords(of: lead, in: scope)
        guard words.isShown else { return nil }
        guard let score = lead.score else {
            let needed = ScoreModel.decidedMin
            let text =
                words.decided.all < needed
                ? "Needs \(needed) decided leads; you have \(words.decided.all)."
                : "It comes with the next night."
            self.init(score: nil, text: text)
            return
        }
        self.init(
            score: score,
            reasons: words.reasons.map {
                Reason(name: words.name($0), text: words.rates($0), isFor: $0.weight > 0)
            })
    }
}
