import HTTPTypes
import Storage
import Tenancy

extension Problem {
    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthenticated, .codeNeeded: .unauthorized
        case .forbidden, .setUpNeeded: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .stale: .preconditionFailed
        case .versionRequired: .preconditionRequired
        case .tooLarge: .contentTooLarge
        case .unsupportedMedia: .unsupportedMediaType
        case .invalid: .unprocessableContent
        case .tooMany: .tooManyRequests
        case .busy, .unavailable: .serviceUnavailable
        case .full: .init(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// RFC 9457 `application/problem+json`.
    package func reply(instance: String) -> Reply {
        var reply = Reply.json(status) { writer in
            writer.object { body in
                body.member("type", type)
                body.member("title", title)
                body.member("status", status.code)
                body.member("detail", detail)
                body.member("instance", instance)
                guard case .invalid(let faults) = self else { return }
                body.member("errors", objects: faults) { body, fault in
                    body.member("field", fault.field)
                    body.member("message", fault.message)
                }
            }
        }
        reply.headers[.contentType] = "application/problem+json"
        switch self {
        case .tooMany(_, let seconds): reply.headers[.retryAfter] = String(seconds)
        case .busy, .unavailable: reply.headers[.retryAfter] = "1"
        case .unauthenticated, .codeNeeded: reply.headers[.wwwAuthenticate] = "Bearer"
        default: break
        }
        return reply
    }

    /// The shape of every failure, for the document.
    package static let schema = Schema.named(
        "Problem",
        .object([
            .init("type", .text(max: 500), required: true),
            .init("title", .text(max: 200), required: true),
            .init("status", .integer(400...599), required: true),
            .init("detail", .text(max: 10_000), required: true),
            .init("instance", .text(max: 10_000), required: true),
            .init(
                "errors",
                .list(
                    .object([
                        .init("field", .text(max: 1000), required: true),
                        .init("message", .text(max: 10_000), required: true),
                    ]), max: 1000), "Every field that is wrong, with what to do."),
        ]))
}
