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
        .html(
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
        var sections = [
            try await tasks.section(.overdue, "Overdue", .bad),
            try await tasks.section(.due, "Due today", .warn),
            try await tasks.section(.handed, "Handed to you", .info),
            try await tasks.section(.new, "New", .info),
        ]
        let reach = Reach(scope.caller)
        if reach.isAll || reach.span.contains(.team) {
            sections.append(try await tasks.section(.team, "Overdue with others", .bad))
        }
        if reach.isAll {
            sections.append(try await tasks.section(.unassigned, "Nobody's", .plain))
        }
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
                var page = CustomersPage(
                    rows: leads.map { row($0, frame.faces) },
                    summary: "\(won.leads) \(won.leads == 1 ? "customer" : "customers") · "
                        + "\(won.text(or: frame.faces.currency)) won")
                page.nextURL = next.map { "/customers?cursor=\(Query.encoded($0))" }
                page.previousURL = request.cursor == nil ? nil : "/customers"
                return call.wantsFragment
                    ? customersBody(page) : customersPage(page, in: frame.shell)
            })
    }

    private func row(_ lead: Lead, _ faces: Faces) -> CustomerRow {
        let day = lead.closedAt.map { faces.time.short(faces.time.day(of: $0)) } ?? ""
        return CustomerRow(
            card: faces.card(lead), contact: lead.contactName ?? "", wonOn: day,
            territory: lead.territory ?? "", hue: Faces.hue(lead.title))
    }
}

/// The sections of Today.
private struct Tasks {
    let frame: Shells.Frame
    let leads: Leads
    let today: Range<Instant>
    let limit: Int

    func section(
        _ list: Agenda, _ title: String, _ weight: Weight
    ) async throws -> TodaySection {
        let (items, count) = try await leads.agenda(
            list, today: today, frame.faces.pipeline, limit: limit)
        return TodaySection(
            key: list.rawValue, title: title, weight: weight, count: count,
            rows: items.map { row($0, list) })
    }

    private func row(_ item: Agenda.Item, _ list: Agenda) -> TodayRow {
        let (faces, lead) = (frame.faces, item.lead)
        let action: TodayRow.Action =
            if list == .unassigned {
                .unassigned
            } else if let followUp = item.followUp {
                .followUp(id: followUp.description)
            } else {
                .fresh
            }
        let when = lead.nextFollowUpAt.map(faces.time.clock) ?? faces.time.ago(lead.createdAt)
        return TodayRow(
            card: faces.card(lead), stage: faces.stage(of: lead), when: when, action: action,
            hue: Faces.hue(lead.title), notes: item.notes)
    }
}
