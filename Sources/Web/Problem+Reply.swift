import HTTPTypes
import Storage
import Tenancy

extension Problem {
    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .stale: .preconditionFailed
        case .versionRequired: .preconditionRequired
        case .tooLarge: .contentTooLarge
        case .unsupportedMedia: .unsupportedMediaType
        case .invalid: .unprocessableContent
        case .tooMany: .tooManyRequests
        case .busy: .serviceUnavailable
        case .full: .init(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// What happened and what to do, for a person.
    package var detail: String {
        switch self {
        case .malformed(let detail), .unauthenticated(let detail), .forbidden(let detail),
            .conflict(let detail), .stale(let detail), .tooLarge(let detail),
            .unsupportedMedia(let detail), .tooMany(let detail, _):
            detail
        case .notFound(let noun): "There is no such \(noun), or you may not see it."
        case .methodNotAllowed: "This address does not take that method; see Allow."
        case .versionRequired: "Send If-Match with the ETag of the record you read."
        case .invalid(let faults):
            faults.count == 1
                ? "\(faults[0].field): \(faults[0].message)"
                : "\(faults.count) fields need another look."
        case .busy: "The server is busy. Try again in a moment; nothing was changed."
        case .full: "The server's disk is full. Nothing was changed; tell your administrator."
        }
    }

    /// The title: the status in words a person uses.
    package var title: String {
        switch self {
        case .malformed: "This cannot be read"
        case .unauthenticated: "Sign in first"
        case .forbidden: "Not allowed"
        case .notFound: "Not found"
        case .methodNotAllowed: "Wrong method"
        case .conflict: "This is in the way"
        case .stale: "Changed meanwhile"
        case .versionRequired: "Which version?"
        case .tooLarge: "Too large"
        case .unsupportedMedia: "Unknown media type"
        case .invalid: "Some fields are wrong"
        case .tooMany: "Too many requests"
        case .busy: "Busy"
        case .full: "Disk full"
        }
    }

    /// RFC 9457 `application/problem+json`.
    package func reply(instance: String) -> Reply {
        var reply = Reply.json(status) { writer in
            writer.object { body in
                body.member("type", "about:blank")
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
        case .busy: reply.headers[.retryAfter] = "1"
        case .unauthenticated: reply.headers[.wwwAuthenticate] = "Bearer"
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
