import JWTKit
import Storage

/// What an access token says (RFC 7519). `exp` is checked by whoever has the clock.
struct AccessClaims: JWTPayload, Equatable {
    static let issuer = "iperform"

    var iss = issuer
    /// The user.
    let sub: String
    /// The tenant.
    let tid: String
    /// The role when it was issued: for the client to read, never trusted here.
    let role: String
    /// The family of refresh tokens it came with.
    let sid: String
    let iat: Int64
    let exp: Int64
    let jti: String

    init(caller: Caller, user: ID<User>, family: ID<TokenFamily>, at now: Instant, seconds: Int) {
        sub = user.description
        tid = caller.tenant.description
        role = caller.role.rawValue
        sid = family.description
        iat = now.microseconds / 1_000_000
        exp = iat + Int64(seconds)
        jti = UUIDv7.text(UUIDv7.next(at: now))
    }

    func verify(using _: some JWTAlgorithm) throws {
        guard iss == Self.issuer else {
            throw JWTError.claimVerificationFailure(failedClaim: nil, reason: "iss")
        }
    }
}

/// Claims whose signature was checked, as values.
struct AccessToken: Sendable, Equatable {
    let tenant: ID<Tenant>
    let user: ID<User>
    let family: ID<TokenFamily>
    let expiresAt: Instant

    init?(_ claims: AccessClaims) {
        guard let tenant = ID<Tenant>(claims.tid), let user = ID<User>(claims.sub),
            let family = ID<TokenFamily>(claims.sid)
        else { return nil }
        self.tenant = tenant
        self.user = user
        self.family = family
        expiresAt = Instant(microseconds: claims.exp * 1_000_000)
    }
}
