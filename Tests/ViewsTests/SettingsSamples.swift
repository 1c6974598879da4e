import Views

enum SettingsSamples {
    static let people = [
        Person(id: "u1", name: "Asha Menon", initials: "AM", hue: 20),
        Person(id: "u2", name: "Leo Park", initials: "LP", hue: 150),
        Person(id: "u3", name: "Nadia Rahman", initials: "NR", hue: 265),
        Person(id: "u4", name: "Sam O’Ortiz", initials: "SO", hue: 320),
        Person(id: "u5", name: "Vik Rao", initials: "VR", hue: 80),
        Person(id: "u6", name: "Maya Kapoor", initials: "MK", hue: 200),
        Person(id: "u7", name: "Ben Gupta", initials: "BG", hue: 40),
    ]
    static let users = people.map { Choice($0.id, $0.name) }
    static let teams = [
        Choice("t1", "Sales"), Choice("t2", "Sales East"), Choice("t3", "Sales West"),
    ]

    static var usersPage: UsersPage {
        var rows = people.enumerated().map { number, person in
            var row = UserRow(
                person, version: number + 1,
                email: "\(person.initials.lowercased())@vantage.example",
                role: number == 0 ? "admin" : number < 3 ? "manager" : "salesperson")
            row.team = number == 0 ? "t1" : number < 4 ? "t2" : "t3"
            row.territory = ["", "East", "West"][number % 3]
            row.lastSeen = ["Now", "10 min ago", "Yesterday", ""][number % 4]
            return row
        }
        rows[0].isYou = true
        rows[2].awayUntil = "2026-11-30"
        rows[5].isActive = false
        (rows[3].invitation, rows[3].isInvited) = ("Invited until 3 Dec", true)
        rows[6].invitation = "Invitation ran out"
        return UsersPage(
            users: rows,
            roles: [
                Choice("admin", "Company admin"), Choice("manager", "Manager"),
                Choice("salesperson", "Salesperson"),
            ], teams: teams, territories: ["East", "West", "South"])
    }

    static var rolesPage: RolesPage {
        let (manager, sales) = (
            RoleColumn("manager", "Manager"), RoleColumn("salesperson", "Salesperson")
        )
        var junior = RoleRow(
            id: "r1", version: 3, name: "Junior <sales>", base: sales, people: 4)
        junior.differences = ["Read leads: own", "May not export", "Does not see internal notes"]
        junior.values = [("changes.leads.read", "own"), ("masks", "internal_notes")]
        let form = NarrowForm(
            base: sales,
            groups: [
                (
                    "Leads",
                    [
                        .init(
                            "leads.read", "Read leads",
                            choices: [
                                Choice("own shared", "Own, shared"), Choice("own", "Own"),
                                Choice("", "Not at all"),
                            ])
                    ]
                )
            ], masks: [Choice("contacts", "Contacts"), Choice("internal_notes", "Internal notes")])
        return RolesPage(
            own: [junior], columns: [manager, sales],
            rights: [
                RightRow("Read leads", spans: ["Teams", "Own, shared"]),
                RightRow("Assign leads", spans: ["Teams", ""]),
            ], forms: [form])
    }

    static var teamsPage: TeamsPage {
        var sales = TeamRow(id: "t1", version: 1, name: "Sales", members: [people[0]])
        sales.manager = "u1"
        sales.managerName = "Asha Menon"
        let east = TeamRow(
            id: "t2", version: 3, name: "Sales East", depth: 1, parent: "t1", members: people)
        let west = TeamRow(id: "t3", version: 1, name: "Sales West", depth: 1, parent: "t1")
        return TeamsPage(teams: [sales, east, west], users: users)
    }

