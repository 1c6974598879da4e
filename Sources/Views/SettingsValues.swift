/// The pages under `/settings`, in the order of the sub-navigation.
package enum SettingsSection: String, Sendable, CaseIterable {
    case users, roles, teams, stages, fields, assignment, capacity, territories, speed, score, forms
    case keys
    case facebook = "connections/meta"
    case signIn = "sign-in"

    var label: String {
        switch self {
        case .users: "Users"
        case .roles: "Roles"
        case .teams: "Teams"
        case .stages: "Stages"
        case .fields: "Custom fields"
        case .assignment: "Assignment"
        case .capacity: "Capacity"
        case .territories: "Territories"
        case .speed: "Speed to lead"
        case .score: "Score"
        case .forms: "Forms"
        case .keys: "API keys"
        case .facebook: "Facebook"
        case .signIn: "Sign-in"
        }
    }
    var icon: String {
        switch self {
        case .users: "user"
        case .roles: "users"
        case .teams: "network"
        case .stages: "kanban"
        case .fields: "text-cursor-input"
        case .assignment: "route"
        case .capacity: "sliders-horizontal"
        case .territories: "map-pin"
        case .speed: "timer"
        case .score: "target"
        case .forms: "clipboard-list"
        case .keys: "key-round"
        case .facebook: "zap"
        case .signIn: "shield-check"
        }
    }
}

/// What the reader may do in the settings.
package struct SettingsAccess: Sendable {
    /// The sections shown in the sub-navigation, in order.
    package var sections: [SettingsSection]
    /// Whether what is shown may be changed; without it no button or dialog is made.
    package var canEdit: Bool

    package init(sections: [SettingsSection] = SettingsSection.allCases, canEdit: Bool = true) {
        (self.sections, self.canEdit) = (sections, canEdit)
    }
}

/// The values of one settings page.
package enum SettingsContent: Sendable {
    case users(UsersPage)
    case roles(RolesPage)
    case teams(TeamsPage)
    case stages(StagesPage)
    case fields(FieldsPage)
    case assignment(AssignmentPage)
    case capacity(CapacityPage)
    case territories(TerritoriesPage)
    case speed(SpeedPage)
    case score(ScorePage)
    case forms(FormsPage)
    case form(FormBuilderPage)
    case submissions(FormSubmissionsPage)
    case keys(KeysPage)
    case facebook(MetaPage)
    case signIn(SignInPolicyPage)

    var section: SettingsSection {
        switch self {
        case .users: .users
        case .roles: .roles
        case .teams: .teams
        case .stages: .stages
        case .fields: .fields
        case .assignment: .assignment
        case .capacity: .capacity
        case .territories: .territories
        case .speed: .speed
        case .score: .score
        case .forms, .form, .submissions: .forms
        case .keys: .keys
        case .facebook: .facebook
        case .signIn: .signIn
        }
    }
}

// MARK: Users

package struct UserRow: Sendable {
    package var person: Person
    /// The row's version, for `If-Match`.
    package var version: Int
    package var email: String
    /// Key of the role, one of `UsersPage.roles`; or the id of the company's own.
    package var role: String
    /// Id of the team, one of `UsersPage.teams`; nil is none.
    package var team: String?
    package var territory: String
    /// The last day of absence, `yyyy-MM-dd`; nil when not away.
    package var awayUntil: String?
    /// The same day as people say it.
    package var awayShown: String?
    package var isActive: Bool
    /// How an invitation stands, as "Invited until 3 Dec"; nil for who has a password.
    package var invitation: String?
    /// The invitation's link still leads somewhere.
    package var isInvited: Bool
    /// When the person was last seen, as people say it; empty for never.
    package var lastSeen: String
    /// The reader's own row: it cannot be deactivated.
    package var isYou: Bool
    /// Whether sign-in asks the person for a code.
    package var hasSecondStep: Bool
    /// Whether the role can own leads, as whoever takes up another's work must.
    package var mayOwnLeads: Bool

    package init(_ person: Person, version: Int, email: String, role: String) {
        (self.person, self.version, self.email, self.role) = (person, version, email, role)
        (team, territory, awayUntil, awayShown) = (nil, "", nil, nil)
        (isActive, lastSeen, isYou, hasSecondStep) = (true, "", false, false)
        (invitation, isInvited, mayOwnLeads) = (nil, false, false)
    }
}

