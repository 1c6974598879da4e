import Storage

/// What a provider says of itself (OpenID Connect Discovery 1.0).
package struct ProviderMetadata: Sendable, Equatable {
    let issuer: String
    let authorization: ProviderURL
    let token: ProviderURL
    let keys: ProviderURL
    /// Where it tells more of who signed in; not every provider does.
    let userInfo: ProviderURL?
    /// Whether the client's secret goes into the form, and not into a header.
    let takesSecretInForm: Bool

    /// - Throws: `ProviderFault` when it is not what was asked for, or leads where it must not.
    init(_ json: JSON, of issuer: String, in neighbourhood: Neighbourhood) throws {
        // To the letter (§4.3): who answers for another issuer must not be believed.
        guard json["issuer"]?.string == issuer else {
            throw ProviderFault(
                "It calls itself “\((json["issuer"]?.string ?? "nothing").prefix(100))”. "
                    + "Give the issuer exactly so.")
        }
        func url(_ name: String) throws -> ProviderURL? {
            try json[name]?.string.map { try ProviderURL($0, in: neighbourhood) }
        }
        guard let authorization = try url("authorization_endpoint"),
            let token = try url("token_endpoint"), let keys = try url("jwks_uri")
        else {
            throw ProviderFault("It does not say where to sign in, or by which keys.")
        }
        self.issuer = issuer
        self.authorization = authorization
        self.token = token
        self.keys = keys
        userInfo = try url("userinfo_endpoint")
        let methods = json["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string)
        takesSecretInForm =
            methods.map {
                !$0.contains("client_secret_basic") && $0.contains("client_secret_post")
            } ?? false
    }

    /// Where an issuer describes itself.
    static func url(of issuer: ProviderURL, in neighbourhood: Neighbourhood) throws -> ProviderURL {
        let base = issuer.text.hasSuffix("/") ? String(issuer.text.dropLast()) : issuer.text
        return try ProviderURL(base + "/.well-known/openid-configuration", in: neighbourhood)
    }
}
