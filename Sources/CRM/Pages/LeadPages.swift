import Storage
import Tenancy
import Views
import Web

/// The table of leads, and one lead as page and drawer.
struct LeadPages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [
            .page("/leads", "The table of leads", handle: table),
            .page("/leads/{id}", "One lead with its history", handle: show),
        ]
    }

    private static let rows = 100

    private func table(_ call: Call) async throws -> Reply {
        .html(
            try await call.read(from: .replica) { scope in
                let frame = try await shells.frame("Leads", .leads, for: call, in: scope)
                let page = try await page(call, frame, in: scope)
                return call.wantsFragment ? leadsBody(page) : leadsPage(page, in: frame.shell)
            })
    }

    private func page(
        _ call: Call, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> LeadsPage {
        let kept = call.query.pairs.filter { !["part", "limit"].contains($0.name) }
        let request = try ListRequest(
            Query(pairs: kept + [("limit", String(Self.rows))]), Leads.listing)
        let (leads, next) = try await Leads(scope).page(request, cursors)
        let rights = try await PageRights(of: leads, in: scope)
        let totals =
            request.filters.isEmpty
            ? frame.totals
            : try await Totals(try request.conditions(in: scope), in: scope)
        let all = totals.byStage.values.reduce(Totals.Sum(), +)
        let filters = LeadFilters(path: "/leads", query: call.query, frame: frame)
        let query = call.query.encoded(without: "part", "cursor", "sort")
        var page = LeadsPage(
            columns: columns(filters),
            rows: leads.map { row($0, rights.acts(on: $0), frame.faces) },
            filters: filters.menus, boardURL: LeadFilters.url("/pipeline", query),
            summary: "\(all.leads) \(all.leads == 1 ? "lead" : "leads") · "
                + all.text(or: frame.faces.currency),
            canChange: !LeadActs.any(for: scope.caller).isEmpty)
        page.clearURL = filters.clearURL
        page.keeping = filters.keeping(.leads)
        page.nextURL = next.map { filters.url(with: "cursor", $0) }
        // Behind the first page, "previous" leads to the beginning; the browser's own way back
        // does the rest, because every page is a URL.
        page.previousURL = request.cursor == nil ? nil : filters.url(with: "cursor", nil)
        if call.query["filter[stalled]"] == "true" { page.viewName = "Stalled" }
        return page
    }

    private func columns(_ filters: LeadFilters) -> [LeadColumn] {
        let sorted = filters.query["sort"] ?? Leads.listing.defaultSort
        func column(_ label: String, _ key: String?, numeric: Bool = false) -> LeadColumn {
            guard let key else { return LeadColumn(label, isNumeric: numeric) }
            let order: LeadColumn.Order? =
                sorted == key ? .ascending : sorted == "-\(key)" ? .descending : nil
            let next = order == .ascending ? "-\(key)" : key
            return LeadColumn(
                label, sortURL: filters.url(with: "sort", next), order: order, isNumeric: numeric)
        }
        return [
            column("Company", "company"), column("Stage", "stage"),
            column("Value", "value_minor", numeric: true),
            column("Next step", "next_follow_up_at"), column("Contact", "contact_name"),
            column("Owner", nil), column("Source", "source"), column("Territory", nil),
            column("Created", "created_at"),
            column("In stage", "stage_entered_at", numeric: true),
        ]
    }

    private func row(_ lead: Lead, _ may: LeadActs, _ faces: Faces) -> LeadRow {
        var row = LeadRow(
            card: faces.card(lead, may), stage: faces.stage(of: lead),
            contact: lead.contactName ?? lead.email ?? lead.phone ?? "",
            hue: Faces.hue(lead.title))
        row.territory = lead.territory ?? ""
        row.created = faces.time.short(faces.time.day(of: lead.createdAt))
        row.age = "\(faces.stageDays(lead))d"
        return row
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        return .html(
            try await call.read { scope in
                let (lead, sensitive) = try await Leads(scope).look(at: id)
                try call.noteSensitive(sensitive, of: id)
                let frame = try await shells.frame(lead.title, .leads, for: call, in: scope)
                let before = try call.query["after"].map {
                    try cursors.values($0, of: "timeline \(id)")
                }
                let page = try await LeadRecord(frame: frame, cursors: cursors, scope: scope)
                    .page(lead, before: before?.first?.integer.map(Int.init))
                if call.wantsFragment {
                    return call.query["part"] == "timeline" ? timeline(page) : leadDrawer(page)
                }
                var shell = frame.shell
                shell.parent = MenuLink("Leads", url: "/leads")
                return leadPage(page, in: shell)
            })
    }
}
