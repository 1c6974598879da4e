import Meta
import Storage
import Tenancy
import Views
import Web

/// The pages under `/settings`, for company admins.
struct SettingsPages {
    let shells: Shells
    let keys: MasterKeys
    let mailing: Mailing
    let graph: MetaGraph

    /// What fills a section: the page's frame is there for its people, words and clock.
    typealias Fill =
        @Sendable (Shells.Frame, Scope, Call) async throws -> SettingsContent

    var routes: [Route] {
        [
            .page("/settings", "Leads to the first section") { call in
                let first = SettingsSection.open(to: try call.caller()).first ?? .users
                return .see("/settings/\(first.rawValue)")
            },
            page(.users, "Who can sign in") { frame, scope, call in
                .users(try await UsersPage(frame, call, in: scope, keys))
            },
            page(.roles, "Who may do what") { _, scope, _ in
                .roles(try await RolesPage(in: scope))
            },
            page(.teams, "The tree of teams") { frame, scope, _ in
                .teams(try await TeamsPage(frame, in: scope))
            },
            page(.stages, "The steps of the pipeline") { frame, scope, _ in
                .stages(try await StagesPage(frame, in: scope))
            },
            page(.fields, "The company's own fields of a lead") { _, scope, _ in
                .fields(try await FieldsPage(in: scope))
            },
            page(.assignment, "Who gets new leads") { frame, scope, _ in
                .assignment(try await AssignmentPage(frame, in: scope))
            },
            page(.capacity, "How much each person takes") { _, scope, _ in
                .capacity(try await CapacityPage(in: scope))
            },
            page(.territories, "What the sales regions are part of") { frame, scope, _ in
                .territories(try await TerritoriesPage(frame, in: scope))
            },
            page(.speed, "Working hours, and how soon leads are responded to") { _, scope, _ in
                .speed(try await SpeedPage(in: scope))
            },
            page(.score, "What scores go by") { frame, scope, _ in
                .score(try await ScorePage(frame.faces.time, in: scope))
            },
            page(.forms, "Web forms") { frame, scope, call in
                .forms(try await FormsPage(frame, call, in: scope))
            },
            page(.keys, "API keys") { frame, scope, _ in
                .keys(try await KeysPage(frame, in: scope))
            },
            page(.facebook, "Facebook’s lead ads") { frame, scope, _ in
                .facebook(try await MetaPage(frame, mailing, graph, in: scope))
            },
            page(.signIn, "What the company asks of sign-ins") { frame, scope, call in
                var page = try await SignInPolicyPage(frame, in: scope, keys)
                try await page.fill(for: call, in: scope, keys, mailing)
                return .signIn(page)
            },
        ]
    }

    private func page(
        _ section: SettingsSection, _ summary: String, _ fill: @escaping Fill
    ) -> Route {
        .page("/settings/\(section.rawValue)", summary) { call in
            .html(
                try await call.read { scope in
                    try scope.caller.must(.settingsEdit)
                    try scope.caller.must(section.right)
                    let frame = try await shells.frame("Settings", .settings, for: call, in: scope)
                    let content = try await fill(frame, scope, call)
                    let access = SettingsAccess(sections: SettingsSection.open(to: scope.caller))
                    return call.wantsFragment
                        ? settingsBody(access, content)
                        : settingsPage(frame.shell, access, content)
                })
        }
    }
}

extension SettingsSection {
    /// What one must have to see it: a role that a company narrowed may have some of them.
    fileprivate var right: Right {
        switch self {
        case .users, .roles, .teams: .peopleEdit
        case .keys: .keysEdit
        case .facebook: .connectionsEdit
        case .stages, .fields, .assignment, .capacity, .territories, .speed, .score, .forms,
            .signIn:
            .settingsEdit
        }
    }

    static func open(to caller: Caller) -> [SettingsSection] {
        allCases.filter { caller.may($0.right) }
    }
}
