import Mail
import Storage
import Tenancy
import Views

/// Tells a company's admins by mail that somebody got in.
struct BreakGlassNotice: Sendable {
    /// The company's, acting as the product.
    let scope: Scope
    let mailing: Mailing

    func send(_ glass: BreakGlass) async throws {
        let zone = try await Tenants.find(scope.tenant, in: scope.tx).timeZone
        let time = LocalTime(now: scope.now, zone: zone)
        let admins = try await Users(scope).list().filter {
            $0.isActive && $0.role == .companyAdmin
        }
        for admin in admins {
            let letter = Letter.brokenGlass(
                to: admin.name, company: glass.company, by: glass.operatorName,
                reason: glass.reason, until: time.clock(glass.endsAt),
                url: "\(mailing.site)/break-glass")
            try await Outbox(scope).add(
                NewMessage("break_glass", to: (admin.id, admin.email), letter))
        }
    }
}
