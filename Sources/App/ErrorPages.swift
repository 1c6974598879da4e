import HTTPTypes
import Storage
import Tenancy
import Views
import Web

/// Problems as pages. They show no shell: what went wrong may be what the shell is made of.
struct ErrorPages: Sendable {
    let assets: Assets

    @Sendable func reply(
        _ problem: Problem, incident: String?, identity: Call.Identity?, nonce: String
    ) -> Reply {
        let session = PageSession(csrf: nil, nonce: nonce, assets: assets)
        let reply = problem.reply(instance: "")
        let html = errorPage(kind(problem, incident), in: nil, session: session)
        return .html(html, status: incident == nil ? reply.status : .internalServerError)
    }

    private func kind(_ problem: Problem, _ incident: String?) -> ErrorPage {
        if let incident { return .failure(incident: incident) }
        switch problem {
        case .notFound, .methodNotAllowed: return .notFound
        case .tooMany(_, let seconds): return .tooMany(retryAfterSeconds: seconds)
        default: return .forbidden(reason: problem.detail)
        }
    }
}
