import Crypto
import Foundation
import Storage

/// How a platform operator got into a company: for a while, for a reason, to look.
package struct BreakGlass: Sendable, Equatable {
    package let id: ID<BreakGlass>
    /// The company that is looked at.
    package let tenant: ID<Tenant>
    package let company: String
    /// The company that the operator is of, and who that is there.
    package let operatorTenant: ID<Tenant>
    package let operatorUser: ID<User>
    package let operatorName: String
    package let operatorEmail: String
    package let reason: String
    package let beganAt: Instant
    package let endsAt: Instant
    /// Nil unless it was ended before its time.
    package var endedAt: Instant?

    package static let minutes: ClosedRange<Int64> = 5...240
    package static let reasonCharacters = 10...500
    /// What every token begins with.
    static let prefix = "ibg_"

    package func isOpen(at now: Instant) -> Bool { endedAt == nil && endsAt > now }

    /// Who looks: nobody of the company, with an admin's reading and nothing besides.
    package var caller: Caller {
        Caller(
            tenant: tenant, actor: Actor(kind: .operator, id: id.uuid), role: .platformOperator,
            grants: .breakGlass)
    }

    /// What a page that is open by this token proves itself with. It need not be kept, for
    /// nobody can guess the token.
    static func csrf(of token: String) -> String {
        Base64URL.text(SHA256.hash(data: Data("csrf of \(token)".utf8)))
    }
}

extension Grants {
    /// What somebody has who got in by break-glass: a company admin's rights to read, unmasked.
    /// Nothing is written, taken away or handed out by it.
    static let breakGlass = Grants.of(.companyAdmin).limited(to: [
        .leadsRead, .leadsSensitive, .customersRead, .messagesRead, .documentsRead, .ticketsRead,
        .campaignsRead, .reportsRun, .commissionsRead, .erpRead, .peopleRead, .auditRead,
    ])
}

extension Caller {
    /// A platform operator at home, not inside a company that is looked at.
    package var isPlatformOperator: Bool { role == .platformOperator && actor.kind == .user }

    /// - Throws: `Problem.forbidden`
    func mustBePlatformOperator() throws {
        guard isPlatformOperator else {
            throw Problem.forbidden("Only platform operators break the glass.")
        }
    }
}

/// What an operator asks for.
package struct NewBreakGlass: Sendable {
    /// The company's short name.
    package var slug: String
    package var reason: String
    /// How long it lasts.
    package var minutes: Int64
    /// The operator's own, once more.
    package var password: String
    /// A one-time or recovery code, for who has a second step.
    package var code: String?

    package init(
        slug: String, reason: String, minutes: Int64, password: String, code: String? = nil
    ) {
        self.slug = slug
        self.reason = reason
        self.minutes = minutes
        self.password = password
        self.code = code
    }

    /// The same, as it is kept.
    ///
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func normalised() throws -> NewBreakGlass {
        var new = self
        new.slug = slug.trimmingWhitespace().lowercased()
        new.reason = reason.trimmingWhitespace()
        var faults: [Problem.Fault] = []
        let (lengths, minutes) = (BreakGlass.reasonCharacters, BreakGlass.minutes)
        if !lengths.contains(new.reason.count) {
            faults.append(
                .init(
                    "reason",
                    "Say why, in \(lengths.lowerBound) to \(lengths.upperBound) characters."))
        }
        if !minutes.contains(self.minutes) {
            faults.append(
                .init("minutes", "Give \(minutes.lowerBound) to \(minutes.upperBound) minutes."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return new
    }
}

extension BreakGlass: RowDecodable {
    /// Of `break_glass g JOIN tenants t`.
    static let columns: SQL = """
        g.id, g.tenant_id, t.name, g.operator_tenant_id, g.operator_id, g.operator_name,
        g.operator_email, g.reason, g.began_at, g.ends_at, g.ended_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        tenant = try row.next()
        company = try row.next()
        operatorTenant = try row.next()
        operatorUser = try row.next()
        operatorName = try row.next()
        operatorEmail = try row.next()
        reason = try row.next()
        beganAt = try row.next()
        endsAt = try row.next()
        endedAt = try row.next()
    }
}
