import HTTPTypes
import Storage
import Tenancy
import Web

/// Invitations in the API: sent and taken back by admins, accepted by who holds the link.
struct InvitationRoutes {
    let authenticator: Authenticator
    let passwords: Passwords
    let mailing: Mailing
    let secureCookies: Bool

    var routes: [Route] {
        [
            .api(
                .post, "/users/{id}/invitation", "Mails a link to choose a password, or a new one",
                answers: [.init(201, "Good for seven days, and once.", AccessLink.schema)],
                handle: invite),
            .api(
                .delete, "/users/{id}/invitation", "Takes an invitation back",
                answers: [.init(204, "The link is void.")], handle: revoke),
            .api(
                .post, "/invitations/acceptance", "Chooses a password by an invitation's link",
                input: .json(Self.acceptanceSchema),
                answers: [.init(201, "Signed in; the cookie is set.", .startedSession)],
                access: .anyone, handle: accept),
        ].grouped("People")
    }

    private func invite(_ call: Call) async throws -> Reply {
        let id: ID<User> = try call.id(of: "user")
        return try await call.write { scope in
            let link = try await Invitations(scope: scope, mailing: mailing).invite(id)
            return .json(.created) { link.write(to: &$0) }
        }
    }

    private func revoke(_ call: Call) async throws -> Reply {
        let id: ID<User> = try call.id(of: "user")
        return try await call.write { scope in
            try await Invitations(scope: scope, mailing: mailing).revoke(id)
            return .noContent
        }
    }

    /// As at the sign-in, taking JSON only keeps other sites' forms out; and they have no token.
    private func accept(_ call: Call) async throws -> Reply {
        let token = call.input["token"]?.string ?? ""
        let person = try await authenticator.link(token, .invitation, at: call.now)
        let hash = try await passwords.hash(call.input["password"]?.string ?? "")
        let (name, origin) = (call.input["name"]?.string, call.comesFrom)
        let session = try await authenticator.write(as: person.caller, at: call.now) { scope in
            try await OpenIDProviders.mustAllowPassword(in: scope)
            try await Invitations.accept(token, of: person, name: name, hash: hash, in: scope)
            return try await Sessions(scope).start(from: origin)
        }
        if let earlier = call.sessionToken {
            try await authenticator.signOut(token: earlier, at: call.now)
        }
        return .started(session, isSecure: secureCookies || call.scheme == "https")
    }

    private static let acceptanceSchema = Schema.named(
        "InvitationAcceptance",
        .object([
            .init("token", .text(max: 100), required: true, "From the link."),
            .init("password", .text(max: PasswordPolicy.lengths.upperBound), required: true),
            .init("name", .text(max: 120), "Unless said, as whoever invited them wrote it."),
        ]))
}

extension AccessLink {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("user", user)
            $0.member("sent_at", createdAt)
            $0.member("expires_at", expiresAt)
        }
    }

    fileprivate static let schema = Schema.named(
        "Invitation",
        .object([
            .init("user", .id, required: true), .init("sent_at", .instant, required: true),
            .init("expires_at", .instant, required: true),
        ]))
}
