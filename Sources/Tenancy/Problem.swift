/// What the outside may be told. Any other error is a bug or an outage.
///
/// Web turns it into RFC 9457 `application/problem+json`, or a page, in one place.
package enum Problem: Error, Equatable {
    /// 400: the request cannot be read at all.
    case malformed(String)
    /// 401
    case unauthenticated(String)
    /// 401: the password was right; the sign-in asks for a code besides.
    case codeNeeded(String)
    /// 403: the company requires a second step, and the person has none yet.
    case setUpNeeded
    /// 403: seen, but not allowed.
    case forbidden(String)
    /// 404: there is none, or none that this caller may see. The noun, in lower case.
    case notFound(String)
    /// 405
    case methodNotAllowed
    /// 409: the sentence says what stands in the way.
    case conflict(String)
    /// 412: somebody else changed it meanwhile.
    case stale(String)
    /// 428: `If-Match` is missing.
    case versionRequired
    /// 413
    case tooLarge(String)
    /// 415
    case unsupportedMedia(String)
    /// 422: every field that is wrong, each with a sentence.
    case invalid([Fault])
    /// 429
    case tooMany(String, retryAfterSeconds: Int)
    /// 503
    case busy
    /// 503: something that this needs cannot be reached; the sentence says what.
    case unavailable(String)
    /// 507: the disk is full; nothing was written.
    case full

    /// One field and what is wrong with it.
    package struct Fault: Sendable, Equatable {
        package let field: String
        package let message: String

        package init(_ field: String, _ message: String) {
            self.field = field
            self.message = message
        }
    }

    /// Whether it is the machine's and passes by itself, and not for who asked to put right.
    package var mayPass: Bool {
        switch self {
        case .busy, .unavailable, .full: true
        default: false
        }
    }

    package static func invalid(_ field: String, _ message: String) -> Problem {
        .invalid([Fault(field, message)])
    }
}
