import Views

/// Believable values for every page, always the same ones, for tests and for looking at pages.
enum Sample {
    static let asha = Person(id: "u-asha", name: "Asha Menon", initials: "AM", hue: 20)
    static let people = [
        asha,
        Person(id: "u-leo", name: "Leo Park", initials: "LP", hue: 150),
        Person(id: "u-nadia", name: "Nadia Rahman", initials: "NR", hue: 265),
        Person(id: "u-sam", name: "Sam Ortiz", initials: "SO", hue: 320),
        Person(id: "u-vik", name: "Vik Rao", initials: "VR", hue: 80),
    ]
    static let open: [StageName] = [
        ("open", "Open"), ("first_contact", "First contact"), ("connected", "Connected"),
        ("demo_scheduled", "Demo scheduled"), ("demo_given", "Demo given"),
        ("proposal_sent", "Proposal sent"), ("negotiation", "Negotiation"),
        ("integration_approved", "Integration approved"),
    ].enumerated().map { StageName(key: $1.0, label: $1.1, tone: .step($0 + 1)) }
    static let onHold = StageName(key: "on_hold", label: "On hold", tone: .hold)
    static let lost = StageName(key: "lost", label: "Lost", tone: .lost)
    static let won = StageName(key: "won", label: "Won", tone: .won)
    static let probabilities = [5, 10, 20, 35, 50, 65, 80, 92]

    static func shell(_ title: String, at place: Place?) -> ShellPage {
        var page = ShellPage(
            title: title, tenant: "Vantage Retail", user: asha, nav: nav(at: place),
            choices: choices, session: session)
        page.subtitle = "iPerform · Sales East"
        return page
    }

    /// Whole dollars, or tenths of thousands: `$420`, `$9.2k`.
    static func dollars(_ minor: Int) -> String {
        minor < 100_000 ? "$\(minor / 100)" : "$\(minor / 100_000).\(minor / 10_000 % 10)k"
    }

    static let session = PageSession(
        csrf: "c5rf-of-the-sample", nonce: "n0nce",
        assets: Assets(urls: [
            "inter.woff2": "/assets/inter.woff2", "css/app.css": "/assets/css/app.css",
        ]))

    private static func nav(at place: Place?) -> ShellNav {
        ShellNav(
            current: place, counts: [.today: 9, .inbox: 3, .pipeline: 212], urgent: [.inbox],
            savedViews: [
                SavedView("Stalled", url: "/leads?view=stalled", count: 31, weight: .bad),
                SavedView("Follow-up today", url: "/leads?view=today", count: 18, weight: .warn),
                SavedView("Proposals to chase", url: "/leads?view=chase", count: 7, weight: .good),
            ])
    }

    static let choices = ShellChoices(
        stages: open + [onHold, won, lost],
        people: people.map { Choice($0.id, $0.name) },
        sources: [
            Choice("facebook", "Facebook ad"), Choice("website", "Website form"),
            Choice("partner", "Partner referral"), Choice("manual", "Manual"),
        ],
        products: [Choice("suite", "Suite"), Choice("field", "Field app")],
        territories: [Choice("north", "North"), Choice("west", "West"), Choice("south", "South")])

    static let filters = [
        FilterMenu(
            id: "owner", label: "Owner", icon: "users", value: "My team",
            links: [
                MenuLink("Anybody", url: "?"), MenuLink("Me", url: "?filter[owner]=u-asha"),
                MenuLink("My team", url: "?filter[team]=east", isCurrent: true),
            ]),
        FilterMenu(
            id: "source", label: "Source", icon: "globe", value: nil,
            links: [MenuLink("Facebook ad", url: "?filter[source]=facebook")]),
        FilterMenu(
            id: "territory", label: "Territory", icon: "map-pin", value: nil,
            links: [MenuLink("North", url: "?filter[territory]=north")]),
        FilterMenu(
            id: "created", label: "Created", icon: "calendar", value: "This quarter",
            links: [MenuLink("This quarter", url: "?", isCurrent: true)]),
    ]
}

extension Sample {
    private static let firsts =
        "Northwind Harbor Meridian Bluepeak Cedar Kestrel Lumen Orchard Saffron Tidal Vertex Willow"
        .split(separator: " ").map(String.init)
    private static let seconds =
        "Logistics Foods Textiles Retail Pharma Motors Traders Exports Steel Health Interiors Dairy"
        .split(separator: " ").map(String.init)
    private static let contacts = [
        "Sofia Haddad", "Grace Iyer", "Fatima Mehta", "Maya Kapoor", "Isha Sharma", "Omar Bennett",
        "Tomas Okafor", "Leila Moreau", "Rohan Fischer", "Kenji Tanaka", "Elena Novak",
    ]
    static let sources = [
        Glyph(icon: "facebook", label: "Facebook ad"), Glyph(icon: "globe", label: "Website form"),
        Glyph(icon: "handshake", label: "Partner referral"),
        Glyph(icon: "pen-line", label: "Manual"),
        Glyph(icon: "file-spreadsheet", label: "Excel import"),
    ]
    private static let steps: [NextStep] = [
        NextStep(kind: .call, text: "3d late", urgency: .late),
        NextStep(kind: .email, text: "1d late", urgency: .late),
        NextStep(kind: .call, text: "Today", urgency: .today),
        NextStep(kind: .whatsapp, text: "Today", urgency: .today),
        NextStep(kind: .meeting, text: "Tomorrow", urgency: .later),
        NextStep(kind: .email, text: "In 4d", urgency: .later),
        NextStep(kind: nil, text: "No next step", urgency: .none),
    ]

