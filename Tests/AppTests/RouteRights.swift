import Tenancy
import Web

/// What a route asks of who knocks.
enum Asks: Equatable {
    /// Nothing, not even a sign-in.
    case nothing
    /// A sign-in. What is told is the caller's own, or the part of the company's that they reach.
    case signIn
    /// That the record is the person's own: for everybody else, admins too, it is not there.
    case own
    /// That the record is the person's own, or the right on all of the company's.
    case ownOr(Right)
    /// A right, on whosever records.
    case right(Right)
    /// A right on all of the company's records, and perhaps another right beside it.
    case company(Right, and: Right? = nil)
    /// That the caller is a platform operator, or perhaps a right.
    case platformOperator(or: Right? = nil)
    /// A right on the lead that the path names, or that what it names hangs on: 404 for who does
    /// not see the lead, 403 for who only sees it.
    case lead(Right)

    /// Whether somebody gets past it where the record is another's; nil where that is not a
    /// matter of what they are.
    func lets(_ grants: Grants) -> Bool? {
        switch self {
        case .nothing, .signIn: true
        case .own: false
        case .right(let right): !grants[right].isEmpty
        case .ownOr(let right): grants[right].contains(.company)
        case .company(let right, let other):
            grants[right].contains(.company) && other.map { !grants[$0].isEmpty } ?? true
        // Who has no right at all is one.
        case .platformOperator(let right):
            grants.rights.isEmpty || right.map { !grants[$0].isEmpty } ?? false
        case .lead: nil
        }
    }
}

/// Every route of the product with what it asks. One that stands in no line fails the tests, so
/// a new one is closed until somebody has said who it is for.
enum RouteRights {
    /// - Returns: Nil for a route that stands in no line.
    static func asks(_ route: Route) -> Asks? {
        lines.first { $0.routes.contains(place(route)) }?.asks
    }

    static func place(_ route: Route) -> String { "\(route.method) \(route.path)" }

    static let lines: [(asks: Asks, routes: [String])] =
        open + signedIn + leads + intake + company + settings

    private static let open: [(Asks, [String])] = [
        (
            .nothing,
            [
                "GET /sign-in", "GET /sign-in/code", "GET /sign-in/openid/{tenant}",
                "GET /api/v1/sign-in/ways", "POST /api/v1/sign-in/openid/attempts",
                "POST /api/v1/sign-in/openid/code", "GET /forgot", "GET /welcome/{token}",
                "GET /reset/{token}",
                "GET /f/{token}", "GET /f/{token}/embed.js", "POST /f/{token}",
                "GET /hooks/meta/{slug}", "POST /hooks/meta/{slug}",
                "GET /f/{token}/challenge", "GET /f/confirm/{token}", "POST /f/confirm/{token}",
                "OPTIONS /f/{token}", "POST /api/v1/sessions", "POST /api/v1/tokens",
                "POST /api/v1/tokens/refresh", "POST /api/v1/invitations/acceptance",
                "POST /api/v1/password-resets", "POST /api/v1/password-resets/completion",
                "GET /api/v1/openapi.json", "GET /.well-known/jwks.json", "GET /assets/{name}",
                "GET /assets/{name}/{file}", "GET /healthz", "GET /readyz", "GET /metrics",
            ]
        )
    ]

    private static let signedIn: [(Asks, [String])] = [
        (
            .signIn,
            [
                "GET /", "GET /today", "GET /pipeline", "GET /leads", "GET /customers",
                "GET /developers", "GET /live", "GET /settings", "GET /account/security",
                "GET /account/second-step", "GET /api/v1/leads", "GET /api/v1/leads/count",
                "GET /api/v1/search", "GET /api/v1/stages", "GET /api/v1/custom-fields",
                "GET /api/v1/teams", "GET /api/v1/partners",
                "GET /api/v1/views", "POST /api/v1/views", "GET /api/v1/me", "PATCH /api/v1/me",
                "GET /api/v1/me/totp", "POST /api/v1/me/totp",
                "POST /api/v1/me/totp/confirmation", "POST /api/v1/me/totp/removal",
                "GET /api/v1/sessions", "DELETE /api/v1/sessions",
                "DELETE /api/v1/sessions/current", "GET /api/v1/sign-in-policy",
                "GET /api/v1/access/explain", "GET /api/v1/access/rights",
            ]
        ),
        (
            .own,
            [
                "DELETE /api/v1/views/{id}", "DELETE /api/v1/sessions/{id}",
                "POST /api/v1/changes/{change}/undo",
            ]
        ),
        (.right(.peopleRead), ["GET /api/v1/users"]),
        (.ownOr(.peopleRead), ["GET /api/v1/users/{id}", "GET /api/v1/users/{id}/teams"]),
    ]

