import Foundation
import HTTPTypes
import Storage
import Tenancy
import Web

/// Where people are signed in, and the end of it.
struct SignInRoutes {
    let authenticator: Authenticator

    var routes: [Route] {
        [
            .api(
                .get, "/sessions", "Lists where you are signed in",
                answers: [
                    .init(
                        200, "The one that asks first, then those last used.",
                        .page(of: SignIn.schema))
                ], handle: list),
            .api(
                .delete, "/sessions", "Ends all your sign-ins but the one that asks",
                answers: [.init(204, "Ended.")], handle: endOthers),
            .api(
                .delete, "/sessions/{id}", "Ends one of your sign-ins",
                answers: [.init(204, "Ended; its access tokens with it.")], handle: end),
            .api(
                .delete, "/users/{id}/sessions", "Ends all sign-ins of a person",
                answers: [.init(204, "Ended. API keys stay.")], handle: endAll),
        ].grouped("Sign-in")
    }

    private func list(_ call: Call) async throws -> Reply {
        let presented = try await presented(by: call)
        let signIns = try await call.read { try await SignIns($0, presented).list() }
        return .page(signIns, next: nil) { $1.write(to: &$0) }
    }

    private func endOthers(_ call: Call) async throws -> Reply {
        let presented = try await presented(by: call)
        try await authenticator.write(as: call.caller(), at: call.now) {
            try await SignIns($0, presented).endOthers()
        }
        return .noContent
    }

    private func end(_ call: Call) async throws -> Reply {
        let id: ID<SignIn> = try call.id(of: "session")
        try await authenticator.write(as: call.caller(), at: call.now) {
            try await SignIns($0).end(id.uuid)
        }
        return .noContent
    }

    private func endAll(_ call: Call) async throws -> Reply {
        let user: ID<User> = try call.id(of: "user")
        try await authenticator.write(as: call.caller(), at: call.now) {
            try await SignIns($0).endAll(of: user)
        }
        return .noContent
    }

    /// What the call shows of itself, in the order in which callers are known by.
    private func presented(by call: Call) async throws -> Presented {
        if let header = call.header(.authorization) {
            let token = header.dropFirst("Bearer ".count).trimmingCharacters(in: .whitespaces)
            let family = try await authenticator.family(ofToken: token, at: call.now)
            return family.map(Presented.family) ?? .neither
        }
        return call.sessionToken.map(Presented.session) ?? .neither
    }
}

extension SignIn {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", ID<SignIn>(id))
            $0.member("kind", isBrowser ? "browser" : "program")
            $0.member("name", UserAgent.words(agent))
            $0.member("remote", remote)
            $0.member("started_at", startedAt)
            $0.member("last_used_at", lastUsedAt)
            $0.member("current", isCurrent)
        }
    }

    fileprivate static let schema = Schema.named(
        "Session",
        .object([
            .init("id", .id, required: true),
            .init("kind", .choice(["browser", "program"]), required: true),
            .init("name", .text(max: 100), required: true, "Browser and system, as they say."),
            .init("remote", .optional(.text(max: 100)), required: true, "The address."),
            .init("started_at", .instant, required: true),
            .init("last_used_at", .instant, required: true, "To five minutes."),
            .init("current", .boolean, required: true, "Whether it is the one that asks."),
        ]))
}
