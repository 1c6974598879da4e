import Views

extension Sample {
    static let lead: LeadPage = {
        var page = LeadPage(
            id: "lead-2-4", version: 7, title: "Orchard Dairy", subtitle: "Fatima Mehta · North",
            stage: open[2])
        page.hue = 160
        page.steps = open.enumerated().map { place, stage in
            StageStep(
                stage, place < 2 ? .done : place == 2 ? .current : .ahead, isAllowed: place != 2)
        }
        page.stageAge = "3 days"
        page.value = "$22k"
        page.probability = "20%"
        page.contact = ContactLinks(
            call: "tel:+919820041173", email: "mailto:fatima@orchard.example",
            whatsApp: "https://wa.me/919820041173")
        page.composer = Composer(
            stages: open.filter { $0.key != "connected" } + [onHold, won, lost], current: open[2],
            suggestion: open[3])
        page.followUps = [
            FollowUpRow(
                id: "f-9", next: NextStep(kind: .call, text: "Today", urgency: .today),
                when: "today 15:00", who: "Asha Menon", notes: "Bring the budget owner in")
        ]
        page.followUps[0].canDo = true
        page.followUps[0].hand = .over
        page.groups = groups
        page.team = LeadTeam(
            owner: people[4],
            shares: [LeadShare(id: "s1", person: people[1], label: "Co-owner · 30 %")],
            why:
                "Rule “North” matched territory North and gave it to team East; Vik was next in turn.",
            canAssign: true)
        page.tags = ["dairy", "multi-site"]
        page.timeline = history
        page.olderURL = "/leads/lead-2-4?part=timeline&after=abc"
        return page
    }()

    static let lostLead: LeadPage = {
        var page = lead
        page.stage = lost
        page.banner = LeadBanner(
            .bad, "Lost on 3 Nov: price too high. “They took the cheaper offer.”",
            action: (label: "Reactivate", to: "open"))
        page.composer = nil
        return page
    }()

    private static let groups = [
        FieldGroup(
            "Details",
            [
                LeadField(
                    "value_minor", "Value", .money(digits: 2), shown: "$22,000", raw: "22000"),
                LeadField(
                    "source", "Source", .choice(choices.sources), shown: "Facebook ad",
                    raw: "facebook"),
                LeadField(
                    "territory", "Territory", .choice(choices.territories), shown: "North",
                    raw: "north"),
                LeadField("product", "Product", .choice(choices.products), shown: ""),
                LeadField("custom.erp", "ERP", shown: "Tally Prime"),
                LeadField("created_at", "Created", shown: "12 Nov 2026", canEdit: false),
            ]),
        FieldGroup(
            "Contact",
            [
                LeadField("company", "Company", shown: "Orchard Dairy"),
                LeadField("contact_name", "Name", shown: "Fatima Mehta"),
                LeadField("phone", "Phone", .tel, shown: "+91 98200 41173"),
                LeadField("email", "Email", .email, shown: "fatima@orchard.example"),
            ]),
        FieldGroup(
            "Notes", [LeadField("notes", "Notes", .multiline, shown: "Two plants, one warehouse.")]),
    ]

    private static let history = [
        TimelineDay("Today", [call, reply]),
        TimelineDay(
            "Yesterday",
            [
                TimelineEntry(
                    icon: "arrow-right-left", shade: .move, who: "Vik Rao",
                    text: "moved it from First contact to", emphasis: "Connected",
                    time: ("17:20", "2026-11-21T17:20:00Z")),
                TimelineEntry(
                    icon: "mail", shade: .mail, who: "Vik Rao", text: "sent an email ·",
                    emphasis: "Sent", time: ("16:58", "2026-11-21T16:58:00Z")),
            ]),
        TimelineDay(
            "12 November",
            [
                TimelineEntry(
                    icon: "sparkles", who: nil, text: "Created from", emphasis: "Facebook ad",
                    time: ("08:31", "2026-11-12T08:31:00Z"))
            ]),
    ]

    private static let call: TimelineEntry = {
        var entry = TimelineEntry(
            icon: "phone", shade: .call, who: "Vik Rao", text: "logged a call ·",
            emphasis: "Connected, 6 min", time: ("10:42", "2026-11-22T10:42:00Z"))
        entry.quote = """
            Fatima wants Tally Prime stock levels visible to the field team. Budget owner joins the \
            next demo; decision before quarter end.
            """
        return entry
    }()

    private static let reply: TimelineEntry = {
        var entry = TimelineEntry(
            icon: "whatsapp", shade: .chat, who: "Vik Rao", text: "logged a WhatsApp ·",
            emphasis: "They replied", time: ("09:15", "2026-11-22T09:15:00Z"))
        entry.quote = "“Thursday 3 pm works. Please include the integrations price.”"
        return entry
    }()
}
