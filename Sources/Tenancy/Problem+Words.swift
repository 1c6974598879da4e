extension Problem {
    /// What happened and what to do, for a person.
    package var detail: String {
        switch self {
        case .malformed(let detail), .unauthenticated(let detail), .forbidden(let detail),
            .codeNeeded(let detail),
            .conflict(let detail), .stale(let detail), .tooLarge(let detail),
            .unsupportedMedia(let detail), .tooMany(let detail, _), .unavailable(let detail):
            detail
        case .setUpNeeded:
            "Your company requires a second step. Sign in with a browser and set it up first."
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
        case .codeNeeded: "A code is needed"
        case .setUpNeeded: "Set up the second step"
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
        case .unavailable: "Out of reach"
        case .full: "Disk full"
        }
    }

    /// What kind it is, for programs: where `/developers` explains it, else only the status.
    package var type: String {
        switch self {
        case .codeNeeded: "/developers#code-needed"
        case .setUpNeeded: "/developers#set-up-needed"
        default: "about:blank"
        }
    }
}
