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
            try await call.read { scope in
                let frame = try await shells.frame("Today", .today, for: call, in: scope)
                let page = try await page(call, frame, in: scope)
                return call.wantsFragment ? todayBody(page) : todayPage(page, in: frame.shell)
            })
    }

    private func page(
        _ call: Call, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> TodayPage {
        let time = frame.faces.time
        let start = time.start(of: time.today)
        let end = time.start(of: Day(number: time.today.number + 1))
        let mine: SQL = "AND l.owner_id = \(scope.caller.user)"
        let due: SQL = "COALESCE(l.next_follow_up_at, 9000000000000000000)"
        let tasks = Tasks(frame: frame, scope: scope, limit: Self.rows)
        var sections = [
            try await tasks.section(
                "overdue", "Overdue", .bad, "\(mine) AND \(due) < \(start)", byDue: true),
            try await tasks.section(
                "due", "Due today", .warn, "\(mine) AND \(due) >= \(start) AND \(due) < \(end)",
                byDue: true),
            try await tasks.section(
                "new", "New", .info,
                """
                \(mine) AND l.stage = \(Stage.first) AND l.last_activity_at IS NULL
                    AND l.next_follow_up_at IS NULL
                """, byDue: false),
        ]
        if case .own = Reach(scope.caller) {
        } else {
            sections.append(
                try await tasks.section(
                    "team", "Overdue with others", .bad,
                    "AND l.owner_id <> \(scope.caller.user) AND \(due) < \(start)", byDue: true))
        }
        if Reach(scope.caller) == .all {
            sections.append(
                try await tasks.section(
                    "unassigned", "Nobody's", .plain, "AND l.owner_id IS NULL", byDue: false))
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
            "overdue": "overdue", "due": "due today", "new": "new", "team": "overdue with others",
        ]
        let parts = sections.compactMap { section in
            words[section.key].flatMap { section.count > 0 ? "\(section.count) \($0)" : nil }
        }
        return parts.isEmpty ? "Nothing is due." : parts.joined(separator: ", ")
    }

    private func customers(_ call: Call) async throws -> Reply {
        .html(
            try await call.read { scope in
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
    let scope: Scope
    let limit: Int

    func section(
        _ key: String, _ title: String, _ weight: Weight, _ condition: SQL, byDue: Bool
    ) async throws -> TodaySection {
        let faces = frame.faces
        // What is on hold is due again on the day it was put off to.
        let shown = byDue ? faces.pipeline.pending : faces.pipeline.open
        let stages = SQL.list(shown.map(\.key))
        let order: SQL =
            byDue
            ? "COALESCE(l.next_follow_up_at, 9000000000000000000), l.id" : "l.created_at DESC, l.id"
        let leads = try await scope.tx.rows(
            """
            SELECT \(Lead.columns), (SELECT f.id FROM follow_ups f
                WHERE f.tenant_id = l.tenant_id AND f.lead_id = l.id AND f.state = 'open'
                ORDER BY f.due_at, f.id LIMIT 1),
                (SELECT f.notes FROM follow_ups f
                WHERE f.tenant_id = l.tenant_id AND f.lead_id = l.id AND f.state = 'open'
                ORDER BY f.due_at, f.id LIMIT 1)
            \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.stage IN \(stages) \(condition)
                \(Reach(scope.caller).sql(in: scope.tenant))
            ORDER BY \(order) LIMIT \(limit)
            """
        ) { row in
            (try Lead(row: &row), try row.next(ID<FollowUp>?.self), try row.next(String?.self))
        }
        let count = leads.count < limit ? leads.count : try await count(condition, stages)
        let rows = leads.map { lead, followUp, notes in
            row(lead, followUp, notes, key)
        }
        return TodaySection(key: key, title: title, weight: weight, count: count, rows: rows)
    }

    private func count(_ condition: SQL, _ stages: SQL) async throws -> Int {
        try await scope.tx.value(
            """
            SELECT COUNT(*) FROM leads l
            WHERE l.tenant_id = \(scope.tenant) AND l.stage IN \(stages) \(condition)
                \(Reach(scope.caller).sql(in: scope.tenant))
            """) ?? 0
    }

    private func row(
        _ lead: Lead, _ followUp: ID<FollowUp>?, _ notes: String?, _ key: String
    ) -> TodayRow {
        let faces = frame.faces
        let action: TodayRow.Action =
            if key == "unassigned" {
                .unassigned
            } else if let followUp {
                .followUp(id: followUp.description)
            } else {
                .fresh
            }
        let when = lead.nextFollowUpAt.map(faces.time.clock) ?? faces.time.ago(lead.createdAt)
        return TodayRow(
            card: faces.card(lead), stage: faces.stage(of: lead), when: when, action: action,
            hue: Faces.hue(lead.title), notes: notes)
    }
}
