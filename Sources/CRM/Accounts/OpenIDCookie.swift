import HTTPTypes
import Hummingbird
import Tenancy
import Web

/// The cookie that holds a sign-in on its way to a provider and back: out of reach of scripts,
/// and sent along when the provider sends the browser back to us, but not when another site
/// posts to us.
enum OpenIDCookie {
    private static let name = "iperform_openid"

    static func carrying(_ attempt: OpenIDAttempt, isSecure: Bool) -> String {
        cookie(attempt.secret, OpenIDAttempt.lifetimeSeconds, isSecure)
    }

    /// Takes the cookie away.
    static func empty(isSecure: Bool) -> String {
        cookie("", 0, isSecure)
    }

    static func attempt(of call: Call) -> OpenIDAttempt? {
        call.request.cookies[name].map { OpenIDAttempt(secret: $0.value) }
    }

    private static func cookie(_ value: String, _ maxAge: Int, _ isSecure: Bool) -> String {
        let attributes = "HttpOnly; SameSite=Lax; Path=/; Max-Age=\(maxAge)"
        return "\(name)=\(value); \(attributes)\(isSecure ? "; Secure" : "")"
    }
}

extension Reply {
    /// The reply with one more cookie.
    func setting(_ cookie: String) -> Reply {
        var reply = self
        reply.headers.append(HTTPField(name: .setCookie, value: cookie))
        return reply
    }
}