    private static let leads: [(Asks, [String])] = [
        (
            .lead(.leadsRead),
            [
                "GET /leads/{id}", "GET /leads/{id}/access", "GET /api/v1/leads/{id}",
                "GET /api/v1/leads/{id}/timeline", "GET /api/v1/leads/{id}/clocks",
                "GET /api/v1/leads/{id}/score", "GET /api/v1/leads/{id}/shares",
                "GET /api/v1/leads/{id}/recent-touches",
                "GET /api/v1/leads/{id}/files", "GET /api/v1/files/{id}",
            ]
        ),
        (.lead(.leadsEdit), ["PATCH /api/v1/leads/{id}"]),
        (
            .lead(.leadsWork),
            [
                "POST /api/v1/leads/{id}/transition", "POST /api/v1/leads/{id}/activities",
                "POST /api/v1/leads/{id}/follow-ups", "PATCH /api/v1/follow-ups/{id}",
                "POST /api/v1/follow-ups/{id}/completion",
            ]
        ),
        (.lead(.leadsAssign), ["POST /api/v1/leads/{id}/assignment"]),
        (
            .lead(.leadsShare),
            [
                "POST /api/v1/leads/{id}/shares", "DELETE /api/v1/leads/{id}/shares/{share}",
                "POST /api/v1/follow-ups/{id}/hand-over",
                "DELETE /api/v1/follow-ups/{id}/hand-over",
            ]
        ),
        (
            .right(.leadsCreate),
            [
                "POST /api/v1/leads", "POST /api/v1/leads/bulk", "POST /api/v1/duplicates/check",
                "POST /api/v1/doors/partner", "POST /api/v1/doors/erp",
            ]
        ),
        (.lead(.leadsMerge), ["POST /api/v1/leads/{id}/merge"]),
        (
            .right(.leadsMerge),
            [
                "GET /duplicates", "GET /api/v1/duplicates",
                "POST /api/v1/duplicates/{id}/dismissal",
                "DELETE /api/v1/duplicates/{id}/dismissal", "POST /api/v1/merges/{id}/undo",
            ]
        ),
        (.right(.leadsAssign), ["POST /api/v1/leads/assignments"]),
        (.right(.leadsRead), ["GET /api/v1/assignment/holds"]),
        (.right(.leadsWork), ["POST /api/v1/leads/transitions"]),
    ]

    private static let intake: [(Asks, [String])] = [
        (
            .right(.importsRun),
            [
                "GET /import", "GET /api/v1/imports", "POST /api/v1/imports",
                "GET /api/v1/imports/template.csv", "GET /api/v1/imports/template.xlsx",
                "GET /api/v1/imports/template.json", "GET /api/v1/imports/template.xml",
                "GET /api/v1/import-mappings", "POST /api/v1/import-mappings",
                "PATCH /api/v1/import-mappings/{id}", "DELETE /api/v1/import-mappings/{id}",
            ]
        ),
        (.ownOr(.importsUndo), ["POST /api/v1/imports/{id}/undo"]),
        (
            .ownOr(.importsRun),
            [
                "GET /import/{id}", "GET /api/v1/imports/{id}", "GET /api/v1/imports/{id}/rows",
                "GET /api/v1/imports/{id}/errors.csv", "GET /api/v1/imports/{id}/errors.xlsx",
                "GET /api/v1/imports/{id}/errors.json", "GET /api/v1/imports/{id}/errors.xml",
                "POST /api/v1/imports/{id}/check",
                "POST /api/v1/imports/{id}/commit", "POST /api/v1/imports/{id}/cancellation",
            ]
        ),
        (
            .company(.leadsRead),
            ["GET /inbox", "GET /api/v1/inbox", "GET /api/v1/inbox/ledger"]
        ),
        (
            .company(.leadsRead, and: .settingsEdit), ["GET /settings/forms/{id}/submissions"]
        ),
        (
            .company(.leadsRead, and: .leadsCreate),
            [
                "POST /api/v1/inbox/{id}/release", "POST /api/v1/inbox/{id}/replay",
                "DELETE /api/v1/inbox/{id}",
            ]
        ),
    ]

