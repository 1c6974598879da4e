import Storage
import Tenancy
import Views
import Web

/// The import wizard and the list of imports.
package struct ImportPages: Sendable {
    let shells: Shells
    let cursors: Cursors
    let files: ImportFiles

    package init(shells: Shells, cursors: Cursors, files: ImportFiles) {
        self.shells = shells
        self.cursors = cursors
        self.files = files
    }

    package var routes: [Route] {
        [
            .page("/import", "Imports, and the door for a file", handle: list),
            .page("/import/{id}", "One import: map, check, run", handle: show),
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        try call.caller().must(.importsRun)
        let cursor = call.query.pairs.filter { $0.name == "cursor" }
        let request = try ListRequest(Query(pairs: cursor), Imports.listing)
        return .html(
            try await call.read { scope in
                let frame = try await shells.frame("Import", .imports, for: call, in: scope)
                let page = try await Imports(scope).page(request, cursors)
                let next = page.next.map { "/import?cursor=\(Query.encoded($0))" }
                let names = try await names(in: scope)
                let view = ImportsPage(
                    imports: page.elements.map { summary($0, names, frame.faces.time) },
                    nextURL: next)
                return call.wantsFragment ? importsBody(view) : importsPage(frame.shell, view)
            })
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<Import> = try call.id(of: "import")
        let look = try await look(at: id, call)
        return .html(
            try await call.read { scope in
                let frame = try await shells.frame("Import", .imports, for: call, in: scope)
                let run = try await Imports(scope).find(id)
                let view = try await page(run, look, frame, call, in: scope)
                return call.wantsFragment ? importBody(view) : importPage(frame.shell, view)
            })
    }

    /// What the file has, for the step that maps it.
    private struct Look {
        var found: Inspection?
        /// Whether it is of another sheet than the one that was chosen before.
        var isPreview = false
    }

    private func look(at id: ID<Import>, _ call: Call) async throws -> Look {
        let run = try await call.read { try await Imports($0).find(id) }
        if let sheet = call.query["sheet"], !sheet.isEmpty, sheet != run.sheet {
            // Its first rows will do.
            let found = try await files.withLocalCopy(of: run) { path in
                try await Inspection.of(path, sheet: sheet, rowsMax: 2000).inspection
            }
            return Look(found: found, isPreview: true)
        }
        return step(run, call) == .map ? Look(found: try await files.inspection(of: run)) : Look()
    }

    private func page(
        _ run: Import, _ look: Look, _ frame: Shells.Frame, _ call: Call, in scope: Scope
    ) async throws -> ImportPage {
        let step = step(run, call)
        let who = run.user.map { id in
            frame.people.first { $0.id == id }?.name ?? "somebody who has left"
        }
        let begun = "\(moment(run.createdAt, frame.faces.time))"
        var page = ImportPage(
            id: run.id.description, fileName: run.fileName,
            note: "Started by \(who ?? "the command line"), \(begun)", state: state(run, step),
            step: step, counts: ImportCounts(run.counts))
        page.problem = run.problem
        page.format = run.format.rawValue
        page.mayUndo = scope.caller.may(.importsUndo)
        if step == .map {
            page.mapping = try await mapping(run, look, frame, in: scope)
        } else if step == .check, run.state == .checked {
            try await fill(&page, run, call, in: scope)
        } else if run.state == .undone, run.counts.kept > 0 {
            try await fill(&page, run, call, in: scope, but: [.rejected, .undone])
        }
        if run.counts.created + run.counts.merged > 0, run.state.isOver {
            page.leadsURL = "/leads?filter%5Bimport%5D=\(run.id)"
        }
        return page
    }

    private func step(_ run: Import, _ call: Call) -> ImportStep {
        switch run.state {
        case .checking, .checked: call.query["step"] == "check" ? .check : .map
        case .waiting, .running, .undoing: .run
        case .done, .failed, .cancelled, .undone: .done
        }
    }

    /// Who maps columns is not disturbed by a dry run that goes on behind.
    private func state(_ run: Import, _ step: ImportStep) -> ImportState {
        step == .map ? .checked : ImportState(rawValue: run.state.rawValue) ?? .failed
    }

    private func fill(
        _ page: inout ImportPage, _ run: Import, _ call: Call, in scope: Scope,
        but left: [RowOutcome] = []
    ) async throws {
        let outcome = call.query["outcome"].flatMap(RowOutcome.init)
        var pairs = call.query.pairs.filter { $0.name == "cursor" }
        if !left.isEmpty {
            let names = left.map(\.rawValue).joined(separator: ",")
            pairs.append((name: "filter[outcome][ne]", value: names))
        }
        if let outcome { pairs.append((name: "filter[outcome]", value: outcome.rawValue)) }
        let request = try ListRequest(Query(pairs: pairs), Imports.rowListing)
        let rows = try await Imports(scope).rows(of: run, request, cursors)
        page.filter = outcome.flatMap { ImportOutcome(rawValue: $0.rawValue) }
        page.rows = rows.elements.map { Views.ImportRow($0) }
        page.nextURL = rows.next.map { next in
            LeadFilters.url(
                "/import/\(run.id)", "step=check", outcome.map { "outcome=\($0.rawValue)" },
                "cursor=\(Query.encoded(next))")
        }
    }

    private func names(in scope: Scope) async throws -> [ID<User>: String] {
        Dictionary(
            try await Users(scope).list().map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
    }

    private func summary(
        _ run: Import, _ names: [ID<User>: String], _ time: LocalTime
    ) -> ImportSummary {
        ImportSummary(
            id: run.id.description, fileName: run.fileName,
            state: ImportState(rawValue: run.state.rawValue) ?? .failed,
            counts: ImportCounts(run.counts),
            by: run.user.map { names[$0] ?? "" } ?? "Command line",
            when: moment(run.createdAt, time))
    }

    /// `Today 10:42`, `12 Nov`
    private func moment(_ moment: Instant, _ time: LocalTime) -> String {
        let day = time.day(of: moment)
        let age = time.today.number - day.number
        return age == 0 || age == 1
            ? "\(time.name(of: day)) \(time.clock(moment))" : time.short(day)
    }
}

extension ImportPages {
    private static let currencies = ["USD", "EUR", "GBP", "INR", "AED", "AUD", "CAD", "JPY", "SGD"]
    private static let sampleDate = DatePattern("yyyy-MM-dd")?.date("2026-12-31")

    /// What the first step asks.
    private func mapping(
        _ run: Import, _ look: Look, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> ImportMapping? {
        guard let found = look.found else { return nil }
        let suggestion = try await Imports(scope).suggestion(for: found)
        let chosen = look.isPreview ? suggestion : run.mapping
        let columns = found.columns.map { column in
            var view = ImportColumn(
                name: column.name, samples: column.samples,
                field: chosen.columns[column.name]?.name,
                isSuggestion: chosen == suggestion)
            view.values = values(of: column, chosen, frame.faces.pipeline)
            return view
        }
        let currency = chosen.currency ?? frame.faces.currency
        let others = Self.currencies.filter { $0 != currency }
        var mapping = ImportMapping(
            columns: columns,
            stages: frame.faces.pipeline.stages.map { Choice($0.key, $0.name) },
            dateFormats: dateFormats(chosen), currencies: [currency] + others, currency: currency)
        mapping.sheets = found.sheets.map { Choice($0, $0) }
        mapping.sheet = found.sheet
        let custom = try await CustomFields(scope).list()
        mapping.customFields = custom.map { Choice("custom.\($0.key)", $0.label) }
        mapping.known = Dictionary(
            custom.filter { !$0.choices.isEmpty }.map { ("custom.\($0.key)", $0.choices) },
            uniquingKeysWith: { $1 })
        mapping.known["territory"] = try await Territories(scope).list().map(\.name)
        mapping.known["lost_reason"] = LostReason.allCases.map(\.label)
        mapping.dateFormat = chosen.dates?.text
        mapping.createsOwners = chosen.createOwners
        mapping.values = chosen.json["values"]?.text ?? "{}"
        mapping.match = chosen.match.map(\.rawValue)
        mapping.onMatch = chosen.onMatch.rawValue
        let saved = try await SavedMappings(scope).list()
        let fitting = saved.fitting(found.columns.map(\.name))
        mapping.saved = saved.map { one in
            let isChosen = one.id == fitting?.id && one.mapping == chosen
            return (
                Choice(one.id.description, one.name, isSelected: isChosen), one.mapping.json.text
            )
        }
        return mapping
    }

    private func values(
        of column: Inspection.Column, _ mapping: Mapping, _ pipeline: Pipeline
    ) -> [ImportTextValue] {
        let stages = mapping.values["stage"] ?? [:]
        let target = mapping.columns[column.name]
        let others = target == .field(.stage) ? [:] : target.flatMap { mapping.values[$0.name] }
        return column.values.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { text, rows in
            let stage = Suggestions.stage(stages[text] ?? text, in: pipeline)
            var value = ImportTextValue(text: text, rows: rows, stage: stage?.key)
            value.instead = others?[text]
            return value
        }
    }

    private func dateFormats(_ mapping: Mapping) -> [Choice] {
        let own = mapping.dates.map { DatePattern.usual.contains($0) ? [] : [$0] } ?? []
        return (DatePattern.usual + own).map { pattern in
            Choice(pattern.text, Self.sampleDate.map { pattern.text(of: $0) } ?? pattern.text)
        }
    }
}

extension ImportCounts {
    fileprivate init(_ counts: Import.Counts) {
        self.init(
            total: counts.total, done: counts.done, created: counts.created,
            merged: counts.merged, rejected: counts.rejected)
        (updated, undone, kept) = (counts.updated, counts.undone, counts.kept)
    }
}

extension Views.ImportRow {
    fileprivate init(_ row: ImportedRow) {
        self.init(
            number: row.number, outcome: ImportOutcome(rawValue: row.outcome.rawValue) ?? .rejected,
            title: row.title, contact: row.contact, reasons: row.reasons,
            leadURL: row.lead.map { "/leads/\($0)" })
        // The number as it was written stands for itself; as E.164 it says nothing new.
        changes = row.changes.filter { $0.field != "phone" }.map { field, before, after in
            let label = field == "phone_raw" ? "phone" : field
            return (Faces.sourceLabel(label), before.words, after.words)
        }
    }
}

extension JSON {
    /// A value of a lead as people read it.
    fileprivate var words: String {
        switch self {
        case .null: ""
        case .string(let text):
            (try? JSON(parsing: text)).map { $0.array == nil && $0.object == nil ? text : $0.words }
                ?? text
        case .array(let values): values.map(\.words).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.words)" }
                .joined(separator: ", ")
        default: text
        }
    }
}