    static let stagesPage: StagesPage = {
        let open: [(String, String, Int, Int?)] = [
            ("open", "Open", 5, 3), ("first_contact", "First contact", 10, 5),
            ("connected", "Connected", 20, 7), ("demo_scheduled", "Demo scheduled", 35, nil),
            ("demo_given", "Demo given", 50, 7), ("proposal_sent", "Proposal sent", 65, 10),
            ("negotiation", "Negotiation", 80, 10),
            ("integration_approved", "Integration approved", 92, 14),
        ]
        let rows = open.enumerated().map { place, stage in
            StageRow(
                StageName(key: stage.0, label: stage.1, tone: .step(place + 1)), version: 1,
                probability: stage.2, stageClass: .open, stalledAfterDays: stage.3,
                leads: 46 - place * 5)
        }
        let ended = [
            StageRow(
                StageName(key: "on_hold", label: "On hold", tone: .hold), version: 1,
                probability: 10, stageClass: .onHold, leads: 12),
            StageRow(
                StageName(key: "won", label: "Won", tone: .won), version: 1, probability: 100,
                stageClass: .won, leads: 1_204),
            StageRow(
                StageName(key: "lost", label: "Lost", tone: .lost), version: 1, probability: 0,
                stageClass: .lost, leads: 871),
        ]
        return StagesPage(stages: rows + ended, touchGuardHours: 24)
    }()

    static let fieldsPage = FieldsPage(fields: [
        CustomFieldRow(
            key: "erp", label: "ERP", kind: .choice,
            choices: ["Tally Prime", "SAP B1", "Zoho Books"]),
        CustomFieldRow(key: "gst", label: "GST number", kind: .text),
        CustomFieldRow(key: "branches", label: "Branches", kind: .number),
    ])

    static var assignmentPage: AssignmentPage {
        var large = AssignmentRuleRow(name: "Large deals", to: .user("u1"))
        large.conditions = [RuleCondition(field: "value", op: "at_least", values: ["5000000"])]
        var east = AssignmentRuleRow(name: "Web, East", to: .team("t2"))
        east.conditions = [
            RuleCondition(field: "source", op: "is", values: ["website"]),
            RuleCondition(field: "territory", op: "within", values: ["East", "<North>"]),
        ]
        east.manner.method = .weighted
        east.manner.skills = ["Demo"]
        east.manner.inWorkingHours = true
        (east.manner.holdMinutes, east.manner.reofferMinutes) = (60, 30)
        var off = AssignmentRuleRow(name: "Fair <Mumbai>", to: .user("u5"), isActive: false)
        off.conditions = [
            RuleCondition(field: "product", op: "is_not", values: ["Field app"]),
            RuleCondition(field: "custom.erp", op: "known", values: []),
        ]
        var page = AssignmentPage(
            rules: [large, east, off], fallback: .team("t1"), users: users, teams: teams,
            unit: MoneyUnit("USD", symbol: "$", digits: 2))
        page.sources = [Choice("website", "Website form"), Choice("facebook", "Facebook ad")]
        page.fields = [
            RuleField("source", "Source", .source), RuleField("product", "Product"),
            RuleField("territory", "Territory", .territory), RuleField("value", "Value", .amount),
            RuleField("hours", "Working hours", .hours), RuleField("custom.erp", "ERP"),
        ]
        page.words = [("territory", ["East", "West"]), ("product", ["Field app", "Stock sync"])]
        page.waiting = [
            WaitingLead(
                title: "Orchard & Sons", url: "/leads/l1", rule: "Web, East", since: "09:12",
                until: "Today 10:12")
        ]
        return page
    }

    static var capacityPage: CapacityPage {
        var rows = people.map(CapacityRow.init)
        (rows[0].weight, rows[0].dayMax, rows[0].openMax) = (2, 10, 60)
        (rows[1].skills, rows[1].languages) = (["Demo", "Tender"], ["en", "de"])
        (rows[2].weight, rows[2].isPaidBack) = (0, true)
        rows[3].hasOwnHours = true
        rows[3].days[1].hours = "07:00–11:00, 12:00–16:00"
        return CapacityPage(rows: rows, version: 7)
    }

    static var territoriesPage: TerritoriesPage {
        var page = TerritoriesPage(
            rows: [
                TerritoryRow("Europe"), TerritoryRow("Germany", in: "Europe"),
                TerritoryRow("<Bavaria>", in: "Germany"),
            ], version: 9)
        page.words = ["Europe", "East"]
        return page
    }

