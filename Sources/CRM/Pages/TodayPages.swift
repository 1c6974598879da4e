import Storage
import Tenancy
import Views
import Web

/// What a person has to do today, and the customers they have won.
struct TodayPages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [
            .page("/", "Leads to Today") { _ in .see("/today") },
            .page("/today", "What is due, what is new, what nobody has", handle: today),
            .page("/customers", "Leads that were won", handle: customers),
        ]
    }

    private static let rows = 25

    private func today(_ call: Call) async throws -> Reply {
        // Who has no company's leads has nothing to do here.
        if try call.caller().isPlatformOperator { return .see("/break-glass") }
        return .html(
            try await call.read(from: .replica) { scope in
                let frame = try await shells.frame("Today", .today, for: call, in: scope)
                let page = try await page(call, frame, in: scope)
                return call.wantsFragment ? todayBody(page) : todayPage(page, in: frame.shell)
            })
    }

    private func page(
        _ call: Call, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> TodayPage {
        let time = frame.faces.time
        let tomorrow = Day(number: time.today.number + 1)
        let tasks = Tasks(
            frame: frame, leads: Leads(scope),
            today: time.start(of: time.today)..<time.start(of: tomorrow), limit: Self.rows)
        var lists = [
            try await tasks.list(.overdue, "Overdue", .bad),
            try await tasks.list(.due, "Due today", .warn),
            try await tasks.list(.handed, "Handed to you", .info),
            try await tasks.list(.new, "New", .info),
        ]
        let reach = Reach(scope.caller)
        if reach.isAll || reach.span.contains(.team) {
            lists.append(try await tasks.list(.team, "Overdue with others", .bad))
        }
        if reach.isAll { lists.append(try await tasks.list(.unassigned, "Nobody's", .plain)) }
        let rights = try await PageRights(of: lists.flatMap { $0.items.map(\.lead) }, in: scope)
        let sections = lists.map { tasks.section($0, rights) }
        let name = frame.shell.user.name.split(separator: " ").first.map(String.init) ?? ""
        return TodayPage(
            greeting: "\(greeting(time)), \(name)", summary: summary(sections),
            sections: sections)
    }

    private func greeting(_ time: LocalTime) -> String {
        switch Int(time.clock(time.now).prefix(2)) ?? 12 {
        case ..<12: "Good morning"
        case ..<18: "Good afternoon"
        default: "Good evening"
        }
    }

    private func summary(_ sections: [TodaySection]) -> String {
        let words = [
            "overdue": "overdue", "due": "due today", "handed": "handed to you", "new": "new",
            "team": "overdue with others",
        ]
        let parts = sections.compactMap { section in
            words[section.key].flatMap { section.count > 0 ? "\(section.count) \($0)" : nil }
        }
        return parts.isEmpty ? "Nothing is due." : parts.joined(separator: ", ")
    }

    private func customers(_ call: Call) async throws -> Reply {
        .html(
            try await call.read(from: .replica) { scope in
                let frame = try await shells.frame("Customers", .customers, for: call, in: scope)
                let cursor = call.query.pairs.filter { $0.name == "cursor" }
                let request = try ListRequest(
                    Query(
                        pairs: cursor + [
                            ("filter[stage_class]", "won"),
                            // Says what the index of closed leads is about.
                            ("filter[closed_at][gt]", "1970-01-01"), ("sort", "-closed_at"),
                            ("limit", "100"),
                        ]), Leads.listing)
                let (leads, next) = try await Leads(scope).page(request, cursors)
                let won = frame.totals["won"]
                let rights = try await PageRights(of: leads, in: scope)
                var page = CustomersPage(
                    rows: leads.map { row($0, rights.acts(on: $0), frame.faces) },
                    summary: "\(won.leads) \(won.leads == 1 ? "customer" : "customers") · "
                        + "\(won.text(or: frame.faces.currency)) won")
                page.nextURL = next.map { "/customers?cursor=\(Query.encoded($0))" }
                page.previousURL = request.cursor == nil ? nil : "/customers"
                return call.wantsFragment
                    ? customersBody(page) : customersPage(page, in: frame.shell)
            })
    }

    private func row(_ lead: Lead, _ may: LeadActs, _ faces: Faces) -> CustomerRow {
        let day = lead.closedAt.map { faces.time.short(faces.time.day(of: $0)) } ?? ""
        return CustomerRow(
            card: faces.card(lead, may), contact: lead.contactName ?? "", wonOn: day,
            territory: lead.territory ?? "", hue: Faces.hue(lead.title))
    }
}

/// The sections of Today.
private struct Tasks {
    let frame: Shells.Frame
    let leads: Leads
    let today: Range<Instant>
    let limit: Int

    /// What is on a list, before it is known what may be done about it.
    struct Found {
        let list: Agenda
        let title: String
        let weight: Weight
        let items: [Agenda.Item]
        let count: Int
    }

    func list(_ list: Agenda, _ title: String, _ weight: Weight) async throws -> Found {
        let (items, count) = try await leads.agenda(
            list, today: today, frame.faces.pipeline, limit: limit)
        return Found(list: list, title: title, weight: weight, items: items, count: count)
    }

    func section(_ found: Found, _ rights: PageRights) -> TodaySection {
        TodaySection(
            key: found.list.rawValue, title: found.title, weight: found.weight,
            count: found.count,
            rows: found.items.map { row($0, found.list, rights.acts(on: $0.lead)) })
    }

    private func row(_ item: Agenda.Item, _ list: Agenda, _ may: LeadActs) -> TodayRow {
        let (faces, lead) = (frame.faces, item.lead)
        let action: TodayRow.Action =
            if list == .unassigned {
                .unassigned
            } else if let followUp = item.followUp {
                .followUp(
                    id: followUp.description, canDo: may.contains(.work) || list == .handed)
            } else {
                .fresh
            }
        let when = lead.nextFollowUpAt.map(faces.time.clock) ?? faces.time.ago(lead.createdAt)
        return TodayRow(
            card: faces.card(lead, may), stage: faces.stage(of: lead), when: when, action: action,
            hue: Faces.hue(lead.title), notes: item.notes)
    }
}
