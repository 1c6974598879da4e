import Foundation
import Storage
import Tenancy

/// A tenant's clock: which day it is there, and how moments are said on its pages.
struct LocalTime: Sendable {
    let now: Instant
    private let zone: TimeZone

    init(now: Instant, zone: String) {
        self.now = now
        self.zone = TimeZone(identifier: zone) ?? .gmt
    }

    /// The clock of the scope's tenant.
    init(in scope: Scope) async throws {
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        self.init(now: scope.now, zone: profile.timeZone)
    }

    var today: Day { day(of: now) }

    func day(of moment: Instant) -> Day {
        moment.day(offsetSeconds: offset(at: moment))
    }

    /// The moment a local day begins.
    func start(of day: Day) -> Instant {
        day.start.adding(seconds: -offset(at: day.start))
    }

    /// `10:42`
    func clock(_ moment: Instant) -> String {
        let local = moment.adding(seconds: offset(at: moment))
        let within = Int(local.microseconds / 1_000_000) - local.day().number * 86_400
        let (hour, minute) = (within / 3600, within / 60 % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// `Today`, `Yesterday`, `12 November`, `12 November 2025`
    func name(of day: Day) -> String {
        switch day.number - today.number {
        case 0: return "Today"
        case -1: return "Yesterday"
        case 1: return "Tomorrow"
        default:
            let (year, month, number) = day.civil
            let name = "\(number) \(Self.months[month - 1])"
            return year == today.civil.year ? name : "\(name) \(year)"
        }
    }

    /// `3 Nov`, `3 Nov 2025`
    func short(_ day: Day) -> String {
        let (year, month, number) = day.civil
        let name = "\(number) \(Self.months[month - 1].prefix(3))"
        return year == today.civil.year ? name : "\(name) \(year)"
    }

    /// `just now`, `12 min ago`, `3 h ago`, `8 days ago`
    func ago(_ moment: Instant) -> String {
        let seconds = max(0, now.seconds(since: moment))
        switch seconds {
        case ..<60: return "just now"
        case ..<3600: return "\(seconds / 60) min ago"
        case ..<86_400: return "\(seconds / 3600) h ago"
        case ..<172_800: return "1 day ago"
        default: return "\(seconds / 86_400) days ago"
        }
    }

    private func offset(at moment: Instant) -> Int {
        zone.secondsFromGMT(
            for: Date(timeIntervalSince1970: Double(moment.microseconds) / 1e6))
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
}