    private static let company: [(Asks, [String])] = [
        (.company(.peopleRead), ["GET /api/v1/teams/{id}"]),
        (
            .right(.peopleEdit),
            [
                "POST /api/v1/users", "PATCH /api/v1/users/{id}",
                "GET /api/v1/users/{id}/open-work", "DELETE /api/v1/users/{id}/openid",
                "GET /api/v1/roles", "POST /api/v1/roles",
                "GET /api/v1/roles/{id}", "PATCH /api/v1/roles/{id}", "DELETE /api/v1/roles/{id}",
                "POST /api/v1/users/{id}/invitation", "DELETE /api/v1/users/{id}/invitation",
                "DELETE /api/v1/users/{id}/sessions", "DELETE /api/v1/users/{id}/totp",
                "POST /api/v1/teams", "PATCH /api/v1/teams/{id}", "DELETE /api/v1/teams/{id}",
                "POST /api/v1/partners", "PATCH /api/v1/partners/{id}",
            ]
        ),
        (.platformOperator(), ["POST /api/v1/break-glass"]),
        (
            .platformOperator(or: .peopleEdit),
            ["GET /break-glass", "GET /api/v1/break-glass"]
        ),
        (
            .right(.peopleEdit),
            ["DELETE /api/v1/break-glass/{id}", "GET /api/v1/break-glass/policy"]
        ),
        (
            .right(.keysEdit),
            ["GET /api/v1/api-keys", "POST /api/v1/api-keys", "DELETE /api/v1/api-keys/{id}"]
        ),
        (
            .right(.connectionsEdit),
            [
                "GET /api/v1/connections/meta", "PUT /api/v1/connections/meta",
                "DELETE /api/v1/connections/meta", "PATCH /api/v1/connections/meta/mapping",
                "POST /api/v1/connections/meta/check",
                "POST /api/v1/connections/meta/test-lead",
                "POST /api/v1/connections/meta/backfill",
                "POST /api/v1/connections/meta/reconciliation",
            ]
        ),
        (
            .right(.operationsManage),
            [
                "GET /jobs", "GET /api/v1/jobs", "GET /api/v1/jobs/queues",
                "POST /api/v1/jobs/{id}/retry", "POST /api/v1/jobs/{id}/cancellation",
                "GET /api/v1/duplicates/scan", "POST /api/v1/duplicates/scan",
                "GET /outbox", "GET /api/v1/outbox", "POST /api/v1/outbox/{id}/retry",
            ]
        ),
        (
            .right(.auditRead),
            [
                "GET /audit", "GET /api/v1/audit", "GET /api/v1/audit/export",
                "GET /api/v1/audit/retention",
            ]
        ),
    ]

    private static let settings: [(Asks, [String])] = [
        (
            .right(.settingsEdit),
            [
                "GET /settings/users", "GET /settings/roles", "GET /settings/teams",
                "GET /settings/stages",
                "GET /settings/fields", "GET /settings/assignment", "GET /settings/capacity",
                "GET /settings/territories", "GET /settings/speed", "GET /settings/score",
                "GET /settings/forms", "GET /settings/forms/{id}",
                "GET /settings/keys", "GET /settings/connections/meta",
                "GET /settings/sign-in", "GET /api/v1/forms",
                "POST /api/v1/forms", "PATCH /api/v1/forms/{id}", "DELETE /api/v1/forms/{id}",
                "POST /api/v1/forms/{id}/token", "PATCH /api/v1/stages/{key}",
                "PUT /api/v1/custom-fields", "GET /api/v1/assignment-rules",
                "PUT /api/v1/assignment-rules", "GET /api/v1/calendar",
                "PUT /api/v1/calendar", "GET /api/v1/policies/first-response",
                "PUT /api/v1/policies/first-response", "GET /api/v1/score", "PUT /api/v1/score",
                "PUT /api/v1/sign-in-policy", "GET /api/v1/assignment/members",
                "PUT /api/v1/assignment/members", "POST /api/v1/assignment/simulations",
                "GET /api/v1/territories", "PUT /api/v1/territories",
                "PUT /api/v1/audit/retention", "GET /api/v1/touch-guard", "PUT /api/v1/touch-guard",
                "GET /api/v1/sign-in/openid",
                "PUT /api/v1/sign-in/openid", "DELETE /api/v1/sign-in/openid",
                "GET /api/v1/sign-in/addresses", "PUT /api/v1/sign-in/addresses",
                "PUT /api/v1/break-glass/policy",
            ]
        )
    ]
}
