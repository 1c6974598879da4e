/// A program that is known by its token.
package struct Bearer: Sendable, Equatable {
    package let caller: Caller
    /// Where the company's programs may come from.
    package let addresses: AllowedAddresses

    package init(caller: Caller, addresses: AllowedAddresses = .anywhere) {
        self.caller = caller
        self.addresses = addresses
    }
}

/// How somebody has proved to be who they are.
package enum SignInWay: Sendable, Equatable {
    case password
    /// By an identity provider.
    /// - isStrong: Whether that has asked for a second step, so that we need not.
    case openID(isStrong: Bool)

    static let openIDName = "openid"

    var isStrong: Bool { self == .openID(isStrong: true) }
}