    static func company(_ index: Int) -> String {
        firsts[index * 7 % firsts.count] + " " + seconds[index * 5 % seconds.count]
    }
    static func contact(_ index: Int) -> String { contacts[index * 3 % contacts.count] }

    /// The card numbered `index`, in one of the open stages.
    static func card(_ index: Int, stage: Int) -> LeadCard {
        let minor = [420_00, 920_000, 1_220_000, 2_200_000, 480_000, 3_580_000][index % 6]
        var card = LeadCard(
            id: "lead-\(stage)-\(index)", version: 3, stage: open[stage].key,
            title: company(index + stage * 11),
            detail: "\(contact(index + stage)) · \(["North", "West", "South"][index % 3])",
            value: (minor, dollars(minor)))
        card.owner = index % 9 == 8 ? nil : people[(index + stage) % people.count]
        card.source = sources[(index + stage) % sources.count]
        card.next = steps[min(index * 7 / 20, steps.count - 1)]
        card.isStalled = index % 5 == 3
        return card
    }

    /// A board of eight columns; `count` cards in the first, fewer further on.
    static func pipeline(cards count: Int) -> PipelinePage {
        let columns = open.enumerated().map { place, stage -> PipelineColumn in
            let cards = (0..<max(count - place * 4, 0)).map { card($0, stage: place) }
            let minor = cards.reduce(0) { $0 + $1.valueMinor }
            var column = PipelineColumn(
                stage: stage, cards: cards, count: cards.count + (place == 0 ? 12 : 0),
                total: (minor, dollars(minor)),
                probability: probabilities[place],
                weighted: dollars(minor * probabilities[place] / 100))
            if place == 0 { column.moreURL = "/pipeline?part=column&stage=open&after=abc" }
            return column
        }
        var page = PipelinePage(
            columns: columns, filters: filters, tableURL: "/leads",
            summary: "212 leads · $4.2M · weighted $1.3M", dock: [onHold, lost, won])
        page.clearURL = "/pipeline"
        return page
    }

    static func leads(rows count: Int) -> LeadsPage {
        let rows = (0..<count).map { index -> LeadRow in
            let stage = index * 5 % open.count
            var row = LeadRow(
                card: card(index % 20, stage: stage), stage: open[stage], contact: contact(index),
                hue: index * 47 % 360)
            row.card.id = "row-\(index)"
            row.territory = ["North", "West", "South"][index % 3]
            row.created = "\(index % 28 + 1) Nov"
            row.age = "\(index % 23)d"
            return row
        }
        var page = LeadsPage(
            columns: [
                LeadColumn("Company", sortURL: "?sort=company"),
                LeadColumn("Stage", sortURL: "?sort=stage"),
                LeadColumn("Value", sortURL: "?sort=-value", order: .descending, isNumeric: true),
                LeadColumn("Next step", sortURL: "?sort=next"), LeadColumn("Contact"),
                LeadColumn("Owner"), LeadColumn("Source"), LeadColumn("Territory"),
                LeadColumn("Created", sortURL: "?sort=created"),
                LeadColumn("In stage", isNumeric: true),
            ],
            rows: rows, filters: filters, boardURL: "/pipeline",
            summary: "\(count) of 14,832 leads", canChange: true)
        page.nextURL = "/leads?cursor=abc"
        return page
    }

    static let customers = CustomersPage(
        rows: (0..<12).map { index in
            var won = card(index, stage: 7)
            won.stage = "won"
            return CustomerRow(
                card: won, contact: contact(index), wonOn: "\(index + 3) Nov 2026",
                territory: ["North", "West"][index % 2], hue: index * 47 % 360)
        }, summary: "12 customers · $188k won")

    static let today = TodayPage(
        greeting: "Good morning, Asha",
        summary: "2 overdue, 3 due today, 2 new, 2 without an owner",
        sections: [
            section("overdue", "Overdue", .bad, 0..<2) { .followUp(id: "f-\($0)") },
            section("due", "Due today", .warn, 7..<10) { .followUp(id: "f-\($0)") },
            section("new", "New leads", .info, 18..<20) { _ in .fresh },
            section("unassigned", "Without an owner", .plain, 20..<22) { _ in .unassigned },
        ])

    private static func section(
        _ key: String, _ title: String, _ weight: Weight, _ range: Range<Int>,
        action: (Int) -> TodayRow.Action
    ) -> TodaySection {
        TodaySection(
            key: key, title: title, weight: weight, count: range.count,
            rows: range.map { index in
                var lead = card(index, stage: index % 4)
                if key == "unassigned" { lead.owner = nil }
                return TodayRow(
                    card: lead, stage: open[index % 4],
                    when: weight == .bad ? "19 Nov, 10:00" : "10:30", action: action(index),
                    hue: index * 47 % 360, notes: index % 2 == 0 ? "Send the price list first" : nil
                )
            }, moreURL: "/leads?view=\(key)")
    }
}
