import Storage

/// The identity provider by which a company's people sign in (OpenID Connect).
package struct OpenIDProvider: Sendable, Equatable {
    /// Who may go on signing in with a password.
    package enum Passwords: String, Sendable, CaseIterable, SQLConvertible {
        case everybody
        /// So that a company whose provider is gone can still be administered.
        case admins
    }

    /// Who asks for the second step.
    package enum SecondStep: String, Sendable, CaseIterable, SQLConvertible {
        /// We do, as after a password.
        case here
        /// The provider has, whenever somebody comes from there.
        case provider
    }

    /// Exactly as the provider writes it.
    package var issuer: String
    package var clientID: String
    /// What it is called on the sign-in page.
    package var label: String
    package var passwords: Passwords
    package var secondStep: SecondStep

    package init(
        issuer: String, clientID: String, label: String, passwords: Passwords = .everybody,
        secondStep: SecondStep = .here
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.label = label
        self.passwords = passwords
        self.secondStep = secondStep
    }

    /// The same, as it is kept.
    ///
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func normalised() throws -> OpenIDProvider {
        var provider = self
        var faults: [Problem.Fault] = []
        provider.label = faults.name("label", label, charactersMax: 40)
        provider.clientID = clientID.trimmingWhitespace()
        if provider.clientID.isEmpty
            || !provider.clientID.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        {
            faults.append(.init("client_id", "Give the client id that the provider shows."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return provider
    }
}

extension OpenIDProvider: RowDecodable {
    package init(row: inout Row) throws {
        issuer = try row.next()
        clientID = try row.next()
        label = try row.next()
        passwords = try row.next()
        secondStep = try row.next()
    }
}