package struct UsersPage: Sendable {
    package var users: [UserRow]
    package var roles: [Choice]
    /// The company's own, by id, each with the key of the role that it is made of.
    package var ownRoles: [(role: Choice, base: String)] = []
    package var teams: [Choice]
    package var territories: [String]

    package init(users: [UserRow], roles: [Choice], teams: [Choice], territories: [String] = []) {
        (self.users, self.roles) = (users, roles)
        (self.teams, self.territories) = (teams, territories)
    }
}

// MARK: Teams

package struct TeamRow: Sendable {
    package var id: String
    package var version: Int
    package var name: String
    /// Id of the team above; nil at the top.
    package var parent: String?
    /// Steps below the top, 0 for a top team. Rows come in tree order.
    package var depth: Int
    /// Id of the manager, one of `TeamsPage.users`.
    package var manager: String?
    package var managerName: String?
    package var members: [Person]

    package init(
        id: String, version: Int, name: String, depth: Int = 0, parent: String? = nil,
        members: [Person] = []
    ) {
        (self.id, self.version, self.name) = (id, version, name)
        (self.depth, self.parent, self.members) = (depth, parent, members)
        (manager, managerName) = (nil, nil)
    }
}

package struct TeamsPage: Sendable {
    package var teams: [TeamRow]
    /// Who may manage a team.
    package var users: [Choice]

    package init(teams: [TeamRow], users: [Choice]) {
        (self.teams, self.users) = (teams, users)
    }
}

// MARK: Stages

/// How a stage counts in reports, whatever it is called.
package enum StageClass: String, Sendable {
    case open, onHold = "on_hold", won, lost
}

package struct StageRow: Sendable {
    package var stage: StageName
    package var version: Int
    /// Percent, 0…100.
    package var probability: Int
    /// Days without a move after which a lead counts as stalled; nil is never.
    package var stalledAfterDays: Int?
    package var stageClass: StageClass
    /// Leads in the stage now.
    package var leads: Int

    package init(
        _ stage: StageName, version: Int, probability: Int, stageClass: StageClass,
        stalledAfterDays: Int? = nil, leads: Int = 0
    ) {
        (self.stage, self.version, self.probability) = (stage, version, probability)
        self.stageClass = stageClass
        (self.stalledAfterDays, self.leads) = (stalledAfterDays, leads)
    }
}

package struct StagesPage: Sendable {
    package var stages: [StageRow]
    /// For how many hours a colleague's call is told before the next one; 0 is never.
    package var touchGuardHours: Int

    package init(stages: [StageRow], touchGuardHours: Int) {
        (self.stages, self.touchGuardHours) = (stages, touchGuardHours)
    }
}

// MARK: Custom fields

package enum CustomFieldKind: String, Sendable, CaseIterable {
    case text, number, date, boolean, choice
}

package struct CustomFieldRow: Sendable {
    package var key: String
    package var label: String
    package var kind: CustomFieldKind
    /// Only for `choice`.
    package var choices: [String]
    /// Seen by few, and noted when it is.
    package var isSensitive = false

    package init(key: String, label: String, kind: CustomFieldKind, choices: [String] = []) {
        (self.key, self.label, self.kind, self.choices) = (key, label, kind, choices)
    }
}

package struct FieldsPage: Sendable {
    package var fields: [CustomFieldRow]
    /// Version of the whole list, sent back as `If-Match` when given.
    package var version: Int?

    package init(fields: [CustomFieldRow], version: Int? = nil) {
        (self.fields, self.version) = (fields, version)
    }
}
