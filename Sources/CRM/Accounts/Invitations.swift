import Mail
import Storage
import Tenancy
import Views

/// Asks people of the caller's company in, by a link that is mailed to them.
struct Invitations: Sendable {
    let scope: Scope
    let mailing: Mailing

    private static let kind = "invitation"

    /// Sends a link by which the person chooses a password. One that was sent before is void.
    ///
    /// - Throws: `Problem.conflict` for who can sign in already, or no more.
    func invite(_ id: ID<User>) async throws -> AccessLink {
        try scope.caller.must(.peopleEdit)
        let user = try await Users(scope).find(id)
        guard user.isActive else {
            throw Problem.conflict("\(user.name) is deactivated. Reactivate them first.")
        }
        guard try await !Users(scope).hasPassword(id) else {
            throw Problem.conflict("\(user.name) has a password already.")
        }
        let company = try await Tenants.find(scope.tenant, in: scope.tx)
        let inviter: String? =
            if let own = scope.caller.user { try await Users(scope).name(of: own) } else { nil }
        let (token, link) = try await AccessLinks(scope).issue(.invitation, for: id)
        let letter = Letter.invitation(
            to: user.name, from: inviter, company: company.name, slug: company.slug,
            url: mailing.welcome(token))
        let outbox = Outbox(scope)
        try await outbox.withdraw(Self.kind, to: id)
        try await outbox.add(
            NewMessage(
                Self.kind, to: (id, user.email), letter, usefulUntil: link.expiresAt))
        try await scope.record(
            Event("user.invited", id.uuid) {
                $0.member("email", user.email)
                $0.member("expires_at", link.expiresAt)
            })
        return link
    }

    /// Makes the link void.
    func revoke(_ id: ID<User>) async throws {
        _ = try await Users(scope).find(id)
        try scope.caller.must(.peopleEdit)
        guard try await AccessLinks(scope).revoke(.invitation, of: id) else {
            throw Problem.notFound("invitation")
        }
        try await Outbox(scope).withdraw(Self.kind, to: id)
        try await scope.record(Event("user.invitation_revoked", id.uuid))
    }

    /// The person has come: they have a password and a name of their choice from now on.
    static func accept(
        _ token: String, of person: PresentedLink, name: String?, hash: String, in scope: Scope
    ) async throws {
        try await AccessLinks(scope).use(token, .invitation, of: person, hash: hash)
        if let name { try await Users(scope).change(person.user, UserChange(name: name)) }
        try await scope.record(Event("user.invitation_accepted", person.user.uuid))
    }
}
