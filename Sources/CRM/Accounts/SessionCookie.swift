import HTTPTypes
import Hummingbird
import Tenancy
import Web

/// The cookie that holds a browser's session: out of reach of scripts, and not sent along when
/// another site posts to us.
enum SessionCookie {
    /// As long as a session can be renewed; the server ends it earlier.
    private static let maxAgeSeconds = Sessions.lifetimeDaysMax * 86_400

    static func carrying(_ token: String, isSecure: Bool) -> String {
        cookie(token, maxAgeSeconds, isSecure)
    }

    /// Another one, guarded alike.
    static func carrying(
        _ token: String, as name: String, seconds: Int, isSecure: Bool
    ) -> String {
        cookie(token, seconds, isSecure, name)
    }

    /// Takes the cookie away.
    static func empty(isSecure: Bool) -> String {
        cookie("", 0, isSecure)
    }

    private static func cookie(
        _ value: String, _ maxAge: Int, _ isSecure: Bool, _ name: String = Site.sessionCookie
    ) -> String {
        let attributes = "HttpOnly; SameSite=Lax; Path=/; Max-Age=\(maxAge)"
        return "\(name)=\(value); \(attributes)\(isSecure ? "; Secure" : "")"
    }
}

extension Call {
    var sessionToken: String? { request.cookies[Site.sessionCookie]?.value }

    /// Where the request comes from, as a sign-in keeps it.
    var comesFrom: Origin { Origin(remote: remote, agent: header(.userAgent)) }
}
