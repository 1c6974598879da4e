import Storage
import Tenancy
import Views
import Web

/// The board.
struct PipelinePages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [.page("/pipeline", "The board of open leads", handle: board)]
    }

    /// What is due first stands first; what has no next step, last.
    private static let sort = "next_follow_up_at,id"

    private func board(_ call: Call) async throws -> Reply {
        if call.query["part"] == "column" { return try await column(call) }
        return .html(
            try await call.read(from: .replica) { scope in
                let frame = try await shells.frame("Pipeline", .pipeline, for: call, in: scope)
                let page = try await page(call, frame, in: scope)
                return call.wantsFragment
                    ? pipelineBody(page) : pipelinePage(page, in: frame.shell)
            })
    }

    private func page(
        _ call: Call, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> PipelinePage {
        let request = try request(call)
        let filters = LeadFilters(path: "/pipeline", query: call.query, frame: frame)
        let totals =
            request.filters.isEmpty
            ? frame.totals
            : try await Totals(try request.conditions(in: scope), in: scope)
        let stages = frame.faces.pipeline.open
        let limit = PipelinePage.cardsPerColumn(columns: stages.count)
        let cards = try await Leads(scope).tops(of: stages.map(\.key), request, limit: limit)
        let rights = try await PageRights(of: cards.values.flatMap(\.self), in: scope)
        let columns = stages.map { stage in
            let leads = cards[stage.key] ?? []
            return column(
                stage, leads.map { ($0, rights.acts(on: $0)) }, totals[stage.key], frame.faces,
                call)
        }
        let query = call.query.encoded(without: "part", "after", "cursor")
        var page = PipelinePage(
            columns: columns, filters: filters.menus,
            tableURL: LeadFilters.url("/leads", query),
            summary: summary(totals, frame.faces),
            dock: frame.faces.pipeline.stages.filter { $0.status != .open }.map(frame.faces.stage))
        page.clearURL = filters.clearURL
        page.keeping = filters.keeping(.pipeline)
        page.isFresh = frame.totals.byStage.isEmpty
        page.canCreate = scope.caller.may(.leadsCreate)
        page.canImport = scope.caller.may(.importsRun)
        return page
    }

    private func request(_ call: Call) throws -> ListRequest {
        let kept = call.query.pairs.filter { !["part", "stage", "after"].contains($0.name) }
        return try ListRequest(
            Query(pairs: kept + [("sort", Self.sort)]), Leads.listing)
    }

    private func column(
        _ stage: Stage, _ leads: [(lead: Lead, may: LeadActs)], _ sum: Totals.Sum,
        _ faces: Faces, _ call: Call
    ) -> PipelineColumn {
        let minor = sum.minor(in: faces.currency)
        var column = PipelineColumn(
            stage: faces.stage(stage), cards: leads.map(faces.card(_:_:)), count: sum.leads,
            total: (Int(minor), sum.text(or: faces.currency)), probability: stage.probability,
            weighted: Currency.short(stage.weighted(minor), faces.currency))
        if sum.leads > leads.count, let last = leads.last {
            column.moreURL = moreURL(stage, after: last.lead, call)
        }
        return column
    }

    private func moreURL(_ stage: Stage, after lead: Lead, _ call: Call) -> String {
        let place: [JSON] = [
            .integer(lead.dueAt.microseconds),
            .string(lead.id.description),
        ]
        return LeadFilters.url(
            "/pipeline", call.query.encoded(without: "part", "stage", "after"),
            "part=column&stage=\(stage.key)",
            "after=\(cursors.cursor(after: place, of: "board"))")
    }

    /// The next cards of one column.
    private func column(_ call: Call) async throws -> Reply {
        let key = call.query["stage"] ?? ""
        return .html(
            try await call.read(from: .replica) { scope in
                let frame = try await shells.frame("Pipeline", .pipeline, for: call, in: scope)
                guard let stage = frame.faces.pipeline[key] else { throw Problem.notFound("stage") }
                let request = try request(call)
                let after = try call.query["after"].map { try cursors.values($0, of: "board") }
                let leads = try await Leads(scope).top(
                    of: key, request, limit: 50, after: after ?? [])
                let rights = try await PageRights(of: leads, in: scope)
                var column = column(
                    stage, leads.map { ($0, rights.acts(on: $0)) }, frame.totals[key],
                    frame.faces, call)
                if leads.count < 50 { column.moreURL = nil }
                return pipelineCards(column)
            })
    }

    private func summary(_ totals: Totals, _ faces: Faces) -> String {
        let open = totals.open(faces.pipeline)
        let weighted = faces.pipeline.open.reduce(Int64(0)) { sum, stage in
            sum + stage.weighted(totals[stage.key].minor(in: faces.currency))
        }
        let leads = open.leads == 1 ? "1 lead" : "\(open.leads) leads"
        return "\(leads) · \(open.text(or: faces.currency)) · weighted "
            + Currency.short(weighted, faces.currency)
    }
}

extension Stage {
    /// What an amount in this stage is worth by its probability. Divided first: the whole
    /// amount times a hundred may be more than 64 bits hold.
    fileprivate func weighted(_ minor: Int64) -> Int64 {
        minor / 100 * Int64(probability) + minor % 100 * Int64(probability) / 100
    }
}