    static var formsPage: FormsPage {
        var contact = FormRow(
            id: "f1", version: 2, name: "Contact us", source: "website", tokenHint: "x4f2")
        contact.origins = ["https://www.vantage.example", "https://shop.vantage.example"]
        contact.product = "Field app"
        contact.submissions = 1_204
        contact.lastSubmission = "2 min ago"
        var demo = FormRow(
            id: "f2", version: 1, name: "Ask for a demo", source: "website", tokenHint: "9bqk")
        demo.token = "frm_2m8s7c9bqk"
        return FormsPage(
            forms: [contact, demo], baseURL: "https://crm.vantage.example",
            sources: [Choice("website", "Website form"), Choice("event", "Event")])
    }

    static var builderPage: FormBuilderPage {
        var email = BuilderField()
        (email.key, email.label, email.kind, email.isRequired) = ("email", "Email", "email", true)
        var topics = BuilderField()
        (topics.key, topics.label, topics.kind) = ("topics", "What is it about?", "multi")
        topics.choices = ["Tills", "Stock"]
        var page = FormBuilderPage(
            id: "f1", version: 2, name: "Contact us", fields: [email, topics],
            baseURL: "https://crm.vantage.example")
        page.keys = [Choice("email", "Email"), Choice("custom.size", "Size")]
        (page.consent, page.consentVersion) = ("I agree.", 2)
        page.redirects = ["https://www.vantage.example/thanks"]
        return page
    }

    static var keysPage: KeysPage {
        var shop = APIKeyRow(
            id: "k1", name: "Web shop", prefix: "ipk_…7f3a", created: "12 Nov",
            createdBy: "Asha Menon")
        shop.lastUsed = "2 min ago"
        let report = APIKeyRow(
            id: "k2", name: "Nightly report", prefix: "ipk_…b201", created: "3 Oct",
            createdBy: "Leo Park")
        var page = KeysPage(keys: [shop, report])
        page.keys[1].rights = "Read leads, run reports"
        page.rights = [
            ("Leads", [Choice("leads.read", "Read leads"), Choice("leads.edit", "Edit leads")]),
            ("Reports", [Choice("reports.run", "Run reports")]),
        ]
        return page
    }

    static var all: [SettingsContent] {
        [
            .users(usersPage), .roles(rolesPage), .teams(teamsPage), .stages(stagesPage),
            .fields(fieldsPage),
            .assignment(assignmentPage), .capacity(capacityPage), .territories(territoriesPage),
            .speed(SpeedSamples.speed), .score(SpeedSamples.score),
            .forms(formsPage), .keys(keysPage), .facebook(MetaSamples.page),
            .signIn(signInPage),
        ]
    }

    static var signInPage: SignInPolicyPage {
        var page = SignInPolicyPage(isSecondStepRequired: true, people: 9, peopleWithSecondStep: 4)
        page.provider = ProviderPanel(
            issuer: "https://id.vantage.example/<realm>", clientID: "iperform",
            label: "Vantage & Co", passwords: "admins", secondStep: "provider")
        page.redirectURL = "https://crm.vantage.example/sign-in/openid/vantage"
        page.addresses = ["203.0.113.0/24", "2001:db8::/32"]
        page.ownAddress = "203.0.113.7"
        return page
    }

    /// Every section that may hold nothing, holding nothing.
    static var empty: [SettingsContent] {
        var assignment = assignmentPage
        assignment.rules = []
        assignment.fallback = nil
        assignment.waiting = []
        return [
            .roles(RolesPage(own: [], columns: rolesPage.columns, rights: rolesPage.rights)),
            .teams(TeamsPage(teams: [], users: users)), .fields(FieldsPage(fields: [])),
            .assignment(assignment), .capacity(CapacityPage(rows: [])),
            .territories(TerritoriesPage(rows: [])),
            .forms(FormsPage(forms: [], baseURL: "https://x.example")),
            .keys(KeysPage(keys: [])),
            .form(builderPage),
            .submissions(FormSubmissionsPage(id: "f1", name: "Contact us", entries: [])),
            .signIn(
                SignInPolicyPage(isSecondStepRequired: false, people: 1, peopleWithSecondStep: 0)),
            .facebook(MetaSamples.empty),
        ]
    }
}
